"""Words with a fixed set of values."""

from enum import StrEnum

from supply.i18n import N_


class Severity(StrEnum):
    """How soon somebody should act."""

    INFORMATION = "information"
    WARNING = "warning"
    URGENT = "urgent"


SEVERITY_NAMES: dict[Severity, str] = {
    Severity.INFORMATION: N_("For information"),
    Severity.WARNING: N_("To watch"),
    Severity.URGENT: N_("Urgent now"),
}
