"""The differences of a count before they are posted."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

import msgspec
from litestar.response import Template

from supply.i18n import N_, gettext
from supply.inventory.count import Count, CountedLot, FoundLot
from supply.inventory.pages.shown import Names, PackSize, condition_badge, lot_field, packs_and_loose
from supply.inventory.queries import Balance, LotRow
from supply.inventory.words import Condition
from supply.web.forms import Faults, Field, Form, FormReader
from supply.web.pages import page
from supply.web.parts import Badge


class ReviewLine(msgspec.Struct, frozen=True, kw_only=True):
    """What the count found against the books; `reason` is None where they agree."""

    product: str
    lot: str
    state: Badge
    book: str
    counted: str
    difference: str
    grams: int
    reason: Field | None


class ReviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """The differences before they are posted."""

    form: Form
    place_name: str
    occurred_on: dt.date
    lines: tuple[ReviewLine, ...]
    difference_count: int
    counted_count: int
    blank_count: int
    back_href: str


class CountStock(msgspec.Struct, frozen=True):
    """What the pages are made from."""

    names: Names
    place: str
    balances: tuple[Balance, ...]
    known: dict[UUID, LotRow]

    def book(self, lot_id: UUID, condition: str) -> int:
        return sum(one.grams for one in self.balances if one.lot_id == lot_id and one.condition == condition)


def review_page(stock: CountStock, command: Count, reader: FormReader, faults: Faults) -> Template:
    """The review; a line that differs asks for its reason."""
    lines = [_review_line(stock, line, reader) for line in command.lines if line.counted_grams is not None]
    lines += [_found_line(stock, found, reader) for found in command.found]
    written = {line.reason.name for line in lines if line.reason is not None}
    kept = [
        Field(name=name, label="", kind="hidden", value=reader.raw(name))
        for name in reader.names()
        if name != "_csrf_token" and name not in written and not name.startswith("b-")
    ]
    seen = [
        Field(
            name=lot_field("b", line.lot_id, line.condition),
            label="",
            kind="hidden",
            value=str(stock.book(line.lot_id, line.condition)),
        )
        for line in command.lines
    ]
    form = Form(
        action="/inventory/count",
        id="review",
        fields=(*kept, *seen),
        submit_label=gettext(N_("Record the count")),
        error_summary=faults.summary_rows(),
    )
    content = ReviewPage(
        form=form,
        place_name=stock.names.place(stock.place),
        occurred_on=command.occurred_on,
        lines=tuple(lines),
        difference_count=sum(line.grams != 0 for line in lines),
        counted_count=len(lines),
        blank_count=sum(line.counted_grams is None for line in command.lines),
        back_href=f"/inventory/count?place={stock.place}",
    )
    return page("inventory/count_review.html", content, title=N_("Differences of the count"))


def _review_line(stock: CountStock, line: CountedLot, reader: FormReader) -> ReviewLine:
    lot = stock.known[line.lot_id]
    sizes = stock.names.sizes(lot.pack_code)
    boxes = tuple(lot_field(f"p{index}", line.lot_id, line.condition) for index in range(len(sizes)))
    return _compared(
        stock.names,
        product=lot.product_code,
        number=lot.number,
        pack_code=lot.pack_code,
        condition=line.condition,
        book=stock.book(line.lot_id, line.condition),
        counted=line.counted_grams or 0,
        written=_written(reader, zip(sizes, boxes, strict=True), lot_field("k", line.lot_id, line.condition)),
        reason=lot_field("r", line.lot_id, line.condition),
        reader=reader,
    )


def _found_line(stock: CountStock, found: FoundLot, reader: FormReader) -> ReviewLine:
    size = stock.names.packs[found.lot.pack_code]
    return _compared(
        stock.names,
        product=found.lot.product_code,
        number=found.lot.number,
        pack_code=found.lot.pack_code,
        condition=found.condition,
        book=0,
        counted=found.counted_grams,
        written=_written(reader, [(size, "packs0")], "kg0"),
        reason="r-found",
        reader=reader,
    )


def _written(reader: FormReader, boxes: Iterable[tuple[PackSize, str]], loose: str) -> str:
    """What was counted, in the packs and loose kilograms that were written."""
    counts = [(size, reader.count(name, required=False)) for size, name in boxes]
    return packs_and_loose(counts, reader.kg(loose, required=False))


def _compared(
    names: Names,
    *,
    product: str,
    number: str,
    pack_code: str,
    condition: Condition,
    book: int,
    counted: int,
    written: str,
    reason: str,
    reader: FormReader,
) -> ReviewLine:
    difference = counted - book
    label = gettext(N_("Reason of the difference"))
    field = Field(name=reason, label=label, value=reader.raw(reason), is_required=True)
    shown = names.in_packs(difference, pack_code)
    return ReviewLine(
        product=names.product(product),
        lot=number,
        state=condition_badge(condition),
        book=names.in_packs(book, pack_code),
        counted=written,
        difference=f"+{shown}" if difference > 0 else shown,
        grams=difference,
        reason=field if difference else None,
    )
