"""The ledger's words with a fixed set of values, how a person reads them, and the letters of papers."""

from enum import StrEnum

from supply.i18n import N_
from supply.inventory.fefo import SkipReason

# The kinds are offered here too: other rooms never import the tables.


class LocationKind(StrEnum):
    """Where grams can be. Stores, transit and sites never go below zero; the others are the world outside."""

    SUPPLIER = "supplier"
    STORE = "store"
    TRANSIT = "transit"
    SITE = "site"
    BENEFICIARIES = "beneficiaries"
    LOSS = "loss"
    DIFFERENCE = "difference"


HELD_KINDS = (LocationKind.STORE, LocationKind.TRANSIT, LocationKind.SITE)
# In our custody: a balance here is something that can be touched, so it is never negative.


class Condition(StrEnum):
    """Whether grams may be given to people."""

    GOOD = "good"
    HOLD = "hold"
    UNFIT = "unfit"


class LossCause(StrEnum):
    """Causes of WFP's report on global losses (WFP/EB.A/2021/10-E), then those common in stores."""

    REPACKING = "repacking"
    STORAGE = "storage"
    ORIGIN = "origin"
    TRANSPORT = "transport"
    THEFT = "theft"
    EXPIRED = "expired"
    INFESTATION = "infestation"
    WATER = "water"
    ACCIDENT = "accident"
    LOOTING = "looting"
    SAMPLING = "sampling"


class DocumentKind(StrEnum):
    """What happened."""

    RECEIPT = "receipt"
    TRANSFER = "transfer"
    ISSUE = "issue"
    CONDITION = "condition"
    LOSS = "loss"
    COUNT = "count"
    ADJUSTMENT = "adjustment"
    DEPARTURE = "departure"
    ARRIVAL = "arrival"
    DISTRIBUTION = "distribution"
    RETURN = "return"
    SUPPLIER_RETURN = "supplier-return"
    REVERSAL = "reversal"


class ReservationState(StrEnum):
    """What became of a promise."""

    ACTIVE = "active"
    USED = "used"
    RELEASED = "released"


CONDITION_NAMES: dict[Condition, str] = {
    Condition.GOOD: N_("good"),
    Condition.HOLD: N_("on hold"),
    Condition.UNFIT: N_("unfit"),
}
CAUSE_NAMES: dict[LossCause, str] = {
    LossCause.REPACKING: N_("Repacking, torn packs"),
    LossCause.STORAGE: N_("Poor or too long storage"),
    LossCause.ORIGIN: N_("Problem at origin"),
    LossCause.TRANSPORT: N_("Transport"),
    LossCause.THEFT: N_("Theft or diversion"),
    LossCause.EXPIRED: N_("Expired"),
    LossCause.INFESTATION: N_("Infestation (insects, rodents)"),
    LossCause.WATER: N_("Water, damp"),
    LossCause.ACCIDENT: N_("Accident"),
    LossCause.LOOTING: N_("Looting or attack"),
    LossCause.SAMPLING: N_("Samples taken"),
}
KIND_NAMES: dict[DocumentKind, str] = {
    DocumentKind.RECEIPT: N_("Receipt"),
    DocumentKind.TRANSFER: N_("Transfer"),
    DocumentKind.ISSUE: N_("Issue"),
    DocumentKind.CONDITION: N_("Change of condition"),
    DocumentKind.LOSS: N_("Loss"),
    DocumentKind.COUNT: N_("Physical count"),
    DocumentKind.ADJUSTMENT: N_("Adjustment"),
    DocumentKind.DEPARTURE: N_("Departure of a trip"),
    DocumentKind.ARRIVAL: N_("Arrival of a trip"),
    DocumentKind.DISTRIBUTION: N_("Distribution"),
    DocumentKind.RETURN: N_("Return to store"),
    DocumentKind.SUPPLIER_RETURN: N_("Return to supplier"),
    DocumentKind.REVERSAL: N_("Reversal"),
}
SKIP_NAMES: dict[SkipReason, str] = {
    SkipReason.EXPIRED: N_("expired on the day of use"),
    SkipReason.TOO_SOON: N_("expires too soon after the day of use"),
    SkipReason.HOLD: N_("on hold"),
    SkipReason.UNFIT: N_("unfit"),
    SkipReason.RESERVED: N_("reserved for a trip"),
    SkipReason.OPENED: N_("opened pack"),
}
LOCATION_NAMES: dict[LocationKind, str] = {
    LocationKind.SUPPLIER: N_("Supplier"),
    LocationKind.STORE: N_("Store"),
    LocationKind.TRANSIT: N_("On the road"),
    LocationKind.SITE: N_("Site"),
    LocationKind.BENEFICIARIES: N_("Beneficiaries"),
    LocationKind.LOSS: N_("Losses"),
    LocationKind.DIFFERENCE: N_("Count differences"),
}
NUMBER_PREFIXES: dict[DocumentKind, str] = {
    DocumentKind.RECEIPT: "BR",
    DocumentKind.TRANSFER: "BT",
    DocumentKind.ISSUE: "BS",
    DocumentKind.CONDITION: "CQ",
    DocumentKind.LOSS: "PP",
    DocumentKind.COUNT: "PI",
    DocumentKind.ADJUSTMENT: "AJ",
    DocumentKind.DEPARTURE: "DC",
    DocumentKind.ARRIVAL: "AR",
    DocumentKind.DISTRIBUTION: "DI",
    DocumentKind.RETURN: "RM",
    DocumentKind.SUPPLIER_RETURN: "RF",
    DocumentKind.REVERSAL: "AN",
}
# The letters that Malian stores print on these papers: bon de réception, bon de sortie, départ de camion,
# PV de perte, PV d'inventaire, retour au magasin, annulation. They are names, the same in both languages.


def document_number(kind: str, place_code: str, sequence: int) -> str:
    """Number on the paper, such as `BR-SIKASSO-0012`."""
    return f"{NUMBER_PREFIXES[DocumentKind(kind)]}-{place_code}-{sequence:04d}"
