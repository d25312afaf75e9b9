"""Which lot goes to which delivery, decided for all deliveries of a store and product together.

A lot may go to a delivery when it is good as long as that delivery needs. One after the other would give the
lots that last to early sites and leave late sites with none; so it is one flow of least cost (OR-Tools):
first as much as possible, then from the lots that expire first.
"""

import datetime as dt
from collections.abc import Sequence

import msgspec
from ortools.graph.python import min_cost_flow


class LotPacks(msgspec.Struct, frozen=True):
    """Whole packs of a lot and the last day on which they are good."""

    good_until: dt.date
    packs: int


class Want(msgspec.Struct, frozen=True):
    """Packs of one delivery; a lot must be good until `needs_until`: its distribution day and life left."""

    needs_until: dt.date
    packs: int


class Taking(msgspec.Struct, frozen=True):
    """Packs of the lot with this place in the list, for the delivery with that place."""

    lot: int
    want: int
    packs: int


class Assignment(msgspec.Struct, frozen=True):
    """What each delivery takes, and packs of each delivery for which no lot is good long enough."""

    takings: tuple[Taking, ...]
    missing: tuple[int, ...]


def assign_lots(lots: Sequence[LotPacks], wants: Sequence[Want]) -> Assignment:
    """Lots for all deliveries at once; no other choice leaves less missing.

    `lots` stand in the order in which they should be used up; of all choices that leave as little missing,
    this one takes most of the first lot, then of the second, and so on. The deliveries that are due first get
    the first lots, and each lot goes to as few deliveries as that allows.
    """
    used, missing = _flow(lots, wants)
    return Assignment(_in_turn(lots, wants, used, missing), tuple(missing))


def _flow(lots: Sequence[LotPacks], wants: Sequence[Want]) -> tuple[list[int], list[int]]:
    """Packs used of each lot and missing of each delivery."""
    flow = min_cost_flow.SimpleMinCostFlow()
    source, sink = len(lots) + len(wants), len(lots) + len(wants) + 1
    total = sum(want.packs for want in wants)
    from_lots = [
        flow.add_arc_with_capacity_and_unit_cost(source, i, lot.packs, i) for i, lot in enumerate(lots)
    ]
    nothing: list[int] = []
    for j, want in enumerate(wants):
        node = len(lots) + j
        flow.add_arc_with_capacity_and_unit_cost(node, sink, want.packs, 0)
        # Dearer than any lot, so that nothing is missing that a lot could serve.
        nothing.append(flow.add_arc_with_capacity_and_unit_cost(source, node, want.packs, len(lots) + 1))
        for i, lot in enumerate(lots):
            if lot.good_until >= want.needs_until:
                flow.add_arc_with_capacity_and_unit_cost(i, node, min(lot.packs, want.packs), 0)
    flow.set_node_supply(source, total)
    flow.set_node_supply(sink, -total)
    status = flow.solve()
    assert status == flow.OPTIMAL, f"what has no lot is missing, so there is always a flow: {status}"
    return [flow.flow(arc) for arc in from_lots], [flow.flow(arc) for arc in nothing]


def _in_turn(
    lots: Sequence[LotPacks], wants: Sequence[Want], used: Sequence[int], missing: Sequence[int]
) -> tuple[Taking, ...]:
    """The lot that expires first to the delivery due first: possible whenever any way is.

    If a delivery due first took a later lot and one due later the earlier lot, both could be exchanged: the
    later lot is good for either, and the earlier one was good for the later delivery.
    """
    left = list(used)
    takings: list[Taking] = []
    order = sorted(range(len(lots)), key=lambda one: (lots[one].good_until, one))
    at = 0
    for j in sorted(range(len(wants)), key=lambda one: (wants[one].needs_until, one)):
        needed = wants[j].packs - missing[j]
        while needed:
            lot = order[at]
            packs = min(needed, left[lot])
            if packs:
                assert lots[lot].good_until >= wants[j].needs_until, "lots are exchanged as told above"
                takings.append(Taking(lot, j, packs))
            needed -= packs
            left[lot] -= packs
            at += 0 if left[lot] else 1
    return tuple(sorted(takings, key=lambda one: (one.want, one.lot)))
