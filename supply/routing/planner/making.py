"""Plans for the proof to beat: annealed from many starts, each renewed by the linear program as it grows."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.renewal import Renewal

FEW = 6
"""So many parts in a row without a better plan, and another start is worth more."""
ALONE = 1 / 6
"""Share of the time in which plans are made where that cannot be done beside other things."""
ALONE_PLANS = 8
"""Most plans made then."""


class Making:
    """Makes plans for `best`; `anneal` makes one, another for each number."""

    def __init__(self, best: Incumbent, anneal: Callable[[Incumbent, int], None], *, threads: int) -> None:
        self.best = best
        self.anneal = anneal
        self.threads = threads
        self.started = 0
        """So many starts were taken."""
        self.goes_on = True
        """False once a start brought no plan: others would bring none either."""
        self.heard: Renewal | None = None
        """What renews plans by the linear program as it was last heard of."""

    def hear(self, renewal: Renewal) -> None:
        """From here on plans are renewed by this."""
        self.heard = renewal

    def make(self, own: Incumbent) -> None:
        """A plan from another start; the first goes on from the plan at hand."""
        one = own.anew() if self.started else own
        self.anneal(one, self.started)
        self.started += 1
        self.goes_on = bool(one.drafts)
        if self.heard is not None and one.drafts:
            self.heard.run(one, patience=FEW)
        own.offer(one.drafts)

    def alone(self) -> None:
        """Some plans, where there is one core."""
        own = self.best.copy(pass_on=self.best.offer)
        own.seconds = own.elapsed() + own.left() * ALONE
        while self.goes_on and own.left() > 0 and self.started < ALONE_PLANS:
            self.make(own)

    @contextmanager
    def beside(self) -> Iterator[None]:
        """One plan after the other is made beside what follows; they end with it, but for the very first.

        On one core the plan at hand is renewed after it.
        """
        if self.threads == 1:
            yield
            if self.heard is not None:
                self.heard.run(self.best, patience=FEW)
            return
        is_over = threading.Event()
        with ThreadPoolExecutor(1) as executor:
            making = executor.submit(self._make_on, is_over)
            try:
                yield
            finally:
                is_over.set()
            making.result()

    def _make_on(self, is_over: threading.Event) -> None:
        """Plans from one start after the other; what was heard since is first tried on the plan at hand."""
        own = self.best.copy(pass_on=self.best.offer, cancelled=is_over.is_set)
        tried: Renewal | None = None
        if self.started == 0:
            self.make(self.best.copy(pass_on=self.best.offer))
        while self.goes_on and own.left() > 0:
            if (heard := self.heard) is not None and heard is not tried:
                tried = heard
                heard.run(own, patience=FEW)
            self.make(own)
