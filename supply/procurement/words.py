"""Words with a fixed set of values, and how a person reads them."""

from enum import StrEnum

from supply.i18n import N_


class OrderStep(StrEnum):
    """What the supplier or the buyer did with an order."""

    SHIPPED = "shipped"
    POSTPONED = "postponed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class OrderState(StrEnum):
    """What an order has come to; follows from its steps, deliveries and returns, see `state`."""

    PLACED = "placed"
    SHIPPED = "shipped"
    PARTLY_RECEIVED = "partly-received"
    RECEIVED = "received"
    OVER_RECEIVED = "over-received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Finding(StrEnum):
    """Result of a quality check."""

    PASSED = "passed"
    REJECTED = "rejected"


STEP_NAMES: dict[OrderStep, str] = {
    OrderStep.SHIPPED: N_("The supplier has shipped"),
    OrderStep.POSTPONED: N_("The supplier postpones"),
    OrderStep.CLOSED: N_("Close: nothing more will come"),
    OrderStep.CANCELLED: N_("Cancel: nothing came, nothing will"),
}
STATE_NAMES: dict[OrderState, str] = {
    OrderState.PLACED: N_("Placed with the supplier"),
    OrderState.SHIPPED: N_("Shipped by the supplier"),
    OrderState.PARTLY_RECEIVED: N_("Partly received"),
    OrderState.RECEIVED: N_("Fully received"),
    OrderState.OVER_RECEIVED: N_("More than ordered"),
    OrderState.CLOSED: N_("Order closed"),
    OrderState.CANCELLED: N_("Order cancelled"),
}
FINDING_NAMES: dict[Finding, str] = {
    Finding.PASSED: N_("Good: may be distributed"),
    Finding.REJECTED: N_("Unfit: must not be distributed"),
}
MINOR_UNITS: dict[str, int] = {"XOF": 1, "EUR": 100, "USD": 100, "GBP": 100, "CHF": 100}
# Minor units in one unit of each currency that orders are made in; the CFA franc has none (ISO 4217).
