"""Names beside their marks without covering each other: greedy, the most important first."""

import math
from collections.abc import Sequence
from itertools import chain
from typing import Literal

import msgspec

Anchor = Literal["start", "middle", "end"]
WIDTH_OF_LETTER = 0.56
# Mean advance of a letter in em, system sans-serif faces; a little generous so that neighbours keep apart.

REACHES = (10.0, 20.0, 30.0)
# Units between a mark and a text on a leader; farther away nobody finds whose it is.


class Name(msgspec.Struct, frozen=True):
    """A text to place beside a mark of that radius."""

    text: str
    x: float
    y: float
    radius: float
    kind: str = "place"


class Label(msgspec.Struct, frozen=True):
    """A text with the spot of its baseline and which part of it stands there."""

    text: str
    x: float
    y: float
    anchor: Anchor
    kind: str
    leader: str = ""
    """Line from the mark to a text that stands apart from it."""


class Box(msgspec.Struct, frozen=True):
    """A rectangle that is taken."""

    left: float
    top: float
    right: float
    bottom: float


def around(x: float, y: float, radius: float) -> Box:
    return Box(x - radius, y - radius, x + radius, y + radius)


def is_apart(one: Box, other: Box) -> bool:
    return (
        one.right <= other.left
        or other.right <= one.left
        or one.bottom <= other.top
        or other.bottom <= one.top
    )


def place_labels(
    names: Sequence[Name], *, taken: Sequence[Box], width: float, height: float, size: float
) -> tuple[Label, ...]:
    """Labels that overlap neither each other nor what is taken nor the border.

    Names come in order of importance. Where there is no room, what stands in brackets goes first, then the
    text moves away on a leader; a name without any is left out: the table beside has them all.
    """
    boxes = list(taken)
    placed = []
    for name in names:
        short = msgspec.structs.replace(name, text=name.text.partition(" (")[0])
        near = (*_positions(name, size), *_positions(short, size))
        far = (label for reach in REACHES for label in _positions(short, size, reach))
        for label in chain(near, far):
            box = box_of(label, size)
            inside = box.left >= 0 and box.right <= width and box.top >= 0 and box.bottom <= height
            if inside and all(is_apart(box, other) for other in boxes):
                boxes.append(box)
                placed.append(label)
                break
    return tuple(placed)


def box_of(label: Label, size: float) -> Box:
    """The room a label takes; its baseline lies a quarter of the size above the bottom."""
    long = len(label.text) * size * WIDTH_OF_LETTER
    shift = {"start": 0.0, "middle": long / 2, "end": long}[label.anchor]
    left = label.x - shift
    return Box(left, label.y - 0.8 * size, left + long, label.y + 0.25 * size)


def _positions(name: Name, size: float, reach: float = 0) -> list[Label]:
    """Right, left, above, below, then the corners: the order in which a reader finds them easiest."""
    gap = name.radius + 2 + reach
    slant = gap * 0.7
    middle = size * 0.32
    offsets: list[tuple[float, float, Anchor]] = [
        (gap, middle, "start"),
        (-gap, middle, "end"),
        (0, -gap, "middle"),
        (0, gap + 0.75 * size, "middle"),
        (slant, -slant, "start"),
        (slant, slant + 0.7 * size, "start"),
        (-slant, -slant, "end"),
        (-slant, slant + 0.7 * size, "end"),
    ]
    found = []
    for dx, dy, anchor in offsets:
        x, y = round(name.x + dx, 1), round(name.y + dy, 1)
        found.append(Label(name.text, x, y, anchor, name.kind, _leader(name, x, y - middle) if reach else ""))
    return found


def _leader(name: Name, x: float, y: float) -> str:
    """From the edge of the mark to the middle of the text's near side."""
    share = name.radius / math.dist((name.x, name.y), (x, y))
    start = round(name.x + share * (x - name.x), 1), round(name.y + share * (y - name.y), 1)
    return f"M{start[0]} {start[1]}L{x} {round(y, 1)}"
