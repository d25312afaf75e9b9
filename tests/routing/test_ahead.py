"""Several cycles ahead: periods, needs, roads and stock of the database as a pre-positioning problem."""

import datetime as dt
import re

import msgspec
import pytest
from sqlalchemy.orm import Session

from supply import compute
from supply.catalog.models import Closure, Distance
from supply.db import Database
from supply.ids import new_id
from supply.people.rights import RightMissing
from supply.programme.models import Cycle, Ration
from supply.routing.ahead.ask import (
    AskPreposition,
    NoCycleAhead,
    PrepositionAnswer,
    answer,
    ask_preposition,
)
from supply.routing.ahead.feed import AheadQuestion, Arrival, feed
from supply.routing.ahead.needs import ahead_needs
from supply.routing.ahead.periods import early_periods, is_open, periods
from supply.routing.answering import start, work_now
from supply.routing.calculations import latest
from supply.routing.planner.preposition.problem import Period, sense_faults
from supply.routing.words import CalculationKind
from tests.routing.ground import put_stock
from tests.world import NOW, TODAY, World, browse, make_world

QUESTION = AheadQuestion(today=TODAY, early_days=10, keep_days=0, arrival_life_days=270)
FAR = {"BAMAKO": 500_000, "SIKASSO": 100_000}
# Metres from each store to both sites; the stores are 400 km apart.


def span(first: dt.date, last: dt.date) -> Period:
    return Period(first.isoformat(), first, last)


def test_a_period_begins_with_each_month_and_after_each_deadline() -> None:
    found = periods(dt.date(2027, 3, 15), {dt.date(2027, 3, 19), dt.date(2027, 5, 9)})

    assert [(one.first, one.last) for one in found] == [
        (dt.date(2027, 3, 15), dt.date(2027, 3, 19)),
        (dt.date(2027, 3, 20), dt.date(2027, 3, 31)),
        (dt.date(2027, 4, 1), dt.date(2027, 4, 30)),
        (dt.date(2027, 5, 1), dt.date(2027, 5, 9)),
    ]


def test_without_a_deadline_to_come_there_is_no_period() -> None:
    assert periods(dt.date(2027, 3, 15), ()) == ()


@pytest.mark.parametrize(
    ("closed", "open_"),
    [
        ((), True),
        (((dt.date(2027, 4, 1), dt.date(2027, 4, 27)),), True),  # three days are left
        (((dt.date(2027, 4, 1), dt.date(2027, 4, 28)),), False),
        (((dt.date(2027, 3, 1), dt.date(2027, 4, 14)), (dt.date(2027, 4, 15), dt.date(2027, 5, 1))), False),
    ],
)
def test_a_road_that_opens_for_a_day_or_two_is_no_road_to_plan_on(
    closed: tuple[tuple[dt.date, dt.date], ...], *, open_: bool
) -> None:
    assert is_open(span(dt.date(2027, 4, 1), dt.date(2027, 4, 30)), closed) is open_


def test_a_site_that_keeps_flour_for_forty_days_is_served_two_months_early() -> None:
    known = [
        span(dt.date(2027, month, 1), dt.date(2027, month + 1, 1) - dt.timedelta(days=1))
        for month in (3, 4, 5)
    ]

    # Forty days before 31 May are 21 April: April reaches into them, March does not.
    assert [early_periods(known, known[2], days) for days in (0, 40, 70)] == [0, 1, 2]


def with_later_cycle(world: World) -> None:
    """Cycle C2 from 20 to 31 July, with the rations of C1."""
    with world.database.transaction() as session:
        session.add(
            Cycle(
                code="C2",
                programme_code="PNP",
                number=2,
                name="Cycle 2",
                starts_on=dt.date(2027, 7, 20),
                ends_on=dt.date(2027, 7, 31),
                state="planned",
            )
        )
        session.flush()
        for group in ("CHILD-6-23", "CHILD-24-59"):
            session.add(Ration(cycle_code="C2", group_code=group, product_code="CSB++", grams=4500))


def with_roads(session: Session) -> None:
    for store, metres in FAR.items():
        for site in ("KEBILA", "FAKOLA"):
            for one, other in ((store, site), (site, store)):
                session.add(Distance(from_code=one, to_code=other, metres=metres, source="test"))
    for one, other in (("BAMAKO", "SIKASSO"), ("SIKASSO", "BAMAKO")):
        session.add(Distance(from_code=one, to_code=other, metres=400_000, source="test"))


def close(session: Session, place: str, first_on: dt.date, last_on: dt.date) -> None:
    session.add(Closure(id=new_id(), place_code=place, starts_on=first_on, ends_on=last_on, reason="pluies"))


def test_what_lies_at_a_site_serves_the_earlier_cycle_and_then_the_next(database: Database) -> None:
    """Fakola needs 675 kg in each cycle and has 1,000.5 kg: the second misses 349.5 kg, in whole pouches."""
    world = make_world(database)
    with_later_cycle(world)
    put_stock(
        world, product="CSB++", lot="F1", expires_on=dt.date(2028, 1, 31), grams=1_000_500, store="FAKOLA"
    )

    with database.snapshot() as session:
        needs = ahead_needs(session, TODAY, keep_days=0)

    fakola = [
        (one.cycle_code, one.grams)
        for one in needs
        if (one.site_code, one.product_code) == ("FAKOLA", "CSB++")
    ]
    # 2 × 675 - 1,000.5 = 349.5 kg, which are 233 pouches of 1.5 kg.
    assert fakola == [("C2", 349_500)]
    assert {one.due_on for one in needs} == {dt.date(2027, 3, 19), dt.date(2027, 7, 19)}


def test_lots_at_a_site_that_expire_before_the_next_cycle_do_not_serve_it(database: Database) -> None:
    world = make_world(database)
    with_later_cycle(world)
    put_stock(
        world, product="CSB++", lot="F1", expires_on=dt.date(2027, 7, 30), grams=1_350_000, store="FAKOLA"
    )

    with database.snapshot() as session:
        needs = ahead_needs(session, TODAY, keep_days=0)

    fakola = [
        (one.cycle_code, one.grams)
        for one in needs
        if (one.site_code, one.product_code) == ("FAKOLA", "CSB++")
    ]
    assert fakola == [("C2", 675_000)]


def test_the_problem_holds_stock_arrivals_and_closed_periods(database: Database) -> None:
    world = make_world(database)
    with_later_cycle(world)
    put_stock(
        world, product="CSB++", lot="B1", expires_on=dt.date(2028, 1, 31), grams=9_000_000, store="BAMAKO"
    )
    with database.transaction() as session:
        with_roads(session)
        close(session, "KEBILA", dt.date(2027, 6, 15), dt.date(2027, 9, 15))
    coming = Arrival(
        store_code="SIKASSO", product_code="CSB+", grams=4_000_000, expected_on=dt.date(2027, 5, 3)
    )

    with database.snapshot() as session:
        ahead = feed(session, msgspec.structs.replace(QUESTION, arrivals=(coming,)))

    assert ahead is not None
    assert sense_faults(ahead.problem) == []
    assert [(one.store, one.kg, one.period, one.good_until) for one in ahead.problem.stock] == [
        ("BAMAKO", 9000.0, None, dt.date(2028, 1, 31)),
        ("SIKASSO", 4000.0, "2027-05-01", dt.date(2028, 1, 28)),
    ]
    kebila = next(way for way in ahead.problem.deliveries if (way.start, way.end) == ("SIKASSO", "KEBILA"))
    assert kebila.closed == ("2027-07-01",)
    assert ahead.last_days["SIKASSO>KEBILA>2027-06-01"] == dt.date(2027, 6, 14)
    # A 10 t truck: 40,000 F and 200 km at 600 F over 10 t, and 100 km at 12 F.
    assert kebila.cost_per_tonne == 16_000 + 1_200
    assert ahead.cycle_by_due == {"2027-03-15": "Cycle 1", "2027-07-01": "Cycle 2"}
    assert ahead.without_road == ()


def advised(database: Database) -> PrepositionAnswer:
    """All flour is at Bamako; in July no truck leaves it, and Sikasso is open."""
    world = make_world(database)
    with_later_cycle(world)
    put_stock(
        world, product="CSB++", lot="B1", expires_on=dt.date(2028, 1, 31), grams=9_000_000, store="BAMAKO"
    )
    put_stock(
        world, product="CSB+", lot="B2", expires_on=dt.date(2028, 1, 31), grams=9_000_000, store="BAMAKO"
    )
    with database.transaction() as session:
        with_roads(session)
        close(session, "BAMAKO", dt.date(2027, 6, 21), dt.date(2027, 9, 30))
    command = AskPreposition(id=new_id(), early_days=10)
    with database.transaction() as session:
        ask_preposition(session, command, arrivals=(), actor=world.officer, now=NOW)
    assert work_now(database, command.id, now=lambda: NOW) == "done"
    with database.snapshot() as session:
        found = latest(session, CalculationKind.PREPOSITION)
    assert found is not None
    return msgspec.convert(found.answer, PrepositionAnswer)


def test_flour_for_july_is_moved_before_the_road_closes(database: Database) -> None:
    answered = advised(database)

    assert answered.plan is not None
    assert answered.nothing is not None
    moves = [(one.start, one.end, one.kg) for one in answered.plan.moves if one.serves[0].due == "2027-07-01"]
    # 1,350 kg for Kébila and 675 kg for Fakola.
    assert moves == [("BAMAKO", "SIKASSO", 2025.0)]
    assert (answered.plan.shortage_kg, answered.nothing.shortage_kg) == (0, 2025.0)
    (july,) = [one for one in answered.plan.moves if one.serves[0].due == "2027-07-01"]
    assert {one.because for one in july.serves} == {"closed"}
    assert answered.last_days[f"BAMAKO>SIKASSO>{july.until}"] == dt.date(2027, 6, 20)


def test_the_page_tells_what_to_move_before_which_day_and_why(database: Database) -> None:
    advised(database)

    with browse(database) as client:
        client.log_in("keeper")
        shown = (
            client.get("/routing/preposition")
            .text.replace("\xa0", " ")
            .replace("\N{NARROW NO-BREAK SPACE}", " ")
        )

    assert "Bamako → Sikasso" in shown
    assert "20 juin 2027" in shown
    assert "pour Fakola, Kébila (Cycle 2) : la route depuis Bamako est coupée quand il le faut" in shown
    assert "contre 2,0 t si rien n’est déplacé" in shown
    assert "/inventory/transfer?place=BAMAKO" in shown
    assert "early_days" not in shown  # a keeper reads and does not ask


def test_sites_that_are_short_stand_folded_under_the_reasons_that_they_share(database: Database) -> None:
    """Without any flour: two sites, two cycles, and each product a reason of its own."""
    world = make_world(database)
    with_later_cycle(world)
    with database.transaction() as session:
        with_roads(session)
        command = AskPreposition(id=new_id(), early_days=10)
        ask_preposition(session, command, arrivals=(), actor=world.officer, now=NOW)
    assert work_now(database, command.id, now=lambda: NOW) == "done"

    with browse(database) as client:
        client.log_in("officer")
        shown = re.sub(r"\s", " ", client.get("/routing/preposition").text)

    group = r'<details class="whole-on-paper"><summary><b>([^<]+)</b><br>([^<]+)</summary>'
    # 2,025 kg in each of two cycles, and 575 kg in the first alone.
    assert re.findall(group, shown) == [
        ("2 sites, 4 050 kg", "pas assez de Super Céréale Plus en magasin et en commande"),
        ("2 sites, 575 kg", "pas assez de Super Céréale en magasin et en commande"),
    ]
    assert shown.count('<th scope="row">Kébila</th>') == 3
    assert "1 350 kg Super Céréale Plus" in shown


def test_an_officer_asks_in_a_form_and_odd_days_are_refused_beside_their_field(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("officer")
        form = client.get("/routing/preposition").text
        answered = client.send_form(
            "/routing/preposition", id=str(new_id()), early_days="400", keep_days="x", arrival_life_days="270"
        )

    assert 'name="arrival_life_days"' in form
    assert answered.status_code == 422
    assert "Donnez au plus 366 jours." in answered.text


def test_another_process_works_it_out_from_the_database_alone(database: Database) -> None:
    """It has loaded nothing that the service has: a table it lacks would leave the question unanswered."""
    world = make_world(database)
    command = AskPreposition(id=new_id(), early_days=10)
    with database.transaction() as session:
        ask_preposition(session, command, arrivals=(), actor=world.officer, now=NOW)

    try:
        assert start(database, command.id).result(timeout=60) == "done"
    finally:
        compute.shut_down()


def test_nobody_is_advised_without_a_cycle_to_come(database: Database) -> None:
    world = make_world(database)
    later = NOW + dt.timedelta(days=60)

    with database.transaction() as session, pytest.raises(NoCycleAhead):
        ask_preposition(session, AskPreposition(id=new_id()), arrivals=(), actor=world.officer, now=later)
    with database.transaction() as session, pytest.raises(RightMissing):
        ask_preposition(session, AskPreposition(id=new_id()), arrivals=(), actor=world.keeper, now=NOW)


def test_there_is_no_plan_when_no_site_misses_anything(database: Database) -> None:
    world = make_world(database)
    for site in ("KEBILA", "FAKOLA"):
        for product in ("CSB++", "CSB+"):
            put_stock(
                world,
                product=product,
                lot=f"{site}{product}",
                expires_on=dt.date(2028, 1, 31),
                grams=3_000_000,
                store=site,
            )

    assert answer(database, msgspec.to_builtins(QUESTION)) == PrepositionAnswer()
