"""Pure rule: what one site needs of one product in a cycle.

People times ration, summed over the groups exactly, then rounded up to the pack once, so that the groups'
roundings do not pile up; the rounding is kept beside it. A group that was never counted makes the need
unknown, never 0: a zero would be read as "nothing to send" (the lesson of open-mSupply's population
forecast).
"""

from collections.abc import Mapping

import msgspec

from supply.units import round_up_to_pack


class Needed(msgspec.Struct, frozen=True, kw_only=True):
    """Net grams for one site and product; people and grams are None while there are `missing_groups`."""

    people: int | None
    exact_grams: int | None
    rounded_grams: int | None
    rounding_grams: int | None
    missing_groups: tuple[str, ...] = ()


def needed(people_by_group: Mapping[str, int], grams_by_group: Mapping[str, int], pack_grams: int) -> Needed:
    """Need of a product with these grams per person and group, rounded up to whole packs of `pack_grams`."""
    missing = tuple(sorted(group for group in grams_by_group if group not in people_by_group))
    if missing:
        return Needed(
            people=None, exact_grams=None, rounded_grams=None, rounding_grams=None, missing_groups=missing
        )
    exact = sum(people_by_group[group] * grams for group, grams in grams_by_group.items())
    rounded = round_up_to_pack(exact, pack_grams)
    return Needed(
        people=sum(people_by_group[group] for group in grams_by_group),
        exact_grams=exact,
        rounded_grams=rounded,
        rounding_grams=rounded - exact,
    )
