"""Pages: taking back a handout or tally that was recorded by mistake."""

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Response, Template

from supply.db import Database
from supply.distribution.pages.texts import filled
from supply.distribution.take_back import TakeBack, take_back
from supply.i18n import N_, gettext
from supply.ids import new_id
from supply.people.rights import Actor
from supply.web.forms import Faults, Field, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit


class TakeBackPage(msgspec.Struct, frozen=True, kw_only=True):
    """The reason for taking a document back."""

    form: Form
    back: str


class CorrectingPages(Controller):
    """Corrections of a session's documents."""

    path = "/distribution"
    include_in_schema = False

    @get("/papers/{document_id:uuid}/take-back", operation_id="TakeBackForm", sync_to_thread=False)
    def take_back_form(self, document_id: FromPath[UUID], back: FromQuery[str] = "") -> Template:
        return _take_back_form(document_id, back, None, Faults())

    @post(
        "/papers/{document_id:uuid}/take-back",
        operation_id="TakeBackSubmit",
        sync_to_thread=True,
        status_code=303,
    )
    def take_back_submit(
        self,
        *,
        document_id: FromPath[UUID],
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        reader = FormReader(data)

        def attempt() -> Response[Any]:
            command = TakeBack(
                id=reader.uuid("id"), document_id=document_id, reason=reader.text("reason", max_length=500)
            )
            reader.finish()
            with db.transaction() as session:
                done = take_back(session, command, actor=actor, now=now)
            return see_other(
                f"/distribution/sessions/{done.session_id}",
                N_("Taken back by {number}; the people can be served again."),
                number=done.number,
            )

        return submit(attempt, again=lambda faults: _take_back_form(document_id, "", reader, faults))


def _take_back_form(document_id: UUID, back: str, reader: FormReader | None, faults: Faults) -> Template:
    fields = (
        Field(name="id", label="", kind="hidden", value=reader.raw("id") if reader else str(new_id())),
        Field(
            name="reason",
            label=gettext(N_("Why it is taken back")),
            kind="textarea",
            is_required=True,
            hint=gettext(
                N_("The document stays in the books; another one undoes it. Then record it rightly.")
            ),
        ),
    )
    form = Form(
        action=f"/distribution/papers/{document_id}/take-back",
        id="back",
        fields=filled(fields, reader, faults),
        submit_label=gettext(N_("Take back the whole document")),
        error_summary=faults.summary_rows(),
    )
    is_ours = back.startswith("/distribution/")
    content = TakeBackPage(form=form, back=back if is_ours else "/distribution")
    return page("distribution/take_back.html", content, title=N_("Take back a handout"))
