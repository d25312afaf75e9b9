"""Words with a fixed set of values."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is in the programme; rights follow from it."""

    OFFICER = "officer"
    KEEPER = "keeper"
    LEAD = "lead"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
