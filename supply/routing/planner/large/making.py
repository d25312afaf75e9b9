"""The ground of a search from plain arrays."""

import numpy as np
from numpy.typing import NDArray

from supply.routing.planner.instance import Bools, Floats
from supply.routing.planner.large.ground import (
    CLOCK,
    DAYS,
    FAR,
    NEAR,
    NO_TIME,
    POOL,
    ROOMY,
    SITE,
    Ground,
    Masks,
    Records,
    Singles,
)

NEAR_IN, NEAR_IN_DAYS, NEAR_IN_MIXED = 60, 40, 20
"""Neighbours beside which a site may be put back; fewer where days count, and for mixed fleets without time,
where each look is dearer."""
WAITING, LATENESS = 0.2, 1.0
"""What a minute of waiting or lateness between two sites counts beside one of driving: two sites whose
windows do not follow one another are not near (the weights of Vidal et al. 2013)."""
STRING, REMOVED = 10.0, 10.0
"""Longest string and mean number of visits removed (the paper's values)."""


def pools_of(count: int) -> Records:
    """So many pools without limits."""
    pools = np.zeros(count, POOL)
    for name, value in (
        ("count", 1),
        ("kg", 1e18),
        ("m3", ROOMY),
        ("per_km", 1.0),
        ("late", 1e12),
        ("longest", 1e12),
    ):
        pools[name] = value
    return pools


def ground_of_arrays(
    *,
    depots: int,
    km: Floats,
    minutes: Floats,
    demand: Floats,
    pools: Records,
    timing: int = NO_TIME,
    can_split: bool = False,
    has_stock: bool = False,
    density: Floats | None = None,
    allowed: Bools | None = None,
    early: Floats | None = None,
    late: Floats | None = None,
    service: Floats | None = None,
    unload: Floats | None = None,
    open_days: Masks | None = None,
    must: Bools | None = None,
    closed: Masks | None = None,
    max_stops: int = 1_000_000,
    max_days: int = 1,
    horizon: int = 1,
    driving: float = 1e12,
    duty: float = 1e12,
    night: float = 0.0,
) -> Ground:
    """Points are depots, then sites; `km` inf where there is no road; `closed` days of legs as bits."""
    sites, products = demand.shape
    length = np.where(np.isfinite(km), km, FAR)
    site = np.zeros(sites, SITE)
    density = np.zeros(products) if density is None else density
    allowed = np.ones((len(pools), sites), bool) if allowed is None else allowed
    site["kg"], site["m3"] = demand.sum(axis=1), demand @ density
    site["late"], site["open"] = 1e12, 2**64 - 1
    for name, values in (
        ("early", early),
        ("late", late),
        ("service", service),
        ("unload", unload),
        ("open", open_days),
    ):
        if values is not None:
            site[name] = values
    site["whole"] = 0 if can_split else 1
    site["must"] = 1 if must is None else must
    site["away"] = length[:depots, depots:].min(axis=0) if sites else 0.0
    rates = _rates(length, depots, site, pools, allowed)
    site["rate"] = np.minimum(rates.min(axis=0, initial=FAR), FAR)
    into = np.ascontiguousarray(length.T, dtype=np.float32)
    inner = length[depots:, depots:] + length[depots:, depots:].T
    if timing == CLOCK:
        inner = inner / 2 + _out_of_step(minutes[0, depots:, depots:], site)
    np.fill_diagonal(inner, -1.0)
    is_mixed = len(pools) > 1
    near_in = NEAR_IN_DAYS if timing == DAYS else NEAR_IN_MIXED if is_mixed and timing == NO_TIME else NEAR_IN
    near = np.argsort(inner, axis=1, kind="stable")[:, :NEAR]
    is_plain = not (timing != NO_TIME or is_mixed or can_split or has_stock or density.any())
    is_plain = is_plain and bool(allowed.all()) and max_stops > sites
    # Types and layouts are the same for every problem: another one would be compiled anew.
    return Ground(
        depots=int(depots), sites=int(sites), timing=int(timing), is_plain=bool(is_plain),
        is_mixed=bool(is_mixed), can_split=bool(can_split), has_stock=bool(has_stock),
        has_bans=not bool(allowed.all()), has_closures=closed is not None, max_stops=int(max_stops),
        max_days=int(max_days), horizon=int(horizon), driving=float(driving), duty=float(duty),
        night=float(night), near_in=int(min(near_in, sites)),
        least=float(pools["per_km"].min(initial=FAR)), string=STRING, removed=REMOVED,
        out=np.ascontiguousarray(length, dtype=np.float32), into=into,
        minutes=np.array(minutes, dtype=np.float64, order="C"),
        near=np.ascontiguousarray(near, dtype=np.int32),
        apart=_apart(length, depots, near),
        doors=_doors(rates), site=site, pool=pools, demand=np.array(demand, dtype=np.float64, order="C"),
        density=np.array(density, dtype=np.float64, order="C"),
        allowed=np.array(allowed, dtype=bool, order="C"),
        closed=np.zeros((1, 1), np.uint64) if closed is None else closed,
    )  # fmt: skip


def _apart(length: Floats, depots: int, near: NDArray[np.int64]) -> Singles:
    """Km to each neighbour and on to a point as far away, or to a depot where that is nearer."""
    both_ways = (length + length.T)[depots:]
    each = np.take_along_axis(both_ways[:, depots:], near, axis=1)
    home = both_ways[:, :depots].min(axis=1, initial=FAR)
    return np.ascontiguousarray(np.minimum(each, (each + home[:, None]) / 2), dtype=np.float32)


def _out_of_step(minutes: Floats, site: Records) -> Floats:
    """What the windows of two sites add to the way between them, in the better order."""
    lead = site["service"][:, None] + minutes
    waiting = np.maximum(site["early"] - (site["late"][:, None] + lead), 0.0)
    lateness = np.maximum(site["early"][:, None] + lead - site["late"], 0.0)
    added: Floats = WAITING * waiting + LATENESS * lateness
    return np.minimum(added, added.T)


def _rates(length: Floats, depots: int, site: Records, pools: Records, allowed: Bools) -> Floats:
    """Cost of a kg by a trip of its own, as full as the site's goods make it, by pool and site."""
    rates = np.full((len(pools), len(site)), FAR)
    for m, pool in enumerate(pools):
        out, home = length[pool["depot"], depots:], length[depots:, pool["depot"]]
        trip = (pool["fixed"] + pool["per_km"] * (out + home)) / np.maximum(pool["kg"], 1.0) + pool[
            "per_kg_km"
        ] * out
        rates[m] = np.where((out + home < FAR) & allowed[m] & (pool["kg"] >= 1.0), trip, FAR)
    return rates


def _doors(rates: Floats) -> NDArray[np.int32]:
    """Pools by site, cheapest a kg first; -1 where none is left."""
    order = np.argsort(rates, axis=0, kind="stable")
    ranked = np.take_along_axis(rates, order, axis=0)
    return np.ascontiguousarray(np.where(ranked < FAR, order, -1).T.astype(np.int32))
