"""Pages with the lots of a place and a quantity beside each: transfer, loss, condition, difference."""

import datetime as dt

from litestar.response import Template
from sqlalchemy.orm import Session

from supply.i18n import N_, gettext
from supply.inventory.adjust import Adjust, AdjustedLine, adjust
from supply.inventory.change_condition import ChangeCondition, change_condition
from supply.inventory.declare_loss import DeclareLoss, declare_loss
from supply.inventory.entries import Posted
from supply.inventory.pages.fields import place_field, reason_field, reference_field
from supply.inventory.pages.lots_form import Asked, form_pages, lines_page, read_lines
from supply.inventory.transfer import Transfer, transfer
from supply.inventory.words import CAUSE_NAMES, Condition, LossCause
from supply.people.rights import Right
from supply.web.forms import Faults, Field, FormReader, Option

MORE, FEWER = "more", "fewer"


def _transfer(session: Session, reader: FormReader, asked: Asked, now: dt.datetime) -> Posted:
    document_id, day = reader.uuid("id"), reader.day("occurred_on")
    target = reader.choice("to", asked.names.places)
    reference = reader.text("reference", required=False, max_length=80)
    reason = reader.text("reason", required=False, max_length=1000)
    override = reader.text("override", required=False, max_length=1000)
    lines = read_lines(reader, asked)
    command = Transfer(
        id=document_id,
        from_code=asked.place,
        to_code=target,
        occurred_on=day,
        lines=lines,
        reference=reference,
        reason=reason,
        override=override or None,
    )
    return transfer(session, command, actor=asked.actor, now=now)


def _loss(session: Session, reader: FormReader, asked: Asked, now: dt.datetime) -> Posted:
    document_id, day = reader.uuid("id"), reader.day("occurred_on")
    cause = reader.choice("cause", list(LossCause))
    reference = reader.text("reference", required=False, max_length=80)
    reason = reader.text("reason", max_length=1000)
    lines = read_lines(reader, asked)
    command = DeclareLoss(
        id=document_id,
        place_code=asked.place,
        occurred_on=day,
        lines=lines,
        cause=LossCause(cause),
        reason=reason,
        reference=reference,
    )
    return declare_loss(session, command, actor=asked.actor, now=now)


def _condition(session: Session, reader: FormReader, asked: Asked, now: dt.datetime) -> Posted:
    document_id, day = reader.uuid("id"), reader.day("occurred_on")
    to = reader.choice("to", list(Condition))
    reference = reader.text("reference", required=False, max_length=80)
    reason = reader.text("reason", max_length=1000)
    lines = read_lines(reader, asked)
    command = ChangeCondition(
        id=document_id,
        place_code=asked.place,
        occurred_on=day,
        lines=lines,
        to=Condition(to),
        reason=reason,
        reference=reference,
    )
    return change_condition(session, command, actor=asked.actor, now=now)


def _adjust(session: Session, reader: FormReader, asked: Asked, now: dt.datetime) -> Posted:
    document_id, day = reader.uuid("id"), reader.day("occurred_on")
    sign = 1 if reader.choice("found", [MORE, FEWER]) == MORE else -1
    reference = reader.text("reference", required=False, max_length=80)
    reason = reader.text("reason", max_length=1000)
    lines = tuple(
        AdjustedLine(lot_id=line.lot_id, difference=sign * line.grams, condition=line.condition)
        for line in read_lines(reader, asked)
    )
    command = Adjust(
        id=document_id,
        place_code=asked.place,
        occurred_on=day,
        lines=lines,
        reason=reason,
        reference=reference,
    )
    return adjust(session, command, actor=asked.actor, now=now)


def _transfer_page(asked: Asked, reader: FormReader, faults: Faults) -> Template:
    others = tuple(one for one in (*asked.names.stores(), *asked.names.sites()) if one.code != asked.place)
    to = place_field("to", gettext(N_("To")), others, reader.raw("to") or None, faults, asks=True)
    tail = [
        reference_field(reader, faults, gettext(N_("Number on the paper"))),
        reason_field(reader, faults, gettext(N_("Remarks"))),
    ]
    if asked.actor.may(Right.OVERRIDE_EXPIRY, asked.place):
        tail.append(
            Field(
                name="override",
                label=gettext(N_("Why an expired lot goes to a site")),
                kind="textarea",
                value=reader.raw("override"),
                hint=gettext(N_("Only when a lot is expired; it is kept with your name.")),
                error=faults.fields.get("override"),
            )
        )
    return lines_page(
        asked,
        reader,
        faults,
        path="transfer",
        title=N_("Transfer"),
        lead=gettext(N_("Choose the lots that leave. Leave the others empty.")),
        head=(to,),
        tail=tuple(tail),
        label=N_("Record the transfer"),
    )


def _loss_page(asked: Asked, reader: FormReader, faults: Faults) -> Template:
    chosen = reader.raw("cause")
    cause = Field(
        name="cause",
        label=gettext(N_("Cause")),
        kind="select",
        options=(
            Option("", gettext(N_("Choose…")), not chosen),
            *(Option(one.value, gettext(CAUSE_NAMES[one]), one == chosen) for one in LossCause),
        ),
        error=faults.fields.get("cause"),
        is_required=True,
    )
    return lines_page(
        asked,
        reader,
        faults,
        path="loss",
        title=N_("Declare a loss"),
        lead=gettext(N_("Write what is lost beside each lot. Leave the others empty.")),
        head=(cause,),
        tail=(
            reason_field(reader, faults, gettext(N_("What happened")), is_required=True),
            reference_field(reader, faults, gettext(N_("Number of the loss report"))),
        ),
        label=N_("Record the loss"),
    )


def _condition_page(asked: Asked, reader: FormReader, faults: Faults) -> Template:
    chosen = reader.raw("to")
    labels = {Condition.HOLD: N_("On hold"), Condition.UNFIT: N_("Unfit")}
    if asked.actor.may(Right.DECIDE_QUALITY, asked.place):
        labels = {Condition.GOOD: N_("Good: release it"), **labels}
    to = Field(
        name="to",
        label=gettext(N_("Becomes")),
        kind="radio",
        options=tuple(Option(one.value, gettext(label), one == chosen) for one, label in labels.items()),
        error=faults.fields.get("to"),
        is_required=True,
    )
    return lines_page(
        asked,
        reader,
        faults,
        path="condition",
        title=N_("Change the condition"),
        lead=gettext(N_("Write how much of each lot changes. Leave the others empty.")),
        head=(to,),
        tail=(
            reason_field(reader, faults, gettext(N_("Why")), is_required=True),
            reference_field(reader, faults, gettext(N_("Number of the report"))),
        ),
        label=N_("Record the change"),
    )


def _adjust_page(asked: Asked, reader: FormReader, faults: Faults) -> Template:
    chosen = reader.raw("found")
    labels = {MORE: N_("More than the books say"), FEWER: N_("Less than the books say")}
    found = Field(
        name="found",
        label=gettext(N_("There is")),
        kind="radio",
        options=tuple(Option(one, gettext(label), one == chosen) for one, label in labels.items()),
        error=faults.fields.get("found"),
        is_required=True,
    )
    return lines_page(
        asked,
        reader,
        faults,
        path="adjust",
        title=N_("Correct the books"),
        lead=gettext(
            N_("A difference found outside a count: write only how much more or less there is of each lot.")
        ),
        head=(found,),
        tail=(
            reason_field(reader, faults, gettext(N_("Why")), is_required=True),
            reference_field(reader, faults, gettext(N_("Number of the report"))),
        ),
        label=N_("Record the difference"),
    )


LINE_PAGES = (
    form_pages("transfer", record=_transfer, show=_transfer_page),
    form_pages("loss", record=_loss, show=_loss_page),
    form_pages("condition", record=_condition, show=_condition_page),
    form_pages("adjust", record=_adjust, show=_adjust_page),
)
