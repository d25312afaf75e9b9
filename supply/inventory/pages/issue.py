"""Pages: issue to a site. First the quantities, then the lots that go by expiry, then the paper."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Response, Template

from supply.clock import day_of
from supply.db import Database
from supply.i18n import N_, gettext
from supply.inventory.fefo import Pick
from supply.inventory.issue import Issue, check_shape, issue, use_day
from supply.inventory.pages.fields import (
    day_field,
    id_field,
    place_field,
    quantity_field,
    reason_field,
    reference_field,
)
from supply.inventory.pages.shown import Names, chosen_store, names_of, own_stores
from supply.inventory.picking import Wanted, pick_for_use
from supply.inventory.words import SKIP_NAMES
from supply.people.rights import Actor
from supply.web.forms import NOT_POSITIVE, Faults, Field, Form, FormData, FormReader
from supply.web.pages import page, see_other, submit


class IssuePage(msgspec.Struct, frozen=True, kw_only=True):
    """The quantities."""

    form: Form
    lots_href: str


class LotLine(msgspec.Struct, frozen=True, kw_only=True):
    """A lot that goes, or stays and why."""

    product: str
    lot: str
    expires_on: dt.date | None
    packs: str
    grams: int
    why: str | None = None


class ReviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """What would go; `form` is None when there is not enough."""

    store: str
    site: str
    occurred_on: dt.date
    use_on: dt.date
    taken: tuple[LotLine, ...]
    skipped: tuple[LotLine, ...]
    missing: tuple[LotLine, ...]
    form: Form | None
    back_href: str
    kept: tuple[tuple[str, str], ...]


class IssuePages(Controller):
    """Issue."""

    path = "/inventory/issue"
    include_in_schema = False

    @get(operation_id="IssueForm", sync_to_thread=True)
    def form(
        self,
        *,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        place: FromQuery[str | None] = None,
    ) -> Template:
        asked = {} if place is None else {"store": place}
        return _page(_names(db), FormReader(asked), Faults(), actor=actor, today=today)

    @post("/review", operation_id="IssueReview", sync_to_thread=True, status_code=200)
    def review(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        *,
        today: NamedDependency[dt.date],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        names = _names(db)

        def attempt() -> Response[Any]:
            command = _read(FormReader(data), names)
            check_shape(command, now)
            with db.snapshot() as session:
                picks = [
                    pick_for_use(
                        session,
                        command.store_code,
                        wanted,
                        use_on=use_day(command),
                        on=command.occurred_on if command.occurred_on < day_of(now) else None,
                    )
                    for wanted in command.wanted
                ]
            return _review(names, command, picks, FormReader(data))

        return submit(
            attempt, again=lambda faults: _page(names, FormReader(data), faults, actor=actor, today=today)
        )

    @post("/change", operation_id="IssueChange", sync_to_thread=True, status_code=200)
    def change(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> Template:
        return _page(_names(db), FormReader(data), Faults(), actor=actor, today=today)

    @post(operation_id="IssueSubmit", sync_to_thread=True, status_code=303)
    def submitted(
        self,
        data: URLEncodedBody[FormData],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        *,
        today: NamedDependency[dt.date],
        now: NamedDependency[dt.datetime],
    ) -> Response[Any]:
        names = _names(db)

        def attempt() -> Response[Any]:
            command = _read(FormReader(data), names)
            with db.transaction() as session:
                done = issue(session, command, actor=actor, now=now)
            return see_other(
                f"/inventory/documents/{done.id}", N_("Recorded as {number}."), number=done.number
            )

        return submit(
            attempt, again=lambda faults: _page(names, FormReader(data), faults, actor=actor, today=today)
        )


def _names(db: Database) -> Names:
    with db.snapshot() as session:
        return names_of(session)


def _read(reader: FormReader, names: Names) -> Issue:
    document_id = reader.uuid("id")
    store, site = reader.choice("store", names.places), reader.choice("site", names.places)
    day, use_on = reader.day("occurred_on"), reader.optional_day("use_on")
    if use_on is not None and use_on < day:
        reader.fault("use_on", N_("It cannot be given to people before it leaves; write a later day."))
    reference = reader.text("reference", required=False, max_length=80)
    reason = reader.text("reason", required=False, max_length=1000)
    wanted = []
    for index, (product, sizes) in enumerate(sorted(names.product_packs.items())):
        units = {size.code: size.net_grams for size in sizes}
        grams = reader.quantity(f"q{index}", units, required=False)
        if grams:
            whole = units.get(reader.raw(f"q{index}_unit"), 1)
            # Packs asked are packs given; in kilograms an opened pack may go too.
            wanted.append(Wanted(product_code=product, grams=grams, pack_grams=whole))
    if not wanted:
        reader.fault("q0", NOT_POSITIVE)
    reader.finish()
    return Issue(
        id=document_id,
        store_code=store,
        site_code=site,
        occurred_on=day,
        wanted=tuple(wanted),
        use_on=use_on,
        reference=reference,
        reason=reason,
    )


def _page(names: Names, reader: FormReader, faults: Faults, *, actor: Actor, today: dt.date) -> Template:
    store = chosen_store(names, actor, reader.raw("store") or None)
    quantities = tuple(
        quantity_field(f"q{index}", names.product(product), sizes, reader, faults)
        for index, (product, sizes) in enumerate(sorted(names.product_packs.items()))
    )
    fields = (
        id_field(reader),
        place_field("store", gettext(N_("From store")), own_stores(names, actor), store, faults),
        place_field(
            "site", gettext(N_("To site")), names.sites(), reader.raw("site") or None, faults, asks=True
        ),
        *quantities,
        day_field(reader, faults, today),
        Field(
            name="use_on",
            label=gettext(N_("Day of distribution")),
            kind="date",
            value=reader.raw("use_on"),
            hint=gettext(N_("The lots must still be good on this day. Empty: the day of issue.")),
            error=faults.fields.get("use_on"),
        ),
        reference_field(reader, faults, gettext(N_("Number on the paper"))),
        reason_field(reader, faults, gettext(N_("Remarks"))),
    )
    form = Form(
        action="/inventory/issue/review",
        id="issue",
        fields=fields,
        submit_label=gettext(N_("See the lots to take")),
        error_summary=faults.summary_rows(),
    )
    content = IssuePage(form=form, lots_href=f"/inventory/transfer?place={store or ''}")
    return page("inventory/issue.html", content, title=N_("Issue to a site"))


def _review(names: Names, command: Issue, picks: list[Pick], reader: FormReader) -> Template:
    taken: list[LotLine] = []
    skipped: list[LotLine] = []
    missing: list[LotLine] = []
    for wanted, found in zip(command.wanted, picks, strict=True):
        code = wanted.product_code
        taken += [_line(names, code, one.lot_number, one.grams, one.expires_on) for one in found.taken]
        skipped += [
            _line(names, code, one.lot_number, one.grams, one.expires_on, why=gettext(SKIP_NAMES[one.why]))
            for one in found.skipped
        ]
        if found.shortfall:
            missing.append(_line(names, code, "", found.shortfall, None))
    content = ReviewPage(
        store=names.place(command.store_code),
        site=names.place(command.site_code),
        occurred_on=command.occurred_on,
        use_on=use_day(command),
        taken=tuple(taken),
        skipped=tuple(skipped),
        missing=tuple(missing),
        form=None if missing else _confirmation(reader),
        back_href=f"/inventory/issue?place={command.store_code}",
        kept=_kept(reader),
    )
    return page("inventory/issue_review.html", content, title=N_("Lots to take"))


def _line(
    names: Names,
    product_code: str,
    lot: str,
    grams: int,
    expires_on: dt.date | None,
    *,
    why: str | None = None,
) -> LotLine:
    return LotLine(
        product=names.product(product_code),
        lot=lot,
        expires_on=expires_on,
        packs=names.in_packs(grams, names.product_packs[product_code][0].code),
        grams=grams,
        why=why,
    )


def _kept(reader: FormReader) -> tuple[tuple[str, str], ...]:
    """What was typed, to be sent again."""
    return tuple((name, reader.raw(name)) for name in reader.names() if name != "_csrf_token")


def _confirmation(reader: FormReader) -> Form:
    """The same answers again, hidden, with the button that records."""
    return Form(
        action="/inventory/issue",
        id="confirm",
        fields=tuple(Field(name=name, label="", kind="hidden", value=value) for name, value in _kept(reader)),
        submit_label=gettext(N_("Record the issue")),
    )
