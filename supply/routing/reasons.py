"""The planner's codes for what it leaves unserved, in the reader's words."""

from collections.abc import Mapping

from supply.i18n import N_, translate

REASONS = {
    "search": N_("The search ended before a place for it was found; give it more time."),
}
"""Why something is unserved, by the part of the code before the first colon; its parts are a0, a1 …."""


def reason_text(code: str, names: Mapping[str, str]) -> str:
    """A limit that forbids a delivery; names replace the codes of places and products."""
    kind, *parts = code.split(":")
    message = REASONS.get(kind)
    if message is None:
        return code
    return translate(message, {f"a{index}": names.get(part, part) for index, part in enumerate(parts)})


def change_text(code: str, names: Mapping[str, str]) -> str:
    """The cheapest change that would serve it; empty when none was looked for."""
    return code
