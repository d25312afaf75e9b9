"""What sites do not get, under the reasons that they share, so that fifteen stay readable."""

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from supply.i18n import N_, gettext, show_mass, translate_count
from supply.routing.planner.plan import Plan
from supply.routing.planner.problem import Problem
from supply.routing.preview import Preview
from supply.routing.reasons import change_text, reason_texts, with_short_products

MOST_OPEN = 4
# Sites that are shown without being unfolded: as many as a screen holds beside what else decides.


class SiteLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a site does not get; a page adds its own columns."""

    code: str
    site: str
    amounts: str
    grams: int


class UnservedLine(SiteLine, frozen=True, kw_only=True):
    """What a plan does not bring to a site, and what would change it."""

    change: str


class UnservedGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Sites with the same reasons; `title` counts them and their kilograms."""

    reasons: tuple[str, ...]
    title: str
    grams: int
    lines: tuple[SiteLine, ...]
    is_open: bool


def unserved_groups(
    problem: Problem, plan: Plan, packed: Preview | None, places: dict[str, str], products: dict[str, str]
) -> tuple[UnservedGroup, ...]:
    """Every product that a site lacks, in whole packs, under what forbids it; the most kilograms first."""
    lines = []
    for one in plan.unserved:
        grams = {
            code: kg * 1000 if packed is None else packed.unserved.get((one.site, code), 0)
            for code, kg in one.kg.items()
        }
        amounts = [f"{show_mass(mass)} {products.get(code, code)}" for code, mass in grams.items() if mass]
        because = with_short_products(one, problem, plan.trips)
        names = places | products
        line = UnservedLine(
            code=one.site,
            site=places.get(one.site, one.site),
            amounts=", ".join(amounts),
            grams=sum(grams.values()),
            change=change_text(one.cheapest_change, names) or gettext(N_("no single change was found")),
        )
        lines.append((reason_texts(because, names, len(problem.depots)), line))
    return under_reasons(lines)


def under_reasons(lines: Iterable[tuple[tuple[str, ...], SiteLine]]) -> tuple[UnservedGroup, ...]:
    """Lines that come with the same reasons together; the most kilograms first."""
    by_reasons: dict[tuple[str, ...], list[SiteLine]] = defaultdict(list)
    for reasons, line in lines:
        by_reasons[reasons].append(line)
    is_open = sum(len(together) for together in by_reasons.values()) <= MOST_OPEN
    groups = [_group(reasons, together, is_open=is_open) for reasons, together in by_reasons.items()]
    return tuple(sorted(groups, key=lambda group: -group.grams))


def _group(reasons: tuple[str, ...], lines: list[SiteLine], *, is_open: bool) -> UnservedGroup:
    grams = sum(line.grams for line in lines)
    return UnservedGroup(
        reasons=reasons,
        title=translate_count(
            "{count} site, {grams:mass}",
            "{count} sites, {grams:mass}",
            len({line.code for line in lines}),
            {"grams": grams},
        ),
        grams=grams,
        lines=tuple(sorted(lines, key=lambda line: (-line.grams, line.site))),
        is_open=is_open,
    )
