"""The officer's rule by which other engines get their orders in the benchmarks."""

import numpy as np

from supply.routing.planner.instance import instance_of
from tests.benchmarks.routing.country import country
from tests.benchmarks.routing.delivery_peers import split_by_hand


def test_orders_bring_all_that_is_needed_from_stores_that_have_it() -> None:
    instance = instance_of(country(40, 1))

    parts = split_by_hand(instance)

    assert parts is not None
    brought, sent = np.zeros_like(instance.demand), np.zeros_like(instance.stock)
    for depot, own in parts.items():
        for part in own:
            brought[part.site] += part.kg
            sent[depot] += part.kg
    assert (brought == instance.demand).all()
    assert (sent <= instance.stock).all()
    assert max(sum(part.kg) for own in parts.values() for part in own) <= instance.capacity.max()
