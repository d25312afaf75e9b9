"""Import of files: good rows are stored, bad rows come back, nothing is dropped in silence."""

import io

import pytest
import xlsxwriter

from supply.catalog import queries, road_queries
from supply.catalog.importing import ColumnTwice, KindUnknown, WrongHeader
from supply.catalog.sheets import MAX_BYTES, FileEmpty, FileTooLarge, FileUnreadable
from supply.db import Database
from supply.people.rights import RightMissing
from tests.catalog.made import COMMUNES, counts, reasons, send
from tests.world import World, make_world


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database)


def test_communes_bring_their_cercles_and_regions(world: World) -> None:
    text = (
        "adm3_pcode,adm3_name,adm3_name_fr,adm2_pcode,adm2_name,adm1_pcode,adm1_name,lat,lon,area_km2\n"
        "ML010515,Kita Ouest,,ML0105,Kita,ML01,Kayes,13.07583,-9.60444,1203\n"
        "ML010533,Toukoto,Toukoto,ML0105,Kita,ML01,Kayes,13.44019,-9.87173,987\n"
    )

    done = send(world.database, world.officer, "communes", text)

    assert counts(done) == (2, 2, 0, 0)
    assert done.ignored_columns == ("area_km2",)
    with world.database.snapshot() as session:
        found = {row.pcode: row for row in queries.communes(session)}
    assert found["ML010515"].cercle == "Kita"
    assert found["ML010515"].region == "Kayes"
    assert found["ML010515"].lat == 13.07583
    assert found["ML010515"].vintage == "2015"


def test_bad_rows_come_back_and_good_rows_are_stored(world: World) -> None:
    text = (
        "pcode,name,place_class,adm3_pcode,lon,lat\n"
        "ML030305001,Sirakoro,5,ML030305,-7.1,11.3\n"
        "ML030305002,,5,ML030305,-7.1,11.3\n"
        "ML999999001,Nowhere,5,ML999999,-7.1,11.3\n"
        "ML030305003,Swapped,5,ML030305,11.3,-7.1\n"
        "ML030305001,Twice,5,ML030305,-7.1,11.3\n"
        "ML030305004,Seventh,7,ML030305,-7.1,11.3\n"
        "ML030305005,Words,5,ML030305,west,11.3\n"
        "ML030305006,Ni, oui,5,ML030305,-7.1,11.3\n"
        "\n"
        "ML030305007,Zantiébougou,5,ML030305,-7.2,11.4\n"
    )

    done = send(world.database, world.officer, "villages", text)

    assert reasons(done) == [
        (3, "name", "cell-missing"),
        (4, "adm3_pcode", "pcode-unknown"),
        (5, "lat", "coordinates-impossible"),
        (6, "pcode", "twice-in-file"),
        (7, "place_class", "not-one-of"),
        (8, "lon", "not-a-number"),
        (9, "", "too-many-cells"),
    ]
    assert counts(done) == (2, 2, 0, 0)
    with world.database.snapshot() as session:
        assert [row.name for row in queries.settlements(session, "ML030305")] == ["Sirakoro", "Zantiébougou"]


def test_same_clean_file_again_changes_nothing_and_says_so(world: World) -> None:
    send(world.database, world.officer, "communes", COMMUNES)

    again = send(world.database, world.officer, "communes", COMMUNES)

    assert again.is_repeat
    assert counts(again) == (2, 0, 0, 2)


def test_file_with_bad_rows_can_be_sent_again_after_the_cause_is_mended(world: World) -> None:
    """Villages sent before their communes must not be shut out for ever by the memory of the file."""
    text = "pcode,name,commune_pcode,lon,lat\nML010515017,Kofeba,ML010515,-9.6,13.1\n"
    first = send(world.database, world.officer, "villages", text)
    repeat = send(world.database, world.officer, "villages", text)
    communes = (
        "adm3_pcode,adm3_name,adm2_pcode,adm2_name,adm1_pcode,adm1_name\n"
        "ML010515,Kita Ouest,ML0105,Kita,ML01,Kayes\n"
    )
    send(world.database, world.officer, "communes", communes)

    last = send(world.database, world.officer, "villages", text)

    assert reasons(first) == reasons(repeat) == [(2, "commune_pcode", "pcode-unknown")]
    assert repeat.is_repeat
    assert (counts(last), last.bad, last.is_repeat) == ((1, 1, 0, 0), (), False)


def test_wrong_header_names_what_is_expected_and_found(world: World) -> None:
    with pytest.raises(WrongHeader) as refused:
        send(world.database, world.officer, "villages", "pcode;nom;lat\nML030305001;Sirakoro;11,3\n")

    assert refused.value.facts["missing"] == ["name", "commune_pcode", "lon"]
    assert refused.value.facts["expected"] == ["pcode", "name", "commune_pcode", "lat", "lon"]
    assert refused.value.facts["found"] == ["pcode", "nom", "lat"]


def test_the_second_row_of_a_code_comes_back_and_the_first_stays(world: World) -> None:
    text = "code,name\nT-9,Société Traoré\nT-8,Sahel Fret\nT-9,Autre\n"

    done = send(world.database, world.officer, "transporters", text)

    assert counts(done) == (2, 2, 0, 0)
    assert reasons(done) == [(4, "code", "twice-in-file")]
    assert done.bad[0].facts == {"text": "T-9", "first": 2}
    with world.database.snapshot() as session:
        assert {row.code: row.name for row in queries.transporters(session)}["T-9"] == "Société Traoré"


@pytest.mark.parametrize("kind", ["transporters", "villages"])
def test_a_nul_is_the_fault_of_its_row_and_not_of_the_file(world: World, kind: str) -> None:
    rows = {
        "transporters": "code,name\nT-9,Sah\0el\nT-8,Fret,\0\nT-7,Fret\n",
        "villages": (
            "pcode,name,place_class,adm3_pcode,lon,lat\n"
            "ML030305001,Sira\0koro,5,ML030305,-7.1,11.3\n"
            "ML030305002,Sirakoro,5,ML030305,-7.1,11.3\0,x\n"
            "ML030305003,Zantiébougou,5,ML030305,-7.2,11.4\n"
        ),
    }
    send(world.database, world.officer, "communes", COMMUNES)

    done = send(world.database, world.officer, kind, rows[kind])

    assert counts(done) == (1, 1, 0, 0)
    assert reasons(done) == [(2, "name", "cell-unreadable"), (3, "", "too-many-cells")]
    assert "\0" not in str(done.bad)


def test_column_that_stands_twice_is_refused(world: World) -> None:
    with pytest.raises(ColumnTwice):
        send(world.database, world.officer, "transporters", "code,Name,name\nA,B,C\n")


@pytest.mark.parametrize(
    "content",
    [
        "code,name\nT-9,Société Traoré\n".encode(),
        "code,name\nT-9,Société Traoré\n".encode("utf-8-sig"),
        "code,name\nT-9,Société Traoré\n".encode("cp1252"),
        "code\tname\r\nT-9\tSociété Traoré\r\n".encode("utf-16"),  # Excel's "Unicode text"
        "code;name\r\nT-9;Société Traoré\r\n".encode("cp1252"),
        "sep=;\ncode;name\nT-9;Société Traoré\n".encode(),
        '"CODE" , "Name"\n'.replace(" ", "").encode() + '"T-9","Société Traoré"\n'.encode(),
        "code,name\n#item+code,#item+name\nT-9,Société Traoré\n".encode(),  # a row of HXL tags
    ],
    ids=["utf-8", "utf-8 mark", "windows-1252", "utf-16", "semicolon", "sep", "quotes", "hxl"],
)
def test_encodings_and_delimiters_of_offices_are_read(world: World, content: bytes) -> None:
    done = send(world.database, world.officer, "transporters", content)

    assert counts(done) == (1, 1, 0, 0)
    with world.database.snapshot() as session:
        assert "Société Traoré" in [row.name for row in queries.transporters(session)]


def test_workbook_is_read_with_its_numbers_and_line_numbers(world: World) -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["code", "name", "lead_days", "is_illustrative"])
    sheet.write_row(1, 0, ["S-1", "Moulin", 45, True])
    sheet.write_row(3, 0, ["S-2", "Nutri", 45.5, False])
    book.close()

    done = send(world.database, world.officer, "suppliers", stream.getvalue(), "suppliers.xlsx")

    assert reasons(done) == [(4, "lead_days", "not-a-count")]
    with world.database.snapshot() as session:
        found = {row.code: row for row in queries.suppliers(session)}
    assert (found["S-1"].lead_days, found["S-1"].is_illustrative) == (45, True)


@pytest.mark.parametrize("content", [b"", b"  \n\n", b"code,name\n"])
def test_empty_file_is_refused(world: World, content: bytes) -> None:
    with pytest.raises(FileEmpty):
        send(world.database, world.officer, "transporters", content)


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 not a workbook", b"{ not json", b'{"features": 3}', b"\x00\x01,\x02\nA,B\n"],
)
def test_file_that_is_no_table_is_refused(world: World, content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        send(world.database, world.officer, "transporters", content)


def test_file_above_100_mb_is_refused_unread(world: World) -> None:
    with pytest.raises(FileTooLarge):
        send(world.database, world.officer, "transporters", b"x" * (MAX_BYTES + 1))


def test_unknown_kind_names_the_known_ones(world: World) -> None:
    with pytest.raises(KindUnknown) as refused:
        send(world.database, world.officer, "camels", "a\n1\n")

    assert "communes" in str(refused.value.facts["kinds"])


def test_keeper_may_not_import(world: World) -> None:
    with pytest.raises(RightMissing):
        send(world.database, world.keeper, "communes", COMMUNES)


def test_column_that_the_file_lacks_leaves_what_is_stored(world: World) -> None:
    send(world.database, world.officer, "transporters", "code,name,phone\nT-9,Traoré,70 00 00 00\n")

    done = send(world.database, world.officer, "transporters", "code,name\nT-9,Traoré et fils\n")

    assert counts(done) == (1, 0, 1, 0)
    with world.database.snapshot() as session:
        row = next(row for row in queries.transporters(session) if row.code == "T-9")
    assert (row.name, row.phone) == ("Traoré et fils", "70 00 00 00")


def test_rules_of_the_forms_hold_for_files(world: World) -> None:
    text = (
        "code,name,commune_pcode,lat,lon,store_code,vehicle_types\n"
        "S-1,Sirakoro,ML030305,11.3,-7.1,SIKASSO,10T\n"
        "S-2,Sirakoro,ML030305,11.3,-7.1,KEBILA,\n"
        "S-3,Sirakoro,ML030305,11.3,-7.1,,90T\n"
        "a:b,Sirakoro,ML030305,11.3,-7.1,,\n"
        "BAMAKO,Bamako,ML030305,11.3,-7.1,,\n"
    )

    done = send(world.database, world.officer, "sites", text)

    assert reasons(done) == [
        (3, "store_code", "not-a-store"),
        (4, "vehicle_types", "reference-unknown"),
        (5, "code", "code-impossible"),
        (6, "code", "code-taken"),
    ]
    assert done.good_count == 1


def test_distances_are_read_from_rows_of_two_places(world: World) -> None:
    text = 'from,to,km,source\nBAMAKO,KEBILA,"232,5",mission\nBAMAKO,NOWHERE,10,\nBAMAKO,SIKASSO,far,\n'

    done = send(world.database, world.officer, "distances", text)

    assert reasons(done) == [(3, "to", "reference-unknown"), (4, "km", "not-a-number")]
    with world.database.snapshot() as session:
        found = {
            (one.from_code, one.to_code): one
            for one in road_queries.distances_between(session, ["BAMAKO", "KEBILA"])
        }
    assert found["BAMAKO", "KEBILA"].metres == 232_500
    assert found["BAMAKO", "KEBILA"].basis == "matrix"
    assert found["KEBILA", "BAMAKO"].metres == 232_500
    assert found["KEBILA", "BAMAKO"].basis == "matrix-reversed"


def test_boundary_is_kept_for_a_known_commune_only(world: World) -> None:
    ring = [[-7.2, 11.1], [-6.9, 11.1], [-6.9, 11.4], [-7.2, 11.4], [-7.2, 11.1]]
    shape = f'{{"type": "Polygon", "coordinates": [{ring}]}}'
    text = (
        '{"type": "FeatureCollection", "features": ['
        f'{{"properties": {{"pcode": "ML030305"}}, "geometry": {shape}}},'
        f'{{"properties": {{"pcode": "ML999999"}}, "geometry": {shape}}},'
        '{"properties": {"pcode": "ML030302"}, "geometry": null}]}'
    )

    done = send(world.database, world.officer, "boundaries", text, "adm3.geojson")

    assert reasons(done) == [(2, "pcode", "pcode-unknown"), (3, "geometry", "shape-missing")]
    with world.database.snapshot() as session:
        assert queries.boundaries(session) == {"ML030305": (tuple((lon, lat) for lon, lat in ring),)}
