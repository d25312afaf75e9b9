"""A problem file is read strictly, and every fault is named at its place, not only the first."""

import json
from collections.abc import Callable
from typing import Any  # a JSON document

import pytest

from supply.i18n import translate
from supply.routing.planner.faults import FaultyProblemError
from supply.routing.planner.problem import MAX_BYTES
from supply.routing.planner.problem_file import read_problem, write_problem
from supply.routing.planner.words import FAULTS
from tests.routing.planner.tiny import small

Document = dict[str, Any]


def _document() -> Document:
    document: Document = json.loads(write_problem(small()))
    return document


def _faults(document: object) -> list[tuple[str, str]]:
    with pytest.raises(FaultyProblemError) as refused:
        read_problem(json.dumps(document).encode())
    for fault in refused.value.faults:
        assert translate(FAULTS[fault.code], fault.facts)
    return [(fault.place, fault.code) for fault in refused.value.faults]


def test_a_sound_file_is_read_back_as_it_was_written() -> None:
    assert read_problem(write_problem(small())) == small()


def _set(*path: str | int, value: object) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        place: Any = document
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


def _window(first: str, last: str) -> Callable[[Document], None]:
    return _set("sites", 0, "windows", value=[[first, last]])


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        (_set("x", value=1), "$", "unknown-key"),
        (_set("sites", 0, "color", value=1), "$.sites[0]", "unknown-key"),
        (_set("format", value="delivery-problem/2"), "$.format", "wrong-format"),
        (_set("start", value="4 January"), "$.start", "not-a-date"),
        (_set("days", value=0), "$.days", "out-of-range"),
        (_set("days", value="6"), "$.days", "wrong-type"),
        (_set("sites", value={}), "$.sites", "wrong-type"),
        (_set("sites", 0, "id", value=""), "$.sites[0].id", "out-of-range"),
        (_set("sites", 0, "demand_kg", "flour", value=1.5), '$.sites[0].demand_kg["flour"]', "wrong-type"),
        (_set("sites", 0, "demand_kg", "flour", value=-1), '$.sites[0].demand_kg["flour"]', "out-of-range"),
        (_set("sites", 0, "demand_kg", "flour", value=2**53 + 1), '$.sites[0].demand_kg["flour"]', "too-big"),
        (_set("sites", 0, "demand_kg", "rice", value=1), "$.sites[0].demand_kg", "unknown-id"),
        (_set("sites", 1, "id", value="kita"), "$.sites[1].id", "duplicate-id"),
        (_set("sites", 1, "id", value="kayes"), "$.sites[1].id", "duplicate-id"),
        (_window("2027-01-09", "2027-01-08"), "$.sites[0].windows[0]", "reversed-days"),
        (_window("2027-03-01", "2027-03-02"), "$.sites[0].windows[0]", "outside-horizon"),
        (_set("sites", 0, "vehicle_types", value=["40t"]), "$.sites[0].vehicle_types", "unknown-id"),
        (_set("fleet", 0, "depot", value="mopti"), "$.fleet[0].depot", "unknown-id"),
        (_set("fleet", 0, "type", value="40t"), "$.fleet[0].type", "unknown-id"),
        (_set("distance_km", 0, 1, value=-1), "$.distance_km[0][1]", "negative-distance"),
        (_set("distance_km", 0, 1, value=float("nan")), "$.distance_km[0][1]", "not-a-number"),
        (_set("distance_km", 0, 1, value=float("inf")), "$.distance_km[0][1]", "not-a-number"),
        (_set("distance_km", 0, value=[0, 1]), "$.distance_km[0]", "not-square"),
        (_set("distance_km", value=[]), "$.distance_km", "not-square"),
        (_set("distance_km", value=None), "$.sites[0]", "no-coordinates"),
        (_set("vehicle_types", 0, "speed_kmh", value=None), "$.vehicle_types[0]", "no-speed"),
        (_set("closed", value=[{"from": "kayes", "to": "gao", "days": []}]), "$.closed[0].to", "unknown-id"),
    ],
)  # fmt: skip
def test_a_fault_is_named_at_its_place(change: Callable[[Document], None], place: str, code: str) -> None:
    document = _document()
    change(document)

    assert (place, code) in _faults(document)


def test_all_faults_are_named_not_only_the_first() -> None:
    document = _document()
    document["days"] = -1
    document["sites"][0]["demand_kg"]["flour"] = "much"
    document["fleet"][1]["count"] = None

    assert _faults(document) == [
        ("$.days", "out-of-range"),
        ('$.sites[0].demand_kg["flour"]', "wrong-type"),
        ("$.fleet[1].count", "wrong-type"),
    ]


def test_one_stop_needs_a_vehicle_that_carries_all() -> None:
    document = _document()
    document["split_deliveries"] = False
    document["sites"][0]["demand_kg"]["flour"] = 9_500

    assert _faults(document) == [("$.sites[0].demand_kg", "demand-above-every-truck")]


def test_more_sites_than_one_plan_holds_are_refused() -> None:
    document = _document()
    document["sites"] = [{"id": f"s{number}"} for number in range(5_000)]

    assert _faults(document) == [("$.sites", "too-many")]


@pytest.mark.parametrize("data", [b"", b"{", b"[1, 2", b"\xff\xfe", b'{"a": 1e999}', b"[" * 100_000])
def test_what_is_no_problem_is_refused(data: bytes) -> None:
    with pytest.raises(FaultyProblemError):
        read_problem(data)


def test_a_file_beyond_the_limit_is_refused_unread() -> None:
    with pytest.raises(FaultyProblemError) as refused:
        read_problem(b" " * (MAX_BYTES + 1))

    assert refused.value.faults[0].code == "too-large"


def test_a_locked_trip_must_name_what_exists_and_carry_what_is_there() -> None:
    document = _document()
    stop = {"site": "kita", "day": "2027-01-04", "deliver_kg": {"flour": 7_000}}
    trip = {"fleet": "kayes-10t", "vehicle": 2, "begin": "2027-01-04", "days": 1, "stops": [stop]}
    document["locked_trips"] = [trip, {**trip, "fleet": "none"}]

    assert {code for _, code in _faults(document)} == {"locked-vehicle", "unknown-id", "locked-above-demand"}
