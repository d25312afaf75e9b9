"""The small linear program against HiGHS."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.routing.planner.linear import Model
from supply.routing.planner.simplex import entries_of, maximise, table_for

ENTRY = st.integers(-3, 3)


@st.composite
def programs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Entries, right sides (many of them 0), profits, upper bounds."""
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 7))
    entries = [[draw(ENTRY) for _ in range(columns)] for _ in range(rows)]
    right = [draw(st.sampled_from([0, 0, 1, 5, 12])) for _ in range(rows)]
    profit = [draw(st.integers(-4, 9)) for _ in range(columns)]
    upper = [draw(st.integers(0, 9)) for _ in range(columns)]
    return (
        np.array(entries, np.float64), np.array(right, np.float64), np.array(profit, np.float64),
        np.array(upper, np.float64),
    )  # fmt: skip


@given(programs())
def test_it_finds_the_greatest_profit(
    program: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    entries, right, profit, upper = program
    rows, columns = entries.shape
    table = table_for(rows + 2, columns + 3)  # larger than needed
    own = entries_of(rows, columns, table)
    own[:rows, :columns], own[:rows, columns] = entries, right
    table.profit[:columns], table.upper[:columns] = profit, upper

    found = maximise(rows, columns, table)

    model = Model()
    numbers = [model.column(-gain, upper=most) for gain, most in zip(profit, upper, strict=True)]
    for row, most in zip(entries, right, strict=True):
        model.row(list(zip(numbers, row, strict=True)), upper=float(most))
    solver = model.highs()
    solver.run()
    assert found == pytest.approx(-solver.getInfo().objective_function_value, abs=1e-6)
    value = table.value[:columns]
    assert (value >= -1e-9).all()
    assert (value <= upper + 1e-9).all()
    assert (entries @ value <= right + 1e-6).all()
    assert profit @ value == pytest.approx(found, abs=1e-6)
