"""Saving reference data: rights, and each impossible value with its own error."""

import datetime as dt
from typing import Any

import msgspec
import pytest

from supply.catalog import queries
from supply.catalog.operations import OPERATIONS
from supply.catalog.save_partner import SaveSupplier, SaveVehicle, save_supplier, save_vehicle
from supply.catalog.save_place import (
    ClosureBackwards,
    ClosureUnknown,
    NotAStore,
    RemoveClosure,
    SaveArea,
    SaveClosure,
    SavePlace,
    remove_closure,
    save_area,
    save_closure,
    save_place,
)
from supply.catalog.save_product import InnerPackDoesNotFit, PackContentFixed, SavePack, save_pack
from supply.catalog.save_road import RoadTooShort, SaveRoadEdge, SaveRoadNode, save_road_edge, save_road_node
from supply.catalog.saving import (
    CodeImpossible,
    CodeTaken,
    CoordinatesImpossible,
    NameMissing,
    NumberImpossible,
    PcodeUnknown,
    ReferenceUnknown,
    TextImpossible,
)
from supply.catalog.words import PlaceKind, Surface
from supply.db import Database
from supply.errors import SupplyError
from supply.ids import new_id
from supply.people.rights import RightMissing
from tests.world import NOW, make_world

SITE = SavePlace(
    code="SIRAKORO", name="Sirakoro", kind=PlaceKind.SITE, commune_pcode="ML030305", lat=11.3, lon=-7.1
)
BAG = SavePack(code="BAG", product_code="CSB+", name_fr="sac 25 kg", name_en="25 kg bag", net_grams=25_000)


def test_place_is_new_then_changed_then_as_it_was(database: Database) -> None:
    officer = make_world(database).officer
    saved = []
    for command in (
        SITE,
        msgspec.structs.replace(SITE, name="Sirakoro-Est"),
        msgspec.structs.replace(SITE, name="Sirakoro-Est"),
    ):
        with database.transaction() as session:
            saved.append(save_place(session, command, actor=officer, now=NOW))

    assert [(one.is_new, one.is_changed) for one in saved] == [(True, False), (False, True), (False, False)]
    with database.snapshot() as session:
        row = queries.place(session, "SIRAKORO")
    assert row is not None
    assert (row.name, row.commune, row.vehicle_types) == ("Sirakoro-Est", "Kébila", None)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"code": "trip:1"}, CodeImpossible),  # a colon would look like a location of the ledger
        ({"code": ""}, CodeImpossible),
        ({"name": "  "}, NameMissing),
        ({"lat": -7.1, "lon": 11.3}, CoordinatesImpossible),  # exchanged
        ({"lat": float("nan")}, CoordinatesImpossible),
        ({"commune_pcode": "ML999999"}, PcodeUnknown),
        ({"commune_pcode": "ML0303"}, PcodeUnknown),  # a cercle
        ({"store_code": "KEBILA"}, NotAStore),
        ({"store_code": "NOWHERE"}, ReferenceUnknown),
        ({"vehicle_types": ("90T",)}, ReferenceUnknown),
        ({"capacity_grams": 0}, NumberImpossible),
        ({"code": "BAMAKO"}, CodeTaken),  # a store
        ({"source": "x" * 201}, TextImpossible),
    ],
)
def test_impossible_place_is_refused(
    database: Database, change: dict[str, Any], refusal: type[SupplyError]
) -> None:
    officer = make_world(database).officer

    with pytest.raises(refusal), database.transaction() as session:
        save_place(session, msgspec.structs.replace(SITE, **change), actor=officer, now=NOW)


def test_only_those_with_the_right_save_anything(database: Database) -> None:
    world = make_world(database)
    commands = {
        "save-place": SITE,
        "save-pack": BAG,
        "save-supplier": SaveSupplier(code="S", name="S"),
        "save-area": SaveArea(pcode="ML01", vintage="2015", level=1, name="Kayes"),
    }
    for operation in OPERATIONS:
        if operation.name not in commands:
            continue
        for actor in (world.keeper, world.lead, world.auditor):
            with pytest.raises(RightMissing), database.transaction() as session:
                operation.run(session, commands[operation.name], actor=actor, now=NOW)


def test_commune_needs_a_cercle_as_parent(database: Database) -> None:
    officer = make_world(database).officer
    command = SaveArea(pcode="ML010101", vintage="2015", level=3, name="Bangassi", parent_pcode="ML01")

    with pytest.raises(PcodeUnknown), database.transaction() as session:
        save_area(session, command, actor=officer, now=NOW)


def test_content_of_a_pack_never_changes(database: Database) -> None:
    officer = make_world(database).officer

    with pytest.raises(PackContentFixed) as refused, database.transaction() as session:
        save_pack(session, msgspec.structs.replace(BAG, net_grams=50_000), actor=officer, now=NOW)

    assert refused.value.facts == {"pack": "BAG", "net": 25_000}


def test_carton_holds_whole_pouches(database: Database) -> None:
    officer = make_world(database).officer
    carton = SavePack(
        code="CARTON-B",
        product_code="CSB++",
        name_fr="carton",
        name_en="carton",
        net_grams=16_000,
        inner_code="POUCH",
    )

    with pytest.raises(InnerPackDoesNotFit), database.transaction() as session:
        save_pack(session, carton, actor=officer, now=NOW)


def test_vehicle_starts_at_a_store(database: Database) -> None:
    officer = make_world(database).officer
    command = SaveVehicle(plate="ZZ-1", type_code="10T", transporter_code="CARRIER", store_code="KEBILA")

    with pytest.raises(NotAStore), database.transaction() as session:
        save_vehicle(session, command, actor=officer, now=NOW)


def test_country_is_two_letters(database: Database) -> None:
    officer = make_world(database).officer

    with pytest.raises(SupplyError, match="country-impossible"), database.transaction() as session:
        save_supplier(session, SaveSupplier(code="S", name="S", country="Mali"), actor=officer, now=NOW)


def test_road_shorter_than_the_straight_line_is_refused(database: Database) -> None:
    """Bamako and Ségou are 208 km apart as the crow flies."""
    officer = make_world(database).officer
    with database.transaction() as session:
        save_road_node(session, SaveRoadNode(code="B", lat=12.639, lon=-8.003), actor=officer, now=NOW)
        save_road_node(session, SaveRoadNode(code="S", lat=13.449, lon=-6.267), actor=officer, now=NOW)

    with pytest.raises(RoadTooShort), database.transaction() as session:
        road = SaveRoadEdge(code="B-S", from_code="B", to_code="S", metres=23_500, surface=Surface.PAVED)
        save_road_edge(session, road, actor=officer, now=NOW)


def test_closure_is_saved_changed_and_taken_back(database: Database) -> None:
    officer = make_world(database).officer
    closure = SaveClosure(
        id=new_id(),
        place_code="KEBILA",
        starts_on=dt.date(2027, 7, 1),
        ends_on=dt.date(2027, 7, 20),
        reason="gué sous l’eau",
    )
    with database.transaction() as session:
        save_closure(session, closure, actor=officer, now=NOW)
    with database.transaction() as session:
        longer = msgspec.structs.replace(closure, ends_on=dt.date(2027, 7, 25))
        assert save_closure(session, longer, actor=officer, now=NOW).is_changed
    with database.snapshot() as session:
        assert [(row.place_name, row.ends_on) for row in queries.closures(session)] == [
            ("Kébila", dt.date(2027, 7, 25))
        ]
    with database.transaction() as session:
        remove_closure(session, RemoveClosure(id=closure.id), actor=officer, now=NOW)

    with pytest.raises(ClosureUnknown), database.transaction() as session:
        remove_closure(session, RemoveClosure(id=closure.id), actor=officer, now=NOW)
    with pytest.raises(ClosureBackwards), database.transaction() as session:
        backwards = msgspec.structs.replace(closure, ends_on=dt.date(2027, 6, 1))
        save_closure(session, backwards, actor=officer, now=NOW)
