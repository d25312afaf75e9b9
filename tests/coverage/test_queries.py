"""The figures of a small story, worked by hand."""

import datetime as dt

from supply.coverage.follow_up import FollowUpKind, follow_up
from supply.coverage.indicators import Share, Source
from supply.coverage.queries import adherence_view, cycle_coverage, trend
from supply.db import Database
from supply.distribution.hand_out import HandOut, Receiver, hand_out
from supply.distribution.portions import Ration
from supply.distribution.sessions import CloseSession, close_session
from supply.distribution.tally import GroupCount, RecordTally, record_tally
from supply.ids import new_id
from tests.distribution.made import (
    DAY,
    FAKOLA,
    KEBILA,
    NOW,
    Made,
    add_child,
    add_cycle,
    add_lot,
    add_session,
    make,
)

TODDLER, BIG, INFANT = dt.date(2026, 3, 1), dt.date(2024, 3, 1), dt.date(2026, 12, 1)


def serve(database: Database, made: Made, cycle: str, on: dt.date, *codes: str, half: bool = False) -> None:
    """A session at Kébila that serves these people from the list and is closed."""
    session_id = add_session(database, made, cycle=cycle, on=on)
    reduced = (Ration(group_code="C6-23", product_code="PLUS", grams=1_500),) if half else ()
    if codes:
        command = HandOut(
            id=new_id(),
            session_id=session_id,
            people=tuple(Receiver(person_code=code) for code in codes),
            reduced=reduced,
            reason="late truck" if half else "",
        )
        with database.transaction() as session:
            hand_out(session, command, actor=made.lead, now=NOW)
    with database.transaction() as session:
        close_session(session, CloseSession(session_id=session_id), actor=made.lead, now=NOW)


def test_a_cycle_with_a_list_at_one_site_and_a_tally_at_the_other(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "K", 90_000, site=KEBILA)
    add_lot(database, made, "F", 600_000, site=FAKOLA)
    codes = [add_child(database, made, f"T{n}", TODDLER) for n in range(4)]
    big = add_child(database, made, "B1", BIG)
    add_child(database, made, "I1", INFANT)
    serve(database, made, "C1", DAY, codes[0], codes[1], codes[2], half=True)
    serve(database, made, "C1", dt.date(2027, 3, 19), big)
    tally_session = add_session(database, made, site=FAKOLA)
    with database.transaction() as session:
        counted = RecordTally(
            id=new_id(), session_id=tally_session, counts=(GroupCount(group_code="C6-23", people=120),)
        )
        record_tally(session, counted, actor=made.lead, now=NOW)

    with database.snapshot() as session:
        found = cycle_coverage(session, "C1")
        assert found is not None
        waiting = follow_up(session, found, today=dt.date(2027, 3, 25))

    communes = {row.name: row.figures for row in found.communes}
    groups = {row.code: row.figures for row in found.groups}
    # Kébila: 400 targeted; 3 toddlers + 1 big child reached of 5 eligible (the infant is too young).
    kebila = communes["Kébila"]
    assert (kebila.coverage, kebila.attendance, kebila.source) == (Share(4, 400), Share(4, 5), Source.LIST)
    # Given 3 x 1.5 kg + 3 kg = 7.5 kg; due 4 x 3 kg = 12 kg.
    assert kebila.adequacy == Share(7_500, 12_000)
    # Planned: 2 groups of children x 100 x 3 kg + 2 groups of women x 100 x 6.25 kg = 1,850 kg.
    assert kebila.planned_grams == 1_850_000
    # Fakola: 120 toddlers tallied of 100 targeted there; nobody is registered.
    fakola = communes["Fakola"]
    assert (fakola.coverage, fakola.attendance, fakola.source) == (Share(120, 400), None, Source.TALLY)
    assert groups["C6-23"].coverage == Share(123, 200)
    assert groups["C6-23"].tally_share == Share(120, 123)
    assert found.total.coverage == Share(124, 800)
    assert found.in_window == Share(2, 2)
    assert {(one.kind, one.place_name) for one in waiting} == {
        (FollowUpKind.BELOW_TARGET, "Kébila"),
        (FollowUpKind.BELOW_TARGET, "Fakola"),
        (FollowUpKind.NOT_CLOSED, "Fakola"),
        (FollowUpKind.LEFT_OVER, "Kébila"),
    }


def test_a_site_without_a_session_is_followed_up_and_has_no_figure(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "K", 90_000)
    code = add_child(database, made, "T1", TODDLER)
    serve(database, made, "C1", DAY, code)

    with database.snapshot() as session:
        found = cycle_coverage(session, "C1")
        assert found is not None
        waiting = follow_up(session, found, today=dt.date(2027, 4, 2))

    assert {row.name: row.figures.reached for row in found.communes} == {"Kébila": 1, "Fakola": None}
    assert found.in_window == Share(1, 2)
    assert [(one.place_name, one.is_urgent) for one in waiting if one.kind is FollowUpKind.NOT_HELD] == [
        ("Fakola", True)
    ]


def test_a_commune_is_not_low_while_its_people_are_being_served(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "K", 90_000)
    code = add_child(database, made, "T1", TODDLER)
    session_id = add_session(database, made, on=DAY)
    with database.transaction() as session:
        served = HandOut(id=new_id(), session_id=session_id, people=(Receiver(person_code=code),))
        hand_out(session, served, actor=made.lead, now=NOW)

    with database.snapshot() as session:
        found = cycle_coverage(session, "C1")
        assert found is not None
        during, after = (
            {(one.kind, one.place_name) for one in follow_up(session, found, today=day)}
            for day in (DAY, DAY + dt.timedelta(days=1))
        )

    low = (FollowUpKind.BELOW_TARGET, "Kébila")
    assert low not in during
    assert {low, (FollowUpKind.NOT_CLOSED, "Kébila")} <= after


def test_people_are_counted_once_and_their_distributions_apart(database: Database) -> None:
    made = make(database)
    with database.transaction() as session:
        add_cycle(session, "C2", 2, dt.date(2027, 3, 5), dt.date(2027, 3, 31))
        add_cycle(session, "C3", 3, dt.date(2027, 3, 10), dt.date(2027, 3, 31))
    add_lot(database, made, "K", 90_000)
    faithful, twice, once = (add_child(database, made, code, TODDLER) for code in ("T1", "T2", "T3"))
    absent = add_child(database, made, "T4", TODDLER)
    serve(database, made, "C1", dt.date(2027, 3, 12), faithful, twice, once)
    serve(database, made, "C2", dt.date(2027, 3, 13), faithful, twice)
    serve(database, made, "C3", dt.date(2027, 3, 14), faithful)

    with database.snapshot() as session:
        over_cycles = trend(session, "PNP")
        adherent = adherence_view(session, "C3", today=DAY)

    # Three different children came 3 + 2 + 1 = 6 times; the fourth never.
    assert (over_cycles.people, over_cycles.listed_distributions) == (3, 6)
    assert [row.figures.reached for row in over_cycles.rows] == [3, 2, 1]
    assert adherent is not None
    # 3 of 3 and 2 of 3 are adherent, 1 of 3 and 0 of 3 are not.
    assert adherent.overall.share == Share(2, 4)
    assert not adherent.overall.is_short
    assert (adherent.list_sites, adherent.tally_sites) == (1, 1)
    assert absent not in {faithful, twice, once}


def test_a_cycle_that_ended_without_a_session_counts_as_missed(database: Database) -> None:
    made = make(database)
    with database.transaction() as session:
        add_cycle(session, "C0", 0, dt.date(2027, 3, 1), dt.date(2027, 3, 10), state="closed")
    add_lot(database, made, "K", 90_000)
    code = add_child(database, made, "T1", TODDLER)
    serve(database, made, "C1", DAY, code)

    with database.snapshot() as session:
        found = adherence_view(session, "C1", today=DAY)

    # Planned: C0 (no session was held) and C1; received: C1. One of two is 50 %.
    assert found is not None
    assert found.overall.share == Share(0, 1)
    assert found.overall.is_short
