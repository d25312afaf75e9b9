"""Pages of procurement: orders, deliveries, quality, returns, the pipeline."""

from supply.procurement.pages.deliveries import DeliveryPages
from supply.procurement.pages.new_order import NewOrderPages
from supply.procurement.pages.order_list import OrderListPages
from supply.procurement.pages.orders import OrderPages
from supply.procurement.pages.pipeline import PipelinePages
from supply.procurement.pages.quality import QualityPages
from supply.procurement.pages.returns import ReturnPages

CONTROLLERS = [
    OrderListPages,
    OrderPages,
    NewOrderPages,
    DeliveryPages,
    ReturnPages,
    QualityPages,
    PipelinePages,
]
