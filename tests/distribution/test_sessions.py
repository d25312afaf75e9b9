"""Sessions, tallies and what is left over."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from supply.db import Database
from supply.distribution.hand_out import HandOut, Receiver, hand_out
from supply.distribution.left_over import (
    LeftOverReturned,
    ReturnBeforeSession,
    ReturnLeftOver,
    return_left_over,
)
from supply.distribution.lists import session_list
from supply.distribution.models import Person
from supply.distribution.portions import Ration
from supply.distribution.queries import (
    distribution_session,
    given_by_document,
    session_papers,
    session_tallies,
)
from supply.distribution.sessions import (
    BeforeTheCycle,
    CloseSession,
    CycleNotOpen,
    OpenSession,
    SessionClosed,
    SessionExists,
    SessionIsClosed,
    SessionKnownOtherwise,
    SessionNotHeldYet,
    SessionUnknown,
    close_session,
    find_session,
    open_session,
)
from supply.distribution.setting import CycleUnknown
from supply.distribution.supplying import NotEnoughAtSite
from supply.distribution.tally import (
    GroupCount,
    GroupTwice,
    GroupWithoutRation,
    NobodyCounted,
    PeopleImpossible,
    RecordTally,
    TallyRecorded,
    record_tally,
)
from supply.ids import new_id
from supply.inventory.queries import on_hand
from supply.inventory.return_to_store import ReturnedLine
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


def count(
    database: Database, made: Made, session_id: UUID, *counts: tuple[str, int], **more: Any
) -> TallyRecorded:
    command = RecordTally(
        **{"id": new_id(), "session_id": session_id}
        | {"counts": tuple(GroupCount(group_code=group, people=people) for group, people in counts)}
        | more
    )
    with database.transaction() as session:
        return record_tally(session, command, actor=made.lead, now=NOW)


def close(database: Database, made: Made, session_id: UUID) -> SessionClosed:
    with database.transaction() as session:
        return close_session(session, CloseSession(session_id=session_id), actor=made.lead, now=NOW)


def test_a_tally_moves_people_times_ration_from_the_site(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "P", 60_000)
    add_lot(database, made, "C", 50_000, product="CEREAL")
    session_id = add_session(database, made)

    done = count(database, made, session_id, ("C6-23", 10), ("C24-59", 7), ("PREG", 3))

    # 17 children x 3 kg = 51 kg of pouches; 3 women x 6.25 kg = 18.75 kg scooped out of a bag.
    assert done.people == 20
    assert {(dose.group_code, dose.grams) for dose in done.doses} == {
        ("C6-23", 30_000),
        ("C24-59", 21_000),
        ("PREG", 18_750),
    }
    with database.snapshot() as session:
        assert {row.lot_number: row.grams for row in on_hand(session, place_codes=(KEBILA,))} == {
            "P": 9_000,
            "C": 31_250,
        }
        assert [(row.group_code, row.people) for row in session_tallies(session, session_id)] == [
            ("C24-59", 7),
            ("C6-23", 10),
            ("PREG", 3),
        ]
        (paper,) = session_papers(session, session_id)
        assert (paper.is_tally, paper.people, paper.grams) == (True, 20, 69_750)
        assert sum(row.grams for row in given_by_document(session)) == 69_750


def test_the_same_tally_again_changes_nothing(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "P", 60_000)
    session_id, document_id = add_session(database, made), new_id()

    first = count(database, made, session_id, ("C6-23", 10), id=document_id)
    again = count(database, made, session_id, ("C6-23", 10), id=document_id)

    assert (again.is_repeat, again.number, again.doses) == (True, first.number, first.doses)


@pytest.mark.parametrize(
    ("counts", "refusal"),
    [
        ((), NobodyCounted),
        ((("C6-23", 0),), PeopleImpossible),
        ((("C6-23", -3),), PeopleImpossible),
        ((("C6-23", 100_001),), PeopleImpossible),
        ((("C6-23", 1), ("C6-23", 2)), GroupTwice),
        ((("MEN", 4),), GroupWithoutRation),
        ((("C6-23", 21),), NotEnoughAtSite),  # 21 x 3 kg = 63 kg of 60 kg
    ],
)
def test_a_tally_that_cannot_be_is_refused(
    database: Database, counts: tuple[tuple[str, int], ...], refusal: type[Exception]
) -> None:
    made = make(database)
    add_lot(database, made, "P", 60_000)
    session_id = add_session(database, made)

    with pytest.raises(refusal):
        count(database, made, session_id, *counts)


def test_a_reduced_tally_keeps_what_was_due(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "P", 60_000)
    session_id = add_session(database, made)
    half = (Ration(group_code="C6-23", product_code="PLUS", grams=1_500),)

    done = count(database, made, session_id, ("C6-23", 10), reduced=half, reason="a late truck")

    assert [(dose.grams, dose.due_grams) for dose in done.doses] == [(15_000, 30_000)]


def test_one_session_a_site_and_day_in_an_open_cycle(database: Database) -> None:
    made = make(database)
    with database.transaction() as session:
        add_cycle(session, "C2", 2, dt.date(2027, 6, 1), dt.date(2027, 6, 30), state="planned")
    command = OpenSession(id=new_id(), cycle_code="C1", site_code=KEBILA, held_on=DAY)

    def attempt(**changed: Any) -> bool:
        fields = {name: getattr(command, name) for name in command.__struct_fields__} | changed
        with database.transaction() as session:
            return open_session(session, OpenSession(**fields), actor=made.lead, now=NOW).is_repeat

    assert attempt() is False
    assert attempt() is True
    with pytest.raises(SessionExists):
        attempt(id=new_id())
    with pytest.raises(SessionKnownOtherwise):
        attempt(site_code=FAKOLA)
    with pytest.raises(BeforeTheCycle):
        attempt(id=new_id(), held_on=dt.date(2027, 2, 28))
    with pytest.raises(CycleNotOpen):
        attempt(id=new_id(), cycle_code="C2", held_on=dt.date(2027, 6, 2))
    with pytest.raises(CycleUnknown):
        attempt(id=new_id(), cycle_code="C9")
    with pytest.raises(SessionUnknown):
        close(database, made, new_id())


def test_a_closed_list_stays_as_it_was_on_the_day(database: Database) -> None:
    made = make(database)
    add_lot(database, made, "P", 60_000)
    served = add_child(database, made, "H1", dt.date(2026, 3, 1))
    absent = add_child(database, made, "H2", dt.date(2026, 3, 1))
    young = add_child(database, made, "H3", dt.date(2026, 12, 1))
    session_id = add_session(database, made)
    with database.transaction() as session:
        command = HandOut(id=new_id(), session_id=session_id, people=(Receiver(person_code=served),))
        hand_out(session, command, actor=made.lead, now=NOW)

    done = close(database, made, session_id)
    with database.transaction() as session:
        person = session.get(Person, absent)
        assert person is not None
        person.born_on = dt.date(2015, 1, 1)  # a later correction of the register

    assert (done.listed, done.eligible, done.served, done.tallied) == (3, 2, 1, 0)
    assert close(database, made, session_id).is_repeat
    with database.snapshot() as session:
        rows = session_list(session, find_session(session, session_id))
        row = distribution_session(session, session_id)
    assert {line.person_code: line.standing.value for line in rows} == {
        served: "served",
        absent: "absent",
        young: "not-eligible",
    }
    assert row is not None
    assert (row.state, row.served, row.grams, row.is_in_window) == ("closed", 1, 3_000, True)
    with pytest.raises(SessionIsClosed):
        count(database, made, session_id, ("C6-23", 1))


def test_a_session_to_come_is_not_closed_before_its_day(database: Database) -> None:
    made = make(database)
    session_id = add_session(database, made, on=dt.date(2027, 3, 21))

    with pytest.raises(SessionNotHeldYet):
        close(database, made, session_id)


def test_left_over_goes_back_to_the_store(database: Database) -> None:
    made = make(database)
    lot_id = add_lot(database, made, "P", 60_000)
    session_id = add_session(database, made)

    def bring_back(grams: int, day: dt.date = DAY) -> LeftOverReturned:
        command = ReturnLeftOver(
            id=new_id(),
            session_id=session_id,
            store_code="SIKASSO",
            occurred_on=day,
            lines=(ReturnedLine(lot_id=lot_id, grams=grams),),
        )
        with database.transaction() as session:
            return return_left_over(session, command, actor=made.lead, now=NOW)

    with pytest.raises(ReturnBeforeSession):
        bring_back(1_500, dt.date(2027, 3, 19))
    done = bring_back(45_000)

    assert (done.grams, done.staying_grams) == (45_000, 15_000)
    with database.snapshot() as session:
        assert {row.place_code: row.grams for row in on_hand(session)} == {KEBILA: 15_000, "SIKASSO": 45_000}
