"""One open part of the search: its linear program, cuts, and what to branch on; one solver for each core."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from supply.routing.planner.cuts import Cut, stack_of, weights_of
from supply.routing.planner.instance import Ints
from supply.routing.planner.linear import INFINITY
from supply.routing.planner.master import Basis, Master
from supply.routing.planner.shortlist import Shortlist

Span = tuple[float, float]
Bounds = dict[int, Span]
"""By number of the count that is bounded."""
Row = tuple[Cut, float, float]
"""A count between two bounds."""
TRIED = 8
"""Branchings looked at before the best is taken."""
CUTS, MOST_CUTS = 12, 120
"""Cuts added at a time, and in one search: more make every node slow."""
GROWN, RECENT = 1.2, 20
"""When the program has so many times its first trips those are forgotten that so many nodes did not drive."""
ENOUGH = 0.03
"""More cuts are looked for while they close so much of what is open."""


class Node(msgspec.Struct, frozen=True, order=True):
    """An open part of the search: no plan in it costs less than `value`."""

    value: float
    number: int
    bounds: Bounds
    rows: Ints | None = None
    """Trips of the list that a better plan of this part may use; None for all."""
    basis: Basis | None = None
    home: int = 0
    """The solver whose basis it is."""


class Trial(msgspec.Struct, frozen=True):
    """By how much a branching lifted the program, per unit of what it took away or added."""

    key: int
    down: float
    up: float


class Outcome(msgspec.Struct, kw_only=True):
    """What became of a node: children to search, or closed at a bound; neither when it was stopped."""

    value: float
    children: tuple[Bounds, ...] = ()
    closed_at: float | None = None
    rows: Ints | None = None
    basis: Basis | None = None
    cuts: list[Cut] = msgspec.field(default_factory=list)
    trials: list[Trial] = msgspec.field(default_factory=list)


class Branchings:
    """The counts that may be branched on, and what that brought so far, by count and by kind of count."""

    TRUSTED = 2
    """After so many trials what a branching brings is known well enough."""

    def __init__(self, counts: Sequence[Cut], kinds: Sequence[int]) -> None:
        self.counts = counts
        self.stack = stack_of(counts, len(counts[0].kg), len(counts[0].pools))
        self.kinds = np.array(kinds, dtype=np.int64)
        self.tried = np.zeros(len(kinds), dtype=np.int64)
        self.lifts = np.zeros((len(kinds), 2))

    def learn(self, trial: Trial) -> None:
        self.tried[trial.key] += 1
        self.lifts[trial.key] += trial.down, trial.up

    def is_known(self, key: int) -> bool:
        return bool(self.tried[key] >= self.TRUSTED)

    def expected(self, key: int, often: float) -> float:
        """What a branching is thought to bring: by its own trials, else by those of its kind, else by all."""
        alike = self.kinds == self.kinds[key]
        for chosen in (np.arange(len(self.kinds)) == key, alike, np.ones(len(self.kinds), dtype=bool)):
            if tried := self.tried[chosen].sum():
                down, up = self.lifts[chosen].sum(axis=0) / tried
                return score(down * (often - np.floor(often)), up * (np.ceil(often) - often))
        return score(often - np.floor(often), np.ceil(often) - often)


def score(down: float, up: float) -> float:
    """The worse side counts most: both have to be searched."""
    return float(max(down, up, 1e-3) * max(min(down, up), 1e-3))


class NodeSolver:
    """The program over the list with the counts that were branched on, and what is known of them."""

    def __init__(
        self,
        number: int,
        master: Master,
        shortlist: Shortlist,
        branchings: Branchings,
        *,
        limit: Callable[[], float],
        leaf: Callable[[float, Sequence[Row]], float],
        violated: Callable[[int], list[Cut]],
        easy: int,
        stand_in: float,
    ) -> None:
        self.number = number
        self.master = master
        self.shortlist = shortlist
        self.branchings = branchings
        self.limit = limit
        self.leaf = leaf
        self.violated = violated
        self.easy = easy
        self.cuts_left = MOST_CUTS
        self.solved = 0
        self.needed: Ints = np.zeros(0, dtype=np.int64)
        """When the program last drove each of its trips, as a number of nodes solved."""
        self.most_columns = GROWN * len(master.loads)
        # What is missing costs so much that a node without the right trips is never better than a plan.
        master.open_stand_ins(stand_in)

    def solve_all(self, nodes: Sequence[Node]) -> list[Outcome]:
        return [self.solve(node) for node in nodes]

    def solve(self, node: Node) -> Outcome:
        """Its value, and its children unless it is closed."""
        if node.value >= self.limit():
            return Outcome(value=node.value, closed_at=np.inf)
        self._forget()
        self._set(node.bounds)
        if node.basis is not None and node.home == self.number:
            self.master.restore(node.basis)
        value = self.shortlist.grow(node.rows)
        if value is None:  # stopped: the stand-ins make every node solvable
            return Outcome(value=node.value)
        value, cuts = self._cut(value, node.rows)
        self._note_needed()
        done = Outcome(value=max(value, node.value), cuts=cuts)
        if done.value >= self.limit():
            done.closed_at = np.inf
            return done
        # What a trip may cost more is counted from this program's value: another's cuts are not in it.
        done.rows = self.shortlist.below(self.limit() - value)
        choices = self._fractions() if len(done.rows) > self.easy else []
        if not choices:
            done.closed_at = max(done.value, self.leaf(value, self._rows(node.bounds)))
            return done
        basis = done.basis = self.master.basis()
        scored = [
            (self._score(node.bounds, key, often, basis, done=done), -i)
            for i, (key, often) in enumerate(choices)
        ]
        done.children = _children(node.bounds, *choices[-max(scored)[1]])
        return done

    def _note_needed(self) -> None:
        """The program with many trips that nothing drives any more is slow."""
        self.solved += 1
        rows, _ = self.master.used()
        new = np.full(len(self.master.loads) - len(self.needed), self.solved)
        self.needed = np.concatenate([self.needed, new])
        self.needed[rows] = self.solved

    def _forget(self) -> None:
        """Forget the trips that no recent node has driven, when they have become many."""
        if len(self.master.loads) > self.most_columns and len(self.needed) == len(self.master.loads):
            wanted = self.needed > self.solved - RECENT
            self.master.keep_columns(wanted)
            self.needed = self.needed[wanted]
            self.most_columns = max(self.most_columns, GROWN * len(self.needed))

    def learn(self, cuts: Sequence[Cut]) -> None:
        """Take over cuts that another solver found: they hold everywhere."""
        self.cuts_left -= len(cuts)
        self.master.add_cuts(cuts)

    def _cut(self, value: float, among: Ints | None) -> tuple[float, list[Cut]]:
        """Cuts that the node's solution violates hold everywhere; the value with them."""
        found: list[Cut] = []
        while self.cuts_left > 0 and value < self.limit():
            cuts = self.violated(min(CUTS, self.cuts_left))
            if not cuts:
                break
            self.learn(cuts)
            found += cuts
            before, grown = value, self.shortlist.grow(among)
            if grown is None:
                break
            value = grown
            if value - before < ENOUGH * (self.limit() - before):
                break
        return value, found

    def _score(self, bounds: Bounds, key: int, often: float, basis: Basis, *, done: Outcome) -> float:
        """How much both sides of a branching lift the program; from experience once there is some."""
        if self.branchings.is_known(key):
            return self.branchings.expected(key, often)
        gains: list[float] = []
        for child in _children(bounds, key, often):
            self._set(child)
            gains.append(max(min(self.master.glance(basis), self.limit()) - done.value, 0.0))
        below, above = often - np.floor(often), np.ceil(often) - often
        done.trials.append(Trial(key, gains[0] / below, gains[1] / above))
        return score(*gains)

    def _set(self, bounds: Bounds) -> None:
        for key in bounds:
            if key not in self.master.branches:
                self.master.add_branch(key, self.branchings.counts[key])
        for key in self.master.branches:
            self.master.bound_branch(key, *bounds.get(key, (-INFINITY, INFINITY)))

    def _rows(self, bounds: Bounds) -> list[Row]:
        return [(self.branchings.counts[key], low, high) for key, (low, high) in bounds.items()]

    def _fractions(self) -> list[tuple[int, float]]:
        """Counts that are not whole, the most promising first."""
        rows, amounts = self.master.used()
        used = self.master.columns.take(rows)
        often = weights_of(self.branchings.stack, used, self.master.capacity) @ amounts
        keys = np.flatnonzero(np.abs(often - np.round(often)) > 1e-4)
        hopes = [-self.branchings.expected(int(key), float(often[key])) for key in keys]
        return [
            (int(keys[place]), float(often[keys[place]]))
            for place in np.argsort(hopes, kind="stable")[:TRIED]
        ]


def _children(bounds: Bounds, key: int, often: float) -> tuple[Bounds, Bounds]:
    low, high = bounds.get(key, (0.0, INFINITY))
    down, up = float(np.floor(often)), float(np.ceil(often))
    return {**bounds, key: (low, down)}, {**bounds, key: (up, high)}
