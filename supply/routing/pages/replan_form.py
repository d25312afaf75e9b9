"""The question for a plan that changes announced trips: days, time to search, what a change counts."""

import datetime as dt

import msgspec
from sqlalchemy.orm import Session

from supply.i18n import N_, gettext, translate
from supply.ids import new_id
from supply.programme.rows import CycleRow
from supply.routing.follow import away_count, changeable
from supply.routing.following import CHANGE_FRANCS
from supply.routing.pages.days import keep_days_field
from supply.web.forms import Faults, Field, Form, FormReader, Option

FORM_ID = "replan"
USUAL_SECONDS = 15
# A new plan begins with the old one, so it needs less time than a first plan.


class ReplanPart(msgspec.Struct, frozen=True, kw_only=True):
    """The announced trips that may change, in words, and the question."""

    lead: str
    form: Form


def is_replan(reader: FormReader) -> bool:
    """The form that was sent is this one."""
    return reader.raw("announced") == "change"


def replan_part(
    session: Session,
    cycle: CycleRow,
    days: tuple[dt.date, dt.date],
    today: dt.date,
    *,
    times: tuple[tuple[int, str], ...],
    reader: FormReader,
    faults: Faults,
) -> ReplanPart | None:
    """None when no announced trip waits to be loaded."""
    waiting = changeable(session, cycle.code, first_on=today, today=today)
    if not waiting:
        return None
    due = [waybill.due_on for trip in waiting for waybill in trip.waybills]
    facts = {"count": len(waiting), "away": away_count(session, cycle.code)}
    lead = translate(
        N_(
            "Announced trips that wait to be loaded: {count}. Trips on the road, which go on as they are: "
            "{away}. When a truck breaks, a road closes or the needs change, a new plan keeps as many of the "
            "announced trips as it is worth; it changes nothing before you approve it."
        ),
        facts,
    )
    # Every announced arrival must lie within the days, or its trip could not stay.
    first_on, last_on = today, max([days[1], *due])
    return ReplanPart(
        lead=lead, form=_form(cycle, first_on, last_on, times=times, reader=reader, faults=faults)
    )


def _form(
    cycle: CycleRow,
    first_on: dt.date,
    last_on: dt.date,
    *,
    times: tuple[tuple[int, str], ...],
    reader: FormReader,
    faults: Faults,
) -> Form:
    seconds = reader.raw("seconds") or str(USUAL_SECONDS)
    return Form(
        action="/routing/plans",
        id=FORM_ID,
        fields=(
            Field(name="id", label="", kind="hidden", value=reader.raw("id") or str(new_id())),
            Field(name="cycle_code", label="", kind="hidden", value=cycle.code),
            Field(name="announced", label="", kind="hidden", value="change"),
            _day("first_on", N_("First day on the road"), first_on, reader, faults),
            _day("last_on", N_("Last day of arrival at a site"), last_on, reader, faults),
            keep_days_field(reader, faults),
            Field(
                name="change_cost",
                label=gettext(N_("What a changed trip counts")),
                kind="money",
                unit=gettext(N_("francs")),
                value=reader.again("change_cost", str(CHANGE_FRANCS)),
                is_required=True,
                error=faults.fields.get("change_cost"),
                hint=gettext(
                    N_(
                        "A trip that was announced disturbs the keeper, the carrier and the site when it "
                        "changes. It is changed only where that saves more than this; 0 looks for the "
                        "cheapest plan, whatever it changes."
                    )
                ),
            ),
            Field(
                name="seconds",
                label=gettext(N_("Time to search")),
                kind="radio",
                is_required=True,
                options=tuple(
                    Option(str(value), gettext(label), str(value) == seconds) for value, label in times
                ),
                error=faults.fields.get("seconds"),
            ),
        ),
        submit_label=gettext(N_("Calculate a new plan")),
        error_summary=faults.summary_rows(),
    )


def _day(name: str, label: str, value: dt.date, reader: FormReader, faults: Faults) -> Field:
    return Field(
        name=name,
        label=gettext(label),
        kind="date",
        value=reader.again(name, value.isoformat()),
        error=faults.fields.get(name),
        is_required=True,
    )


def read_change_cost(reader: FormReader) -> int | None:
    """Francs per changed trip; None when another form was sent."""
    return reader.money("change_cost", "XOF") if is_replan(reader) else None
