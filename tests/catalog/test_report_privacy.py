"""The report of an import quotes rows; who may not import a kind of file does not read them."""

import msgspec
from sqlalchemy import insert

from supply.catalog.importing import Imported
from supply.catalog.models import ImportedFile
from supply.db import Database
from tests.world import TODAY, browse, make_world


def test_rows_with_names_are_for_those_who_register_and_the_auditor(database: Database) -> None:
    make_world(database)
    empty = Imported(
        kind="beneficiaries",
        name="liste.csv",
        content_hash="x",
        good_count=0,
        new_count=0,
        changed_count=0,
        same_count=0,
        bad=(),
        ignored_columns=(),
        is_repeat=False,
    )
    with database.transaction() as session:
        session.execute(
            insert(ImportedFile).values(
                kind="beneficiaries",
                content_hash="x",
                name="liste.csv",
                imported_on=TODAY,
                good_count=0,
                bad_count=0,
                report=msgspec.to_builtins(empty),
            )
        )
    answers = {}
    with browse(database) as client:
        for login in ("keeper", "officer", "lead", "auditor"):
            client.log_in(login)
            answers[login] = client.get("/imports/beneficiaries/x").status_code

    assert answers == {"keeper": 403, "officer": 403, "lead": 200, "auditor": 200}
