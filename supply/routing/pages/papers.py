"""A waybill as it is printed: heads, lines, the boxes to sign."""

import datetime as dt
from collections.abc import Sequence

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.rows import PackRow
from supply.i18n import N_, gettext, show_date, translate
from supply.routing.pages.texts import in_packs, names_of_products, packs_by_code, packs_within, trip_badge
from supply.routing.rows import TripRow, WaybillLineRow, WaybillRow
from supply.web.parts import Badge, Signature


class PaperLine(msgspec.Struct, frozen=True, kw_only=True):
    """One lot on the paper; counts are empty until they are known, to be filled in by hand."""

    product: str
    lot: str
    expires_on: dt.date
    packs: str
    net: int
    gross: int | None
    good: int | None
    damaged: int | None
    missing: int | None
    excess: int | None


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A waybill."""

    number: str
    badge: Badge
    facts: tuple[tuple[str, str], ...]
    lines: tuple[PaperLine, ...]
    net: int
    has_arrived: bool
    remarks: str
    signatures: tuple[Signature, ...]


def paper(session: Session, trip: TripRow, waybill: WaybillRow) -> Paper:
    """The waybill of one stop, as planned, as loaded or as received."""
    products, packs = names_of_products(session), packs_by_code(session)
    lines = tuple(
        _line(line, products, packs)
        for line in waybill.lines
        if line.dispatched_grams is None or line.dispatched_grams
    )
    if waybill.arrived_on is None:
        badge = trip_badge(trip.state)
    elif waybill.has_discrepancy:
        badge = Badge("warn", gettext(N_("arrived, not as sent")))
    else:
        badge = Badge("good", gettext(N_("arrived")))
    return Paper(
        number=waybill.number,
        badge=badge,
        facts=_facts(trip, waybill),
        lines=lines,
        net=waybill.sent_grams,
        has_arrived=waybill.arrived_on is not None,
        remarks=waybill.remarks,
        signatures=(
            Signature(gettext(N_("Sender")), trip.sender, trip.departed_on),
            Signature(gettext(N_("Driver")), trip.driver, trip.departed_on),
            Signature(gettext(N_("Receiver")), waybill.receiver, waybill.arrived_on),
        ),
    )


def _facts(trip: TripRow, waybill: WaybillRow) -> tuple[tuple[str, str], ...]:
    left = show_date(trip.departed_on) if trip.departed_on else "–"
    arrived = show_date(waybill.arrived_on) if waybill.arrived_on else "–"
    return (
        (gettext(N_("From")), trip.store_name),
        (gettext(N_("To")), waybill.site_name),
        (gettext(N_("Cycle")), trip.cycle_name),
        (
            gettext(N_("Trip")),
            translate(N_("{trip}, stop {stop}"), {"trip": trip.label, "stop": waybill.stop}),
        ),
        (gettext(N_("Transporter")), trip.transporter or "–"),
        (gettext(N_("Truck")), trip.plate or trip.vehicle_type_code),
        (gettext(N_("Driver")), " · ".join(one for one in (trip.driver, trip.driver_phone) if one) or "–"),
        (gettext(N_("Left on")), left),
        (gettext(N_("Due on")), show_date(waybill.due_on)),
        (gettext(N_("Arrived on")), arrived),
    )


def _line(line: WaybillLineRow, products: dict[str, str], packs: dict[str, PackRow]) -> PaperLine:
    net = line.planned_grams if line.dispatched_grams is None else line.dispatched_grams
    return PaperLine(
        product=products.get(line.product_code, line.product_code),
        lot=line.lot_number,
        expires_on=line.expires_on,
        packs=in_packs(net, line.pack_code, packs),
        net=net,
        gross=_gross(net, packs_within(line.pack_code, packs)),
        good=line.good_grams,
        damaged=line.damaged_grams,
        missing=line.missing_grams,
        excess=line.excess_grams,
    )


def _gross(net: int, packs: Sequence[PackRow]) -> int | None:
    """Gross mass of the largest packs and the rest in smaller ones; None when a pack's is not known."""
    gross, rest = 0, net
    for pack in packs:
        count, rest = divmod(rest, pack.net_grams)
        if count and pack.gross_grams is None:
            return None
        gross += count * (pack.gross_grams or 0)
    return None if rest else gross
