"""How the search is compiled: nothing in it allocates, and only one function is called from Python."""

from collections.abc import Callable
from typing import Any, TypeVar

import numba

OUTER: dict[str, Any] = {"nogil": True, "cache": True, "_nrt": False, "error_model": "numpy"}
"""`_nrt` off: no references are counted, which would take half of the time."""
INNER: dict[str, Any] = {
    "nogil": True, "_nrt": False, "error_model": "numpy",
    "no_cpython_wrapper": True, "no_cfunc_wrapper": True,
}  # fmt: skip
"""Without doors for Python it is compiled in half the time."""

Function = TypeVar("Function", bound=Callable[..., Any])


def numba_outer(function: Function) -> Function:
    """Compile what Python calls, and keep it on disk."""
    compiled: Function = numba.njit(**OUTER)(function)
    return compiled


def numba_inner(function: Function) -> Function:
    """Compile what only compiled code calls."""
    compiled: Function = numba.njit(**INNER)(function)
    return compiled


def numba_part(function: Function) -> Function:
    """Compile into each caller: handing over the arrays of a search costs more than small functions do."""
    compiled: Function = numba.njit(**INNER, forceinline=True)(function)
    return compiled
