"""What the demo bought: ordered per product and cycle, delivered in parts, checked, sent to the stores."""

import datetime as dt
from collections import Counter
from uuid import UUID

from supply.catalog.queries import places
from supply.demo.staff import KEEPERS, OFFICER
from supply.demo.teller import Teller
from supply.ids import new_id
from supply.inventory.entries import LotGrams
from supply.inventory.queries import Balance, on_hand
from supply.inventory.transfer import Transfer, transfer
from supply.procurement.check_quality import CheckQuality, check_quality
from supply.procurement.place_order import OrderedLine, PlaceOrder, place_order
from supply.procurement.receive_delivery import DeliveredLot, ReceiveDelivery, receive_delivery
from supply.procurement.record_step import RecordStep, record_step
from supply.procurement.words import Finding, OrderStep
from supply.programme.fixtures import DemoCycle
from supply.programme.queries import needs
from supply.units import round_up_to_pack

CENTRE = "BAMAKO"
DOLLAR_MICRO = 590_250_000
# F CFA for one US$, in millionths: a planning rate, invented.
SUPPLIERS = {"CSB++": "SAHEL-NUTRI", "CSB+": "MOULIN-NIGER"}
PACKS = {"CSB++": ("CARTON", 15_000), "CSB+": ("BAG", 25_000)}
PRICES = {"CSB++": ("USD", DOLLAR_MICRO, 98_000), "CSB+": ("XOF", 1_000_000, 365_000)}
# Per tonne: 980 US$ and 365 000 F CFA, within the planning ranges of the products.
SHELF_DAYS = {"CSB++": 365, "CSB+": 300}
SPARE_PERCENT = 3


def buy(teller: Teller, cycle: DemoCycle) -> None:
    """Order, receive in two parts, check and send on what a cycle needs, well before it starts."""
    for product, grams in _wanted(teller, cycle).items():
        order_id = order(teller, product, grams, cycle.starts_on, placed=-60, promised=-35)
        _step(teller, order_id, OrderStep.SHIPPED, cycle.starts_on - dt.timedelta(days=45))
        pack = PACKS[product][1]
        first = grams * 6 // 10 // pack * pack
        # One bag or carton too few came with the first cycle, one too many with the second.
        difference = {1: -pack, 2: pack}.get(cycle.number, 0) if product == "CSB+" else 0
        _receive(teller, cycle, product, order_id, first, days=-36, part=1)
        _receive(
            teller, cycle, product, order_id, grams - first + difference, days=-33, part=2, short=difference
        )
        if difference < 0:
            _close_short(teller, order_id, cycle.starts_on - dt.timedelta(days=30))
    _send_on(teller, cycle)


def order(teller: Teller, product: str, grams: int, start: dt.date, *, placed: int, promised: int) -> UUID:
    """Place an order; days are counted from `start`."""
    currency, rate, price = PRICES[product]
    command = PlaceOrder(
        id=new_id(),
        supplier_code=SUPPLIERS[product],
        programme_code="PNP",
        store_code=CENTRE,
        ordered_on=start + dt.timedelta(days=placed),
        currency=currency,
        rate_micro=rate,
        lines=(
            OrderedLine(
                product_code=product,
                pack_code=PACKS[product][0],
                grams=grams,
                price_per_tonne=price,
                expected_on=start + dt.timedelta(days=promised),
            ),
        ),
    )
    return teller.do(place_order, command, who=OFFICER, on=command.ordered_on).id


def order_ahead(teller: Teller, cycle: DemoCycle) -> None:
    """Orders of the cycle to come: one under way and late, one promised for later."""
    wanted = _wanted(teller, cycle)
    late = order(teller, "CSB++", wanted["CSB++"], teller.today, placed=-58, promised=-6)
    _step(teller, late, OrderStep.SHIPPED, teller.day(-20))
    part = wanted["CSB++"] * 3 // 10 // 15_000 * 15_000
    receive(teller, late, teller.day(-4), (lot("CSB++", "C4-P1", part, teller.day(-4)),))
    order(teller, "CSB+", wanted["CSB+"], teller.today, placed=-12, promised=33)


def lot(
    product: str, name: str, grams: int, arrived_on: dt.date, *, expires_on: dt.date | None = None
) -> DeliveredLot:
    """A lot made a month before it came."""
    made = arrived_on - dt.timedelta(days=30)
    return DeliveredLot(
        order_line=1,
        lot_number=f"{product.replace('+', 'P')}-{made:%y%m}-{name}",
        produced_on=made,
        expires_on=expires_on or made + dt.timedelta(days=SHELF_DAYS[product]),
        grams=grams,
    )


def receive(
    teller: Teller, order_id: UUID, day: dt.date, lots: tuple[DeliveredLot, ...], reason: str = ""
) -> None:
    """Take a delivery in at the central store."""
    command = ReceiveDelivery(
        id=new_id(),
        order_id=order_id,
        arrived_on=day,
        lots=lots,
        reference=f"BL {day:%m%d}",
        reason=reason,
        is_last=bool(reason),
    )
    teller.do(receive_delivery, command, who=KEEPERS[CENTRE], on=day, hour=11)


def pass_quality(teller: Teller, day: dt.date) -> None:
    """Release everything on hold at the central store."""
    for held in teller.read(on_hand, place_codes=(CENTRE,), condition="hold"):
        command = CheckQuality(
            id=new_id(),
            store_code=CENTRE,
            lot_id=held.lot_id,
            grams=held.grams,
            finding=Finding.PASSED,
            checked_on=day,
            certificate=f"COA {held.lot_number}",
        )
        teller.do(check_quality, command, who=OFFICER, on=day, hour=15)


def _wanted(teller: Teller, cycle: DemoCycle) -> dict[str, int]:
    exact: Counter[str] = Counter()
    for need in teller.read(needs, cycle.code):
        exact[need.product_code] += need.rounded_grams or 0
    return {
        product: round_up_to_pack(grams * (100 + SPARE_PERCENT) // 100, PACKS[product][1])
        for product, grams in sorted(exact.items())
    }


def _close_short(teller: Teller, order_id: UUID, day: dt.date) -> None:
    step = RecordStep(
        id=new_id(),
        order_id=order_id,
        step=OrderStep.CLOSED,
        occurred_on=day,
        reason="Avoir reçu du fournisseur",
    )
    teller.do(record_step, step, who=OFFICER, on=day)


def _step(teller: Teller, order_id: UUID, step: OrderStep, day: dt.date) -> None:
    teller.do(
        record_step,
        RecordStep(id=new_id(), order_id=order_id, step=step, occurred_on=day),
        who=OFFICER,
        on=day,
    )


def _receive(
    teller: Teller,
    cycle: DemoCycle,
    product: str,
    order_id: UUID,
    grams: int,
    *,
    days: int,
    part: int,
    short: int = 0,
) -> None:
    day = cycle.starts_on + dt.timedelta(days=days)
    reason = ""
    if short:
        reason = (
            "Un sac de moins, bon signé par le transporteur"
            if short < 0
            else "Un sac de plus, gardé avec accord"
        )
    receive(teller, order_id, day, (lot(product, f"{cycle.code}-{part}", grams, day),), reason)
    pass_quality(teller, day + dt.timedelta(days=1))


def _send_on(teller: Teller, cycle: DemoCycle) -> None:
    """Move to each regional store what its usual sites need, with the spare share."""
    store_of_site = {place.code: place.store_code for place in teller.read(places, "site")}
    wanted: Counter[tuple[str, str]] = Counter()
    for need in teller.read(needs, cycle.code):
        wanted[store_of_site[need.site_code] or CENTRE, need.product_code] += need.rounded_grams or 0
    day = cycle.starts_on - dt.timedelta(days=28)
    for store in sorted(set(KEEPERS) - {CENTRE}):
        stock = teller.read(on_hand, place_codes=(CENTRE,), condition="good")
        lines = [
            line
            for product, (_, pack) in PACKS.items()
            for line in _take(stock, product, round_up_to_pack(wanted[store, product] * 102 // 100, pack))
        ]
        command = Transfer(
            id=new_id(),
            from_code=CENTRE,
            to_code=store,
            occurred_on=day,
            lines=tuple(lines),
            cycle_code=cycle.code,
            reference=f"LV-{cycle.code}-{store}",
        )
        teller.do(transfer, command, who=OFFICER, on=day)


def _take(stock: tuple[Balance, ...], product: str, grams: int) -> list[LotGrams]:
    """Earliest expiry first."""
    lines = []
    for held in stock:
        if held.product_code == product and grams > 0:
            part = min(grams, held.grams)
            lines.append(LotGrams(lot_id=held.lot_id, grams=part))
            grams -= part
    return lines
