"""Short ways to put stock into the small programme; each test shows the values that it asserts on."""

import datetime as dt
from uuid import UUID

from supply.ids import new_id
from supply.inventory.entries import LotGrams
from supply.inventory.issue import Issue, Issued, issue
from supply.inventory.lots import LotFacts
from supply.inventory.picking import Wanted
from supply.inventory.queries import on_hand
from supply.inventory.receive import Receive, ReceivedLine, receive
from supply.inventory.words import Condition
from supply.people.rights import Actor
from tests.world import NOW, TODAY, World

DAY = dt.timedelta(days=1)


def facts(number: str, expires_on: dt.date, product_code: str = "CSB+") -> LotFacts:
    pack_code = "BAG" if product_code == "CSB+" else "POUCH"
    return LotFacts(product_code=product_code, number=number, pack_code=pack_code, expires_on=expires_on)


def received(
    world: World,
    number: str,
    grams: int,
    *,
    expires_on: dt.date = TODAY + 200 * DAY,
    on: dt.date = TODAY - 10 * DAY,
    condition: Condition = Condition.GOOD,
    store_code: str = "SIKASSO",
    product_code: str = "CSB+",
    now: dt.datetime = NOW,
) -> UUID:
    """A lot delivered to a store; answers the lot."""
    command = Receive(
        id=new_id(),
        store_code=store_code,
        supplier_code="MILL",
        occurred_on=on,
        lines=(ReceivedLine(lot=facts(number, expires_on, product_code), grams=grams),),
        condition=condition,
    )
    with world.database.transaction() as session:
        receive(session, command, actor=world.officer, now=now)
        return next(
            row.lot_id for row in on_hand(session, place_codes=[store_code]) if row.lot_number == number
        )


def issued(
    world: World,
    grams: int,
    *,
    on: dt.date = TODAY,
    use_on: dt.date | None = None,
    product_code: str = "CSB+",
    actor: Actor | None = None,
    now: dt.datetime = NOW,
    document_id: UUID | None = None,
) -> Issued:
    """Grams of a product from Sikasso to Kébila, by expiry."""
    command = Issue(
        id=document_id or new_id(),
        store_code="SIKASSO",
        site_code="KEBILA",
        occurred_on=on,
        wanted=(Wanted(product_code=product_code, grams=grams),),
        use_on=use_on,
    )
    with world.database.transaction() as session:
        return issue(session, command, actor=actor or world.officer, now=now)


def stock(
    world: World,
    place_code: str = "SIKASSO",
    *,
    on: dt.date | None = None,
    condition: Condition | None = None,
) -> int:
    """Grams at a place."""
    with world.database.snapshot() as session:
        return sum(
            row.grams for row in on_hand(session, place_codes=[place_code], on=on, condition=condition)
        )


def good(lot_id: UUID, grams: int) -> LotGrams:
    return LotGrams(lot_id=lot_id, grams=grams)
