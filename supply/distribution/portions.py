"""Who of the people chosen receives what: every reason against is told, person by person."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from supply.distribution.eligibility import Group, StatusPeriod, group_on
from supply.distribution.words import REASON_NAMES, Reason
from supply.i18n import N_, translate


class Ration(msgspec.Struct, frozen=True, kw_only=True):
    """Grams of a product for one person of a group in the cycle."""

    group_code: str
    product_code: str
    grams: int


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when a person was served in the cycle."""

    site_name: str
    held_on: dt.date


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a person chosen from the list, on the distribution day.

    `enrolled_at` is the site whose list the person is on that day, None when on none.
    """

    person_code: str
    name: str
    sex: str
    born_on: dt.date
    statuses: tuple[StatusPeriod, ...] = ()
    enrolled_at: str | None = None
    enrolled_at_name: str = ""
    withdrawn_on: dt.date | None = None
    served: Served | None = None


class Portion(msgspec.Struct, frozen=True, kw_only=True):
    """What one person receives of one product; `due_grams` is the ration of the cycle."""

    person_code: str
    group_code: str
    product_code: str
    due_grams: int
    grams: int


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why one person receives nothing; `code` is stable, `facts` are filled into its sentence."""

    person_code: str
    name: str
    code: str
    facts: dict[str, object]

    def message(self) -> str:
        """The sentence for the reader, in their language."""
        return translate(
            PROBLEM_TITLES[self.code], {"name": self.name, "card": self.person_code} | self.facts
        )


PROBLEM_TITLES: dict[str, str] = {
    "person-unknown": N_("{card} is not in the register."),
    "chosen-twice": N_("{name} ({card}) was chosen twice."),
    "not-enrolled": N_("{name} ({card}) is on no list; enrol this person first."),
    "withdrawn": N_("{name} ({card}) left the list on {withdrawn_on}."),
    "enrolled-elsewhere": N_("{name} ({card}) is on the list of {site}."),
    "already-served": N_("{name} ({card}) was served in this cycle, on {held_on} at {site}."),
    "not-eligible": N_("{name} ({card}), {months} months old on {day}: {reason:message}."),
    "no-ration": N_("{name} ({card}): the cycle has no ration for this group."),
}


class Decision(NamedTuple):
    """Portions of the people without a problem, and the problems of the others."""

    portions: tuple[Portion, ...]
    problems: tuple[Problem, ...]


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """The session's site and day, and what the cycle gives to whom.

    `reduced` rations replace those of the cycle.
    """

    site_code: str
    day: dt.date
    groups: tuple[Group, ...]
    rations: tuple[Ration, ...]
    reduced: tuple[Ration, ...] = ()


def decide(people: Iterable[Chosen], setting: Setting) -> Decision:
    """Portions for everybody who may be served, and one problem for each of the others."""
    portions: list[Portion] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for person in people:
        problem, due = _judge(person, setting, is_repeated=person.person_code in seen)
        seen.add(person.person_code)
        if problem is not None:
            problems.append(problem)
        else:
            portions += [_portion(person, ration, setting) for ration in due]
    return Decision(tuple(portions), tuple(problems))


def rations_of(group_code: str, rations: Iterable[Ration]) -> tuple[Ration, ...]:
    """What the cycle gives to one person of the group, by product."""
    return tuple(
        sorted((one for one in rations if one.group_code == group_code), key=lambda one: one.product_code)
    )


def given_grams(ration: Ration, reduced: Iterable[Ration]) -> int:
    """Grams that one person receives: the reduced ration when there is one."""
    for one in reduced:
        if (one.group_code, one.product_code) == (ration.group_code, ration.product_code):
            return one.grams
    return ration.grams


def unknown(person_code: str) -> Problem:
    """The problem of a code that nobody in the register has."""
    return Problem(person_code=person_code, name=person_code, code="person-unknown", facts={})


def _judge(
    person: Chosen, setting: Setting, *, is_repeated: bool
) -> tuple[Problem | None, tuple[Ration, ...]]:
    def problem(code: str, **facts: object) -> tuple[Problem, tuple[Ration, ...]]:
        return Problem(person_code=person.person_code, name=person.name, code=code, facts=facts), ()

    if is_repeated:
        return problem("chosen-twice")
    if person.served is not None:
        return problem("already-served", held_on=person.served.held_on, site=person.served.site_name)
    if person.enrolled_at is None:
        if person.withdrawn_on is not None:
            return problem("withdrawn", withdrawn_on=person.withdrawn_on)
        return problem("not-enrolled")
    if person.enrolled_at != setting.site_code:
        return problem("enrolled-elsewhere", site=person.enrolled_at_name)
    found = group_on(person.born_on, person.sex, person.statuses, setting.groups, day=setting.day)
    if found.group_code is None:
        reason = found.reason or Reason.NO_STATUS
        return problem(
            "not-eligible",
            months=found.months,
            day=setting.day,
            reason=REASON_NAMES[reason],
            why=reason.value,
        )
    due = rations_of(found.group_code, setting.rations)
    return (None, due) if due else problem("no-ration", group=found.group_code)


def _portion(person: Chosen, ration: Ration, setting: Setting) -> Portion:
    return Portion(
        person_code=person.person_code,
        group_code=ration.group_code,
        product_code=ration.product_code,
        due_grams=ration.grams,
        grams=given_grams(ration, setting.reduced),
    )
