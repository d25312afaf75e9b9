"""What people and programs may ask of the ledger."""

from supply.i18n import N_
from supply.inventory.adjust import Adjust, RecordInitialStock, adjust, record_initial_stock
from supply.inventory.change_condition import ChangeCondition, change_condition
from supply.inventory.close_period import ClosePeriod, PeriodOver, close_period
from supply.inventory.count import Count, Counted, count
from supply.inventory.declare_loss import DeclareLoss, declare_loss
from supply.inventory.issue import Issue, Issued, issue
from supply.inventory.ledger import Posted
from supply.inventory.receive import Receive, receive
from supply.inventory.return_to_store import ReturnToStore, return_to_store
from supply.inventory.reverse import Reverse, reverse
from supply.inventory.transfer import Transfer, transfer
from supply.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    Operation("receive", Receive, Posted, receive, N_("Receive a delivery into a store")),
    Operation(
        "record-initial-stock",
        RecordInitialStock,
        Posted,
        record_initial_stock,
        N_("Take into the books what lay there before them"),
    ),
    Operation(
        "issue", Issue, Issued, issue, N_("Issue stock from a store to a site, first expired first out")
    ),
    Operation("transfer", Transfer, Posted, transfer, N_("Move lots from a store to another place")),
    Operation(
        "return-to-store", ReturnToStore, Posted, return_to_store, N_("Bring left-over stock back to a store")
    ),
    Operation(
        "change-condition",
        ChangeCondition,
        Posted,
        change_condition,
        N_("Release stock, hold it back or call it unfit"),
    ),
    Operation("declare-loss", DeclareLoss, Posted, declare_loss, N_("Declare a loss with its cause")),
    Operation("adjust", Adjust, Posted, adjust, N_("Post a difference with its reason")),
    Operation("count", Count, Counted, count, N_("Record a count and post its differences")),
    Operation("reverse", Reverse, Posted, reverse, N_("Reverse a wrong document")),
    Operation("close-period", ClosePeriod, PeriodOver, close_period, N_("Close the books up to a day")),
)
