"""Who may only look changes no row, whatever is sent."""

import re
from typing import Any

from sqlalchemy import func, inspect, select, table

from supply.db import Database
from supply.ids import new_id
from tests.web.test_attacks import commands
from tests.web.test_guards import filled, routes
from tests.world import PASSWORD, Browser

FIELDS = {
    "place": "SIKASSO", "store": "SIKASSO", "supplier": "MILL", "occurred_on": "2027-03-15", "rows": "1",
    "condition": "hold", "pack0": "BAG", "lot0": "N1", "expires0": "2027-12-31", "kg0": "25",
    "login": "x1", "name": "X", "role": "keeper", "password": PASSWORD,
}  # fmt: skip


def row_counts(database: Database) -> dict[str, int]:
    """Rows of every table but that of log-ins."""
    with database.snapshot() as session:
        tables = inspect(session.connection()).get_table_names()
        return {
            name: session.scalar(select(func.count()).select_from(table(name))) or 0
            for name in tables
            if name != "login_session"
        }


def test_an_auditor_writes_nothing(file: Database, client: Browser, description: dict[str, Any]) -> None:
    client.log_in("auditor")
    before = row_counts(file)

    for path, body in commands(description, 4):
        answer = client.post(path, json=body)
        assert 400 <= answer.status_code < 500, (path, body)

    assert before["movement"] == 0 < before["place"]
    assert row_counts(file) == before


def test_an_auditor_sends_no_form_that_writes(file: Database, client: Browser) -> None:
    """Each form with the fields by which others add a user or take in a lot, at a place that is there."""
    client.log_in("auditor")
    before = row_counts(file)
    forms = [
        path
        for path in routes("POST")
        if not path.startswith("/api") and path not in {"/login", "/logout", "/{missing:path}"}
    ]

    accepted = set()
    for path in forms:
        for address in {filled(path), filled(re.sub(r"\{[^}]*place[^}]*\}", "KEBILA", path))}:
            answer = client.send_form(address, **{**FIELDS, "id": str(new_id())})
            if not 400 <= answer.status_code < 500:
                accepted.add((path, answer.status_code))

    # Steps between two screens of one form: what was filled in is shown, and its sending is refused.
    steps = ("/inventory/count/change", "/inventory/count/review", "/inventory/issue/change")
    assert accepted == {(path, 200) for path in steps}
    assert len(forms) > 40
    assert row_counts(file) == before
