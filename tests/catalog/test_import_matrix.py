"""Tables of distances from files: the good figures are stored, each fault is told with its place."""

import json
from typing import Any

import pytest

from supply.catalog import road_queries
from supply.catalog.import_matrix import MOST_FAULTS
from supply.catalog.roads import Basis
from supply.db import Database
from supply.errors import SupplyError
from supply.i18n import reading_in
from tests.catalog.made import counts, reasons, send
from tests.world import make_world

# As the crow flies: Bamako - Sikasso 292 km, Bamako - Kébila 185 km, Sikasso - Kébila 150 km.
TABLE = "km;BAMAKO;SIKASSO;KEBILA\nBAMAKO;0;364;250,5\nSIKASSO;371;;260\nKEBILA;250;260;0\n"
AT = {"BAMAKO": [-8.002, 12.639], "SIKASSO": [-5.667, 11.316], "KEBILA": [-7.03, 11.28]}


def osrm(distances: list[Any], durations: list[Any] | None = None, **more: Any) -> str:
    """An answer of OSRM's table service for Bamako, Sikasso and Kébila."""
    spots = [{"hint": "x", "distance": 12.5, "name": "RN7", "location": place} for place in AT.values()]
    answer = {"code": "Ok", "sources": spots, "destinations": spots, "distances": distances, **more}
    return json.dumps(answer | ({"durations": durations} if durations else {}))


def stored(database: Database) -> dict[tuple[str, str], tuple[int, int | None]]:
    with database.snapshot() as session:
        return {
            (row.from_code, row.to_code): (row.metres, row.minutes)
            for row in road_queries.known_distances(session)
        }


def test_a_square_table_is_read_both_ways_apart(database: Database) -> None:
    done = send(database, make_world(database).officer, "distance-matrix", TABLE)

    assert (done.bad, counts(done)) == ((), (3, 6, 0, 0))
    assert stored(database)["BAMAKO", "SIKASSO"] == (364_000, None)
    assert stored(database)["SIKASSO", "BAMAKO"] == (371_000, None)
    assert stored(database)["BAMAKO", "KEBILA"] == (250_500, None)
    with database.snapshot() as session:
        found = road_queries.distances_between(session, ["BAMAKO", "SIKASSO"])
    assert [(one.basis, one.metres, one.source) for one in found] == [
        (Basis.MATRIX, 364_000, "file.csv"),
        (Basis.MATRIX, 371_000, "file.csv"),
    ]


def test_the_same_table_again_changes_nothing_and_a_corrected_one_what_differs(database: Database) -> None:
    officer = make_world(database).officer
    send(database, officer, "distance-matrix", TABLE)

    again = send(database, officer, "distance-matrix", TABLE)
    corrected = send(database, officer, "distance-matrix", TABLE.replace("371", "366"))

    assert again.is_repeat
    assert counts(corrected) == (3, 0, 1, 5)


def test_the_answer_of_an_osrm_server_finds_its_places_by_where_they_lie(database: Database) -> None:
    distances = [[0, 371_412.3, 251_000], [371_900, 0, 262_000], [251_100, 262_300, 0]]
    durations = [[0, 15_912, 12_000], [15_900, 0, 14_000], [12_000, 14_000, 0]]

    done = send(
        database, make_world(database).officer, "distance-matrix", osrm(distances, durations), "table.json"
    )

    assert (done.bad, counts(done)) == ((), (3, 6, 0, 0))
    # 15 912 s of a car are 265.2 minutes, times 1.5 for a loaded truck: 397.8.
    assert stored(database)["BAMAKO", "SIKASSO"] == (371_412, 398)
    with database.snapshot() as session:
        (there, _) = road_queries.distances_between(session, ["BAMAKO", "SIKASSO"])
    assert there.source == "OSRM, table.json ; durée voiture × 1,5"


def test_where_the_table_knows_no_road_the_road_graph_is_used_and_that_is_told(database: Database) -> None:
    distances = [[0, None, 251_000], [371_900, 0, None], [251_100, None, 0]]

    done = send(database, make_world(database).officer, "distance-matrix", osrm(distances), "table.json")

    assert reasons(done) == [
        (1, "distances[0]", "no-road-in-table"),
        (2, "distances[1]", "no-road-in-table"),
        (3, "distances[2]", "no-road-in-table"),
    ]
    assert done.new_count == 3
    with reading_in("en"):
        assert done.bad[0].text == (
            "The table knows no road from BAMAKO to SIKASSO; the road graph is used there."
        )


def test_impossible_figures_are_named_with_row_and_column(database: Database) -> None:
    distances = [[0, -5, float("nan")], [float("inf"), 0, "far"], [99, 262_000, 0]]
    durations = [[0, 1, 1], [1, 0, 1], [1, -60, 0]]

    done = send(
        database, make_world(database).officer, "distance-matrix", osrm(distances, durations), "table.json"
    )

    assert reasons(done) == [
        (1, "distances[0][1]", "figure-impossible"),
        (1, "distances[0][2]", "not-a-number"),
        (2, "distances[1][0]", "figure-impossible"),
        (2, "distances[1][2]", "not-a-number"),
        # 99 m between places 185 km apart.
        (3, "distances[2][0]", "figure-impossible"),
        (3, "durations[2][1]", "figure-impossible"),
    ]
    assert stored(database) == {("KEBILA", "SIKASSO"): (262_000, None)}


def test_impossible_cells_of_a_table_are_named_with_line_and_column(database: Database) -> None:
    table = "km,BAMAKO,SIKASSO,KEBILA\nBAMAKO,0,-364,nan\nSIKASSO,far,0,260\nKEBILA,250000,260,0\n"

    done = send(database, make_world(database).officer, "distance-matrix", table)

    assert reasons(done) == [
        (2, "SIKASSO", "figure-impossible"),
        (2, "KEBILA", "not-a-number"),
        (3, "BAMAKO", "not-a-number"),
        # Metres where kilometres are wanted.
        (4, "BAMAKO", "figure-impossible"),
    ]
    with reading_in("fr"):
        assert "SIKASSO" in done.bad[0].text


def test_a_table_that_is_not_square_and_unknown_codes_are_named(database: Database) -> None:
    table = "km,BAMAKO,SIKASSO,NOWHERE\nBAMAKO,0,364,1\nKEBILA,250,260,1\nKEBILA,250,260,1\nX,1,1,1\n,1,1,1\n"

    done = send(database, make_world(database).officer, "distance-matrix", table)

    assert reasons(done) == [
        (1, "SIKASSO", "not-square"),
        (1, "NOWHERE", "reference-unknown"),
        (3, "", "not-square"),
        (4, "", "twice-in-file"),
        (5, "", "reference-unknown"),
        (6, "", "cell-missing"),
    ]
    assert set(stored(database)) == {("BAMAKO", "SIKASSO"), ("KEBILA", "BAMAKO"), ("KEBILA", "SIKASSO")}


def test_rows_of_other_length_and_unknown_spots_are_named(database: Database) -> None:
    answer = json.loads(osrm([[0, 371_000], [371_900, 0, 262_000], [251_100, 262_300, 0, 7]]))
    answer["sources"] = [*answer["destinations"][:2], {"location": [2.35, 48.85]}]
    answer["destinations"] = [*answer["destinations"][:2], answer["destinations"][0]]

    done = send(database, make_world(database).officer, "distance-matrix", json.dumps(answer), "table.json")

    assert reasons(done) == [
        (1, "destinations[2]", "twice-in-file"),
        (1, "distances[0]", "row-of-other-length"),
        (3, "sources[2]", "no-place-there"),
        (3, "distances[2]", "row-of-other-length"),
    ]
    assert set(stored(database)) == {("SIKASSO", "BAMAKO")}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"code": "InvalidQuery", "message": "Query string malformed"}', "osrm-refused"),
        ('{"code": "Ok", "durations": [[0]], "sources": [], "destinations": []}', "osrm-without-distances"),
        ('{"code": "Ok", "distances": [[0]]}', "file-unreadable"),
        ('{"code": "Ok", ', "file-unreadable"),
        ("{" * 100_000, "file-unreadable"),
        ("", "file-empty"),
    ],
)
def test_what_is_no_table_is_refused_by_name(database: Database, content: str, code: str) -> None:
    officer = make_world(database).officer

    with pytest.raises(SupplyError) as refused:
        send(database, officer, "distance-matrix", content, "table.json")

    assert refused.value.code == code


def test_a_table_wrong_in_every_cell_is_told_in_a_bounded_report(database: Database) -> None:
    wide = 1_200
    header = ",".join(["km", *(f"C{number}" for number in range(wide))])
    table = f"{header}\n" + "\n".join(f"C{number},1" for number in range(wide))

    done = send(database, make_world(database).officer, "distance-matrix", table)

    assert len(done.bad) <= wide + MOST_FAULTS + 1
    assert done.bad[-1].code == "more-faults"
