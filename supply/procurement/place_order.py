"""Placing an order: what is bought, for which store, at which price, promised for which day."""

import datetime as dt
from typing import ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import ColumnClause, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import TableClause

from supply import units
from supply.clock import day_of
from supply.db import lock_places
from supply.errors import Conflict, Invalid, NotFound
from supply.i18n import N_
from supply.ids import new_id
from supply.inventory.locations import PlaceUnknown, SupplierUnknown
from supply.inventory.lots import PackUnknown
from supply.people.rights import Actor, Right, require
from supply.procurement.joins import PACK, PRODUCT, PROGRAMME, STORE, SUPPLIER
from supply.procurement.models import OrderLine, PurchaseOrder
from supply.procurement.repeats import content_hash
from supply.procurement.words import MINOR_UNITS

FRANC_RATE = 1_000_000
# Millionths of F CFA in one F CFA.
MAX_PRICE = 10**12
# Minor units per tonne: a billion francs for a tonne of flour can only be a mistyped price.
MAX_LINES = 50


class OrderedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A mass of a product in a pack; the price is in minor units of the order's currency per tonne."""

    product_code: str
    pack_code: str
    grams: int
    price_per_tonne: int
    expected_on: dt.date


class PlaceOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order; `rate_micro` millionths of F CFA are paid for one unit of the currency."""

    id: UUID
    supplier_code: str
    programme_code: str
    store_code: str
    ordered_on: dt.date
    lines: tuple[OrderedLine, ...]
    currency: str = "XOF"
    rate_micro: int = FRANC_RATE


class OrderPlaced(msgspec.Struct, frozen=True, kw_only=True):
    """The order as recorded."""

    id: UUID
    number: str
    is_repeat: bool = False


class OrderIdTaken(Conflict):
    """The id was used for another order."""

    code: ClassVar[str] = "same-id-other-content"
    title = N_("An order with this id was already recorded as {number} with other content. Open a new form.")


class NothingOrdered(Invalid):
    """An order without lines, or with more than anybody can check."""

    code: ClassVar[str] = "nothing-ordered"
    title = N_("An order has 1 to {maximum} lines; this one has {count}.")


class OrderedNotPositive(Invalid):
    """Zero or less was ordered."""

    code: ClassVar[str] = "ordered-not-positive"
    title = N_("Line {line}: {grams:mass} cannot be ordered; write more than zero.")


class PriceImpossible(Invalid):
    """A negative or absurd price."""

    code: ClassVar[str] = "price-impossible"
    title = N_(
        "Line {line}: {price} per tonne is not a price; write the price of one tonne, zero for a gift."
    )


class ProductUnknown(NotFound):
    """No product has this code."""

    code: ClassVar[str] = "product-unknown"
    title = N_("There is no product “{product}”; choose one from the list.")


class ProgrammeUnknown(NotFound):
    """No programme has this code."""

    code: ClassVar[str] = "programme-unknown"
    title = N_("There is no programme “{programme}”; choose one from the list.")


class NotAStore(Invalid):
    """Deliveries come to stores."""

    code: ClassVar[str] = "not-a-store"
    title = N_("{place} is a distribution site; an order is delivered to a store.")


class CurrencyUnknown(Invalid):
    """A currency that orders are not made in."""

    code: ClassVar[str] = "currency-unknown"
    title = N_("Orders are made in {known}; “{currency}” is none of them.")


class RateImpossible(Invalid):
    """No rate, or another than one for the franc itself."""

    code: ClassVar[str] = "rate-impossible"
    about: ClassVar[str] = "rate"
    title = N_(
        "Write how many F CFA are paid for one {currency} on the day of the order (1 for F CFA itself)."
    )


class OrderDayInFuture(Invalid):
    """The order is dated in the future."""

    code: ClassVar[str] = "order-day-in-future"
    about: ClassVar[str] = "ordered_on"
    title = N_("{ordered_on} has not come yet (today is {today}); an order is dated on the day it is made.")


class ExpectedBeforeOrder(Invalid):
    """A delivery promised for a day before the order."""

    code: ClassVar[str] = "expected-before-order"
    about: ClassVar[str] = "expected_on"
    title = N_("Line {line}: promised for {expected_on}, before the order of {ordered_on}; check both dates.")


def place_order(session: Session, command: PlaceOrder, *, actor: Actor, now: dt.datetime) -> OrderPlaced:
    """Record an order and give it the next number of its programme and year."""
    require(actor, Right.BUY, command.store_code)
    year = command.ordered_on.year
    # The sequence is the programme's: one order at a time takes the next number, so that none is missing.
    lock_places(session, [f"orders:{command.programme_code}", str(command.id)])
    repeated = _repeated(session, command)
    if repeated is not None:
        return repeated
    _refuse_impossible(command, day_of(now))
    _refuse_unknown(session, command)
    last = session.scalar(
        select(func.max(PurchaseOrder.sequence)).where(
            PurchaseOrder.programme_code == command.programme_code, PurchaseOrder.year == year
        )
    )
    sequence = (last or 0) + 1
    number = f"BC-{command.programme_code}-{year}-{sequence:04d}"
    session.add(
        PurchaseOrder(
            id=command.id,
            number=number,
            year=year,
            sequence=sequence,
            supplier_code=command.supplier_code,
            programme_code=command.programme_code,
            store_code=command.store_code,
            currency=command.currency,
            rate_micro=command.rate_micro,
            ordered_on=command.ordered_on,
            content_hash=content_hash(command),
            user_id=actor.user_id,
            recorded_at=now,
        )
    )
    session.flush()
    session.add_all(
        OrderLine(
            id=new_id(),
            order_id=command.id,
            line=position,
            product_code=line.product_code,
            pack_code=line.pack_code,
            grams=line.grams,
            price_per_tonne=line.price_per_tonne,
            first_expected_on=line.expected_on,
        )
        for position, line in enumerate(command.lines, start=1)
    )
    session.flush()
    return OrderPlaced(id=command.id, number=number)


def _repeated(session: Session, command: PlaceOrder) -> OrderPlaced | None:
    known = session.execute(
        select(PurchaseOrder.number, PurchaseOrder.content_hash).where(PurchaseOrder.id == command.id)
    ).one_or_none()
    if known is None:
        return None
    if known.content_hash != content_hash(command):
        raise OrderIdTaken(number=known.number)
    return OrderPlaced(id=command.id, number=known.number, is_repeat=True)


def _refuse_impossible(command: PlaceOrder, today: dt.date) -> None:
    if not 1 <= len(command.lines) <= MAX_LINES:
        raise NothingOrdered(count=len(command.lines), maximum=MAX_LINES)
    if command.ordered_on > today:
        raise OrderDayInFuture(ordered_on=command.ordered_on, today=today)
    if command.currency not in MINOR_UNITS:
        raise CurrencyUnknown(currency=command.currency, known=tuple(MINOR_UNITS))
    is_franc = command.currency == "XOF"
    if command.rate_micro <= 0 or (is_franc and command.rate_micro != FRANC_RATE):
        raise RateImpossible(currency=command.currency)
    for position, line in enumerate(command.lines, start=1):
        if line.grams <= 0:
            raise OrderedNotPositive(line=position, grams=line.grams)
        units.checked(line.grams)
        if not 0 <= line.price_per_tonne <= MAX_PRICE:
            raise PriceImpossible(line=position, price=line.price_per_tonne)
        if line.expected_on < command.ordered_on:
            raise ExpectedBeforeOrder(
                line=position, expected_on=line.expected_on, ordered_on=command.ordered_on
            )


def _refuse_unknown(session: Session, command: PlaceOrder) -> None:
    if not _knows(session, SUPPLIER, command.supplier_code):
        raise SupplierUnknown(supplier=command.supplier_code)
    if not _knows(session, PROGRAMME, command.programme_code):
        raise ProgrammeUnknown(programme=command.programme_code)
    kind = session.scalar(select(STORE.c.kind).where(STORE.c.code == command.store_code))
    if kind is None:
        raise PlaceUnknown(place=command.store_code)
    if kind != "store":
        raise NotAStore(place=command.store_code)
    for line in command.lines:
        if not _knows(session, PRODUCT, line.product_code):
            raise ProductUnknown(product=line.product_code)
        of_product = session.scalar(select(PACK.c.product_code).where(PACK.c.code == line.pack_code))
        if of_product != line.product_code:
            raise PackUnknown(pack=line.pack_code, product=line.product_code)


def _knows(session: Session, names: TableClause, code: str) -> bool:
    column: ColumnClause[str] = names.c.code
    return session.scalar(select(column).where(column == code)) is not None
