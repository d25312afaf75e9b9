"""Households, persons, their status and the list they are on."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from supply.db import Database
from supply.distribution.codes import SiteUnknown
from supply.distribution.enrol import (
    AlreadyEnrolled,
    DayInFuture,
    Enrol,
    EnrolmentOverlaps,
    NotEnrolled,
    NotForTheProgramme,
    Withdraw,
    WithdrawnBeforeEnrolled,
    enrol,
    withdraw,
)
from supply.distribution.models import Enrolment, Person, PersonStatus
from supply.distribution.privacy import PersonalDataClosed, require_people
from supply.distribution.register import (
    AddPerson,
    AgeImpossible,
    BornInFuture,
    HouseholdKnownOtherwise,
    HouseholdUnknown,
    NewPerson,
    NobodyToRegister,
    PersonKnownOtherwise,
    Registered,
    RegisterHousehold,
    add_person,
    register_household,
)
from supply.distribution.register_queries import household, person, possible_duplicates, search_people
from supply.distribution.review import KeptNotOfPair, PairUnknown, ReviewDuplicate, review_duplicate
from supply.distribution.status import (
    NotAWoman,
    PersonUnknown,
    RecordStatus,
    StatusInFuture,
    StatusNotInOrder,
    StatusOverlaps,
    record_status,
)
from supply.distribution.words import BirthKnown, DuplicateDecision, Sex, StatusKind
from supply.ids import new_id
from supply.people.rights import RightMissing
from tests.distribution.made import DAY, KEBILA, NOW, Made, add_child, make

BORN = dt.date(2026, 3, 1)


def someone(
    name: str = "Awa", born_on: dt.date = BORN, sex: Sex = Sex.FEMALE, code: str | None = None
) -> NewPerson:
    return NewPerson(name=name, sex=sex, born_on=born_on, birth_known=BirthKnown.CERTIFICATE, code=code)


def register(database: Database, made: Made, *persons: NewPerson, **changed: Any) -> Registered:
    fields: dict[str, Any] = {
        "code": "H1",
        "site_code": KEBILA,
        "head_name": "Bakary",
        "persons": persons,
    } | changed
    with database.transaction() as session:
        return register_household(session, RegisterHousehold(**fields), actor=made.lead, now=NOW)


def status(database: Database, made: Made, code: str, kind: StatusKind, *days: dt.date) -> None:
    command = RecordStatus(
        person_code=code, kind=kind, from_on=days[0], until_on=days[1] if len(days) > 1 else None
    )
    with database.transaction() as session:
        record_status(session, command, actor=made.lead, now=NOW)


def test_a_household_sent_twice_stands_once(database: Database) -> None:
    made = make(database)

    first = register(database, made, someone("Awa"), someone("Adama"))
    again = register(database, made, someone("Awa"), someone("Adama"))

    assert first.person_codes == again.person_codes == ("H1-01", "H1-02")
    assert (first.is_repeat, again.is_repeat) == (False, True)


def test_twins_are_two_persons_and_no_suspicion(database: Database) -> None:
    made = make(database)

    done = register(database, made, someone("Awa Traoré"), someone("Adama Traoré"))

    assert done.possible_duplicates == ()


def test_the_same_child_in_two_households_of_a_site_is_flagged_and_kept(database: Database) -> None:
    made = make(database)
    register(database, made, someone("Awa Traoré"))

    done = register(database, made, someone("awa traoré"), code="H2", head_name="Moussa")

    assert done.possible_duplicates == (("H1-01", "H2-01"),)
    with database.snapshot() as session:
        assert session.get(Person, "H2-01") is not None
        assert [(row.person_code, row.other_code) for row in possible_duplicates(session)] == [
            ("H1-01", "H2-01")
        ]


def test_a_decision_that_two_are_the_same_takes_one_off_its_list(database: Database) -> None:
    made = make(database)
    add_child(database, made, "H1", BORN, name="Awa Traoré")
    add_child(database, made, "H2", BORN, name="Awa Traoré")
    same = ReviewDuplicate(person_code="H1-01", other_code="H2-01", decision=DuplicateDecision.SAME)

    with pytest.raises(KeptNotOfPair), database.transaction() as session:
        review_duplicate(session, same, actor=made.lead, now=NOW)
    with database.transaction() as session:
        command = ReviewDuplicate(
            person_code="H2-01", other_code="H1-01", decision=DuplicateDecision.SAME, kept_code="H1-01"
        )
        done = review_duplicate(session, command, actor=made.lead, now=NOW)

    assert done.withdrawn_code == "H2-01"
    with database.snapshot() as session:
        left = session.scalars(select(Enrolment.person_code).where(Enrolment.withdrawn_on == DAY)).all()
        assert left == ["H2-01"]
        assert possible_duplicates(session) == ()
    with pytest.raises(PersonUnknown), database.transaction() as session:
        unknown = ReviewDuplicate(
            person_code="H1-01", other_code="H9-01", decision=DuplicateDecision.DIFFERENT
        )
        review_duplicate(session, unknown, actor=made.lead, now=NOW)
    add_child(database, made, "H3", BORN, name="Binta")
    with pytest.raises(PairUnknown), database.transaction() as session:
        never = ReviewDuplicate(person_code="H1-01", other_code="H3-01", decision=DuplicateDecision.DIFFERENT)
        review_duplicate(session, never, actor=made.lead, now=NOW)


@pytest.mark.parametrize(
    ("changed", "persons", "refusal"),
    [
        ({"head_name": "Moussa"}, (someone(),), HouseholdKnownOtherwise),
        ({"code": "H2"}, (someone("Binta", code="H1-01"),), PersonKnownOtherwise),
        ({"code": "H2"}, (), NobodyToRegister),
        ({"code": "H2"}, (someone(born_on=dt.date(2027, 3, 21)),), BornInFuture),
        ({"code": "H2"}, (someone(born_on=dt.date(1900, 1, 1)),), AgeImpossible),
        ({"code": "H2", "site_code": "SIKASSO"}, (someone(),), SiteUnknown),  # a store
        ({"code": "H2", "site_code": "NOWHERE"}, (someone(),), SiteUnknown),
    ],
)
def test_a_household_that_cannot_be_is_refused_by_name(
    database: Database, changed: dict[str, Any], persons: tuple[NewPerson, ...], refusal: type[Exception]
) -> None:
    made = make(database)
    register(database, made, someone())

    with pytest.raises(refusal):
        register(database, made, *persons, **changed)


def test_a_new_born_joins_the_household_once(database: Database) -> None:
    made = make(database)
    register(database, made, someone("Mariam", dt.date(2000, 1, 1)))
    command = AddPerson(household_code="H1", person=someone("Issa", dt.date(2027, 3, 2), Sex.MALE))

    with database.transaction() as session:
        first = add_person(session, command, actor=made.lead, now=NOW)
    with database.transaction() as session:
        again = add_person(session, command, actor=made.lead, now=NOW)

    assert first.person_codes == again.person_codes == ("H1-02",)
    assert again.is_repeat
    with pytest.raises(HouseholdUnknown), database.transaction() as session:
        add_person(session, AddPerson(household_code="H7", person=someone()), actor=made.lead, now=NOW)


def test_giving_birth_ends_the_pregnancy_the_day_before(database: Database) -> None:
    made = make(database)
    register(database, made, someone("Mariam", dt.date(2000, 1, 1)))

    status(database, made, "H1-01", StatusKind.PREGNANT, dt.date(2026, 9, 1))
    status(database, made, "H1-01", StatusKind.BREASTFEEDING, dt.date(2027, 3, 5))

    with database.snapshot() as session:
        rows = session.execute(
            select(PersonStatus.kind, PersonStatus.from_on, PersonStatus.until_on).order_by(
                PersonStatus.from_on
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        ("pregnant", dt.date(2026, 9, 1), dt.date(2027, 3, 4)),
        ("breastfeeding", dt.date(2027, 3, 5), None),
    ]


@pytest.mark.parametrize(
    ("days", "refusal"),
    [
        ((dt.date(2027, 3, 21),), StatusInFuture),
        ((dt.date(2027, 3, 1), dt.date(2027, 2, 1)), StatusNotInOrder),
        ((dt.date(2027, 2, 1),), StatusOverlaps),
    ],
)
def test_a_status_that_cannot_be_is_refused(
    database: Database, days: tuple[dt.date, ...], refusal: type[Exception]
) -> None:
    made = make(database)
    register(database, made, someone("Mariam", dt.date(2000, 1, 1)))
    status(database, made, "H1-01", StatusKind.PREGNANT, dt.date(2027, 1, 1))

    with pytest.raises(refusal):
        status(database, made, "H1-01", StatusKind.PREGNANT, *days)


def test_a_boy_is_not_pregnant_and_a_stranger_has_no_status(database: Database) -> None:
    made = make(database)
    register(database, made, someone("Issa", sex=Sex.MALE))

    with pytest.raises(NotAWoman):
        status(database, made, "H1-01", StatusKind.PREGNANT, dt.date(2027, 1, 1))
    with pytest.raises(PersonUnknown):
        status(database, made, "H9-01", StatusKind.PREGNANT, dt.date(2027, 1, 1))


def test_only_who_is_or_will_be_eligible_is_enrolled(database: Database) -> None:
    made = make(database)
    born = {"young": dt.date(2027, 2, 1), "old": dt.date(2020, 1, 1), "woman": dt.date(2000, 1, 1)}
    register(database, made, *(someone(name, day) for name, day in born.items()))

    def put(code: str, on: dt.date = DAY) -> str | None:
        command = Enrol(id=new_id(), person_code=code, programme_code="PNP", site_code=KEBILA, enrolled_on=on)
        with database.transaction() as session:
            return enrol(session, command, actor=made.lead, now=NOW).group_code

    assert put("H1-01") is None  # grows into the programme
    for code, why in (("H1-02", "too-old"), ("H1-03", "no-status")):
        with pytest.raises(NotForTheProgramme) as refused:
            put(code)
        assert refused.value.facts["why"] == why
    with pytest.raises(AlreadyEnrolled):
        put("H1-01")
    with pytest.raises(DayInFuture):
        put("H1-02", dt.date(2027, 3, 21))
    status(database, made, "H1-03", StatusKind.PREGNANT, dt.date(2027, 1, 1))
    assert put("H1-03") == "PREG"


def test_withdrawn_is_not_deleted_and_may_come_back(database: Database) -> None:
    made = make(database)
    code = add_child(database, made, "H1", BORN)

    def leave(day: dt.date) -> bool:
        command = Withdraw(person_code=code, programme_code="PNP", withdrawn_on=day, reason="moved away")
        with database.transaction() as session:
            return withdraw(session, command, actor=made.lead, now=NOW).is_repeat

    with pytest.raises(WithdrawnBeforeEnrolled):
        leave(dt.date(2027, 2, 1))
    assert leave(dt.date(2027, 3, 10)) is False
    assert leave(dt.date(2027, 3, 10)) is True
    with pytest.raises(NotEnrolled):
        leave(dt.date(2027, 3, 11))
    with pytest.raises(EnrolmentOverlaps), database.transaction() as session:
        early = Enrol(
            id=new_id(),
            person_code=code,
            programme_code="PNP",
            site_code=KEBILA,
            enrolled_on=dt.date(2027, 3, 9),
        )
        enrol(session, early, actor=made.lead, now=NOW)
    with database.snapshot() as session:
        view = person(session, code, day=DAY)
        assert view is not None
        assert [row.withdrawal_reason for row in view.enrolments] == ["moved away"]


def test_the_register_is_searched_by_name_card_and_head(database: Database) -> None:
    made = make(database)
    add_child(database, made, "H1", BORN, name="Awa Traoré")
    add_child(database, made, "H2", BORN, name="Binta Koné")

    with database.snapshot() as session:
        found = {
            text: [row.code for row in search_people(session, text, day=DAY).rows]
            for text in ("traore awa", "h2", "chef h1", "%")
        }
        view = household(session, "H1", day=DAY)

    assert found == {"traore awa": ["H1-01"], "h2": ["H2-01"], "chef h1": ["H1-01"], "%": []}
    assert view is not None
    assert [(row.group_code, row.months) for row in view.persons] == [("C6-23", 12)]


def test_a_name_spelt_otherwise_is_found_by_its_sound_when_nobody_is_written_so(database: Database) -> None:
    made = make(database)
    add_child(database, made, "H1", BORN, name="Fatoumata Coulibaly")
    add_child(database, made, "H2", BORN, name="Fanta Coulibaly")

    with database.snapshot() as session:
        otherwise = search_people(session, "Fatumata Kulibali", day=DAY)
        written = search_people(session, "coulibaly", day=DAY)
        elsewhere = search_people(session, "Fatumata Kulibali", day=DAY, site_codes=["NOWHERE"])

    assert ([row.code for row in otherwise.rows], otherwise.total, otherwise.is_alike) == (["H1-01"], 1, True)
    assert (written.total, written.is_alike) == (2, False)
    assert elsewhere.rows == ()


def test_names_are_for_those_who_work_with_people_and_for_the_auditor(database: Database) -> None:
    made = make(database)

    require_people(made.lead, KEBILA)
    require_people(made.auditor, KEBILA)
    with pytest.raises(PersonalDataClosed):
        require_people(made.keeper, KEBILA)
    with pytest.raises(RightMissing), database.transaction() as session:
        register_household(
            session,
            RegisterHousehold(code="H1", site_code=KEBILA, head_name="B", persons=(someone(),)),
            actor=made.auditor,
            now=NOW,
        )


def test_a_household_may_be_registered_and_put_on_the_list_at_once(database: Database) -> None:
    made = make(database)
    mother = NewPerson(
        name="Mariam",
        sex=Sex.FEMALE,
        born_on=dt.date(2000, 1, 1),
        birth_known=BirthKnown.ESTIMATE,
        status=StatusKind.BREASTFEEDING,
        status_from=dt.date(2027, 3, 1),
    )
    grown = someone("Oumar", dt.date(1990, 1, 1), Sex.MALE)

    done = register(database, made, mother, someone("Awa"), grown, programme_code="PNP")

    assert done.enrolled_codes == ("H1-01", "H1-02")
    with database.snapshot() as session:
        view = household(session, "H1", day=DAY)
    assert view is not None
    assert [row.group_code for row in view.persons] == ["BREAST", "C6-23", None]
