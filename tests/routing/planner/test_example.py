"""What is compiled at installation is all that the first plan needs."""

from types import ModuleType

from numba.core.dispatcher import Dispatcher

from supply.routing.planner import pricing, routes, separation, shortlist
from supply.routing.planner.example import EXAMPLE
from supply.routing.planner.solve import Params, solve
from tests.benchmarks.routing.programme import programme

COMPILED = (
    pricing.search,
    routes.measure,
    routes.reduced_costs,
    routes.best_loads,
    separation.best_roundings,
)


def compiled(module: ModuleType) -> dict[str, int]:
    """How often each function of the module was compiled or loaded, each time for other sorts of arrays."""
    return {
        name: len(value.signatures) for name, value in vars(module).items() if isinstance(value, Dispatcher)
    }


def test_the_example_goes_through_every_compiled_part_that_a_plan_needs() -> None:
    plan = solve(EXAMPLE, Params(seconds=60, restarts=0), 1)
    before = [compiled(module) for module in (pricing, routes, separation, shortlist)]

    solve(programme("ltl", 1, communes=6, windows=True), Params(seconds=5, reasons_seconds=0), 1)

    assert plan.status == "optimal"
    assert all(kernel.signatures for kernel in COMPILED)
    assert [compiled(module) for module in (pricing, routes, separation, shortlist)] == before
