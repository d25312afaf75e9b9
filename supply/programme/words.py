"""Words with a fixed set of values."""

from enum import StrEnum


class GroupKind(StrEnum):
    """How membership of a group is decided on the distribution day."""

    CHILD = "child"
    PREGNANT = "pregnant"
    BREASTFEEDING = "breastfeeding"


class CycleState(StrEnum):
    """A cycle is planned, then open (targets fixed, distribution going on), then closed."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
