import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from supply.db import Database
from supply.procurement.outlook import outlook
from supply.procurement.pipeline import months_between, roll
from supply.procurement.record_step import RecordStep, record_step
from supply.procurement.words import OrderStep
from tests.procurement.orders import TONNE, a_delivery, an_order, bags, came, deliver, placed, pouches
from tests.world import NOW, TODAY, make_world

MARCH, APRIL, MAY = dt.date(2027, 3, 1), dt.date(2027, 4, 1), dt.date(2027, 5, 1)


def test_stock_and_arrivals_meet_needs_month_by_month() -> None:
    rows = roll(
        ["CSB+"],
        (MARCH, APRIL, MAY),
        stock={"CSB+": 100},
        arriving={("CSB+", APRIL): 50},
        needed={("CSB+", MARCH): 80, ("CSB+", APRIL): 90, ("CSB+", MAY): 10},
    )

    # March 100 - 80 = 20; April 20 + 50 lack 20 of 90; May begins with nothing and lacks all.
    assert [(row.opening, row.closing, row.missing) for row in rows] == [
        (100, 20, 0),
        (20, 0, 20),
        (0, 0, 10),
    ]


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1), st.integers(0, 1000))
def test_no_gram_is_lost_or_made_between_the_months(months: list[tuple[int, int]], stock: int) -> None:
    days = months_between(MARCH, MARCH + dt.timedelta(days=31 * len(months)), len(months))
    pairs = list(zip(days, months, strict=False))
    rows = roll(
        ["X"],
        tuple(day for day, _ in pairs),
        stock={"X": stock},
        arriving={("X", day): arriving for day, (arriving, _) in pairs},
        needed={("X", day): needed for day, (_, needed) in pairs},
    )

    given_out = sum(row.needed - row.missing for row in rows)
    assert stock + sum(row.arriving for row in rows) == given_out + rows[-1].closing
    assert all(row.closing == 0 or row.missing == 0 for row in rows)


def test_months_go_over_the_turn_of_the_year_and_end() -> None:
    months = months_between(dt.date(2027, 11, 20), dt.date(2028, 1, 2), 12)

    assert months == (dt.date(2027, 11, 1), dt.date(2027, 12, 1), dt.date(2028, 1, 1))
    assert len(months_between(MARCH, dt.date(2035, 1, 1), 12)) == 12


def test_outlook_takes_needs_from_cycles_stock_from_the_ledger_and_the_rest_from_orders(
    database: Database,
) -> None:
    world = make_world(database)
    order = placed(
        world,
        an_order(pouches(grams=3 * TONNE), bags(grams=2 * TONNE, promised=dt.date(2027, 4, 20))),
    )
    deliver(world, a_delivery(order, came(TONNE)))

    with database.snapshot() as session:
        rows = {(row.product_code, row.month): row for row in outlook(session, today=TODAY).rows}

    # Pouches: 450 children x 4.5 kg = 2,025 kg. Bags: Kébila 375 kg, Fakola 187.5 kg rounded up to 200 kg.
    pouch, bag = rows["CSB++", MARCH], rows["CSB+", MARCH]
    assert (pouch.opening, pouch.arriving, pouch.needed, pouch.missing) == (TONNE, 2 * TONNE, 2_025_000, 0)
    assert (bag.opening, bag.arriving, bag.needed, bag.missing) == (0, 0, 575_000, 575_000)
    assert rows["CSB+", APRIL].arriving == 2 * TONNE


def test_new_promise_moves_what_is_open_to_its_month(database: Database) -> None:
    world = make_world(database)
    order = placed(world, an_order(pouches(grams=3 * TONNE)))
    postponed = RecordStep(
        id=order.id,
        order_id=order.id,
        step=OrderStep.POSTPONED,
        occurred_on=TODAY,
        expected_on=dt.date(2027, 5, 9),
        reason="Rain",
    )
    with database.transaction() as session:
        record_step(session, postponed, actor=world.officer, now=NOW)

    with database.snapshot() as session:
        rows = {row.month: row for row in outlook(session, today=TODAY).rows if row.product_code == "CSB++"}

    assert (rows[MARCH].arriving, rows[MAY].arriving) == (0, 3 * TONNE)
