"""A file of beneficiaries: every good row kept, every bad one told, twins apart, suspicions flagged."""

import datetime as dt

from sqlalchemy import select

from supply.catalog.importing import Imported, import_file
from supply.db import Database
from supply.distribution.imports import IMPORTERS
from supply.distribution.models import Enrolment, Person, PossibleDuplicate
from tests.distribution.made import NOW, Made, make


def read(database: Database, made: Made, text: str, name: str = "liste.csv") -> Imported:
    with database.transaction() as session:
        return import_file(session, IMPORTERS, "beneficiaries", name, text.encode(), actor=made.lead, now=NOW)


FILE = """menage;nom;sexe;date_naissance;statut;statut_debut;village;site
M1;Awa Traoré;F;2026-03-01;;;Kofeba;KEBILA
M1;Adama Traoré;F;2026-03-01;;;Kofeba;KEBILA
M1;Mariam Koné;F;01/01/2000;enceinte;2027-01-10;Kofeba;KEBILA
M2;Awa Traoré;F;2026-03-01;;;Kofeba;KEBILA
M2;Issa Traoré;M;2025-03;;;Kofeba;KEBILA
M3;Sans Site;F;2026-03-01;;;;NULLEPART
M3;Sans Date;F;hier;;;;KEBILA
M3;Futur Enfant;M;2027-04-01;;;;KEBILA
M2;Awa Traoré;F;2026-03-01;;;Kofeba;KEBILA
M4;Père Enceint;M;1990-01-01;enceinte;2027-01-10;;KEBILA
"""


def test_a_file_of_beneficiaries_keeps_every_good_row_and_tells_every_bad_one(database: Database) -> None:
    made = make(database)

    done = read(database, made, FILE)

    assert (done.good_count, done.new_count) == (5, 5)
    assert {(row.line, row.code) for row in done.bad} == {
        (7, "site-unknown"),
        (8, "not-a-day"),
        (9, "born-in-future"),
        (10, "twice-in-file"),
        (11, "not-a-woman"),
    }
    with database.snapshot() as session:
        enrolled = session.scalars(select(Enrolment.person_code).order_by(Enrolment.person_code)).all()
        assert enrolled == ["M1-01", "M1-02", "M1-03", "M2-01", "M2-02"]
        month_only = session.get(Person, "M2-02")
        assert month_only is not None
        assert (month_only.born_on, month_only.birth_known) == (dt.date(2025, 3, 15), "events-calendar")
        pairs = session.execute(select(PossibleDuplicate.person_code, PossibleDuplicate.other_code)).all()
        assert [tuple(pair) for pair in pairs] == [("M1-01", "M2-01")]


def test_the_same_file_again_changes_nothing(database: Database) -> None:
    made = make(database)
    read(database, made, FILE)

    again = read(database, made, FILE)

    assert (again.new_count, again.changed_count, again.same_count) == (0, 0, 5)


def test_a_file_of_another_register_cannot_take_a_known_card(database: Database) -> None:
    made = make(database)
    read(database, made, "household,person,name,sex,birth_date,site\nM1,P1,Awa,F,2026-03-01,KEBILA\n")

    done = read(
        database,
        made,
        "household,person,name,sex,birth_date,site\nM1,P1,Binta,F,2026-03-01,KEBILA\nM1,P2,Ali,M,2026-03-01,FAKOLA\n",
        "autre.csv",
    )

    assert [(row.line, row.code) for row in done.bad] == [
        (2, "person-known-otherwise"),
        (3, "household-known-otherwise"),
    ]


def test_an_enrolment_that_has_not_come_is_told_and_not_moved_to_today(database: Database) -> None:
    made = make(database)

    done = read(
        database,
        made,
        "household,person,name,sex,birth_date,site,enrolled_on\n"
        "M1,P1,Awa,F,2026-03-01,KEBILA,9999-12-31\nM2,P2,Ali,M,2026-03-01,KEBILA,\n",
    )

    assert [(row.line, row.column, row.code) for row in done.bad] == [
        (2, "enrolled_on", "register-day-in-future")
    ]
    with database.snapshot() as session:
        assert session.scalars(select(Enrolment.person_code)).all() == ["P2"]
