"""The pipeline: whether what is in stock and on order meets the needs of the coming months."""

import datetime as dt
from itertools import groupby

import msgspec
from babel.dates import format_date
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.response import Template

from supply.db import Database
from supply.i18n import N_, gettext, language
from supply.procurement.outlook import Outlook, outlook
from supply.procurement.pipeline import PipelineMonth
from supply.web.drawing.bars import Bar, BarsView, bars_view
from supply.web.pages import page
from supply.web.parts import Badge


class MonthLine(msgspec.Struct, frozen=True, kw_only=True):
    """A product in a month."""

    month: str
    opening: int
    arriving: int
    needed: int
    closing: int
    missing: int
    badge: Badge


class ProductPipeline(msgspec.Struct, frozen=True, kw_only=True):
    """One product over the months; the bars show how much of each month's need is covered, in kg."""

    product: str
    rows: tuple[MonthLine, ...]
    bars: BarsView | None


class PipelinePage(msgspec.Struct, frozen=True, kw_only=True):
    """Every product."""

    products: tuple[ProductPipeline, ...]
    uncounted_sites: int


class PipelinePages(Controller):
    """Needs against stock and orders."""

    path = "/procurement/pipeline"
    include_in_schema = False

    @get("/", operation_id="PipelinePage", sync_to_thread=True)
    def show(self, db: NamedDependency[Database], today: NamedDependency[dt.date]) -> Template:
        with db.snapshot() as session:
            found = outlook(session, today=today)
        return page("procurement/pipeline.html", _content(found), title=N_("Pipeline"))


def _content(found: Outlook) -> PipelinePage:
    by_product = groupby(found.rows, key=lambda row: row.product_code)
    return PipelinePage(
        products=tuple(_product(found.product_names[code], tuple(rows)) for code, rows in by_product),
        uncounted_sites=found.uncounted_sites,
    )


def _product(name: str, rows: tuple[PipelineMonth, ...]) -> ProductPipeline:
    bars = tuple(
        Bar(_month(row.month), min(row.available, row.needed) // 1000, row.needed // 1000)
        for row in rows
        if row.needed
    )
    return ProductPipeline(
        product=name,
        rows=tuple(
            MonthLine(
                month=_month(row.month),
                opening=row.opening,
                arriving=row.arriving,
                needed=row.needed,
                closing=row.closing,
                missing=row.missing,
                badge=_badge(row),
            )
            for row in rows
        ),
        bars=bars_view(bars) if bars else None,
    )


def _badge(row: PipelineMonth) -> Badge:
    if row.missing:
        return Badge("bad", gettext(N_("Pipeline break")))
    return (
        Badge("good", gettext(N_("Needs are met")))
        if row.needed
        else Badge("neutral", gettext(N_("No need")))
    )


def _month(day: dt.date) -> str:
    return format_date(day, "LLLL yyyy", locale=language())
