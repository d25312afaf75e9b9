"""Which deliveries a move is for: the flow taken apart into paths from where flour comes to its use."""

from collections import defaultdict

import msgspec

from supply.routing.planner.preposition.flow import KG, Flow

Node = tuple[int, int]
# Store and period.


class Path(msgspec.Struct, frozen=True):
    """Kg of one class that came to a store, the moves (way, period) they make, and their delivery."""

    product: int
    index: int
    kg: float
    moves: tuple[tuple[int, int], ...]
    delivery: tuple[int, int, int]
    """Way, demand, period."""


def paths(flow: Flow, values: list[float]) -> list[Path]:
    """Paths that together carry every delivery; flour that is never delivered is on none."""
    found: list[Path] = []
    for product, days in enumerate(flow.days):
        for index in range(len(days)):
            found.extend(_of_class(flow, values, product, index))
    return found


class _Rest:
    """Flour of one class that is on no path yet."""

    def __init__(self, flow: Flow, values: list[float], product: int, index: int) -> None:
        mine = (product, index)
        self.flow = flow
        self.held = {
            (store, period): values[column]
            for (store, p, c, period), column in flow.hold.items()
            if (p, c) == mine
        }
        self.come = {
            (store, period): kg for (store, p, c, period), kg in flow.arriving.items() if (p, c) == mine
        }
        self.into: dict[Node, list[list[float]]] = defaultdict(list)
        for (number, p, c, period), column in flow.moved.items():
            if (p, c) == mine and values[column] > KG:
                end = flow.stores[flow.problem.moves[number].end]
                self.into[end, period].append([number, values[column]])

    def back(self, node: Node, kg: float) -> tuple[float, tuple[tuple[int, int], ...]]:
        """Trace kg to where they came from, moved, held or come here; what was traced is taken off."""
        steps: list[tuple[Node, list[float] | None]] = []
        moves: list[tuple[int, int]] = []
        seen: set[Node] = set()
        while self.come.get(node, 0.0) <= KG:
            seen.add(node)
            before = (node[0], node[1] - 1)
            way = next(
                (one for one in self.into[node] if one[1] > KG and self._start(one, node) not in seen), None
            )
            if way is not None:
                kg = min(kg, way[1])
                steps.append((node, way))
                moves.append((int(way[0]), node[1]))
                node = self._start(way, node)
            elif self.held.get(before, 0.0) > KG:
                kg = min(kg, self.held[before])
                steps.append((before, None))
                node = before
            else:
                return 0.0, ()
        kg = min(kg, self.come[node])
        self.come[node] -= kg
        for place, step in steps:
            if step is None:
                self.held[place] -= kg
            else:
                step[1] -= kg
        return kg, tuple(reversed(moves))

    def _start(self, way: list[float], node: Node) -> Node:
        return self.flow.stores[self.flow.problem.moves[int(way[0])].start], node[1]


def _of_class(flow: Flow, values: list[float], product: int, index: int) -> list[Path]:
    rest = _Rest(flow, values, product, index)
    found = []
    for (number, demand, c, period), column in sorted(flow.delivered.items()):
        if c != index or flow.products[flow.problem.demands[demand].product] != product:
            continue
        node = (flow.stores[flow.problem.deliveries[number].start], period)
        left = values[column]
        while left > KG:
            kg, moves = rest.back(node, left)
            if kg <= KG:
                break  # only noise of the solver is left
            found.append(Path(product, index, kg, moves, (number, demand, period)))
            left -= kg
    return found
