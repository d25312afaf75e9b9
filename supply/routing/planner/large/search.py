"""Simulated annealing over ruin and recreate: the compiled loop and the clock around it."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from supply.routing.planner.instance import Floats
from supply.routing.planner.large.chance import uniform
from supply.routing.planner.large.compiled import numba_outer
from supply.routing.planner.large.fleet import choose_vehicles
from supply.routing.planner.large.ground import CLOCK, Ground, Masks, State, state_of
from supply.routing.planner.large.recreate import recreate
from supply.routing.planner.large.routes import accept, keep_best, press, take_back
from supply.routing.planner.large.ruin import ruin

SPLITTING = 0.5
"""Share of iterations that may split deliveries which would fit undivided."""
HOT, COLD = 1.0, 0.01
"""First and last temperature, as shares of the cost of one visit in the first plan."""
HOTTER = 3.0
"""Windows of a clock need as many times the temperature (measured on the MDVRPTW instances)."""
KERNELS = ("chance", "compiled", "fleet", "ground", "offers", "recreate", "routes", "ruin", "timing")
"""Modules whose functions are compiled into `anneal`."""
PRESSED_EVERY = 50
"""Iterations after which leaving over what is left over becomes dearer."""
PAUSE = 0.06
"""Seconds of compiled work before Python is asked again."""


@numba_outer
def anneal(g: Ground, st: State, iterations: int, hot: float, cold: float) -> None:
    """So many iterations from one temperature to the other."""
    tally = st.tally[0]
    temperature = hot
    factor = (cold / hot) ** (1.0 / max(iterations, 1))
    for _ in range(iterations):
        tally.iteration += 1
        before = tally.cost
        tally.may_split = 1 if g.can_split and uniform(st.tally) < SPLITTING else 0
        ruin(g, st)
        recreate(g, st)
        if g.is_mixed:
            choose_vehicles(g, st)
        if tally.cost < before - temperature * math.log(1.0 - uniform(st.tally)):
            accept(st)
            cost = tally.cost - tally.forced
            if tally.left < tally.best_left or (
                tally.left == tally.best_left and cost < tally.best_cost - 1e-7
            ):
                keep_best(st)
        else:
            take_back(g, st, before)
        if tally.absent > 0 and tally.iteration % PRESSED_EVERY == 0:
            press(g, st)
        temperature *= factor


class Moment(msgspec.Struct, frozen=True):
    """How far a search is: share of its time, iterations, best cost and goods left over."""

    share: float
    iterations: int
    cost: float
    left: float


def search(
    ground: Ground,
    *,
    stock: Floats,
    free: Masks,
    price: Floats,
    seed: int,
    seconds: float | None = None,
    iterations: int | None = None,
    heard: Callable[[Moment, State], bool] | None = None,
) -> State:
    """The best plan within seconds or, reproducibly, within iterations; ends when `heard` answers False."""
    forget_stale_kernels()
    state = state_of(ground, stock=stock, free=free, price=price, seed=seed)
    tally, limit = state.tally, seconds or 0.0
    assert limit > 0.0 or iterations is not None, "a search is limited by seconds or by iterations"
    anneal(ground, state, 1, 1.0, 1.0)
    driven = (state.route["per_km"] * state.route["km"])[state.route["length"] > 0].sum()
    unit = float(driven) / max(int(tally["visits"][0]), 1) * (HOTTER if ground.timing == CLOCK else 1.0)
    started, chunk, done, share = time.perf_counter(), 200, 1, 0.0
    while share < 1.0:
        if iterations is not None:
            chunk = min(2_000, iterations - done)
            onward = (done + chunk) / iterations
        else:
            spent = time.perf_counter() - started
            onward = min(1.0, (spent + PAUSE) / limit)
            if share > 0.0:
                chunk = max(20, int(done / max(spent, 1e-6) * PAUSE))
        if chunk <= 0:
            break
        anneal(ground, state, chunk, _heat(unit, share), _heat(unit, onward))
        done += chunk
        share = onward if iterations is not None else min(1.0, (time.perf_counter() - started) / limit)
        moment = Moment(share, done, float(tally["best_cost"][0]), float(tally["best_left"][0]))
        if heard is not None and not heard(moment, state):
            break
    return state


def _heat(unit: float, share: float) -> float:
    heat: float = unit * HOT * (COLD / HOT) ** min(share, 1.0)
    return max(1e-9, heat)


def forget_stale_kernels() -> None:
    """Numba looks at the age of the outermost function's file only; here all that went into it count."""
    kernel: Any = anneal
    newest = max(Path(__file__).with_stem(stem).stat().st_mtime for stem in KERNELS)
    for index in Path(kernel.stats.cache_path).glob("search.anneal-*.nbi"):
        if index.stat().st_mtime < newest and not kernel.signatures:
            index.unlink(missing_ok=True)
