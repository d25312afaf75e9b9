"""The feeder: every site that needs something is in the problem or named with the reason why not."""

import datetime as dt
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from supply.catalog.roads import Basis, RoadDistance
from supply.catalog.rows import ClosureRow, PlaceRow, ProductRow, VehicleRow, VehicleTypeRow
from supply.routing.basis import BusyTruck, SiteDemand, Snapshot, StoreStock
from supply.routing.feeder import feed
from supply.routing.messages import finding_text
from supply.routing.planner.sense import sense_faults

DAY = dt.date(2027, 3, 15)
BAG = 25_000


def place(code: str, kind: str, *, lat: float = 12.0, lon: float = -7.0) -> PlaceRow:
    return PlaceRow(
        code=code,
        name=code.title(),
        kind=kind,
        commune_pcode=None,
        commune=None,
        store_code=None,
        lat=lat,
        lon=lon,
        capacity_grams=None,
        vehicle_types=None,
        is_active=True,
        is_illustrative=False,
        source="",
    )


def demand(site: str, bags: int) -> SiteDemand:
    return SiteDemand(
        site_code=site,
        site_name=site.title(),
        product_code="CSB+",
        pack_code="BAG",
        pack_grams=BAG,
        need_grams=bags * BAG,
        has_grams=0,
        under_way_grams=0,
        missing_grams=bags * BAG,
    )


def way(
    start: str, end: str, km: int, *, basis: Basis = Basis.ROAD_GRAPH, minutes: int | None = None
) -> RoadDistance:
    return RoadDistance(from_code=start, to_code=end, metres=km * 1000, minutes=minutes, basis=basis)


def truck(plate: str, store: str = "STORE") -> VehicleRow:
    return VehicleRow(
        plate=plate,
        type_code="10T",
        transporter_code="CARRIER",
        store_code=store,
        capacity_grams=10_000_000,
        is_active=True,
        is_illustrative=False,
    )


def closure(code: str, first: int, last: int) -> ClosureRow:
    return ClosureRow(
        id=UUID(int=1000 + first),
        place_code=code,
        place_name=code.title(),
        starts_on=DAY + dt.timedelta(days=first),
        ends_on=DAY + dt.timedelta(days=last),
        reason="crue",
    )


TYPE = VehicleTypeRow(
    code="10T",
    name_fr="porteur",
    name_en="rigid",
    capacity_grams=10_000_000,
    capacity_litres=28_000,
    fixed_francs=40_000,
    francs_per_km=600,
    francs_per_tonne_km=12,
    speed_kmh=60,
    is_illustrative=False,
    source="",
)
USUAL = Snapshot(
    cycle_code="C1",
    cycle_name="Cycle 1",
    use_on=dt.date(2027, 4, 10),
    first_on=DAY,
    last_on=DAY + dt.timedelta(days=9),
    stores=(place("STORE", "store"),),
    sites=(place("A", "site"), place("B", "site")),
    products=(
        ProductRow(code="CSB+", name_fr="Super Céréale", name_en="Super Cereal", kg_per_m3=480, source=""),
    ),
    demands=(demand("A", 10), demand("B", 4)),
    stock=(
        StoreStock(
            store_code="STORE",
            store_name="Store",
            product_code="CSB+",
            reserved_grams=0,
            expiring_grams=0,
            lots=(300_000, 112_500),
        ),
    ),
    vehicle_types=(TYPE,),
    vehicles=(truck("T1"), truck("T2")),
    busy=(),
    closures=(),
    distances=tuple(
        way(start, end, 60) for start in ("STORE", "A", "B") for end in ("STORE", "A", "B") if start != end
    ),
)


def changed(**changes: object) -> Snapshot:
    return msgspec.structs.replace(USUAL, **changes)


def test_the_usual_problem_is_what_the_planner_reads() -> None:
    problem, basis = feed(USUAL)

    assert sense_faults(problem) == []
    assert {site.id: site.demand_kg for site in problem.sites} == {"A": {"CSB+": 250}, "B": {"CSB+": 100}}
    assert problem.depots[0].stock_kg == {"CSB+": 400}  # 300 kg and 4 of the 4.5 bags
    assert problem.distance_km is not None
    assert problem.distance_km[0] == (0.0, 60.0, 60.0)
    assert problem.duration_min["10T"][0] == (0.0, 60.0, 60.0)
    assert [(fleet.depot, fleet.type, fleet.count) for fleet in problem.fleet] == [("STORE", "10T", 2)]
    assert basis.findings == ()


def test_a_slow_road_is_slower_than_the_truck() -> None:
    slow = tuple(
        msgspec.structs.replace(one, minutes=150) if one.to_code == "A" else one for one in USUAL.distances
    )

    problem, _ = feed(changed(distances=slow))

    assert problem.duration_min["10T"][0] == (0.0, 150.0, 60.0)


def test_a_closed_site_is_reached_before_and_after() -> None:
    problem, _ = feed(changed(closures=(closure("A", 2, 4),)))

    (site_a, site_b) = problem.sites
    assert site_a.windows == (
        (DAY, DAY + dt.timedelta(days=1)),
        (DAY + dt.timedelta(days=5), DAY + dt.timedelta(days=9)),
    )
    assert site_b.windows == ((DAY, DAY + dt.timedelta(days=9)),)


def test_a_site_closed_all_days_is_left_out_by_name() -> None:
    problem, basis = feed(changed(closures=(closure("A", -3, 30),)))

    assert [site.id for site in problem.sites] == ["B"]
    (finding,) = basis.findings
    assert (finding.code, finding.place_code, finding.is_left_out) == ("closed-all-days", "A", True)
    assert finding.facts["reason"] == "crue"


def test_a_site_without_coordinates_or_distance_is_left_out_by_name() -> None:
    sites = (place("A", "site", lat=0.0, lon=0.0), place("B", "site"))
    known = tuple(one for one in USUAL.distances if "B" not in {one.from_code, one.to_code})

    problem, basis = feed(changed(sites=sites, distances=known))

    assert problem.sites == ()
    assert {(one.place_code, one.code) for one in basis.findings} == {
        ("A", "no-coordinates"),
        ("B", "no-distance"),
    }


def test_a_site_without_a_road_is_planned_and_told() -> None:
    ways = tuple(
        msgspec.structs.replace(one, basis=Basis.OFF_NETWORK) if one.to_code == "B" else one
        for one in USUAL.distances
    )

    problem, basis = feed(changed(distances=ways))

    assert [site.id for site in problem.sites] == ["A", "B"]
    assert [(one.code, one.place_code, one.is_left_out) for one in basis.findings] == [
        ("no-road", "B", False)
    ]


def test_a_truck_under_way_is_there_again_when_it_is_back() -> None:
    busy = BusyTruck(
        store_code="STORE",
        type_code="10T",
        plate="T1",
        first_on=DAY - dt.timedelta(days=1),
        last_on=DAY + dt.timedelta(days=2),
    )

    problem, _ = feed(changed(busy=(busy,)))

    end = problem.end
    assert {(fleet.count, fleet.available) for fleet in problem.fleet} == {
        (1, ((DAY, end),)),
        (1, ((DAY + dt.timedelta(days=3), end),)),
    }


def test_a_store_that_has_stock_and_no_truck_is_told() -> None:
    stores = (*USUAL.stores, place("OTHER", "store"))
    stock = (*USUAL.stock, msgspec.structs.replace(USUAL.stock[0], store_code="OTHER", store_name="Other"))

    _, basis = feed(changed(stores=stores, stock=stock))

    assert [(one.code, one.place_code) for one in basis.findings] == [("store-without-truck", "OTHER")]


def test_stock_that_expires_before_use_is_told_and_not_sent() -> None:
    stock = (msgspec.structs.replace(USUAL.stock[0], lots=(), expiring_grams=500_000),)

    problem, basis = feed(changed(stock=stock))

    assert problem.depots[0].stock_kg == {"CSB+": 0}
    assert [(one.code, one.facts["grams"]) for one in basis.findings] == [("expires-before-use", 500_000)]


END = DAY + dt.timedelta(days=13)
# The last arrival, on the tenth day, and the four days that a truck may need for its way back.


def with_leg(end: str, **facts: object) -> Snapshot:
    """The usual snapshot with these facts on every way to and from one place."""
    return changed(
        distances=tuple(
            msgspec.structs.replace(one, **facts) if end in {one.from_code, one.to_code} else one
            for one in USUAL.distances
        )
    )


def test_minutes_are_those_of_the_type_of_truck_in_the_season() -> None:
    problem, _ = feed(with_leg("A", minutes_by_type={"10T": 190}, season="rains"))

    assert problem.duration_min["10T"][0] == (0.0, 190.0, 60.0)


def test_a_type_of_truck_that_cannot_pass_has_no_minutes_there_and_is_told() -> None:
    snapshot = with_leg("A", minutes_by_type={"1T": 90}, closed_roads=("Bac de Djenné",))

    problem, basis = feed(snapshot)

    assert sense_faults(problem) == []
    assert problem.duration_min["10T"][0] == (0.0, None, 60.0)
    assert [(one.code, one.place_code, one.facts["trucks"]) for one in basis.findings] == [
        ("truck-cannot-pass", "A", TYPE.name)
    ]


def test_a_leg_is_closed_on_the_days_without_a_road_both_ways() -> None:
    shut = ((DAY + dt.timedelta(days=2), DAY + dt.timedelta(days=4)),)

    problem, basis = feed(with_leg("A", closed=shut, closed_roads=("Koulikoro – Banamba",)))

    assert sense_faults(problem) == []
    assert {(one.start, one.end) for one in problem.closed} == {
        ("STORE", "A"),
        ("A", "STORE"),
        ("A", "B"),
        ("B", "A"),
    }
    assert {one.days for one in problem.closed} == {shut}
    (finding,) = basis.findings
    assert (finding.code, finding.facts["days"]) == ("road-closed-days", 3)
    assert "Koulikoro – Banamba" in finding_text(finding)


def test_a_site_whose_every_way_is_closed_all_days_is_left_out_by_name() -> None:
    problem, basis = feed(with_leg("A", closed=((DAY, END),), closed_roads=("Banamba – Nara",)))

    assert [site.id for site in problem.sites] == ["B"]
    (finding,) = basis.findings
    assert (finding.code, finding.place_code, finding.is_left_out) == ("roads-closed", "A", True)
    assert finding.facts["roads"] == "Banamba – Nara"


def test_a_way_round_is_told_with_both_lengths() -> None:
    _, basis = feed(with_leg("A", metres=300_000, usual_metres=60_000, closed_roads=("R1",)))

    assert [(one.code, one.facts["km"], one.facts["usual"]) for one in basis.findings] == [
        ("way-round", 300, 60)
    ]


SPANS = st.tuples(st.integers(-5, 14), st.integers(0, 8)).map(lambda span: (span[0], span[0] + span[1]))


@given(
    bags=st.lists(st.integers(0, 900), min_size=2, max_size=2),
    closed=st.lists(st.tuples(st.sampled_from(("A", "B", "STORE")), SPANS), max_size=5),
    busy=st.lists(SPANS, max_size=4),
    ocean=st.sets(st.sampled_from(("A", "B"))),
    lots=st.lists(st.integers(0, 3_000_000), max_size=4),
)
def test_what_is_needed_is_fed_or_named(
    bags: list[int],
    closed: list[tuple[str, tuple[int, int]]],
    busy: list[tuple[int, int]],
    ocean: set[str],
    lots: list[int],
) -> None:
    snapshot = changed(
        demands=tuple(demand(code, count) for code, count in zip("AB", bags, strict=True)),
        sites=tuple(
            place(code, "site", lat=0.0 if code in ocean else 12.0, lon=0.0 if code in ocean else -7.0)
            for code in "AB"
        ),
        closures=tuple(closure(code, first, last) for code, (first, last) in closed),
        busy=tuple(
            BusyTruck(
                store_code="STORE",
                type_code="10T",
                plate=None,
                first_on=DAY + dt.timedelta(days=first),
                last_on=DAY + dt.timedelta(days=last),
            )
            for first, last in busy
        ),
        stock=(msgspec.structs.replace(USUAL.stock[0], lots=tuple(lots)),),
    )

    problem, basis = feed(snapshot)

    assert sense_faults(problem) == []
    fed = {site.id for site in problem.sites}
    named = {finding.place_code for finding in basis.findings if finding.is_left_out}
    assert fed | named >= {code for code, count in zip("AB", bags, strict=True) if count}
    assert not fed & named
    assert sum(fleet.count for fleet in problem.fleet) <= 2
    assert sum(depot.stock_kg.get("CSB+", 0) for depot in problem.depots) * 1000 <= sum(lots)
    for site in problem.sites:
        shut = [
            (DAY + dt.timedelta(days=first), DAY + dt.timedelta(days=last))
            for code, (first, last) in closed
            if code == site.id
        ]
        for first, last in site.windows or ():
            assert DAY <= first <= last <= snapshot.last_on
            assert all(last < start or end < first for start, end in shut)
