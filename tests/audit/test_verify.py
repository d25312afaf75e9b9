"""What was lived through adds up to the gram; whatever is changed behind the program's back is found."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from supply.audit.findings import TITLES
from supply.audit.report import report_of
from supply.audit.verify import Verification, verify
from supply.db import Database
from supply.i18n import reading_in
from tests.audit.story import GIVEN, tell_everything
from tests.world import make_world


def look(database: Database) -> Verification:
    with database.snapshot() as session:
        return verify(session, now=GIVEN)


def test_empty_books_are_right(database: Database) -> None:
    found = look(database)

    assert (found.is_right, found.gap_grams, found.lots) == (True, 0, ())


def test_every_gram_of_the_story_is_accounted_for(database: Database) -> None:
    tell_everything(make_world(database))

    found = look(database)

    assert [one.text() for one in found.findings] == []
    assert found.is_right
    by_lot = {lot.lot_number: lot for lot in found.lots}
    # Bags: of 2,000 kg, 375 kg to Kébila and 200 kg to Fakola; 25 kg lost on the road, 25 kg too many at
    # Fakola; rats took 50 kg; 4 pregnant women got 6.25 kg.
    bags = by_lot["C"]
    assert bags.bought == 2_000_000
    assert bags.in_stores == 1_375_000  # 2,000 - 375 - 200 - 50
    assert bags.at_sites == 325_000 + 25_000 + 225_000 - 25_000  # Kébila good, its wet bag, Fakola; given out
    assert (bags.distributed, bags.lost, bags.found, bags.returned) == (25_000, 75_000, 25_000, 0)
    # Pouches: 6,000 kg came, 200 kg went back; 1,350 + 675 kg to the sites; 11 children got 4.5 kg.
    pouches = by_lot["P"]
    assert (pouches.bought, pouches.returned, pouches.distributed) == (6_000_000, 200_000, 49_500)
    assert pouches.at_sites == 2_025_000 - 49_500
    assert pouches.in_stores == 3_765_000  # 6,000 - 200 - 2,025 - 10 not found in the count
    assert (pouches.found, pouches.lost) == (-10_000, 0)
    assert sum(product.bought for product in found.products) == 8_000_000


class Tampering(NamedTuple):
    """A change that no operation makes, and what must be found then."""

    table: str
    statement: str
    codes: frozenset[str]


def tampering(table: str, statement: str, *codes: str) -> Tampering:
    return Tampering(table, statement, frozenset(codes))


OF_KIND = "document_id IN (SELECT id FROM document WHERE kind = '{}')"
ONE_OF_KIND = (
    "id = (SELECT min(id) FROM movement WHERE document_id IN (SELECT id FROM document WHERE kind = '{}'))"
)
TAMPERINGS = [
    tampering(
        "movement",
        "UPDATE movement SET grams = grams - 1 WHERE " + ONE_OF_KIND.format("receipt"),
        "movements-changed",
        "delivery-differs",
        "lot-gap",
        "checkpoint-differs",
    ),
    tampering(
        "movement",
        "UPDATE movement SET grams = grams - 1 WHERE " + ONE_OF_KIND.format("condition"),
        "movements-changed",
        "quality-differs",
    ),
    tampering(
        "movement",
        "DELETE FROM movement WHERE " + ONE_OF_KIND.format("loss"),
        "movements-changed",
    ),
    tampering(
        "movement",
        "DELETE FROM movement WHERE " + ONE_OF_KIND.format("receipt"),
        "movements-changed",
        "negative-balance",
        "lot-gap",
    ),
    tampering(
        "movement",
        "UPDATE movement SET grams = grams + 1000 WHERE " + ONE_OF_KIND.format("distribution"),
        "movements-changed",
        "distribution-differs",
    ),
    tampering(
        "movement",
        "UPDATE movement SET grams = grams - 1 WHERE " + ONE_OF_KIND.format("departure"),
        "movements-changed",
        "departure-differs",
    ),
    tampering(
        "movement",
        "UPDATE movement SET grams = grams - 1 WHERE " + ONE_OF_KIND.format("arrival"),
        "movements-changed",
        "arrival-differs",
    ),
    tampering(
        "movement",
        "UPDATE movement SET grams = grams - 1 WHERE " + ONE_OF_KIND.format("supplier-return"),
        "movements-changed",
        "return-differs",
    ),
    tampering(
        "movement",
        "UPDATE movement SET grams = grams - 1 WHERE " + ONE_OF_KIND.format("count"),
        "movements-changed",
        "count-differs",
    ),
    tampering(
        "movement",
        "UPDATE movement SET grams = grams - 1 WHERE " + ONE_OF_KIND.format("reversal"),
        "movements-changed",
        "reversal-differs",
    ),
    tampering(
        "movement",
        "UPDATE movement SET occurred_on = '2027-03-21' WHERE " + ONE_OF_KIND.format("distribution"),
        "movement-day-differs",
    ),
    tampering(
        "movement",
        "UPDATE movement SET to_account_id = (SELECT min(account.id) FROM account JOIN location "
        "ON location.id = account.location_id JOIN lot ON lot.id = account.lot_id "
        "WHERE location.kind = 'loss' AND lot.number = 'C') WHERE " + ONE_OF_KIND.format("supplier-return"),
        "movement-mixes-lots",
        "lot-gap",
        "movements-changed",
    ),
    tampering(
        "document",
        "UPDATE document SET occurred_on = '2027-03-19' WHERE kind = 'distribution'",
        "movement-day-differs",
        "movements-changed",
        "paper-day-differs",
    ),
    tampering("document", "UPDATE document SET sequence = sequence + 5 WHERE kind = 'loss'", "sequence-hole"),
    tampering("document", "UPDATE document SET seal = 'x' WHERE kind = 'loss'", "movements-changed"),
    tampering(
        "document",
        "UPDATE document SET recorded_at = '2027-03-30 08:00:00' WHERE kind = 'receipt'",
        "closed-period-changed",
    ),
    tampering(
        "document",
        "UPDATE document SET kind = 'arrival' WHERE kind = 'loss'",
        "trip-without-papers",
        "movements-changed",
    ),
    tampering("lot", "UPDATE lot SET expires_on = '2027-03-17' WHERE number = 'P'", "expired-issued"),
    tampering("checkpoint", "UPDATE checkpoint SET grams = grams + 7", "checkpoint-differs"),
    tampering(
        "supplier_return_line",
        "UPDATE supplier_return_line SET grams = grams - 500",
        "return-differs",
        "lot-gap",
    ),
    tampering("quality_check", "UPDATE quality_check SET grams = grams - 1", "quality-differs"),
    tampering(
        "count_line",
        "UPDATE count_line SET counted_grams = counted_grams + 1",
        "count-differs",
    ),
    tampering("handout", "UPDATE handout SET grams = grams + 1", "distribution-differs"),
    tampering("handout", "DELETE FROM handout", "distribution-unlisted"),
    tampering("handout", "UPDATE handout SET reversed_by = NULL", "taken-back-differs"),
    tampering(
        "handout",
        "UPDATE handout SET reversed_by = NULL, person_code = (SELECT min(code) FROM person)",
        "served-twice",
    ),
    tampering("tally", "UPDATE tally SET grams = grams - 1", "distribution-differs"),
    tampering("waybill", "UPDATE waybill SET arrival_id = NULL", "waybill-without-document"),
    tampering("waybill", "UPDATE waybill SET departure_id = NULL", "waybill-without-document"),
    tampering("waybill", "UPDATE waybill SET arrived_on = '2027-03-18'", "paper-day-differs"),
    tampering("waybill", "UPDATE waybill SET sequence = sequence + 10", "sequence-hole"),
    tampering(
        "waybill_line",
        "UPDATE waybill_line SET dispatched_grams = dispatched_grams + 1, good_grams = good_grams + 1",
        "departure-differs",
        "arrival-differs",
    ),
    tampering(
        "waybill_line",
        "UPDATE waybill_line SET damaged_grams = 0, missing_grams = missing_grams + damaged_grams",
        "arrival-differs",
    ),
    tampering("trip", "UPDATE trip SET state = 'cancelled' WHERE number = 99", "reservation-without-trip"),
    tampering(
        "reservation",
        "UPDATE reservation SET grams = 9000000 WHERE state = 'active'",
        "reservation-above-stock",
    ),
    tampering("purchase_order", "UPDATE purchase_order SET sequence = 3", "sequence-hole"),
]


@contextmanager
def behind_the_back(database: Database) -> Iterator[Session]:
    """A session whose changes are undone at the end."""
    with database._engine.connect() as connection:
        yield Session(bind=connection)
        connection.rollback()


def open_the_lock(session: Session, table: str) -> None:
    """Take away what keeps rows from being changed, as somebody with the database's password could."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    else:
        for verb in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}"))
    if table == "handout":
        session.execute(text("DROP INDEX uq_handout_living"))


def test_each_kind_of_row_changed_behind_the_back_is_found(
    database: Database, subtests: pytest.Subtests
) -> None:
    tell_everything(make_world(database))

    for one in TAMPERINGS:
        with subtests.test(one.statement), behind_the_back(database) as session:
            open_the_lock(session, one.table)
            session.execute(text(one.statement))

            found = verify(session, now=GIVEN)

            assert one.codes <= {finding.code for finding in found.findings}
            assert found.is_right == (one.codes == {"reservation-above-stock"})
            assert ("lot-gap" in one.codes) <= (found.gap_grams > 0)
            assert all(finding.text() for finding in found.findings)
    assert look(database).is_right


def test_every_rule_is_broken_by_some_tampering() -> None:
    assert set(TITLES) == set().union(*(one.codes for one in TAMPERINGS))


def test_report_for_programs_carries_every_lot_and_finding(database: Database) -> None:
    tell_everything(make_world(database))

    with behind_the_back(database) as session, reading_in("en"):
        open_the_lock(session, "delivery_line")
        session.execute(text("UPDATE delivery_line SET grams = grams + 500 WHERE line = 1"))
        report = report_of(verify(session, now=GIVEN))

    assert (report.ok, report.gap_grams) == (False, 500)
    assert {lot.lot_number: lot.gap for lot in report.lots} == {"C": 0, "P": 500}
    gap = next(one for one in report.findings if one.code == "lot-gap")
    assert gap.facts["gap"] == 500
    assert "0.5\N{NO-BREAK SPACE}kg" in gap.message


def test_notice_does_not_make_the_books_wrong(database: Database) -> None:
    tell_everything(make_world(database))

    with behind_the_back(database) as session:
        session.execute(text("UPDATE reservation SET grams = 9000000 WHERE state = 'active'"))
        found = verify(session, now=GIVEN)

    assert [one.code for one in found.findings] == ["reservation-above-stock"]
    assert found.is_right


def test_verification_asks_the_database_no_more_for_a_longer_ledger(database: Database) -> None:
    """A statement per row would take minutes on 100,000 movements."""
    world = make_world(database)
    look(database)
    before = statements(database)

    tell_everything(world)

    assert statements(database) == before


def statements(database: Database) -> int:
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(database._engine, "before_cursor_execute", note)
    look(database)
    event.remove(database._engine, "before_cursor_execute", note)
    return count
