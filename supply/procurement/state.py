"""The one rule that says what an order has come to. Values in, values out; nothing of it is stored."""

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec

from supply.procurement.words import OrderState, OrderStep

_OVER = frozenset({OrderState.CLOSED, OrderState.CANCELLED})
_COMPLETE = frozenset({OrderState.RECEIVED, OrderState.OVER_RECEIVED})


class LineFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Grams of one line: ordered, delivered so far, and of these sent back to the supplier."""

    ordered: int
    received: int = 0
    returned: int = 0
    first_expected_on: dt.date

    @property
    def kept(self) -> int:
        """What came and stayed."""
        return self.received - self.returned

    @property
    def open(self) -> int:
        """What is still owed; goods sent back are owed again."""
        return max(0, self.ordered - self.kept)

    @property
    def excess(self) -> int:
        """What came and stayed beyond the order."""
        return max(0, self.kept - self.ordered)


def order_state(lines: Sequence[LineFacts], steps: Iterable[OrderStep]) -> OrderState:
    """State of an order with these lines after these steps.

    Too much of one product does not make up for too little of another: while anything is owed, the order is
    partly received.
    """
    taken = set(steps)
    if OrderStep.CANCELLED in taken:
        return OrderState.CANCELLED
    if OrderStep.CLOSED in taken:
        return OrderState.CLOSED
    if not any(line.open for line in lines):
        return OrderState.OVER_RECEIVED if any(line.excess for line in lines) else OrderState.RECEIVED
    if any(line.kept for line in lines):
        return OrderState.PARTLY_RECEIVED
    return OrderState.SHIPPED if OrderStep.SHIPPED in taken else OrderState.PLACED


def is_over(state: OrderState) -> bool:
    """Nothing can be received any more."""
    return state in _OVER


def awaits_goods(state: OrderState) -> bool:
    """Something is still expected."""
    return state not in _OVER | _COMPLETE


def days_late(lines: Sequence[LineFacts], state: OrderState, today: dt.date) -> int:
    """Days since the oldest first promise that is not kept; 0 when nothing is late.

    A postponement does not make an order punctual: it is measured against what was promised first.
    """
    if not awaits_goods(state):
        return 0
    promised = min((line.first_expected_on for line in lines if line.open), default=today)
    return max(0, (today - promised).days)


def is_late(lines: Sequence[LineFacts], state: OrderState, today: dt.date) -> bool:
    """Something is owed after the day for which it was first promised."""
    return days_late(lines, state, today) > 0
