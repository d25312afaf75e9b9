import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.procurement.state import LineFacts, awaits_goods, days_late, is_late, is_over, order_state
from supply.procurement.words import OrderState, OrderStep

PROMISED = dt.date(2026, 3, 1)


def line(ordered: int, received: int = 0, returned: int = 0, promised: dt.date = PROMISED) -> LineFacts:
    return LineFacts(ordered=ordered, received=received, returned=returned, first_expected_on=promised)


@pytest.mark.parametrize(
    ("lines", "steps", "state"),
    [
        ([line(100)], [], OrderState.PLACED),
        ([line(100)], [OrderStep.SHIPPED], OrderState.SHIPPED),
        # A promise for later is not a shipment.
        ([line(100)], [OrderStep.POSTPONED], OrderState.PLACED),
        ([line(100, 40)], [], OrderState.PARTLY_RECEIVED),
        ([line(100, 40)], [OrderStep.SHIPPED], OrderState.PARTLY_RECEIVED),
        ([line(100, 100)], [OrderStep.SHIPPED], OrderState.RECEIVED),
        ([line(100, 101)], [], OrderState.OVER_RECEIVED),
        # Too much of one product does not make up for too little of the other.
        ([line(100, 150), line(100, 50)], [], OrderState.PARTLY_RECEIVED),
        ([line(100, 150), line(100, 100)], [], OrderState.OVER_RECEIVED),
        # All that came went back: the order is owed whole again.
        ([line(100, 40, 40)], [], OrderState.PLACED),
        ([line(100, 100, 30)], [], OrderState.PARTLY_RECEIVED),
        # The excess went back.
        ([line(100, 120, 20)], [], OrderState.RECEIVED),
        ([line(100, 40)], [OrderStep.CLOSED], OrderState.CLOSED),
        ([line(100, 100)], [OrderStep.CLOSED], OrderState.CLOSED),
        ([line(100)], [OrderStep.SHIPPED, OrderStep.CANCELLED], OrderState.CANCELLED),
    ],
)
def test_state_follows_from_what_happened(
    lines: list[LineFacts], steps: list[OrderStep], state: OrderState
) -> None:
    assert order_state(lines, steps) is state


def test_order_is_late_from_the_day_after_its_promise() -> None:
    lines = [line(100, 40)]

    assert not is_late(lines, OrderState.PARTLY_RECEIVED, PROMISED)
    assert days_late(lines, OrderState.PARTLY_RECEIVED, dt.date(2026, 3, 4)) == 3


def test_line_that_came_in_full_makes_no_order_late() -> None:
    lines = [line(100, 100), line(100, 0, 0, dt.date(2026, 4, 1))]

    assert not is_late(lines, OrderState.PARTLY_RECEIVED, dt.date(2026, 3, 20))


@pytest.mark.parametrize("state", [OrderState.RECEIVED, OrderState.CLOSED, OrderState.CANCELLED])
def test_order_that_expects_nothing_is_never_late(state: OrderState) -> None:
    assert days_late([line(100)], state, dt.date(2027, 1, 1)) == 0


facts = st.builds(
    LineFacts,
    ordered=st.integers(1, 10**12),
    received=st.integers(0, 10**12),
    returned=st.just(0),
    first_expected_on=st.just(PROMISED),
)


@given(facts, st.integers(0, 10**12))
def test_what_is_ordered_is_what_was_kept_plus_open_less_excess(line: LineFacts, returned: int) -> None:
    line = LineFacts(
        ordered=line.ordered,
        received=line.received,
        returned=min(returned, line.received),
        first_expected_on=PROMISED,
    )

    assert line.ordered == line.kept + line.open - line.excess
    assert line.open == 0 or line.excess == 0


@given(st.lists(facts, min_size=1, max_size=5), st.sets(st.sampled_from(OrderStep)))
def test_goods_are_awaited_exactly_while_something_is_owed_on_an_order_that_is_not_over(
    lines: list[LineFacts], steps: set[OrderStep]
) -> None:
    state = order_state(lines, steps)

    assert awaits_goods(state) == (not is_over(state) and any(line.open for line in lines))
