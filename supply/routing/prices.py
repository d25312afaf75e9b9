"""What a tonne of a product costs, by its last order: only to value flour that would expire."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from supply.routing.tables import ORDER_LINE, PURCHASE_ORDER
from supply.units import amount_for, to_francs

MINOR_UNITS = {"XOF": 1}
# The CFA franc has no minor unit; the other currencies of orders have a hundredth (ISO 4217).


def value(grams_by_product: dict[str, int], price_by_product: dict[str, int]) -> int | None:
    """F CFA of so many grams; None when the price of one of the products is not known."""
    if any(code not in price_by_product for code, grams in grams_by_product.items() if grams):
        return None
    return sum(amount_for(grams, price_by_product[code]) for code, grams in grams_by_product.items() if grams)


def francs_per_tonne(session: Session) -> dict[str, int]:
    """F CFA of a tonne by product, from the last order that names the product."""
    rows = session.execute(
        select(
            ORDER_LINE.c.product_code,
            ORDER_LINE.c.price_per_tonne,
            PURCHASE_ORDER.c.currency,
            PURCHASE_ORDER.c.rate_micro,
        )
        .join(PURCHASE_ORDER, PURCHASE_ORDER.c.id == ORDER_LINE.c.order_id)
        .order_by(PURCHASE_ORDER.c.ordered_on, PURCHASE_ORDER.c.id)
    )
    return {
        product_code: to_francs(price, rate_micro, MINOR_UNITS.get(currency, 100))
        for product_code, price, currency, rate_micro in rows
    }
