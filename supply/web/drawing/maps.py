"""A map of communes, roads, stores and trips, placed by coordinates; it prints and needs no internet."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from supply.web.drawing import labels, projection, scales
from supply.web.drawing.labels import Box, Label, Name
from supply.web.drawing.projection import Frame, LonLat, ScaleBar, Spot

Surface = Literal["paved", "laterite", "track"]
Ring = tuple[LonLat, ...]

WIDTH = 340.0
# Units across: about the pixels of a 360 px phone between its margins, so that a unit is a pixel there.
TALLEST = 420.0
MARGIN = 22.0
LABEL_SIZE = 11.0
CORNERS_OF_PLACES = 1400
CORNERS_OF_OUTLINE = 300
# At about 9 bytes a corner a map of 20 communes stays below 25 kB.
LARGEST_RADIUS = 17.0
SPECK_AREA = 150.0
# Square units of the box around a boundary: below that its seat is drawn as a dot too.
CORE = 0.8
# Of a circle's radius: half the side of the square that no name may cover; the corners are free.
STOP_RADIUS = 6.5
MOST_STOPS_SHOWN = 2
# At one place: more would stand around it in a heap that hides the names of its neighbours.
TRIP_COLOURS = 8
MOST_IN_LEGEND = 6
# Trips: the legend of more is folded, for on a phone it pushes away what stands under the map.


class Place(msgspec.Struct, frozen=True):
    """A commune: seat, what it is shaded and sized by, rings when boundaries are known; shown is read out."""

    name: str
    lon: float
    lat: float
    value: float | None = None
    shown: str = ""
    size: float | None = None
    rings: tuple[Ring, ...] = ()


class Store(msgspec.Struct, frozen=True):
    """A warehouse."""

    name: str
    lon: float
    lat: float


class Road(msgspec.Struct, frozen=True):
    """A line of road by its surface."""

    points: tuple[LonLat, ...]
    surface: Surface = "paved"


class Stop(msgspec.Struct, frozen=True):
    """A commune where a trip unloads."""

    name: str
    lon: float
    lat: float


class Trip(msgspec.Struct, frozen=True):
    """A trip: its stops in order and its line from the store and back (empty: straight through the stops).

    `href` shows this trip before the others; a faint one is drawn under them, without its stops.
    """

    label: str
    stops: tuple[Stop, ...]
    points: tuple[LonLat, ...] = ()
    href: str | None = None
    is_faint: bool = False


class Shading(msgspec.Struct, frozen=True):
    """Classes: one label more than breaks, lowest first; a value on a break is in the class above."""

    title: str
    breaks: tuple[float, ...]
    labels: tuple[str, ...]


class Sizes(msgspec.Struct, frozen=True):
    """Which sizes the legend shows as circles, each with its text."""

    title: str
    shown: tuple[tuple[float, str], ...]


class Shape(msgspec.Struct, frozen=True):
    """A commune with a boundary."""

    path: str
    shade: int | None
    name: str
    shown: str


class Dot(msgspec.Struct, frozen=True):
    """A commune without a boundary, or a bubble over it."""

    x: float
    y: float
    radius: float
    shade: int | None
    name: str
    shown: str


class Line(msgspec.Struct, frozen=True):
    """A road."""

    path: str
    surface: Surface


class Mark(msgspec.Struct, frozen=True):
    """A store, or a numbered stop of a trip."""

    x: float
    y: float
    name: str
    number: int = 0


class Drive(msgspec.Struct, frozen=True):
    """A trip as drawn; its stops where other trips unload too are in one mark for all of them."""

    label: str
    colour: int
    path: str
    stops: tuple[Mark, ...]
    href: str | None = None
    is_faint: bool = False


class Key(msgspec.Struct, frozen=True):
    """A line of the legend: a shade, or a circle of that radius."""

    label: str
    shade: int | None = None
    radius: float = 0.0


class MapView(msgspec.Struct, frozen=True):
    """Everything the map macro writes down, in units of its view box."""

    width: float
    height: float
    outline: str
    shapes: tuple[Shape, ...]
    roads: tuple[Line, ...]
    dots: tuple[Dot, ...]
    drives: tuple[Drive, ...]
    is_legend_long: bool
    shared: tuple[Mark, ...]
    """Places where so many trips unload that only their number is written."""
    stores: tuple[Mark, ...]
    labels: tuple[Label, ...]
    shade_title: str
    shades: tuple[Key, ...]
    size_title: str
    sizes: tuple[Key, ...]
    bar: ScaleBar
    has_unknown: bool


def map_view(
    places: Sequence[Place],
    *,
    stores: Sequence[Store] = (),
    roads: Sequence[Road] = (),
    trips: Sequence[Trip] = (),
    shading: Shading | None = None,
    sizes: Sizes | None = None,
    outline: Sequence[Ring] = (),
) -> MapView | None:
    """A map of all places, stores and trips (None without any); roads and the outline may leave it."""
    spread = _extent(places, stores, trips)
    if not spread:
        return None
    frame = projection.fit(spread, width=WIDTH, tallest=TALLEST, margin=MARGIN)
    largest = max((place.size or 0 for place in places), default=0)
    if sizes:
        largest = max([largest, *(size for size, _ in sizes.shown)])
    dots = tuple(_dot(frame, place, shading, largest) for place in places)
    marks = tuple(Mark(*projection.project(frame, (store.lon, store.lat)), store.name) for store in stores)
    visits = _visits(trips)
    taken = [labels.around(mark.x, mark.y, 5) for mark in marks]
    shared = _shared(frame, visits, taken)
    taken += [labels.around(mark.x, mark.y, STOP_RADIUS) for mark in shared]
    drives = _drives(frame, trips, taken=taken, left_out=visits)
    return MapView(
        width=frame.width,
        height=frame.height,
        outline=_rings_path(frame, outline, _tolerance(frame, outline, CORNERS_OF_OUTLINE)),
        shapes=_shapes(frame, places, shading),
        roads=tuple(_roads(frame, roads)),
        dots=dots,
        drives=drives,
        is_legend_long=len(drives) > MOST_IN_LEGEND,
        shared=shared,
        stores=marks,
        labels=_labels(frame, marks, dots, (*shared, *(stop for drive in drives for stop in drive.stops))),
        shade_title=shading.title if shading else "",
        shades=_shade_keys(shading),
        size_title=sizes.title if sizes else "",
        sizes=tuple(Key(text, radius=_radius(size, largest)) for size, text in sizes.shown) if sizes else (),
        bar=projection.scale_bar(frame),
        has_unknown=shading is not None and any(place.value is None for place in places),
    )


def _extent(places: Sequence[Place], stores: Sequence[Store], trips: Sequence[Trip]) -> list[LonLat]:
    spread = [(place.lon, place.lat) for place in places] + [(store.lon, store.lat) for store in stores]
    spread += [point for place in places for ring in place.rings for point in ring]
    for trip in trips:
        spread += [(stop.lon, stop.lat) for stop in trip.stops]
        spread += trip.points
    return spread


def _shade(place: Place, shading: Shading | None) -> int | None:
    return None if shading is None or place.value is None else scales.shade_of(place.value, shading.breaks)


def _radius(size: float, largest: float) -> float:
    """The area of a bubble, not its width, grows with what it shows."""
    return round(max(2.5, LARGEST_RADIUS * math.sqrt(size / largest)), 1) if largest else 2.5


def _dot(frame: Frame, place: Place, shading: Shading | None, largest: float) -> Dot:
    x, y = projection.project(frame, (place.lon, place.lat))
    if place.size is not None:
        radius = _radius(place.size, largest)
    elif place.rings:
        radius = 5.0 if _is_speck(frame, place.rings) else 0.0
    else:
        radius = 6.5 if shading else 3.5
    return Dot(x, y, radius, _shade(place, shading), place.name, place.shown)


def _is_speck(frame: Frame, rings: Sequence[Ring]) -> bool:
    """Whether a boundary is too small on this map for its shade to be seen."""
    spots = [projection.project(frame, point) for ring in rings for point in ring]
    across, down = [x for x, _ in spots], [y for _, y in spots]
    return (max(across) - min(across)) * (max(down) - min(down)) < SPECK_AREA


def _tolerance(frame: Frame, rings: Iterable[Ring], corners: int) -> float:
    """The finest simplification, by doubling from a quarter unit, that leaves at most so many corners."""
    drawn = [[projection.project(frame, point) for point in ring] for ring in rings]
    tolerance = 0.25
    while tolerance < 8 and sum(len(projection.simplify(spots, tolerance)) for spots in drawn) > corners:
        tolerance *= 2
    return tolerance


def _rings_path(frame: Frame, rings: Sequence[Ring], tolerance: float) -> str:
    simple = [_simple(frame, ring, tolerance) for ring in rings]
    return "".join(projection.path(spots, closing="z") for spots in simple if len(spots) > 2)


def _simple(frame: Frame, points: Sequence[LonLat], tolerance: float) -> list[Spot]:
    return projection.simplify([projection.project(frame, point) for point in points], tolerance)


def _shapes(frame: Frame, places: Sequence[Place], shading: Shading | None) -> tuple[Shape, ...]:
    tolerance = _tolerance(frame, [ring for place in places for ring in place.rings], CORNERS_OF_PLACES)
    return tuple(
        Shape(_rings_path(frame, place.rings, tolerance), _shade(place, shading), place.name, place.shown)
        for place in places
        if place.rings
    )


def _roads(frame: Frame, roads: Sequence[Road]) -> Iterable[Line]:
    """Roads that touch the frame; the rest would only weigh."""
    whole = Box(0, 0, frame.width, frame.height)
    for road in roads:
        spots = _simple(frame, road.points, 0.6)
        across, down = [x for x, _ in spots], [y for _, y in spots]
        if len(spots) > 1 and not labels.is_apart(Box(min(across), min(down), max(across), max(down)), whole):
            yield Line(projection.path(spots), road.surface)


def _visits(trips: Sequence[Trip]) -> dict[Stop, int]:
    """How many trips unload where more of them do than are shown one by one."""
    visits = Counter(stop for trip in trips if not trip.is_faint for stop in trip.stops)
    return {stop: count for stop, count in visits.items() if count > MOST_STOPS_SHOWN}


def _shared(frame: Frame, visits: Mapping[Stop, int], taken: Sequence[Box]) -> tuple[Mark, ...]:
    """One mark for each such place, with the number of trips."""
    boxes = list(taken)
    marks = []
    for stop, count in visits.items():
        x, y = _free_spot(*projection.project(frame, (stop.lon, stop.lat)), boxes)
        boxes.append(labels.around(x, y, STOP_RADIUS))
        marks.append(Mark(x, y, stop.name, count))
    return tuple(marks)


def _drives(
    frame: Frame, trips: Sequence[Trip], *, taken: Sequence[Box], left_out: Collection[Stop]
) -> tuple[Drive, ...]:
    boxes = list(taken)
    drives = []
    for index, trip in enumerate(trips):
        points = trip.points or tuple((stop.lon, stop.lat) for stop in trip.stops)
        stops = []
        for number, stop in enumerate(() if trip.is_faint else trip.stops, start=1):
            if stop in left_out:
                continue
            x, y = _free_spot(*projection.project(frame, (stop.lon, stop.lat)), boxes)
            boxes.append(labels.around(x, y, STOP_RADIUS))
            stops.append(Mark(x, y, stop.name, number))
        line = projection.path(_simple(frame, points, 0.4)) if points else ""
        drives.append(Drive(trip.label, index % TRIP_COLOURS, line, tuple(stops), trip.href, trip.is_faint))
    return tuple(drives)


def _free_spot(x: float, y: float, boxes: Sequence[Box]) -> Spot:
    """The spot itself or the first free one around it: trucks that share a commune stay legible."""
    ring = [(x, y)]
    for distance in (13.5, 20.0):
        for turn in range(8):
            angle = turn * math.pi / 4
            ring.append((round(x + distance * math.cos(angle), 1), round(y - distance * math.sin(angle), 1)))
    for spot in ring:
        if all(labels.is_apart(labels.around(*spot, STOP_RADIUS), box) for box in boxes):
            return spot
    return x, y


def _labels(
    frame: Frame, stores: Sequence[Mark], dots: Sequence[Dot], stops: Sequence[Mark]
) -> tuple[Label, ...]:
    """Stores first, then communes from the largest mark down."""
    taken = [labels.around(mark.x, mark.y, 5) for mark in stores]
    taken += [labels.around(dot.x, dot.y, dot.radius * CORE) for dot in dots]
    taken += [labels.around(stop.x, stop.y, STOP_RADIUS) for stop in stops]
    taken.append(Box(frame.width - 22, 0, frame.width, 36))
    # The arrow to the north.
    at_stop = dict.fromkeys((stop.name for stop in stops), STOP_RADIUS)
    names = [Name(mark.name, mark.x, mark.y, 5, "store") for mark in stores]
    names += [
        Name(dot.name, dot.x, dot.y, max(dot.radius, at_stop.get(dot.name, 2.0)))
        for dot in sorted(dots, key=lambda one: (-one.radius, one.name))
    ]
    return labels.place_labels(
        names, taken=taken, width=frame.width, height=frame.height - 16, size=LABEL_SIZE
    )


def _shade_keys(shading: Shading | None) -> tuple[Key, ...]:
    if shading is None:
        return ()
    count = len(shading.labels)
    return tuple(
        Key(text, shade=scales.shade_of_class(index, count)) for index, text in enumerate(shading.labels)
    )
