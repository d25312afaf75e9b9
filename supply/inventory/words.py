"""The ledger's words as a person reads them, and the letters of its paper documents."""

from supply.i18n import N_
from supply.inventory.fefo import SkipReason
from supply.inventory.models import Condition, DocumentKind, LocationKind, LossCause

__all__ = [
    "CAUSE_NAMES",
    "CONDITION_NAMES",
    "KIND_NAMES",
    "LOCATION_NAMES",
    "NUMBER_PREFIXES",
    "SKIP_NAMES",
    "Condition",
    "DocumentKind",
    "LocationKind",
    "LossCause",
    "document_number",
]
# The kinds are offered here too: other rooms never import the tables.

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
    DocumentKind.COUNT: N_("Count"),
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
    DocumentKind.DEPARTURE: "LV",
    DocumentKind.ARRIVAL: "AR",
    DocumentKind.DISTRIBUTION: "DI",
    DocumentKind.RETURN: "RM",
    DocumentKind.SUPPLIER_RETURN: "RF",
    DocumentKind.REVERSAL: "AN",
}
# The letters that Malian stores print on these papers: bon de réception, bon de sortie, lettre de voiture,
# PV de perte, PV d'inventaire, retour au magasin, annulation. They are names, the same in both languages.


def document_number(kind: str, place_code: str, sequence: int) -> str:
    """Number on the paper, such as `BR-SIKASSO-0012`."""
    return f"{NUMBER_PREFIXES[DocumentKind(kind)]}-{place_code}-{sequence:04d}"
