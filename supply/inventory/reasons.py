"""Papers that need a word why."""

from typing import ClassVar

from supply.errors import Invalid
from supply.i18n import N_


class ReasonMissing(Invalid):
    """Nothing was written where a reason is needed."""

    code: ClassVar[str] = "reason-missing"
    about: ClassVar[str] = "reason"
    title = N_("Write the reason: whoever reads the books later must understand it.")


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing
