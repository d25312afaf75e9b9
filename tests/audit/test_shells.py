"""The verification on the command line, for programs and on its page."""

import json

from click.testing import CliRunner
from sqlalchemy import text

from supply.alerts.queries import open_alerts
from supply.audit.cli import verify_command
from supply.audit.jobs import look
from supply.db import Database
from tests.audit.story import GIVEN, buy_and_check
from tests.audit.test_verify import open_the_lock
from tests.world import World, browse, make_world


def tamper(database: Database) -> None:
    """One gram more on a delivery note, as somebody with the database's password could write."""
    with database.transaction() as session:
        open_the_lock(session, "delivery_line")
        session.execute(text("UPDATE delivery_line SET grams = grams + 1 WHERE line = 1"))


def bought(database: Database) -> World:
    world = make_world(database)
    buy_and_check(world)
    return world


def test_command_ends_with_0_only_when_every_gram_is_found(database: Database) -> None:
    bought(database)
    right = CliRunner().invoke(verify_command, ["--database", database.url])
    tamper(database)
    wrong = CliRunner().invoke(verify_command, ["--database", database.url])

    assert (right.exit_code, wrong.exit_code) == (0, 1)
    assert "lot-gap" in wrong.output


def test_command_answers_programs_in_json(database: Database) -> None:
    bought(database)
    tamper(database)

    done = CliRunner().invoke(verify_command, ["--database", database.url, "--json"])

    report = json.loads(done.output)
    assert (done.exit_code, report["ok"], report["gap_grams"]) == (1, False, 1)
    assert {finding["code"] for finding in report["findings"]} == {"lot-gap", "delivery-differs"}
    assert {lot["lot_number"]: lot["gap"] for lot in report["lots"]} == {"P": 1, "C": 0}


def test_page_and_api_show_every_lot_and_what_does_not_hold(database: Database) -> None:
    bought(database)
    with browse(database, now=GIVEN) as browser:
        browser.log_in("auditor")
        right = browser.get("/audit")
        tamper(database)
        wrong = browser.get("/audit")
        answer = browser.get("/api/audit/verify").json()

    assert "Chaque gramme est retrouvé" in right.text
    assert "lot-gap" in wrong.text
    assert "delivery-differs" in wrong.text
    assert (answer["ok"], answer["gap_grams"]) == (False, 1)


def test_nightly_verification_tells_what_is_wrong_until_it_is_right(database: Database) -> None:
    world = bought(database)

    def told() -> list[str]:
        with database.snapshot() as session:
            return [alert.kind for alert in open_alerts(session, world.auditor)]

    def run() -> None:
        with database.snapshot() as session:
            write = look(session, GIVEN)
        with database.transaction() as session:
            write(session, GIVEN)

    run()
    assert told() == []
    tamper(database)
    run()
    assert told() == ["verification"]
    with database.transaction() as session:
        session.execute(text("UPDATE delivery_line SET grams = grams - 1 WHERE line = 1"))
    run()
    assert told() == []
