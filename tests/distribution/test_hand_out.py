"""Rations handed out to people of the list: one document, the right lots, nobody twice in a cycle."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import select

from supply.db import Database
from supply.distribution.enrol import Withdraw, withdraw
from supply.distribution.hand_out import HandedOut, HandOut, HandoutRefused, NobodyChosen, Receiver, hand_out
from supply.distribution.models import Handout
from supply.distribution.portions import Problem, Ration
from supply.distribution.sessions import (
    CloseSession,
    CycleNotOpen,
    SessionIsClosed,
    SessionNotHeldYet,
    close_session,
)
from supply.distribution.supplying import (
    NotEnoughAtSite,
    RationNotWholePacks,
    ReducedRationWrong,
    ReducedWithoutReason,
    Shortage,
)
from supply.distribution.take_back import TakeBack, TakenBackAlready, take_back
from supply.errors import SupplyError
from supply.i18n import reading_in
from supply.ids import new_id
from supply.inventory.ledger import SameIdOtherContent
from supply.inventory.queries import on_hand
from supply.people.rights import PlaceNotYours, RightMissing
from supply.programme.models import Cycle
from tests.distribution.made import (
    DAY,
    FAKOLA,
    KEBILA,
    NOW,
    Made,
    add_child,
    add_lot,
    add_session,
    make,
)

TODDLER = dt.date(2026, 3, 1)  # 12 months on the day
INFANT = dt.date(2026, 12, 1)  # 3 months on the day


def give(
    database: Database,
    made: Made,
    session_id: UUID,
    *codes: str,
    document_id: UUID | None = None,
    **more: Any,
) -> HandedOut:
    command = HandOut(
        id=document_id or new_id(),
        session_id=session_id,
        people=tuple(Receiver(person_code=code) for code in codes),
        **more,
    )
    with database.transaction() as session:
        return hand_out(session, command, actor=made.lead, now=NOW)


def left(database: Database, site: str = KEBILA) -> dict[str, int]:
    with database.snapshot() as session:
        return {row.lot_number: row.grams for row in on_hand(session, place_codes=(site,))}


def test_each_person_receives_the_ration_from_the_lot_that_expires_first(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "LATE", 6_000, expires_on=dt.date(2027, 12, 31))
    add_lot(database, made, "SOON", 4_500, expires_on=dt.date(2027, 3, 20))  # its last good day is the day
    add_lot(database, made, "GONE", 9_000, expires_on=dt.date(2027, 3, 19))
    one, other = (add_child(database, made, code, TODDLER) for code in ("H1", "H2"))
    session_id = add_session(database, made)

    done = give(database, made, session_id, one, other)

    # Two children, two pouches of 1.5 kg each: 6.0 kg; SOON gives its three pouches, LATE one.
    assert [(taken.lot_number, taken.grams) for taken in done.taken] == [("SOON", 4_500), ("LATE", 1_500)]
    assert [(skip.lot_number, skip.why.value) for skip in done.skipped] == [("GONE", "expired")]
    assert left(database) == {"GONE": 9_000, "LATE": 4_500}
    assert {(p.person_code, p.grams, p.due_grams) for p in done.portions} == {
        (one, 3_000, 3_000),
        (other, 3_000, 3_000),
    }


def test_every_person_with_a_problem_is_told_and_nobody_is_served(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "A", 30_000)
    served, young, elsewhere, gone, fine = (
        add_child(database, made, "H1", TODDLER),
        add_child(database, made, "H2", INFANT),
        add_child(database, made, "H3", TODDLER, site=FAKOLA),
        add_child(database, made, "H4", TODDLER),
        add_child(database, made, "H5", TODDLER),
    )
    session_id = add_session(database, made)
    give(database, made, session_id, served)
    with database.transaction() as session:
        command = Withdraw(
            person_code=gone, programme_code="PNP", withdrawn_on=dt.date(2027, 3, 10), reason="moved"
        )
        withdraw(session, command, actor=made.lead, now=NOW)

    with pytest.raises(HandoutRefused) as refused:
        give(database, made, session_id, served, young, elsewhere, gone, fine, fine, "H9-01")

    problems = {
        problem.person_code: problem
        for problem in cast("tuple[Problem, ...]", refused.value.facts["problems"])
    }
    assert {code: problem.code for code, problem in problems.items()} == {
        served: "already-served",
        young: "not-eligible",
        elsewhere: "enrolled-elsewhere",
        gone: "withdrawn",
        fine: "chosen-twice",
        "H9-01": "person-unknown",
    }
    assert problems[served].facts == {"held_on": DAY, "site": "Kébila"}
    assert problems[young].facts["why"] == "too-young"
    assert left(database) == {"A": 27_000}


def test_a_refusal_is_told_in_both_languages(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "A", 30_000)
    child = add_child(database, made, "H1", TODDLER, name="Awa Traoré")
    session_id = add_session(database, made)
    give(database, made, session_id, child)

    with pytest.raises(HandoutRefused) as refused:
        give(database, made, session_id, child)

    with reading_in("en"):
        assert "Awa Traoré (H1-01) was served in this cycle, on March 20, 2027 at Kébila." in str(
            refused.value
        )
    with reading_in("fr"):
        assert "Awa Traoré (H1-01) a déjà reçu sa ration dans ce cycle, le 20 mars 2027 à Kébila." in str(
            refused.value
        )


def test_the_same_call_again_changes_nothing(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "A", 30_000)
    child = add_child(database, made, "H1", TODDLER)
    session_id, document_id = add_session(database, made), new_id()

    first = give(database, made, session_id, child, document_id=document_id)
    again = give(database, made, session_id, child, document_id=document_id)

    assert (again.is_repeat, again.number, again.portions) == (True, first.number, first.portions)
    assert left(database) == {"A": 27_000}
    with pytest.raises(SameIdOtherContent):
        give(database, made, session_id, child, document_id=document_id, reference="B-7")


def test_more_than_the_site_has_is_refused_with_what_is_missing(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "A", 4_500)
    add_lot(database, made, "OLD", 3_000, expires_on=dt.date(2027, 3, 1))
    codes = [add_child(database, made, f"H{n}", TODDLER) for n in range(2)]
    session_id = add_session(database, made)

    with pytest.raises(NotEnoughAtSite) as refused:
        give(database, made, session_id, *codes)

    (shortage,) = cast("tuple[Shortage, ...]", refused.value.facts["shortages"])
    assert (shortage.needed, shortage.there, shortage.missing, shortage.expired) == (
        6_000,
        4_500,
        1_500,
        3_000,
    )


def test_a_reduced_ration_needs_a_reason_and_keeps_what_was_due(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "A", 30_000)
    child = add_child(database, made, "H1", TODDLER)
    session_id = add_session(database, made)
    half = (Ration(group_code="C6-23", product_code="PLUS", grams=1_500),)

    with pytest.raises(ReducedWithoutReason):
        give(database, made, session_id, child, reduced=half)
    with pytest.raises(ReducedRationWrong):
        more = (Ration(group_code="C6-23", product_code="PLUS", grams=4_500),)
        give(database, made, session_id, child, reduced=more, reason="generous")
    with pytest.raises(RationNotWholePacks):
        opened = (Ration(group_code="C6-23", product_code="PLUS", grams=1_000),)
        give(database, made, session_id, child, reduced=opened, reason="short")
    done = give(database, made, session_id, child, reduced=half, reason="a truck came late")

    assert [(portion.grams, portion.due_grams) for portion in done.portions] == [(1_500, 3_000)]


def test_what_was_taken_back_can_be_given_again(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "A", 30_000)
    child = add_child(database, made, "H1", TODDLER)
    session_id = add_session(database, made)
    wrong = give(database, made, session_id, child)

    command = TakeBack(id=new_id(), document_id=wrong.id, reason="the wrong child was ticked")
    with database.transaction() as session:
        take_back(session, command, actor=made.lead, now=NOW)
    stock_between = left(database)
    give(database, made, session_id, child)

    assert stock_between == {"A": 30_000}
    assert left(database) == {"A": 27_000}
    with database.snapshot() as session:
        living = session.scalars(select(Handout.document_id).where(Handout.reversed_by.is_(None))).all()
        assert len(living) == 1
        assert wrong.id not in living
    with pytest.raises(TakenBackAlready), database.transaction() as session:
        take_back(
            session, TakeBack(id=new_id(), document_id=wrong.id, reason="again"), actor=made.lead, now=NOW
        )


def test_a_person_served_twice_at_the_same_moment_receives_one_ration(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "A", 30_000)
    child = add_child(database, made, "H1", TODDLER)
    session_id = add_session(database, made)
    together = Barrier(4)

    def attempt() -> bool:
        together.wait()
        try:
            give(database, made, session_id, child)
        except HandoutRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        served = [future.result() for future in [pool.submit(attempt) for _ in range(4)]]

    assert sorted(served) == [False, False, False, True]
    assert left(database) == {"A": 27_000}


def test_a_phone_that_sends_twice_at_once_hands_out_once(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "A", 30_000)
    child = add_child(database, made, "H1", TODDLER)
    session_id, document_id = add_session(database, made), new_id()
    together = Barrier(2)

    def send() -> HandedOut:
        together.wait()
        return give(database, made, session_id, child, document_id=document_id)

    with ThreadPoolExecutor(2) as pool:
        answers = [future.result() for future in [pool.submit(send) for _ in range(2)]]

    assert sorted(answer.is_repeat for answer in answers) == [False, True]
    assert left(database) == {"A": 27_000}


def test_nobody_is_served_in_a_closed_session_or_before_its_day_or_outside_an_open_cycle(
    database: Database,
) -> None:
    made = make(database)
    add_lot(database, made, "A", 30_000)
    child = add_child(database, made, "H1", TODDLER)
    closed, tomorrow = add_session(database, made), add_session(database, made, on=dt.date(2027, 3, 21))
    with database.transaction() as session:
        close_session(session, CloseSession(session_id=closed), actor=made.lead, now=NOW)

    refusals: list[tuple[UUID, type[SupplyError]]] = [
        (closed, SessionIsClosed),
        (tomorrow, SessionNotHeldYet),
    ]
    for session_id, expected in refusals:
        with pytest.raises(expected):
            give(database, made, session_id, child)
    with pytest.raises(NobodyChosen):
        give(database, made, add_session(database, made, on=dt.date(2027, 3, 19)))
    with database.transaction() as session:
        cycle = session.get(Cycle, "C1")
        assert cycle is not None
        cycle.state = "closed"
    with pytest.raises(CycleNotOpen):
        give(database, made, tomorrow, child)


def test_only_who_distributes_at_the_site_hands_out(database: Database) -> None:
    made = make(database)
    session_id = add_session(database, made)
    command = HandOut(id=new_id(), session_id=session_id, people=(Receiver(person_code="H1-01"),))
    elsewhere = type(made.lead)(
        user_id=made.lead.user_id, login="x", name="X", role=made.lead.role, places=frozenset({FAKOLA})
    )

    for actor, expected in ((made.auditor, RightMissing), (elsewhere, PlaceNotYours)):
        with pytest.raises(expected), database.transaction() as session:
            hand_out(session, command, actor=actor, now=NOW)
