"""A pre-positioning plan in the words and drawings of its page."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.i18n import N_, gettext, show_date, show_mass, show_tonnes, translate, translate_count
from supply.routing.ahead.ask import PrepositionAnswer
from supply.routing.ahead.ways import way_key
from supply.routing.pages.drawings import Way, read_ground, trips_map
from supply.routing.pages.unserved import SiteLine, UnservedGroup, under_reasons
from supply.routing.planner.preposition.plan import Move, PrepositionPlan, Served, Unmet
from supply.routing.planner.preposition.problem import PrepositionProblem
from supply.web.drawing.bars import Bar, BarsView, bars_view
from supply.web.drawing.maps import MapView
from supply.web.parts import Tone

MOST_NAMES = 6
# Sites named in one line; a line of twenty is not read.

BECAUSE = {
    "closed": N_("for {sites} ({cycle}): the road from {store} is closed when they need it"),
    "no-road": N_("for {sites} ({cycle}): no truck goes there from {store}"),
    "full": N_("for {sites} ({cycle}): {store} would be full"),
    "cheaper": N_("for {sites} ({cycle}): cheaper by this store"),
}
LIMITS = {
    "stock": N_("not enough {first} in the stores and on order"),
    "closed": N_("the road {first} – {second} is closed"),
    "full": N_("{first} is full"),
    "early": N_("{first} cannot keep flour long enough before its distribution"),
    "expiry": N_("the lots of {second} at {first} expire too soon"),
    "limit": N_("the road {first} – {second} carries no more"),
    "together": N_("several limits together; none alone would help"),
    "search": N_("the reason was not looked for in time"),
}


class MoveLine(msgspec.Struct, frozen=True, kw_only=True):
    """One move: what, how much, before which day, for whom and why."""

    label: str
    product: str
    grams: int
    before: dt.date
    why: tuple[str, ...]
    cost: int
    href: str


class ShortLine(SiteLine, frozen=True, kw_only=True):
    """What a site does not get in time for a cycle."""

    cycle: str


class FillLine(msgspec.Struct, frozen=True, kw_only=True):
    """How full one store is at the end of a month."""

    label: str
    on: str
    grams: int
    capacity: int


class AdviceBody(msgspec.Struct, frozen=True, kw_only=True):
    """Everything under the heading of the advice."""

    tone: Tone
    words: tuple[str, ...]
    moved: int
    cost: int
    short: int
    short_without: int
    moves: tuple[MoveLine, ...]
    shorts: tuple[UnservedGroup, ...]
    overfull: tuple[str, ...]
    without_road: str
    map: MapView | None
    fullest: BarsView | None
    bars: BarsView | None
    first_on: dt.date
    last_on: dt.date


class _Names:
    """Names of places, products and cycles by their codes."""

    def __init__(self, session: Session, answer: PrepositionAnswer) -> None:
        self.places = {one.code: one.name for one in catalog.places(session)}
        self.products = {one.code: one.name for one in catalog.products(session)}
        self.cycles = answer.cycle_by_due

    def sites(self, codes: Iterable[str]) -> str:
        """Names in order; many are told by their number."""
        found = sorted({self.places.get(code, code) for code in codes})
        if len(found) <= MOST_NAMES:
            return ", ".join(found)
        return translate_count("{count} site", "{count} sites", len(found), {})

    def of(self, code: str) -> str:
        return self.places.get(code) or self.products.get(code, code)


def advice_body(session: Session, answer: PrepositionAnswer) -> AdviceBody:
    """The plan beside doing nothing."""
    problem, plan, nothing = answer.problem, answer.plan, answer.nothing
    assert problem is not None, "an answer with a plan has its problem"
    assert plan is not None, "the page asks only with a plan"
    assert nothing is not None, "both are worked out together"
    names = _Names(session, answer)
    fills = _fills(problem, plan, names)
    return AdviceBody(
        tone="info" if plan.moves else "good",
        words=_words(plan, nothing),
        moved=_grams(sum(one.kg for one in plan.moves)),
        cost=round(plan.way_cost),
        short=_grams(plan.shortage_kg),
        short_without=_grams(nothing.shortage_kg),
        moves=tuple(_moves(plan, answer.last_days, names)),
        shorts=_shorts(plan.unmet, names),
        overfull=tuple(
            translate(
                N_("{store}: {amount} too much at the end of the period from {day}."),
                {
                    "store": names.of(one.store),
                    "amount": show_tonnes(_grams(one.kg)),
                    "day": dt.date.fromisoformat(one.period),
                },
            )
            for one in plan.overfull
        ),
        without_road=names.sites(answer.without_road) if answer.without_road else "",
        map=_map(session, plan),
        fullest=_bars(_fullest(fills)),
        bars=_bars(fills),
        first_on=problem.periods[0].first,
        last_on=problem.periods[-1].last,
    )


def _grams(kg: float) -> int:
    return round(kg * 1000)


def _words(plan: PrepositionPlan, nothing: PrepositionPlan) -> tuple[str, ...]:
    facts: dict[str, object] = {
        "moved": show_tonnes(_grams(sum(one.kg for one in plan.moves))),
        "cost": round(plan.way_cost),
        "without": round(nothing.way_cost),
        "short": show_tonnes(_grams(plan.shortage_kg)),
        "short_without": show_tonnes(_grams(nothing.shortage_kg)),
    }
    if not plan.moves:
        advice = N_("Move nothing: no move between stores makes a delivery possible or cheaper.")
    elif nothing.shortage_kg > plan.shortage_kg:
        advice = N_(
            "Move {moved}: then {short} are short at the sites, and {short_without} if nothing is moved. All "
            "roads together cost {cost:money} ({without:money} for the less that could be brought)."
        )
    else:
        advice = N_("Move {moved}: all roads together then cost {cost:money} instead of {without:money}.")
    proof = (
        N_("It is proven that no plan costs less.") if plan.gap <= 0.0001 else N_("A cheaper plan may exist.")
    )
    return (translate(advice, facts), gettext(proof))


def _moves(plan: PrepositionPlan, last_days: Mapping[str, dt.date], names: _Names) -> Iterable[MoveLine]:
    """Moves of one way, product and last day together, the most urgent first."""
    together: dict[tuple[str, str, str, dt.date], list[Move]] = defaultdict(list)
    for move in plan.moves:
        day = last_days[way_key(move.start, move.end, move.until)]
        together[move.start, move.end, move.product, day].append(move)
    for (start, end, product, day), moves in sorted(together.items(), key=lambda one: (one[0][3], one[0])):
        yield MoveLine(
            label=f"{names.of(start)} → {names.of(end)}",
            product=names.of(product),
            grams=_grams(sum(one.kg for one in moves)),
            before=day,
            why=_why(start, [one for move in moves for one in move.serves], names),
            cost=round(sum(one.cost for one in moves)),
            href=f"/inventory/transfer?place={start}",
        )


def _why(start: str, served: Iterable[Served], names: _Names) -> tuple[str, ...]:
    sites: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in served:
        sites[one.due, one.because].add(one.site)
    if not sites:
        return (translate(N_("to make room at {store}"), {"store": names.of(start)}),)
    return tuple(
        translate(
            BECAUSE[because],
            {
                "sites": names.sites(codes),
                "cycle": names.cycles.get(due, due),
                "store": names.of(start),
            },
        )
        for (due, because), codes in sorted(sites.items())
    )


def _shorts(unmet: Iterable[Unmet], names: _Names) -> tuple[UnservedGroup, ...]:
    """One line for all products that a site lacks in a cycle for the same reasons."""
    together: dict[tuple[str, str, tuple[str, ...]], Counter[str]] = defaultdict(Counter)
    for one in unmet:
        together[one.site, one.due, tuple(_limits(one.because, names))][one.product] += _grams(one.kg)
    return under_reasons(
        (
            reasons,
            ShortLine(
                code=site,
                site=names.of(site),
                cycle=names.cycles.get(due, due),
                amounts=", ".join(
                    f"{show_mass(grams)} {names.of(code)}" for code, grams in sorted(by_product.items())
                ),
                grams=by_product.total(),
            ),
        )
        for (site, due, reasons), by_product in together.items()
    )


def _limits(codes: Iterable[str], names: _Names) -> Iterable[str]:
    """Codes in words; a road closed in several periods is told once."""
    found: dict[str, None] = {}
    for code in codes:
        kind, *parts = code.split(":")
        facts = {
            "first": names.of(parts[0]) if parts else "",
            "second": names.of(parts[1]) if parts[1:] else "",
        }
        found[translate(LIMITS[kind], facts)] = None
    return found


def _fills(problem: PrepositionProblem, plan: PrepositionPlan, names: _Names) -> tuple[FillLine, ...]:
    """The fullest moment told of each month, of each store that has a limit."""
    capacity = {one.id: one.capacity_kg for one in problem.stores}
    most: dict[tuple[str, str], float] = {}
    ends = {one.id: one.last for one in problem.periods}
    for one in plan.store:
        if capacity[one.store]:
            key = (one.store, f"{ends[one.period]:%Y-%m}")
            most[key] = max(most.get(key, 0.0), one.kg)
    return tuple(
        FillLine(
            label=names.of(store),
            on=show_date(dt.date.fromisoformat(f"{month}-01"), "MMM yyyy"),
            grams=_grams(kg),
            capacity=_grams(capacity[store] or 0.0),
        )
        for (store, month), kg in sorted(most.items(), key=lambda one: (names.of(one[0][0]), one[0][1]))
    )


def _fullest(fills: tuple[FillLine, ...]) -> tuple[FillLine, ...]:
    """The fullest month of each store."""
    most: dict[str, FillLine] = {}
    for one in fills:
        if one.label not in most or one.grams > most[one.label].grams:
            most[one.label] = one
    return tuple(most.values())


def _bars(fills: tuple[FillLine, ...]) -> BarsView | None:
    bars = [
        Bar(f"{one.label} · {one.on}", one.grams // 1_000_000, one.capacity // 1_000_000) for one in fills
    ]
    return bars_view(bars) if bars else None


def _map(session: Session, plan: PrepositionPlan) -> MapView | None:
    """Moves as lines from store to store."""
    tonnes: dict[tuple[str, str], float] = defaultdict(float)
    for move in plan.moves:
        tonnes[move.start, move.end] += move.kg
    if not tonnes:
        return None
    ways = [Way(show_tonnes(_grams(kg)), pair) for pair, kg in sorted(tonnes.items())]
    return trips_map(read_ground(session), ways, ())
