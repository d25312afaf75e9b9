"""The map, bars and line of coverage."""

from sqlalchemy.orm import Session

from supply.catalog.queries import boundaries, places
from supply.coverage.follow_up import COVERAGE_TARGET_PERCENT
from supply.coverage.queries import CommuneFigures, CycleCoverage, Trend
from supply.i18n import N_, gettext, show_number, show_percent
from supply.web.drawing.bars import Bar, BarsView, bars_view
from supply.web.drawing.lines import LineView, Series, line_view
from supply.web.drawing.maps import MapView, Place, Shading, Sizes, Store, map_view

BREAKS = (0.5, 0.7, 0.9)
# Half, the target of preventive programmes, and nearly all.


def coverage_map(session: Session, coverage: CycleCoverage) -> MapView | None:
    """Communes shaded by coverage, sized by people targeted; stores beside."""
    rings = boundaries(session)
    shown = tuple(
        Place(
            name=one.name,
            lon=one.lon,
            lat=one.lat,
            value=_value(one),
            shown=_shown(one),
            size=float(one.figures.targeted),
            rings=rings.get(one.pcode, ()),
        )
        for one in coverage.communes
        if one.lon is not None and one.lat is not None
    )
    stores = tuple(Store(row.name, row.lon, row.lat) for row in places(session, "store", only_active=True))
    return map_view(
        places=shown,
        stores=stores,
        shading=Shading(
            title=gettext(N_("Coverage")),
            breaks=BREAKS,
            labels=("< 50 %", "50–69 %", "70–89 %", gettext(N_("90 % or more"))),
        ),
        sizes=Sizes(
            title=gettext(N_("People targeted")),
            shown=((1000.0, show_number(1000)), (5000.0, show_number(5000))),
        ),
    )


def coverage_bars(communes: tuple[CommuneFigures, ...], cycle_code: str) -> BarsView:
    """One bar a commune, the lowest first; communes that did not report have none."""
    bars = [
        Bar(
            one.name,
            one.figures.coverage.numerator,
            one.figures.coverage.denominator,
            href=f"/coverage/communes/{one.pcode}?cycle={cycle_code}",
        )
        for one in sorted(communes, key=lambda one: (_value(one) or 0.0, one.name))
        if one.figures.coverage is not None
    ]
    return bars_view(bars, target=COVERAGE_TARGET_PERCENT / 100)


def reached_line(trend: Trend) -> LineView | None:
    """People targeted and reached of each cycle that is closed or where every site has reported.

    A cycle in progress would look like a fall.
    """
    rows = [
        row
        for row in trend.rows
        if row.figures.reached is not None and (row.cycle.state == "closed" or row.figures.is_complete)
    ]
    if len(rows) < 2:
        return None
    targeted = tuple((float(row.cycle.number), float(row.figures.targeted)) for row in rows)
    reached = tuple((float(row.cycle.number), float(row.figures.reached or 0)) for row in rows)
    return line_view(
        (Series("targeted", targeted), Series("reached", reached)),
        x_ticks=tuple((float(row.cycle.number), row.cycle.name) for row in rows),
        is_from_zero=True,
    )


def _value(one: CommuneFigures) -> float | None:
    share = one.figures.coverage
    return None if share is None else share.numerator / share.denominator


def _shown(one: CommuneFigures) -> str:
    share = one.figures.coverage
    if share is None:
        return gettext(N_("not reported"))
    shown = show_percent(share.numerator, share.denominator)
    return f"{shown} ({show_number(share.numerator)} / {show_number(share.denominator)})"
