"""The operations of procurement that programs and people may ask for."""

from supply.i18n import N_
from supply.operation import Operation
from supply.procurement.check_quality import CheckQuality, QualityChecked, check_quality
from supply.procurement.place_order import OrderPlaced, PlaceOrder, place_order
from supply.procurement.receive_delivery import DeliveryReceived, ReceiveDelivery, receive_delivery
from supply.procurement.record_step import RecordStep, StepRecorded, record_step
from supply.procurement.return_to_supplier import ReturnedToSupplier, ReturnToSupplier, return_to_supplier

OPERATIONS = (
    Operation("place-order", PlaceOrder, OrderPlaced, place_order, N_("Place an order with a supplier")),
    Operation(
        "record-step",
        RecordStep,
        StepRecorded,
        record_step,
        N_("Record that an order was shipped, postponed, closed or cancelled"),
    ),
    Operation(
        "receive-delivery",
        ReceiveDelivery,
        DeliveryReceived,
        receive_delivery,
        N_("Receive what a supplier brought, on hold"),
    ),
    Operation(
        "check-quality",
        CheckQuality,
        QualityChecked,
        check_quality,
        N_("Decide whether what is on hold is good or unfit"),
    ),
    Operation(
        "return-to-supplier",
        ReturnToSupplier,
        ReturnedToSupplier,
        return_to_supplier,
        N_("Send goods of an order back to the supplier"),
    ),
)
