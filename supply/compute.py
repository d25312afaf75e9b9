"""Where long pure computations run: a pool of processes, behind the interface of `concurrent.futures`.

A team that outgrows one machine puts another Executor here, for instance
`distributed.Client.get_executor()`.
"""

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

WORKERS = 1
# One plan at a time leaves the other core of a small server to the people who record stock.

_lock = threading.Lock()
_pool: Executor | None = None


def _new_pool() -> Executor:
    return ProcessPoolExecutor(max_workers=WORKERS, mp_context=multiprocessing.get_context("spawn"))


def submit(
    function: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Future[Result]:
    """Run a picklable function in another process; a pool broken by a killed process is replaced."""
    global _pool  # noqa: PLW0603 - one pool a process, made when first needed
    with _lock:
        if _pool is None:
            _pool = _new_pool()
        try:
            return _pool.submit(function, *args, **kwargs)
        except BrokenProcessPool:
            _pool = _new_pool()
            return _pool.submit(function, *args, **kwargs)


def shut_down() -> None:
    """End the pool; what it was computing is dropped."""
    global _pool  # noqa: PLW0603
    with _lock:
        if _pool is None:
            return
        # Python waits at its end for what a pool computes, a plan for minutes; so its processes end here.
        # They have no public name before `terminate_workers` of Python 3.14.
        processes: dict[int, Any] = getattr(_pool, "_processes", None) or {}
        for process in tuple(processes.values()):
            process.terminate()
        _pool.shutdown(wait=False, cancel_futures=True)
        _pool = None
