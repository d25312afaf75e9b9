"""How a cycle's state is shown."""

from supply.i18n import N_, gettext
from supply.programme.words import CycleState
from supply.web.parts import Badge, Tone

NAMES: dict[CycleState, str] = {
    CycleState.PLANNED: N_("to come"),
    CycleState.OPEN: N_("being distributed"),
    CycleState.CLOSED: N_("cycle closed"),
}
_TONES: dict[CycleState, Tone] = {
    CycleState.PLANNED: "info",
    CycleState.OPEN: "good",
    CycleState.CLOSED: "neutral",
}


def state_badge(state: str) -> Badge:
    """The state as a badge in the reader's language."""
    known = CycleState(state)
    return Badge(_TONES[known], gettext(NAMES[known]))
