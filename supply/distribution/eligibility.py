"""Which group a person belongs to on a day: the one predicate that lists, handouts and coverage share."""

import datetime as dt

import msgspec

from supply import clock
from supply.distribution.words import Reason, Sex, StatusKind

CHILD = "child"
# Kind of a target group whose members are told by age; the other kinds are the values of StatusKind.

_ADULT_FROM_MONTHS = 120
# A girl of ten or more who has no status is told "no status", not "too old": she may come back pregnant.
# (The programme speaks of pregnant and breastfeeding women and girls.)


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A target group; months are completed ones, both inclusive, None when open.

    For children they are months of age. For pregnant and breastfeeding women `to_months` is how long a status
    without a known end lasts, counted from its first day: the programme decides it, not the program.
    """

    code: str
    kind: str
    from_months: int | None = None
    to_months: int | None = None
    position: int = 0


class StatusPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A time of pregnancy or breastfeeding, both days inclusive."""

    kind: str
    from_on: dt.date
    until_on: dt.date | None = None

    def covers(self, day: dt.date, longest_months: int | None = None) -> bool:
        """True on a day of the status; without a known end it lasts `longest_months` completed months."""
        if day < self.from_on:
            return False
        if self.until_on is not None:
            return day <= self.until_on
        return longest_months is None or clock.completed_months(self.from_on, day) <= longest_months


class Eligibility(msgspec.Struct, frozen=True, kw_only=True):
    """Exactly one of group and reason is set. `months` is the completed age on the day."""

    months: int
    group_code: str | None = None
    reason: Reason | None = None


def group_on(
    born_on: dt.date, sex: str, statuses: tuple[StatusPeriod, ...], groups: tuple[Group, ...], *, day: dt.date
) -> Eligibility:
    """The person's one group on the day, or why there is none.

    Precedence when several fit, so that nobody is counted or fed twice: pregnant before breastfeeding before
    age; inside one kind the group with the lowest position, then code.
    """
    months = clock.completed_months(born_on, day)
    if day < born_on:
        return Eligibility(months=months, reason=Reason.NOT_BORN)
    ordered = sorted(groups, key=lambda group: (group.position, group.code))
    for kind in StatusKind:
        for group in (group for group in ordered if group.kind == kind):
            if any(status.kind == kind and status.covers(day, group.to_months) for status in statuses):
                return Eligibility(months=months, group_code=group.code)
    children = [group for group in ordered if group.kind == CHILD]
    for group in children:
        if _has_age(group, months):
            return Eligibility(months=months, group_code=group.code)
    return Eligibility(months=months, reason=_why_not(months, sex, statuses, children, day))


def may_become_eligible(
    born_on: dt.date, sex: str, statuses: tuple[StatusPeriod, ...], groups: tuple[Group, ...], *, day: dt.date
) -> bool:
    """True when the person is in a group on the day or will be by growing or by a status already recorded."""
    found = group_on(born_on, sex, statuses, groups, day=day)
    waiting = (Reason.NOT_BORN, Reason.TOO_YOUNG, Reason.AGE_IN_NO_GROUP, Reason.STATUS_NOT_BEGUN)
    return found.group_code is not None or found.reason in waiting


def _has_age(group: Group, months: int) -> bool:
    return (group.from_months is None or months >= group.from_months) and (
        group.to_months is None or months <= group.to_months
    )


def _why_not(
    months: int, sex: str, statuses: tuple[StatusPeriod, ...], children: list[Group], day: dt.date
) -> Reason:
    if any(status.from_on > day for status in statuses):
        return Reason.STATUS_NOT_BEGUN
    if statuses:
        return Reason.STATUS_ENDED
    if sex == Sex.FEMALE and months >= _ADULT_FROM_MONTHS:
        return Reason.NO_STATUS
    if not children:
        return Reason.AGE_IN_NO_GROUP
    if all(group.from_months is not None and months < group.from_months for group in children):
        return Reason.TOO_YOUNG
    if all(group.to_months is not None and months > group.to_months for group in children):
        return Reason.TOO_OLD
    return Reason.AGE_IN_NO_GROUP
