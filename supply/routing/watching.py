"""A search watched at a terminal: told line by line while it goes, stopped by Ctrl-C with what it has."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click

from supply.i18n import N_, gettext
from supply.routing.planner.plan import Progress, gap_of
from supply.routing.planner.words import COMPILING, MAKING_READY

TELL_SECONDS = 1.0
# Between two lines: as often as somebody who waits reads them.

STOPPED = N_("Stopped: this is the best plan so far.")


class Teller:
    """Says on the error output why nothing happens, and how the plan and its bound get nearer."""

    def __init__(self) -> None:
        self._told_at = float("-inf")

    def __call__(self, moment: Progress) -> None:
        if moment.phase == COMPILING:
            click.echo(gettext(MAKING_READY), err=True)
        elif time.monotonic() - self._told_at >= TELL_SECONDS:
            self._told_at = time.monotonic()
            unserved = f", {moment.unserved_kg} kg unserved" if moment.unserved_kg else ""
            gap = gap_of(moment.cost, moment.bound)
            line = f"{moment.seconds:.1f} s: cost {moment.cost}, bound {moment.bound:.0f}, gap {gap:.2%}"
            click.echo(line + unserved, err=True)


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed inside the block; a second time it ends the command as it always does.

    Compiled code is never interrupted half-way: the search asks between its steps. Where interrupts are
    ignored, as they are for what a shell runs in the background, they stay so.
    """
    is_asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        is_asked.set()
        signal.signal(signal.SIGINT, before)

    before = signal.getsignal(signal.SIGINT)
    if before != signal.SIG_IGN:
        signal.signal(signal.SIGINT, ask)
    try:
        yield is_asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
    if is_asked.is_set():
        click.echo(gettext(STOPPED), err=True)
