"""Tells the demo's history: runs operations in the name of its people, at the time they happened."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any, TypeVar

from supply.clock import BAMAKO
from supply.db import Database
from supply.people.rights import Actor

Result = TypeVar("Result")
SEED = 20270315
# The same demo each time, but for its dates.


class Teller:
    """One database, the people of the demo, and the day it is made."""

    def __init__(
        self, database: Database, today: dt.date, now: dt.datetime, say: Callable[[str], None]
    ) -> None:
        self.database = database
        self.today = today
        self.say = say
        self.chance = random.Random(SEED)
        self.actors: dict[str, Actor] = {}
        self._now = now

    def day(self, after_days: int) -> dt.date:
        """A day counted from the day the demo is made."""
        return self.today + dt.timedelta(days=after_days)

    def at(self, day: dt.date, hour: int = 9) -> dt.datetime:
        """A moment of a day, never after the moment the demo is made."""
        moment = dt.datetime.combine(day, dt.time(hour), BAMAKO).astimezone(dt.UTC)
        return min(moment, self._now)

    def do(self, run: Callable[..., Result], command: Any, *, who: str, on: dt.date, hour: int = 9) -> Result:
        """One operation in its own transaction, as a person would have done it that day."""
        with self.database.transaction() as session:
            return run(session, command, actor=self.actors[who], now=self.at(on, hour))

    def read(self, query: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """One query in its own snapshot."""
        with self.database.snapshot() as session:
            return query(session, *args, **kwargs)
