"""Until when flour must be good for a site, and how much of a store's stock any plan may count on."""

import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec


class UseDays(msgspec.Struct, frozen=True, kw_only=True):
    """The distribution day of each site; `default` where no day is known: the last of the cycle.

    `keep_days` is the life that must be left on that day: people eat the ration in the weeks after it.
    """

    default: dt.date
    by_site: dict[str, dt.date] = {}
    keep_days: int = 0

    def use_on(self, site_code: str) -> dt.date:
        """The distribution day of a site."""
        return self.by_site.get(site_code, self.default)

    def needs_until(self, site_code: str) -> dt.date:
        """A lot for this site must be good on this day."""
        return self.use_on(site_code) + dt.timedelta(days=self.keep_days)


def countable_grams(lots: Iterable[tuple[dt.date, int]], wanted: Mapping[dt.date, int]) -> int:
    """Grams of a store's lots (last good day, grams) that every plan can use, however it shares them out.

    `wanted` are the grams that all sites together need, by the day until which they need them good. If the
    late sites could ask for more than lasts for them, a plan that counts all stock might bring them what is
    expired by then; so stock counts up to what is left for the latest day at which that can happen.
    """
    known = tuple(lots)
    counted = sum(grams for until, grams in known if wanted and until >= min(wanted))
    for day in wanted:
        good = sum(grams for until, grams in known if until >= day)
        asked = sum(grams for until, grams in wanted.items() if until >= day)
        if asked > good:
            counted = min(counted, good)
    return counted
