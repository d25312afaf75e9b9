"""An operation as a value: from the list of an area's operations come its API routes and its commands."""

from collections.abc import Callable
from typing import Any

import msgspec


class Operation(msgspec.Struct, frozen=True):
    """One write that a person or program may ask for.

    `run(session, command, *, actor, now)` answers a `result`; `command` and `result` are Structs.
    """

    name: str
    command: type[msgspec.Struct]
    result: type[msgspec.Struct]
    run: Callable[..., Any]
    summary: str
