"""The planner's codes for what it leaves unserved, in the reader's words."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from supply.i18n import N_, show_money, translate
from supply.routing.planner.plan import Trip, Unserved
from supply.routing.planner.problem import Problem
from supply.routing.planner.words import AT_MOST, CHANGES, REASONS, change_words, reason_words

_CHANGE = re.compile(r"^(?P<code>.+?)(?: \+(?P<amount>\d+))? cost (?P<cost>[+-]\d+)(?P<open> at-most)?$")
# How a plan file writes a change: `stock:SEVARE:CSB+ +1200 cost +35000`, ` at-most` behind what is unproven.


def with_short_products(one: Unserved, problem: Problem, trips: Iterable[Trip]) -> tuple[str, ...]:
    """The codes of a site with every product that the stores lack for it.

    The planner names a smallest set of limits: one product that is short explains why the site cannot get
    all, and the others that are short too would be found out only with the next plan.
    """
    taken: Counter[str] = Counter()
    for trip in trips:
        for stop in trip.stops:
            taken.update(stop.deliver_kg)
    named = {code.split(":")[2] for code in one.because if code.startswith("stock:") and code.count(":") == 2}
    short = [
        product
        for product, kg in one.kg.items()
        if product not in named
        and sum(depot.stock_kg.get(product, 0) for depot in problem.depots) - taken[product] < kg
    ]
    return (*one.because, *(f"stock:{depot.id}:{product}" for product in short for depot in problem.depots))


def reason_texts(codes: Iterable[str], names: Mapping[str, str], store_count: int) -> tuple[str, ...]:
    """All limits that forbid a delivery together; stores, roads and fleets each in one line."""
    short: dict[str, list[str]] = defaultdict(list)
    closed: dict[str, list[str]] = defaultdict(list)
    fleets: list[str] = []
    others = []
    for code in codes:
        kind, *parts = code.split(":")
        if kind == "stock" and len(parts) == 2:
            short[parts[1]].append(_named(parts[0], names))
        elif kind == "closed" and len(parts) == 2:
            closed[parts[1]].append(_named(parts[0], names))
        elif kind == "fleet" and len(parts) == 1:
            fleets.append(_named(parts[0], names))
        else:
            others.append(reason_text(code, names))
    lines = _short_lines(short, names, store_count)
    for end, starts in closed.items():
        facts: dict[str, object] = {"starts": starts, "end": _named(end, names)}
        lines.append(translate(N_("The roads to {end} from {starts} are closed."), facts))
    if fleets:
        lines.append(translate(N_("Too few vehicles: {fleets}."), {"fleets": fleets}))
    return (*lines, *others)


def _short_lines(short: Mapping[str, list[str]], names: Mapping[str, str], store_count: int) -> list[str]:
    lines = []
    for product, stores in short.items():
        facts = {"product": names.get(product, product), "stores": stores}
        if len(stores) == store_count:
            lines.append(translate(N_("All stores together have too little {product}."), facts))
        else:
            lines.append(translate(N_("Too little {product} at {stores}."), facts))
    return lines


def reason_text(code: str, names: Mapping[str, str]) -> str:
    """A limit that forbids a delivery; names replace the codes of places and products."""
    if code.partition(":")[0] not in REASONS:
        return code
    message, facts = reason_words(code)
    return translate(message, {name: _named(value, names) for name, value in facts.items()})


def change_text(change: str, names: Mapping[str, str]) -> str:
    """The cheapest change that would serve it; empty when none was found."""
    match = _CHANGE.match(change)
    if match is None or match["code"].partition(":")[0] not in CHANGES:
        return change
    message, facts = change_words(match["code"], int(match["amount"] or 0), int(match["cost"]))
    shown: dict[str, object] = {
        name: _named(value, names) if isinstance(value, str) else value for name, value in facts.items()
    }
    text = translate(message, shown | {"cost": show_money(int(match["cost"]))})
    return f"{text} {translate(AT_MOST, {})}" if match["open"] else text


def _named(code: str, names: Mapping[str, str]) -> str:
    """A place, a product, or a fleet (store/type) by its name."""
    store, slash, rest = code.partition("/")
    return f"{names.get(store, store)} · {rest}" if slash else names.get(code, code)
