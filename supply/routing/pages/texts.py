"""Short texts of the pages of routing: states, packs, names."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.catalog.rows import PackRow
from supply.i18n import N_, gettext, show_mass, show_number, translate
from supply.routing.rows import PlanRow
from supply.routing.words import PLAN_STATE_NAMES, TRIP_STATE_NAMES, PlanState, TripState
from supply.web.parts import Badge, Tone

PLAN_TONES: dict[PlanState, Tone] = {
    PlanState.WAITING: "hold",
    PlanState.SOLVING: "info",
    PlanState.PROPOSED: "warn",
    PlanState.APPROVED: "good",
    PlanState.REJECTED: "neutral",
    PlanState.STOPPED: "neutral",
    PlanState.FAILED: "bad",
}
TRIP_TONES: dict[TripState, Tone] = {
    TripState.PLANNED: "hold",
    TripState.DEPARTED: "info",
    TripState.ARRIVED: "good",
    TripState.CANCELLED: "neutral",
}


def plan_badge(state: str) -> Badge:
    kind = PlanState(state)
    return Badge(PLAN_TONES[kind], gettext(PLAN_STATE_NAMES[kind]))


def plan_row_badge(row: PlanRow) -> Badge:
    """As plan_badge; a proposed plan of whose cycle another was approved since has nothing to decide."""
    if row.state == PlanState.PROPOSED and not row.waits_for_decision:
        return over_badge()
    return plan_badge(row.state)


def over_badge() -> Badge:
    """Of a proposed plan whose cycle has another approved plan."""
    return Badge("neutral", gettext(N_("no longer needed")))


def trip_badge(state: str) -> Badge:
    kind = TripState(state)
    return Badge(TRIP_TONES[kind], gettext(TRIP_STATE_NAMES[kind]))


def names_of_products(session: Session) -> dict[str, str]:
    """Name in the reader's language by code."""
    return {product.code: product.name for product in catalog.products(session)}


def names_of_places(session: Session) -> dict[str, str]:
    """Name by code."""
    return {place.code: place.name for place in catalog.places(session)}


def packs_by_code(session: Session) -> dict[str, PackRow]:
    return {pack.code: pack for pack in catalog.packs(session)}


def packs_within(code: str, packs: Mapping[str, PackRow]) -> tuple[PackRow, ...]:
    """The pack and the packs inside it, largest first: a carton, then its pouch."""
    found: list[PackRow] = []
    next_code: str | None = code
    while next_code is not None and next_code in packs and packs[next_code] not in found:
        found.append(packs[next_code])
        next_code = packs[next_code].inner_code
    return tuple(found)


def in_packs(grams: int, code: str, packs: Mapping[str, PackRow]) -> str:
    """`258 × carton + 3 × pouch`, with the loose rest when there is one."""
    parts, rest = [], grams
    for pack in packs_within(code, packs):
        count, rest = divmod(rest, pack.net_grams)
        if count:
            parts.append(translate(N_("{count} × {pack}"), {"count": count, "pack": pack.name}))
    if rest or not parts:
        parts.append(show_mass(rest))
    return " + ".join(parts)


def plain_kg(grams: int) -> str:
    """Kilograms as a form's field takes them: `1250`, `4,5`."""
    whole, rest = divmod(grams, 1000)
    return f"{whole},{rest:03d}".rstrip("0").rstrip(",") if rest else str(whole)


def km(metres: int) -> str:
    """Kilometres, rounded half up."""
    return f"{show_number((metres + 500) // 1000)}\N{NO-BREAK SPACE}km"
