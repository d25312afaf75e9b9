"""The indicators, from counted cells: every figure keeps its numerator, its denominator and how sure it is.

Definitions: WFP indicator 7 (coverage) and 8 (adherence), monitoringhandbook.manuals.wfp.org; the others
are the programme's own and are written beside each property.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from itertools import groupby

import msgspec


class Source(StrEnum):
    """Where the number of people reached comes from."""

    LIST = "list"
    TALLY = "tally"
    MIXED = "mixed"
    NONE = "none"


class Share(msgspec.Struct, frozen=True):
    """A part of a whole; more than the whole is shown, never clipped."""

    numerator: int
    denominator: int

    @property
    def ratio(self) -> Fraction | None:
        """Exact; None where nothing was expected."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def is_above_whole(self) -> bool:
        return self.numerator > self.denominator

    def is_below(self, percent: int) -> bool:
        return self.numerator * 100 < percent * self.denominator


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One site and group in one cycle.

    `eligible` counts people of the list who were eligible on the day; None where no list says it.
    `is_reported` is True once a session was held at the site. `planned_grams` is the ration of the people
    targeted, `due_grams` that of the people reached.
    """

    site_code: str
    commune_pcode: str
    group_code: str
    targeted: int = 0
    eligible: int | None = None
    listed: int = 0
    tallied: int = 0
    given_grams: int = 0
    due_grams: int = 0
    planned_grams: int = 0
    is_reported: bool = False


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Cells added up; people of one cycle, so each person counts once."""

    targeted: int
    targeted_reported: int
    eligible: int | None
    listed: int
    tallied: int
    given_grams: int
    due_grams: int
    planned_grams: int
    site_count: int
    reported_count: int

    @property
    def reached(self) -> int | None:
        """People who received a ration; None when no site has reported, which is not the same as nobody."""
        return self.listed + self.tallied if self.reported_count else None

    @property
    def source(self) -> Source:
        if self.listed and self.tallied:
            return Source.MIXED
        if self.tallied:
            return Source.TALLY
        return Source.LIST if self.reported_count else Source.NONE

    @property
    def coverage(self) -> Share | None:
        """Reached / targeted (WFP indicator 7, by cycle)."""
        return None if self.reached is None or not self.targeted else Share(self.reached, self.targeted)

    @property
    def coverage_reported(self) -> Share | None:
        """The same at the sites that have reported: what a cycle in progress can already say."""
        if self.reached is None or not self.targeted_reported:
            return None
        return Share(self.reached, self.targeted_reported)

    @property
    def attendance(self) -> Share | None:
        """Reached on lists / registered and eligible on the day; tallies cannot tell it."""
        return None if not self.eligible or not self.reported_count else Share(self.listed, self.eligible)

    @property
    def enrolment(self) -> Share | None:
        """Registered and eligible / targeted: how complete the register is."""
        return None if self.eligible is None or not self.targeted else Share(self.eligible, self.targeted)

    @property
    def adequacy(self) -> Share | None:
        """Grams given / grams due to the people reached."""
        return Share(self.given_grams, self.due_grams) if self.due_grams else None

    @property
    def tally_share(self) -> Share | None:
        """Part of the people reached that was only counted, not named."""
        return Share(self.tallied, self.listed + self.tallied) if self.listed + self.tallied else None

    @property
    def missing_count(self) -> int:
        """Sites that have not reported."""
        return self.site_count - self.reported_count

    @property
    def is_complete(self) -> bool:
        return self.missing_count == 0


def add_up(cells: Iterable[Cell]) -> Figures:
    """The cells added.

    Where nobody is registered, nothing is added to the registered people of the others.
    """
    kept = tuple(cells)
    sites = {cell.site_code for cell in kept}
    reported = {cell.site_code for cell in kept if cell.is_reported}
    return Figures(
        targeted=sum(cell.targeted for cell in kept),
        targeted_reported=sum(cell.targeted for cell in kept if cell.is_reported),
        eligible=_known_sum(cell.eligible for cell in kept),
        listed=sum(cell.listed for cell in kept),
        tallied=sum(cell.tallied for cell in kept),
        given_grams=sum(cell.given_grams for cell in kept),
        due_grams=sum(cell.due_grams for cell in kept),
        planned_grams=sum(cell.planned_grams for cell in kept),
        site_count=len(sites),
        reported_count=len(reported),
    )


def by(key: Callable[[Cell], str], cells: Iterable[Cell]) -> dict[str, Figures]:
    """Figures per commune, group or site, in the order of the key."""
    ordered = sorted(cells, key=key)
    return {name: add_up(members) for name, members in groupby(ordered, key=key)}


def _known_sum(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


ADHERENCE_PERCENT = 66
# WFP indicator 8: at least 66 % of the planned distributions.
RECALL_LEAST = 3
RECALL_MOST = 6
# The same: a recall period of three to six distributions; with fewer, report with a clear note.


class Adherence(msgspec.Struct, frozen=True, kw_only=True):
    """Of the people eligible in the recall, those who received at least 66 % of their planned distributions.

    `people` counts everybody who was eligible at least once; `short_people` of them were eligible for
    fewer than three distributions (entered or left meanwhile), so that a reader can see how much they
    weigh.
    """

    adherent: int
    people: int
    short_people: int
    cycle_count: int

    @property
    def share(self) -> Share | None:
        return Share(self.adherent, self.people) if self.people else None

    @property
    def is_short(self) -> bool:
        """Fewer than three distributions: the figure needs its note."""
        return self.cycle_count < RECALL_LEAST


def adherence(people_by_attendance: Mapping[tuple[int, int], int], *, cycle_count: int) -> Adherence:
    """From the number of people per (planned, received) distributions; people never eligible are left out."""
    kept = {pair: people for pair, people in people_by_attendance.items() if pair[0] > 0}
    return Adherence(
        adherent=sum(n for (planned, received), n in kept.items() if is_adherent(planned, received)),
        people=sum(kept.values()),
        short_people=sum(n for (planned, _), n in kept.items() if planned < RECALL_LEAST),
        cycle_count=cycle_count,
    )


def is_adherent(planned: int, received: int) -> bool:
    """At least 66 % of the planned: 2 of 3 (66.7 %) is enough, 3 of 5 (60 %) is not."""
    return received * 100 >= ADHERENCE_PERCENT * planned


def recall(cycle_codes: tuple[str, ...]) -> tuple[str, ...]:
    """The last distributions that the recall looks back on, at most six, oldest first."""
    return cycle_codes[-RECALL_MOST:]
