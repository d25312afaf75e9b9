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
from supply.routing.planner.large.ground import CLOCK, NO_TIME, Ground, Masks, State, state_of
from supply.routing.planner.large.recreate import recreate
from supply.routing.planner.large.routes import accept, keep_best, press, take_back
from supply.routing.planner.large.ruin import ruin

SPLITTING = 0.5
"""Share of iterations that may split deliveries which would fit undivided."""
DISCOUNTED = 0.15
"""Share of iterations that put goods back as if fixed costs were lower: other mixes of trucks are tried."""
HOT, MIDDLE, COLD = 1.0, 0.1, 0.01
"""First temperature, that at which the best of several plans goes on alone, and the last, as shares of the
cost of one visit in the first plan."""
RIVALS, RIVAL_ITERATIONS = 6, 4_000
"""Most plans that are cooled apart at first; each is worth so many iterations of the whole search a site."""
CONTEST = 0.7
"""Share of the search that the rivals are given together."""
APART = 1_000_003
"""Between the seeds of two rivals."""
FIRST = 200
"""Iterations by which the speed is judged at first."""
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
        # Put back one at a time, the first site on a new truck would seem to bear all of its fixed cost.
        tally.discount = 1.0
        if g.is_mixed and g.timing == NO_TIME and uniform(st.tally) < DISCOUNTED:
            tally.discount = uniform(st.tally)
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


class Pace:
    """How much of its seconds or iterations a search has spent."""

    def __init__(self, seconds: float | None, iterations: int | None) -> None:
        assert seconds or iterations is not None, "a search is limited by seconds or by iterations"
        self.seconds, self.iterations = seconds or 0.0, iterations
        self.done, self.started = 1, time.perf_counter()

    def share(self) -> float:
        """The share that is spent."""
        if self.iterations is not None:
            return min(1.0, self.done / max(self.iterations, 1))
        return min(1.0, (time.perf_counter() - self.started) / self.seconds)

    def ahead(self, end: float) -> tuple[int, float]:
        """Iterations until Python is asked again, and the share spent by then, at most `end`."""
        if self.iterations is not None:
            count = min(2_000, round(end * self.iterations) - self.done)
            return count, (self.done + count) / max(self.iterations, 1)
        spent = time.perf_counter() - self.started
        if self.done < FIRST:
            return FIRST, min(end, (spent + PAUSE) / self.seconds)
        return max(20, int(self.done / max(spent, 1e-6) * PAUSE)), min(end, (spent + PAUSE) / self.seconds)

    def expected(self) -> float:
        """Iterations in all, by the speed so far."""
        return float(self.iterations) if self.iterations is not None else self.done / max(self.share(), 1e-9)


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

    def begin(number: int) -> State:
        state = state_of(ground, stock=stock, free=free, price=price, seed=seed + number * APART)
        anneal(ground, state, 1, 1.0, 1.0)
        return state

    rivals = [begin(0)]
    unit = _unit(ground, rivals[0])
    pace = Pace(seconds, iterations)

    def cool(state: State, end: float, hot: float, cold: float) -> bool:
        """Anneal from one temperature to the other until so much is spent; False when asked to end."""
        start = share = pace.share()
        while share < end:
            count, onward = pace.ahead(end)
            if count <= 0:
                break
            heats = [hot * (cold / hot) ** ((at - start) / (end - start)) for at in (share, onward)]
            anneal(ground, state, count, max(1e-9, unit * heats[0]), max(1e-9, unit * heats[1]))
            pace.done += count
            share = onward if iterations is not None else min(end, pace.share())
            best = float(state.tally["best_cost"][0]), float(state.tally["best_left"][0])
            if heard is not None and not heard(Moment(pace.share(), pace.done, *best), state):
                return False
        return True

    if not cool(rivals[0], 1e-6, HOT, HOT):
        return rivals[0]
    count = _rivals(ground, pace.expected())
    if count < 2:
        cool(rivals[0], 1.0, HOT, COLD)
        return rivals[0]
    for number in range(count):
        if number > 0:
            rivals.append(begin(number))
        if not cool(rivals[-1], CONTEST * (number + 1) / count, HOT, MIDDLE):
            return min(rivals, key=_rank)
    winner = min(rivals, key=_rank)
    cool(winner, 1.0, MIDDLE, COLD)
    return winner


def _rivals(ground: Ground, iterations: float) -> int:
    """How many plans to cool apart: only mixed fleets without time were seen to gain by it."""
    if not ground.is_mixed or ground.timing != NO_TIME:
        return 1
    return min(RIVALS, int(iterations / (max(ground.sites, 1) * RIVAL_ITERATIONS)))


def _rank(state: State) -> tuple[float, float]:
    return float(state.tally["best_left"][0]), float(state.tally["best_cost"][0])


def _unit(ground: Ground, state: State) -> float:
    """Cost of one visit in the first plan, from which temperatures are measured."""
    driven = (state.route["per_km"] * state.route["km"])[state.route["length"] > 0].sum()
    visits = max(int(state.tally["visits"][0]), 1)
    return float(driven) / visits * (HOTTER if ground.timing == CLOCK else 1.0)


def forget_stale_kernels() -> None:
    """Numba looks at the age of the outermost function's file only; here all that went into it count."""
    kernel: Any = anneal
    newest = max(Path(__file__).with_stem(stem).stat().st_mtime for stem in KERNELS)
    for index in Path(kernel.stats.cache_path).glob("search.anneal-*.nbi"):
        if index.stat().st_mtime < newest and not kernel.signatures:
            index.unlink(missing_ok=True)
