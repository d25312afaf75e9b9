"""Say on which day a site distributes in a cycle: its lots must be good then, not until the cycle ends."""

import datetime as dt
from typing import ClassVar

import msgspec
from sqlalchemy import delete
from sqlalchemy.orm import Session

from supply.catalog import queries as catalog
from supply.catalog.words import PlaceKind
from supply.db import lock_places
from supply.errors import Invalid, NotFound
from supply.i18n import N_
from supply.people.rights import Actor, Right, require
from supply.programme import queries as programme
from supply.programme.words import CycleState
from supply.routing.ask import CycleIsClosed
from supply.routing.models import DistributionDay
from supply.routing.snapshot import CycleUnknown


class SiteDay(msgspec.Struct, frozen=True, kw_only=True):
    """The distribution day of a site; None: not known, so the cycle's last day counts."""

    site_code: str
    use_on: dt.date | None


class SetDistributionDays(msgspec.Struct, frozen=True, kw_only=True):
    """Note the distribution days of sites of a cycle; other sites keep theirs."""

    cycle_code: str
    days: tuple[SiteDay, ...]


class DistributionDaysSet(msgspec.Struct, frozen=True, kw_only=True):
    """How many sites of the cycle now have a day of their own."""

    cycle_code: str
    count: int


class DistributionDayOutside(Invalid):
    """People are served within the cycle."""

    code: ClassVar[str] = "distribution-day-outside"
    title = N_("{site} cannot distribute on {day}: the cycle lasts from {first} to {last}.")


class SiteUnknown(NotFound):
    """No site has this code."""

    code: ClassVar[str] = "distribution-site-unknown"
    title = N_("There is no site “{site}”; choose one from the list.")


def set_distribution_days(
    session: Session, command: SetDistributionDays, *, actor: Actor, now: dt.datetime
) -> DistributionDaysSet:
    """Replace the days of these sites. Trips that are planned keep their lots; a new plan looks again."""
    require(actor, Right.PLAN_DELIVERIES)
    lock_places(session, {f"cycle:{command.cycle_code}"})
    cycle = programme.cycle(session, command.cycle_code)
    if cycle is None:
        raise CycleUnknown(cycle=command.cycle_code)
    if cycle.state == CycleState.CLOSED:
        raise CycleIsClosed(cycle=cycle.name)
    names = {site.code: site.name for site in catalog.places(session, PlaceKind.SITE)}
    by_site = {one.site_code: one.use_on for one in command.days}
    for code, day in by_site.items():
        if code not in names:
            raise SiteUnknown(site=code)
        if day is not None and not cycle.starts_on <= day <= cycle.ends_on:
            raise DistributionDayOutside(site=names[code], day=day, first=cycle.starts_on, last=cycle.ends_on)
    session.execute(
        delete(DistributionDay).where(
            DistributionDay.cycle_code == cycle.code, DistributionDay.site_code.in_(sorted(by_site))
        )
    )
    session.add_all(
        DistributionDay(cycle_code=cycle.code, site_code=code, use_on=day)
        for code, day in sorted(by_site.items())
        if day is not None
    )
    session.flush()
    return DistributionDaysSet(
        cycle_code=cycle.code, count=sum(1 for day in by_site.values() if day is not None)
    )
