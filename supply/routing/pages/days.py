"""Which site distributes on which day, and how long a lot must be good after it."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Response, Template

from supply.db import Database
from supply.i18n import N_, gettext, translate
from supply.people.rights import Actor, Right, require
from supply.programme import queries as programme
from supply.routing import queries
from supply.routing.set_days import SetDistributionDays, SiteDay, set_distribution_days
from supply.routing.snapshot import CycleUnknown
from supply.web.forms import Faults, Field, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit

PREFIX = "day-"


class DaysPage(msgspec.Struct, frozen=True, kw_only=True):
    """The days of a cycle's sites."""

    cycle_name: str
    needs_href: str
    lead: str
    form: Form


class DaysPages(Controller):
    """Distribution days."""

    path = "/routing/days"
    include_in_schema = False

    @get("/", operation_id="DistributionDaysPage", sync_to_thread=True)
    def show(
        self, db: NamedDependency[Database], actor: NamedDependency[Actor], cycle: FromQuery[str]
    ) -> Template:
        require(actor, Right.PLAN_DELIVERIES)
        return _show(db, cycle, FormReader({}), Faults())

    @post("/", operation_id="DistributionDaysSubmit", sync_to_thread=True, status_code=303)
    def save(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        reader = FormReader(data)

        def attempt() -> Response[Any]:
            command = _read(FormReader(data), data)
            with db.transaction() as session:
                done = set_distribution_days(session, command, actor=actor, now=now)
            return see_other(
                f"/routing/needs?cycle={command.cycle_code}",
                N_("Distribution days noted: {count}."),
                count=done.count,
            )

        return submit(attempt, again=lambda faults: _show(db, reader.raw("cycle_code"), reader, faults))


def _read(reader: FormReader, data: FormData) -> SetDistributionDays:
    cycle_code = reader.text("cycle_code")
    codes = sorted(name.removeprefix(PREFIX) for name in data if name.startswith(PREFIX))
    days = tuple(SiteDay(site_code=code, use_on=reader.optional_day(f"{PREFIX}{code}")) for code in codes)
    reader.finish()
    return SetDistributionDays(cycle_code=cycle_code, days=days)


def _show(db: Database, cycle_code: str, reader: FormReader, faults: Faults) -> Template:
    with db.snapshot() as session:
        cycle = programme.cycle(session, cycle_code)
        if cycle is None:
            raise CycleUnknown(cycle=cycle_code)
        known = queries.distribution_days(session, cycle_code)
        sites = {need.site_code: need.site_name for need in programme.needs(session, cycle_code)}
    fields = [
        Field(
            name=f"{PREFIX}{code}",
            label=name,
            kind="date",
            value=reader.again(f"{PREFIX}{code}", known[code].isoformat() if code in known else ""),
            minimum=cycle.starts_on.isoformat(),
            maximum=cycle.ends_on.isoformat(),
            error=faults.fields.get(f"{PREFIX}{code}"),
        )
        for code, name in sorted(sites.items(), key=lambda one: (one[1], one[0]))
    ]
    content = DaysPage(
        cycle_name=cycle.name,
        needs_href=f"/routing/needs?cycle={cycle.code}",
        lead=translate(
            N_(
                "A lot must be good on the day on which its site distributes. Without a day the last one of "
                "the cycle counts, {last}."
            ),
            {"last": cycle.ends_on},
        ),
        form=Form(
            action="/routing/days",
            id="distribution-days",
            fields=(Field(name="cycle_code", label="", kind="hidden", value=cycle.code), *fields),
            submit_label=gettext(N_("Note the days")),
            error_summary=faults.summary_rows(),
        ),
    )
    return page("routing/days.html", content, title=N_("Distribution days"))


def keep_days_field(reader: FormReader, faults: Faults) -> Field:
    """The life that a plan's lots must have left on the distribution day."""
    return Field(
        name="keep_days",
        label=gettext(N_("Life left on the distribution day (days)")),
        kind="number",
        value=reader.again("keep_days", "0"),
        minimum="0",
        maximum="365",
        hint=gettext(N_("People eat the ration in the weeks after.")),
        error=faults.fields.get("keep_days"),
    )


def read_keep_days(reader: FormReader) -> int:
    """0 when it was left empty."""
    days = reader.count("keep_days", required=False)
    if days > 365:
        reader.fault("keep_days", N_("Give at most 365 days."))
    return days
