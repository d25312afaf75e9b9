"""Plans for the proof to beat: annealed from many starts, each renewed by the linear program as it grows.

What is made beside the proof is fixed beforehand, and waited for: which core is faster changes nothing, but
for when a plan within the gap that is called optimal ends the work.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from supply.routing.planner.incumbent import Incumbent
from supply.routing.planner.renewal import Renewal

HASTY, FEW = 3, 6
"""So many parts in a row without a better plan are enough: while the program grows, and later."""
FIRST = 2
"""Plans made before any is renewed: too little is known yet."""
GROWING = (3, 5)
"""After so many rounds of cuts the plan at hand and another are renewed."""
LISTING = 2
"""Plans made while trips are listed, before the list renews the best of all."""
ALONE = 1 / 6
"""Share of the time in which plans are made where there is one core."""
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
        self.programs: list[Renewal] = []
        """The linear program each time that it was heard of."""
        self.settled = 0
        """How often that was when the first rounds of cuts were over; 0 before."""
        self.is_grown = False
        self.is_over = False
        self.changed = threading.Condition()

    def hear(self, program: Renewal) -> None:
        """Plans may be renewed by this."""
        with self.changed:
            self.programs.append(program)
            self.changed.notify_all()

    def settle(self) -> None:
        """The first rounds of cuts are over: nobody waits for more of them."""
        with self.changed:
            self.settled = self.settled or len(self.programs)
            self.changed.notify_all()

    @contextmanager
    def growing(self) -> Iterator[None]:
        """Plans are made beside the program's growth; on one core before it."""
        if self.threads > 1:
            with self._beside(self._while_growing):
                yield
        else:
            self._alone()
            yield

    @contextmanager
    def listing(self) -> Iterator[None]:
        """Plans are made beside the listing of trips, and the best of all is renewed by the list."""
        self.is_grown = True
        if self.threads > 1:
            heard = len(self.programs)
            with self._beside(lambda own: self._while_listing(own, heard)):
                yield
        else:
            self._renew(self.best, self._program(len(self.programs)))
            yield
            self._renew(self.best, self._program(len(self.programs)))

    def make(self, own: Incumbent, program: Renewal | None = None) -> None:
        """A plan from another start; the first goes on from the plan at hand."""
        one = own.anew() if self.started else own
        self.anneal(one, self.started)
        self.started += 1
        self.goes_on = bool(one.drafts)
        self._renew(one, program)
        own.offer(one.drafts)

    def _alone(self) -> None:
        own = self.best.copy(pass_on=self.best.offer)
        own.seconds = own.elapsed() + own.left() * ALONE
        while self.goes_on and own.left() > 0 and self.started < ALONE_PLANS:
            self.make(own)

    @contextmanager
    def _beside(self, work: Callable[[Incumbent], None]) -> Iterator[None]:
        """The work is done on another core, and waited for; it ends early where the plan is proven."""
        best = self.best
        own = best.copy(pass_on=best.offer, cancelled=best.is_optimal)
        with ThreadPoolExecutor(1) as executor:
            self.is_over = False
            working = executor.submit(work, own)
            try:
                yield
            finally:
                with self.changed:
                    self.is_over = True
                    self.changed.notify_all()
            working.result()

    def _while_growing(self, own: Incumbent) -> None:
        self._make(own, FIRST)
        for number in GROWING:
            self._renew_and_make(own, self._grown(number), 1)

    def _while_listing(self, own: Incumbent, heard: int) -> None:
        self._renew_and_make(own, heard, LISTING)
        self._renew(own, self._program(heard + 1))

    def _renew_and_make(self, own: Incumbent, number: int, plans: int) -> None:
        """The plan at hand renewed by the program of this number, and so many from other starts."""
        if self.goes_on and own.left() > 0:
            self._renew(own, self._program(number))
        self._make(own, plans, number)

    def _make(self, own: Incumbent, plans: int, number: int = 0) -> None:
        """So many plans, each renewed by the program of this number; there is none of number 0."""
        for _ in range(plans):
            if self.goes_on and own.left() > 0:
                self.make(own, self._program(number))

    def _renew(self, own: Incumbent, program: Renewal | None) -> None:
        if program is not None:
            program.run(own, patience=FEW if self.is_grown else HASTY)

    def _grown(self, number: int) -> int:
        """That number once so many rounds are over, or how many there were."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.programs) >= number or self.settled or self.is_over)
            return min(number, self.settled or number)

    def _program(self, number: int) -> Renewal | None:
        """As it was heard of the so manieth time, waited for; the last where it was heard of less often."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.programs) >= number or self.is_over)
            known = self.programs[:number]
        return known[-1] if known else None
