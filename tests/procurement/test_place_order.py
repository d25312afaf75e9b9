import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from supply.db import Database
from supply.errors import SupplyError
from supply.ids import new_id
from supply.inventory.locations import PlaceUnknown, SupplierUnknown
from supply.inventory.lots import PackUnknown
from supply.people.rights import RightMissing
from supply.procurement.place_order import (
    CurrencyUnknown,
    ExpectedBeforeOrder,
    NotAStore,
    NothingOrdered,
    OrderDayInFuture,
    OrderedNotPositive,
    OrderIdTaken,
    PlaceOrder,
    PriceImpossible,
    ProductUnknown,
    ProgrammeUnknown,
    RateImpossible,
    place_order,
)
from supply.procurement.queries import orders
from supply.procurement.words import OrderState
from supply.units import AbsurdQuantity
from tests.procurement.orders import TONNE, an_order, bags, placed, pouches, read
from tests.world import NOW, TODAY, make_world


def test_order_gets_the_next_number_of_its_programme_and_year(database: Database) -> None:
    world = make_world(database)

    numbers = [
        placed(world, an_order()).number,
        placed(world, an_order()).number,
        placed(world, an_order(ordered_on=dt.date(2026, 12, 30))).number,
        placed(world, an_order()).number,
    ]

    assert numbers == ["BC-PNP-2027-0001", "BC-PNP-2027-0002", "BC-PNP-2026-0001", "BC-PNP-2027-0003"]


def test_amounts_are_rounded_half_up_once_per_line(database: Database) -> None:
    world = make_world(database)

    # 15 kg at 650 033 F a tonne = 9 750.495 F, and 25 kg at 400 020 F = 10 000.5 F, which rounds up.
    order = placed(world, an_order(pouches(grams=15_000, price=650_033), bags(grams=25_000, price=400_020)))

    assert [line.amount for line in order.lines] == [9_750, 10_001]
    assert (order.amount, order.francs) == (19_751, 19_751)


def test_order_in_another_currency_keeps_its_rate(database: Database) -> None:
    world = make_world(database)
    # 10 t at 950.50 EUR = 9 505.00 EUR; at 655.957 F that is 6 234 871.285 F.
    command = msgspec.structs.replace(
        an_order(pouches(grams=10 * TONNE, price=95_050)), currency="EUR", rate_micro=655_957_000
    )

    order = placed(world, command)

    assert (order.amount, order.francs) == (950_500, 6_234_871)


def test_new_order_is_placed_and_all_of_it_is_open(database: Database) -> None:
    order = placed(make_world(database))

    assert order.state is OrderState.PLACED
    assert [line.open_grams for line in order.lines] == [60 * TONNE, 20 * TONNE]
    assert order.supplier_name == "Moulin du Sahel"


def test_repeat_answers_the_first_order_and_other_content_is_refused(database: Database) -> None:
    world = make_world(database)
    command = an_order()
    placed(world, command)

    with database.transaction() as session:
        repeat = place_order(session, command, actor=world.officer, now=NOW)
    assert (repeat.number, repeat.is_repeat) == ("BC-PNP-2027-0001", True)

    with pytest.raises(OrderIdTaken), database.transaction() as session:
        place_order(session, an_order(bags(), id=command.id), actor=world.officer, now=NOW)


def test_orders_placed_at_once_take_different_numbers(database: Database) -> None:
    world = make_world(database)

    def buy(_: int) -> str:
        with database.transaction() as session:
            return place_order(session, an_order(), actor=world.officer, now=NOW).number

    with ThreadPoolExecutor(6) as pool:
        numbers = sorted(pool.map(buy, range(6)))

    assert numbers == [f"BC-PNP-2027-{row:04d}" for row in range(1, 7)]


def test_same_order_sent_twice_at_once_is_one_order(database: Database) -> None:
    world = make_world(database)
    command = an_order()

    def buy(_: int) -> bool:
        with database.transaction() as session:
            return place_order(session, command, actor=world.officer, now=NOW).is_repeat

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(buy, range(4))) == [False, True, True, True]


def test_keeper_and_auditor_buy_nothing(database: Database) -> None:
    world = make_world(database)

    for actor in (world.keeper, world.auditor, world.lead):
        with pytest.raises(RightMissing), database.transaction() as session:
            place_order(session, an_order(), actor=actor, now=NOW)


def changed(**fields: object) -> PlaceOrder:
    return msgspec.structs.replace(an_order(), **fields)


@pytest.mark.parametrize(
    ("command", "refusal", "facts"),
    [
        (changed(lines=()), NothingOrdered, {"count": 0}),
        (an_order(pouches(grams=0)), OrderedNotPositive, {"line": 1, "grams": 0}),
        (an_order(pouches(), bags(grams=-5)), OrderedNotPositive, {"line": 2}),
        (an_order(pouches(grams=10**14)), AbsurdQuantity, {"grams": 10**14}),
        (an_order(pouches(price=-1)), PriceImpossible, {"line": 1}),
        (an_order(pouches(price=10**13)), PriceImpossible, {"line": 1}),
        (
            changed(lines=(msgspec.structs.replace(pouches(), product_code="RICE"),)),
            ProductUnknown,
            {"product": "RICE"},
        ),
        # A bag is no pack of the product in pouches.
        (changed(lines=(msgspec.structs.replace(pouches(), pack_code="BAG"),)), PackUnknown, {"pack": "BAG"}),
        (changed(supplier_code="NOBODY"), SupplierUnknown, {"supplier": "NOBODY"}),
        (changed(programme_code="NONE"), ProgrammeUnknown, {"programme": "NONE"}),
        (changed(store_code="NOWHERE"), PlaceUnknown, {"place": "NOWHERE"}),
        (changed(store_code="KEBILA"), NotAStore, {"place": "KEBILA"}),
        (changed(currency="ZZZ"), CurrencyUnknown, {"currency": "ZZZ"}),
        (changed(currency="EUR", rate_micro=0), RateImpossible, {"currency": "EUR"}),
        # The franc is worth one franc.
        (changed(rate_micro=655_957_000), RateImpossible, {"currency": "XOF"}),
        (changed(ordered_on=TODAY + dt.timedelta(days=1)), OrderDayInFuture, {"today": TODAY}),
        (an_order(pouches(promised=dt.date(2027, 2, 28))), ExpectedBeforeOrder, {"line": 1}),
    ],
)
def test_impossible_orders_are_refused_and_leave_nothing(
    database: Database, command: PlaceOrder, refusal: type[SupplyError], facts: dict[str, object]
) -> None:
    world = make_world(database)

    with pytest.raises(refusal) as refused, database.transaction() as session:
        place_order(session, msgspec.structs.replace(command, id=new_id()), actor=world.officer, now=NOW)

    assert facts.items() <= refused.value.facts.items()
    with database.snapshot() as session:
        assert orders(session, today=TODAY) == ()


def test_late_orders_are_listed_first(database: Database) -> None:
    world = make_world(database)
    in_time = placed(world, an_order(pouches(promised=dt.date(2027, 4, 1))))
    late = placed(world, an_order(pouches(promised=dt.date(2027, 3, 12))))
    latest = placed(world, an_order(pouches(promised=dt.date(2027, 3, 2))))

    with database.snapshot() as session:
        listed = orders(session, today=TODAY)

    assert [order.id for order in listed] == [latest.id, late.id, in_time.id]
    # From 2 and 12 March to 15 March.
    assert [order.days_late for order in listed] == [13, 3, 0]
    assert read(world, late.id, today=dt.date(2027, 3, 12)).days_late == 0
