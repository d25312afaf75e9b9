"""The values that the register and the sessions use; tables keep them, rules decide with them."""

from enum import StrEnum

from supply.i18n import N_


class Sex(StrEnum):
    """As recorded in the register."""

    FEMALE = "female"
    MALE = "male"


class BirthKnown(StrEnum):
    """How a birth date is known; an events calendar gives the month, then day 15 is written (SMART)."""

    CERTIFICATE = "certificate"
    HEALTH_CARD = "health-card"
    EVENTS_CALENDAR = "events-calendar"
    ESTIMATE = "estimate"


class StatusKind(StrEnum):
    """Why a woman is in the programme."""

    PREGNANT = "pregnant"
    BREASTFEEDING = "breastfeeding"


class SessionState(StrEnum):
    """A session is open until its list is closed."""

    OPEN = "open"
    CLOSED = "closed"


class DuplicateDecision(StrEnum):
    """What a person decided about two possibly equal persons."""

    DIFFERENT = "different"
    SAME = "same"


class Reason(StrEnum):
    """Why a person is in no group on a day."""

    NOT_BORN = "not-born"
    TOO_YOUNG = "too-young"
    TOO_OLD = "too-old"
    AGE_IN_NO_GROUP = "age-in-no-group"
    NO_STATUS = "no-status"
    STATUS_NOT_BEGUN = "status-not-begun"
    STATUS_ENDED = "status-ended"
    NO_RATION = "no-ration"


SEX_NAMES: dict[Sex, str] = {Sex.FEMALE: N_("Girl or woman"), Sex.MALE: N_("Boy or man")}
BIRTH_KNOWN_NAMES: dict[BirthKnown, str] = {
    BirthKnown.CERTIFICATE: N_("Birth certificate"),
    BirthKnown.HEALTH_CARD: N_("Health card"),
    BirthKnown.EVENTS_CALENDAR: N_("Calendar of local events"),
    BirthKnown.ESTIMATE: N_("Estimate"),
}
STATUS_NAMES: dict[StatusKind, str] = {
    StatusKind.PREGNANT: N_("Pregnant"),
    StatusKind.BREASTFEEDING: N_("Breastfeeding"),
}
REASON_NAMES: dict[Reason, str] = {
    Reason.NOT_BORN: N_("not born yet on this day"),
    Reason.TOO_YOUNG: N_("too young for the programme"),
    Reason.TOO_OLD: N_("too old for the programme"),
    Reason.AGE_IN_NO_GROUP: N_("of an age that no group of the programme has"),
    Reason.NO_STATUS: N_("neither a child of the programme nor pregnant nor breastfeeding"),
    Reason.STATUS_NOT_BEGUN: N_("pregnancy or breastfeeding begins later"),
    Reason.STATUS_ENDED: N_("pregnancy or breastfeeding has ended"),
    Reason.NO_RATION: N_("the cycle has no ration for this group"),
}
