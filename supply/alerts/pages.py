"""What was told and is not settled, and what the scheduled jobs did."""

import datetime as dt

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.response import Template

from supply.alerts.queries import OpenAlert, Run, open_alerts, runs
from supply.alerts.words import SEVERITY_NAMES, Severity
from supply.db import Database
from supply.i18n import N_, gettext, show_moment
from supply.people.rights import Actor
from supply.settings import Settings
from supply.web.pages import page
from supply.web.parts import Badge, Tone

TONES: dict[Severity, Tone] = {
    Severity.INFORMATION: "info",
    Severity.WARNING: "warn",
    Severity.URGENT: "bad",
}
JOB_NAMES: dict[str, str] = {
    "verify": N_("Verification of the books"),
    "late-orders": N_("Late orders, told"),
    "expiry-alerts": N_("Lots that expire soon"),
    "late-waybills": N_("Waybills that did not arrive"),
    "trips-not-left": N_("Trips that did not leave"),
}


class AlertLine(msgspec.Struct, frozen=True, kw_only=True):
    """An open alert."""

    badge: Badge
    text: str
    raised_at: str
    href: str | None


class RunLine(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a job."""

    job: str
    slot: str
    badge: Badge
    outcome: str


class AlertsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts and runs."""

    alerts: tuple[AlertLine, ...]
    runs: tuple[RunLine, ...]


class AlertPages(Controller):
    """What the service told by itself."""

    path = "/alerts"
    include_in_schema = False

    @get("/", operation_id="AlertsPage", sync_to_thread=True)
    def show(
        self,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        settings: NamedDependency[Settings],
    ) -> Template:
        with db.snapshot() as session:
            told, done = open_alerts(session, actor), runs(session)
        content = AlertsPage(
            alerts=tuple(_alert(one, settings.zone) for one in told),
            runs=tuple(_run(one, settings.zone) for one in done),
        )
        return page("alerts/alerts.html", content, title=N_("Alerts"))


def _alert(one: OpenAlert, zone: dt.tzinfo) -> AlertLine:
    return AlertLine(
        badge=Badge(TONES[one.severity], gettext(SEVERITY_NAMES[one.severity])),
        text=one.text(),
        raised_at=show_moment(one.raised_at, zone),
        href=one.href,
    )


def _run(one: Run, zone: dt.tzinfo) -> RunLine:
    if one.finished_at is None:
        badge = Badge("info", gettext(N_("Under way")))
    elif one.is_failure:
        badge = Badge("bad", gettext(N_("Failed")))
    else:
        badge = Badge("good", gettext(N_("Done")))
    name = JOB_NAMES.get(one.job)
    return RunLine(
        job=gettext(name) if name else one.job,
        slot=show_moment(one.slot, zone),
        badge=badge,
        outcome=one.outcome or "–",
    )


CONTROLLERS = [AlertPages]
