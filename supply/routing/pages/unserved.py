"""What a plan leaves unserved: the sites under the reasons that they share, so that fifteen stay readable."""

from collections import defaultdict

import msgspec

from supply.i18n import N_, gettext, show_mass, translate_count
from supply.routing.planner.plan import Plan
from supply.routing.planner.problem import Problem
from supply.routing.preview import Preview
from supply.routing.reasons import change_text, reason_texts, with_short_products

MOST_OPEN = 4
# Sites that are shown without being unfolded: as many as a screen holds beside what else decides.


class UnservedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a site does not get, and what would change it."""

    site: str
    amounts: str
    grams: int
    change: str


class UnservedGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Sites with the same reasons; `title` counts them and their kilograms."""

    reasons: tuple[str, ...]
    title: str
    grams: int
    lines: tuple[UnservedLine, ...]
    is_open: bool


def unserved_groups(
    problem: Problem, plan: Plan, packed: Preview | None, places: dict[str, str], products: dict[str, str]
) -> tuple[UnservedGroup, ...]:
    """Every product that a site lacks, in whole packs, under what forbids it; the most kilograms first."""
    by_reasons: dict[tuple[str, ...], list[UnservedLine]] = defaultdict(list)
    for one in plan.unserved:
        grams = {
            code: kg * 1000 if packed is None else packed.unserved.get((one.site, code), 0)
            for code, kg in one.kg.items()
        }
        amounts = [f"{show_mass(mass)} {products.get(code, code)}" for code, mass in grams.items() if mass]
        because = with_short_products(one, problem, plan.trips)
        names = places | products
        line = UnservedLine(
            site=places.get(one.site, one.site),
            amounts=", ".join(amounts),
            grams=sum(grams.values()),
            change=change_text(one.cheapest_change, names) or gettext(N_("no single change was found")),
        )
        by_reasons[reason_texts(because, names, len(problem.depots))].append(line)
    groups = [
        _group(reasons, lines, is_open=len(plan.unserved) <= MOST_OPEN)
        for reasons, lines in by_reasons.items()
    ]
    return tuple(sorted(groups, key=lambda group: -group.grams))


def _group(reasons: tuple[str, ...], lines: list[UnservedLine], *, is_open: bool) -> UnservedGroup:
    grams = sum(line.grams for line in lines)
    return UnservedGroup(
        reasons=reasons,
        title=translate_count(
            "{count} site, {grams:mass}", "{count} sites, {grams:mass}", len(lines), {"grams": grams}
        ),
        grams=grams,
        lines=tuple(sorted(lines, key=lambda line: (-line.grams, line.site))),
        is_open=is_open,
    )
