"""How often passwords may be tried: a guesser is slowed down, a store behind one address is not shut out.

Counted in memory of the process that answers: a restart forgets, several processes count apart, and nobody
without a log-in makes the database write. Wrong tries of the last quarter of an hour count, per name and
address, per name, and per address; a right password forgives those of its name and address.
"""

import datetime as dt
import threading
from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address
from typing import ClassVar

from supply.errors import SupplyError
from supply.i18n import N_

WINDOW = dt.timedelta(minutes=15)
PER_NAME_AND_ADDRESS = 8
PER_NAME = 40
# From all addresses together: 4 000 guesses a day, too few for ten characters that are no famous password.
PER_ADDRESS = 200
# A store or an office of fifty people shares one; each may mistype a few times.
MOST_KEYS = 20_000
# Beyond it the oldest are forgotten, so that invented names cannot fill the memory.

Key = tuple[str, str]


class TooManyTries(SupplyError):
    """Too many wrong passwords; the right one is refused too until the window has passed."""

    status = 429
    code: ClassVar[str] = "too-many-tries"
    title = N_(
        "Too many wrong passwords. Wait {minutes} minutes and try again, or ask the administrator for a new "
        "password."
    )


class Attempts:
    """Wrong tries of the last minutes. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tries: OrderedDict[Key, deque[dt.datetime]] = OrderedDict()

    def begin(self, login: str, address: str, *, now: dt.datetime) -> None:
        """Count a try before its password is looked at, so that tries at once count too.

        Raises TooManyTries; a refused try is not counted, so the wait has an end.
        """
        limits = _limits(login, address)
        with self._lock:
            for key, limit in limits.items():
                tries = self._recent(key, now)
                if len(tries) >= limit:
                    waiting = tries[-limit] + WINDOW - now
                    raise TooManyTries(minutes=max(1, -(-waiting // dt.timedelta(minutes=1))))
            for key in limits:
                self._tries.setdefault(key, deque()).append(now)
                self._tries.move_to_end(key)
            while len(self._tries) > MOST_KEYS:
                self._tries.popitem(last=False)

    def forgive(self, login: str, address: str) -> None:
        """The password was right: this try is taken back, and so are the wrong ones of the name from here."""
        pair, name, place = _limits(login, address)
        with self._lock:
            mistyped = len(self._tries.pop(pair, ()))
            for key in (name, place):
                tries = self._tries.get(key, deque())
                for _ in range(min(mistyped, len(tries))):
                    tries.pop()

    def _recent(self, key: Key, now: dt.datetime) -> deque[dt.datetime]:
        tries = self._tries.get(key, deque())
        while tries and tries[0] <= now - WINDOW:
            tries.popleft()
        return tries


def _limits(login: str, address: str) -> dict[Key, int]:
    name, place = login.strip().lower()[:64], _network(address)
    return {(name, place): PER_NAME_AND_ADDRESS, (name, "*"): PER_NAME, ("*", place): PER_ADDRESS}


def _network(address: str) -> str:
    """The address, of IPv6 the first half: the rest is its owner's to choose."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Address(int(found) >> 64 << 64)) if isinstance(found, IPv6Address) else address
