"""Orders as others read them: frozen rows. Money in minor units of the order's currency, masses in grams."""

import datetime as dt
from uuid import UUID

import msgspec

from supply.i18n import language
from supply.procurement.state import LineFacts, awaits_goods, days_late, order_state
from supply.procurement.words import MINOR_UNITS, Finding, OrderState, OrderStep
from supply.units import Francs, amount_for, to_francs


class LineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an order with what became of it."""

    id: UUID
    order_id: UUID
    line: int
    product_code: str
    product_fr: str
    product_en: str
    pack_code: str
    pack_grams: int
    price_per_tonne: int
    first_expected_on: dt.date
    ordered_grams: int
    received_grams: int
    returned_grams: int

    @property
    def product_name(self) -> str:
        """Name in the reader's language."""
        return self.product_en if language() == "en" else self.product_fr

    @property
    def facts(self) -> LineFacts:
        return LineFacts(
            ordered=self.ordered_grams,
            received=self.received_grams,
            returned=self.returned_grams,
            first_expected_on=self.first_expected_on,
        )

    @property
    def open_grams(self) -> int:
        return self.facts.open

    @property
    def excess_grams(self) -> int:
        return self.facts.excess

    @property
    def amount(self) -> int:
        """Price of what was ordered, rounded half up once."""
        return amount_for(self.ordered_grams, self.price_per_tonne)

    @property
    def received_amount(self) -> int:
        """Price of what came and stayed, rounded half up once."""
        return amount_for(self.facts.kept, self.price_per_tonne)


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """One step of an order."""

    order_id: UUID
    step: OrderStep
    occurred_on: dt.date
    expected_on: dt.date | None
    reason: str
    user_name: str
    recorded_at: dt.datetime


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """An order with its lines and steps; `today` is the day on which it is looked at."""

    id: UUID
    number: str
    supplier_code: str
    supplier_name: str
    programme_code: str
    store_code: str
    store_name: str
    currency: str
    rate_micro: int
    ordered_on: dt.date
    user_name: str
    today: dt.date
    lines: tuple[LineRow, ...]
    steps: tuple[StepRow, ...]

    @property
    def state(self) -> OrderState:
        return order_state([line.facts for line in self.lines], [step.step for step in self.steps])

    @property
    def days_late(self) -> int:
        """Days since the oldest first promise that is not kept; 0 when nothing is late."""
        return days_late([line.facts for line in self.lines], self.state, self.today)

    @property
    def is_late(self) -> bool:
        return self.days_late > 0

    @property
    def awaits_goods(self) -> bool:
        return awaits_goods(self.state)

    @property
    def first_expected_on(self) -> dt.date:
        """First promise of what is open, or of the whole order when nothing is."""
        opened = [line.first_expected_on for line in self.lines if line.open_grams]
        return min(opened or [line.first_expected_on for line in self.lines])

    @property
    def new_promise_on(self) -> dt.date | None:
        """The day of the last step that gave one; it holds for all that is open."""
        promised = [step.expected_on for step in self.steps if step.expected_on is not None]
        return promised[-1] if promised else None

    @property
    def expected_on(self) -> dt.date:
        """The promise that counts today: the last new one, else the first."""
        return self.new_promise_on or self.first_expected_on

    @property
    def ordered_grams(self) -> int:
        return sum(line.ordered_grams for line in self.lines)

    @property
    def kept_grams(self) -> int:
        """What came and stayed."""
        return sum(line.facts.kept for line in self.lines)

    @property
    def open_grams(self) -> int:
        """What is still expected; nothing on an order that is closed or cancelled."""
        return sum(line.open_grams for line in self.lines) if self.awaits_goods else 0

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def received_amount(self) -> int:
        return sum(line.received_amount for line in self.lines)

    @property
    def francs(self) -> Francs:
        """The order's amount in F CFA at its rate, rounded half up once."""
        return to_francs(self.amount, self.rate_micro, MINOR_UNITS[self.currency])

    @property
    def received_francs(self) -> Francs:
        return to_francs(self.received_amount, self.rate_micro, MINOR_UNITS[self.currency])


class ArrivalRow(msgspec.Struct, frozen=True, kw_only=True):
    """Grams of a lot that came with a delivery, or went back with a return (`is_return`)."""

    id: UUID
    document_id: UUID
    happened_on: dt.date
    reference: str
    reason: str
    is_last: bool
    is_return: bool
    is_reversed: bool
    user_name: str
    order_line: int
    lot_id: UUID
    lot_number: str
    product_code: str
    produced_on: dt.date | None
    expires_on: dt.date
    grams: int


class ExpectedRow(msgspec.Struct, frozen=True, kw_only=True):
    """Grams of a product that an order still owes to a store, and when."""

    order_id: UUID
    order_number: str
    supplier_name: str
    store_code: str
    store_name: str
    product_code: str
    product_name: str
    grams: int
    expected_on: dt.date
    is_shipped: bool
    days_late: int


class CheckRow(msgspec.Struct, frozen=True, kw_only=True):
    """A quality decision."""

    id: UUID
    document_id: UUID
    store_code: str
    lot_id: UUID
    lot_number: str
    product_code: str
    finding: Finding
    grams: int
    checked_on: dt.date
    certificate: str
    remarks: str
    user_name: str


class CameWith(msgspec.Struct, frozen=True, kw_only=True):
    """Where and with which order a lot came last."""

    store_code: str
    lot_id: UUID
    order_id: UUID
    order_number: str
    supplier_name: str
    arrived_on: dt.date
