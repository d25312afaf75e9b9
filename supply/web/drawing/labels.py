"""Names beside their marks without covering each other: greedy, the most important first."""

from collections.abc import Sequence
from typing import Literal

import msgspec

Anchor = Literal["start", "middle", "end"]
WIDTH_OF_LETTER = 0.56
# Mean advance of a letter in em, system sans-serif faces; a little generous so that neighbours keep apart.


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

    Names come in order of importance; one without room is left out: the table beside has them all.
    """
    boxes = list(taken)
    placed = []
    for name in names:
        for label in _positions(name, size):
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


def _positions(name: Name, size: float) -> list[Label]:
    """Right, left, above, below, then the corners: the order in which a reader finds them easiest."""
    gap = name.radius + 2
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
    return [
        Label(name.text, round(name.x + dx, 1), round(name.y + dy, 1), anchor, name.kind)
        for dx, dy, anchor in offsets
    ]
