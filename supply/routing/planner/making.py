"""Plans for the proof to beat: annealed from many starts, and the best choice among all that they drive.

What one start misses another has: the trips of ten plans together often hold the best one. Choosing among
them is a small integer program.
"""

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from supply.routing.planner.choice import Choice
from supply.routing.planner.columns import of_drafts
from supply.routing.planner.draft import Draft
from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.master import Master
from supply.routing.planner.polish import offering
from supply.routing.planner.renewal import Renewal

EACH = 1
"""Most plans that each core makes when more are wanted."""
FEW = 10
"""So many parts in a row without a better plan are enough for one of many plans."""
MANY = 40
"""Where the gap is large."""
ALONE = 1 / 6
"""Share of the time in which plans are made where that cannot be done beside the linear program."""
ALONE_PLANS = 8
"""Most plans made then."""
CHOICE_SECONDS, EARLY_SECONDS = 3.0, 1.2
"""What a choice may take, and one beside the linear program: other plans wait for it."""
LATER = 1_000
"""Number of the first start that is taken after the linear program has grown."""
PICK_SHARE = 0.25
"""A plan is picked from the trips made and from those with so small a reduced cost, as a share of the gap."""
PICKED, PICKED_EARLY = 250, 150
"""The cheapest so many of them, and beside the linear program: among more the choice takes too long."""


class Making:
    """Makes plans for `best`; `anneal` makes one, another for each number."""

    def __init__(self, best: Incumbent, anneal: Callable[[Incumbent, int], None], *, threads: int) -> None:
        self.best = best
        self.anneal = anneal
        self.threads = threads
        self.made: list[list[Draft]] = []
        self.numbers = itertools.count(LATER)
        self.heard: Renewal | None = None
        """What renews plans by the linear program as it was last heard of."""

    def make(self, own: Incumbent, number: int, renewal: Renewal | None = None) -> bool:
        """One more plan, and what it makes possible; the first goes on from the plan at hand.

        False when there was none: other starts would bring none either.
        """
        one = own if number == 0 else own.anew()
        self.anneal(one, number)
        if not one.drafts:
            return False
        if renewal is not None:
            renewal.run(one, patience=FEW)
        own.offer(one.drafts)
        if one.value[0] == own.value[0]:
            self.made.append(one.drafts)
            self.choose(Master(own.instance, own.value[0]), own)
        return True

    def make_more(self, master: Master) -> None:
        """A plan on each core from starts that were not taken before, again while that brings something.

        None on one core, which has made some before.
        """
        if self.threads == 1:
            return
        renewals = [renewal_of(master, seed) for seed in range(self.threads)]
        with ThreadPoolExecutor(self.threads) as executor:
            for _ in range(EACH):
                before = self.best.value
                own = [self.best.copy(pass_on=self.best.offer) for _ in range(self.threads)]
                list(executor.map(self.make, own, itertools.islice(self.numbers, len(own)), renewals))
                if self.best.value >= before:
                    return

    @contextmanager
    def beside(self) -> Iterator[None]:
        """One plan after the other is made beside what follows; on one core some plans before it.

        The first is waited for, the others end with what they are beside.
        """
        is_over = threading.Event()
        best = self.best
        first, others = best.copy(pass_on=best.offer), best.copy(pass_on=best.offer, cancelled=is_over.is_set)
        if self.threads == 1:
            first.seconds = others.seconds = first.elapsed() + first.left() * ALONE

        def make_on() -> None:
            goes_on, last = self.make(first, 0), None
            for number in itertools.count(1):
                if not goes_on or others.left() <= 0 or (self.threads == 1 and number == ALONE_PLANS):
                    return
                if (heard := self.heard) is not None and heard is not last:
                    last = heard
                    last.run(others, patience=FEW)
                goes_on = self.make(others, number, last)

        with ThreadPoolExecutor(1) as executor:
            making = executor.submit(make_on)
            if self.threads == 1:
                making.result()
            try:
                yield
            finally:
                is_over.set()
            making.result()

    def hear(self, master: Master) -> None:
        """Remember the program, which another core may renew its plans by."""
        self.heard = renewal_of(master, self.best.seed)

    def pick(
        self,
        master: Master,
        best: Incumbent,
        value: float,
        *,
        most: int = PICKED,
        seconds: float = CHOICE_SECONDS,
    ) -> None:
        """The best plan of all trips made and of the program's best, whose value is given."""
        below = max(PICK_SHARE * (best.limit() - value), 1.0)
        self.choose(master, best, below=below, most=most, seconds=seconds)

    def choose(
        self,
        master: Master,
        best: Incumbent,
        *,
        below: float = 0.0,
        most: int = 0,
        seconds: float = CHOICE_SECONDS,
    ) -> None:
        """The best plan of all trips made, and of the program's `most` with a reduced cost up to `below`."""
        if best.value[0] != master.unserved_kg or not best.drafts:
            return
        instance, land = best.instance, master.land
        made = [of_drafts(instance, land, drafts) for drafts in (*self.made, best.drafts)]
        for trips in made:
            master.add(*trips)
        if master.solve() is None:
            return  # no optimum, no reduced costs to choose by
        rows = [master.rows_of(*trips) for trips in made]
        Choice(master, np.concatenate(rows), rows[-1], below=below, most=most, seed=best.seed).run(
            seconds=min(seconds, best.left()),
            improved=offering(best, master.unserved_kg),
        )


def renewal_of(master: Master, seed: int) -> Renewal:
    """With the trips that the program has, as its last solution prices them."""
    return Renewal(master.tariff(), master.columns, master.reduced_costs(), seed=seed)
