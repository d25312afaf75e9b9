"""What a search says at a terminal, and what Ctrl-C does to it."""

import signal

import pytest

from supply.routing.planner.plan import Progress
from supply.routing.watching import Teller, stoppable


@pytest.mark.usefixtures("interruptible")
def test_a_first_interrupt_asks_and_a_second_one_ends() -> None:
    with pytest.raises(KeyboardInterrupt), stoppable() as is_asked:
        assert not is_asked()
        signal.raise_signal(signal.SIGINT)
        assert is_asked()
        signal.raise_signal(signal.SIGINT)


@pytest.mark.usefixtures("interruptible")
def test_afterwards_an_interrupt_is_what_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)

    with stoppable():
        assert signal.getsignal(signal.SIGINT) is not before

    assert signal.getsignal(signal.SIGINT) is before


def test_in_the_background_an_interrupt_is_ignored_as_before() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stoppable() as is_asked:
            signal.raise_signal(signal.SIGINT)
            assert not is_asked()
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_search_is_told_once_a_second(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [10.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    tell = Teller()
    for passed, cost in ((0.0, 200_000), (0.5, 150_000), (1.0, 120_000)):
        clock[0] = 10.0 + passed
        tell(Progress(seconds=passed, phase="proof", cost=cost, bound=90_000.0, unserved_kg=0))

    assert capsys.readouterr().err.splitlines() == [
        "0.0 s: cost 200000, bound 90000, gap 55.00%",
        "1.0 s: cost 120000, bound 90000, gap 25.00%",
    ]
