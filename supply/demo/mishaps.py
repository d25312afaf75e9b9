"""What goes wrong in any store: a wet stack, a count that differs, lots that expire or soon will."""

import datetime as dt

from supply.demo import purchases
from supply.demo.staff import KEEPERS, OFFICER
from supply.demo.teller import Teller
from supply.ids import new_id
from supply.inventory.count import Count, CountedLot, count
from supply.inventory.declare_loss import DeclareLoss, declare_loss
from supply.inventory.entries import LotGrams
from supply.inventory.queries import Balance, on_hand
from supply.inventory.transfer import Transfer, transfer
from supply.inventory.words import Condition, LossCause


def wet_stack(teller: Teller, store: str, day: dt.date) -> None:
    """Rain came in; a few packs of one lot are lost."""
    held = _good(teller, store)[0]
    lost = min(purchases.PACKS[held.product_code][1] * 4, held.grams)
    command = DeclareLoss(
        id=new_id(),
        place_code=store,
        occurred_on=day,
        lines=(LotGrams(lot_id=held.lot_id, grams=lost),),
        cause=LossCause.WATER,
        reason="Toiture percée après l’orage, pile mouillée",
        reference=f"PV perte {store} {day:%m%d}",
    )
    teller.do(declare_loss, command, who=KEEPERS[store], on=day)


def monthly_count(teller: Teller, store: str, day: dt.date) -> None:
    """Count the whole store; one pack less than the books say."""
    held = teller.read(on_hand, place_codes=(store,))
    lines = tuple(
        CountedLot(
            lot_id=row.lot_id,
            condition=Condition(row.condition),
            counted_grams=row.grams - (purchases.PACKS[row.product_code][1] if number == 0 else 0),
            book_grams=row.grams,
            reason="Un emballage ouvert retrouvé vide" if number == 0 else "",
        )
        for number, row in enumerate(held)
    )
    if lines:
        command = Count(
            id=new_id(), place_code=store, occurred_on=day, lines=lines, reference=f"PV inventaire {day:%m%d}"
        )
        teller.do(count, command, who=KEEPERS[store], on=day, hour=17)


def short_lived_lots(teller: Teller) -> None:
    """A gift whose lots expired or soon will, lying in a regional store: what the alerts are for."""
    day = teller.day(-45)
    for name, grams, good_for in (("EXP", 1_500_000, -12), ("BIENTOT", 3_000_000, 38)):
        order_id = purchases.order(teller, "CSB++", grams, day, placed=-30, promised=0)
        lot = purchases.lot("CSB++", name, grams, day, expires_on=teller.day(good_for))
        purchases.receive(teller, order_id, day, (lot,))
    purchases.pass_quality(teller, day)
    for held in _good(teller, purchases.CENTRE):
        if held.lot_number.endswith(("EXP", "BIENTOT")):
            command = Transfer(
                id=new_id(),
                from_code=purchases.CENTRE,
                to_code="KAYES",
                occurred_on=day,
                lines=(LotGrams(lot_id=held.lot_id, grams=held.grams),),
            )
            teller.do(transfer, command, who=OFFICER, on=day)


def _good(teller: Teller, store: str) -> tuple[Balance, ...]:
    return teller.read(on_hand, place_codes=(store,), condition="good")
