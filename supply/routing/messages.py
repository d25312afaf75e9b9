"""Words of routing's codes: findings of the feeder, failures of a run."""

import datetime as dt

from supply.i18n import N_, gettext, translate
from supply.routing.basis import Finding

FINDINGS = {
    "not-counted": N_("{place}: a target group was not counted, so the need is not known. Enter the census."),
    "place-inactive": N_("{place} is marked as not in use."),
    "no-coordinates": N_("{place} has no coordinates. Enter them in the reference data."),
    "no-distance": N_("No distance to {place} is known from any store. Import roads or a distance table."),
    "no-road": N_(
        "No road to {place} is known; its distance is estimated as the crow flies. Import its "
        "road or distance."
    ),
    "closed-all-days": N_(
        "{place} cannot be reached from {first} to {last} ({reason}). Plan for other days."
    ),
    "roads-closed": N_(
        "{place} cannot be reached from any store from {first} to {last}: every way leads over {roads}, "
        "closed on these days. Plan for other days, or bring the flour before."
    ),
    "road-closed-days": N_(
        "{place}: no road from {store} on {days} days of the plan ({roads}); trucks go there on the others."
    ),
    "way-round": N_(
        "{place}: {km} km from {store} instead of {usual} km, round {roads}. A plan has one length per leg, "
        "so the way that is open on all its days is counted."
    ),
    "truck-cannot-pass": N_(
        "{place}: {trucks} cannot pass from {store} ({roads}); other trucks are planned there."
    ),
    "store-without-truck": N_("{place} has {grams:mass} free and no truck; nothing can leave from there."),
    "expires-before-use": N_(
        "{place}: {grams:mass} of {product} expire before the last distribution day, {day}, and are not sent."
    ),
    "good-for-early-sites-only": N_(
        "{place}: {grams:mass} of {product} are good for the sites that distribute first only. The plan does "
        "not count on them, since it might send them to a site that distributes later."
    ),
}
"""Findings of the feeder, by code."""

FAILURES = {
    "refused-by-checker": N_(
        "The independent checker refused the plan that was found, so it was not stored. Tell "
        "the administrator."
    ),
    "solver-error": N_(
        "The planner stopped on an error. Begin it again; if it fails again, tell the administrator."
    ),
    "killed": N_("The process that calculated has ended without a word. Nothing was lost; begin it again."),
}
"""Why a run gave nothing, by the part of its failure before the colon."""


def finding_text(finding: Finding) -> str:
    """A finding in the reader's language."""
    facts: dict[str, object] = dict(finding.facts)
    for name in {"day", "first", "last"} & facts.keys():
        facts[name] = dt.date.fromisoformat(str(facts[name]))
    return translate(FINDINGS[finding.code], facts)


def failure_text(failure: str) -> str:
    """Why a run gave nothing, in the reader's language."""
    return gettext(FAILURES[failure.partition(":")[0]])
