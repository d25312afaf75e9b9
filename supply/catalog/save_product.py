"""Operations: save a product, save a pack."""

import datetime as dt
from typing import ClassVar

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.models import Pack, Product
from supply.catalog.saving import Saved, check_code, check_known, check_name, check_number, upsert
from supply.errors import Conflict, Invalid
from supply.i18n import N_
from supply.people.rights import Actor, Right, require

MAX_PACK_GRAMS = 2_000_000
# A big bag holds one tonne; above two somebody wrote grams for kilograms or the other way round.


class SaveProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A fortified flour; shelf life and dates belong to its lots."""

    code: str
    name_fr: str
    name_en: str
    kg_per_m3: int | None = None
    source: str = ""


class SavePack(msgspec.Struct, frozen=True, kw_only=True):
    """A way the product is packed; `inner_code` names the pack that this one holds several of."""

    code: str
    product_code: str
    name_fr: str
    name_en: str
    net_grams: int
    gross_grams: int | None = None
    inner_code: str | None = None
    is_handed_whole: bool = True


class InnerPackDoesNotFit(Invalid):
    """A pack of packs must hold a whole number of packs of the same product."""

    code: ClassVar[str] = "inner-pack-does-not-fit"
    title = N_(
        "{pack} of {net:mass} does not hold a whole number of {inner}; correct the mass or the inner pack."
    )


class GrossBelowNet(Invalid):
    """The packed mass is less than the flour in it."""

    code: ClassVar[str] = "gross-below-net"
    title = N_("{pack} weighs {gross:mass} gross, less than {net:mass} net; correct one of them.")


class PackContentFixed(Conflict):
    """Lots were counted in this pack; another content would change the past."""

    code: ClassVar[str] = "pack-content-fixed"
    title = N_("{pack} holds {net:mass}; that cannot change any more. Save a new pack under another code.")


def save_product(session: Session, command: SaveProduct, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store a product."""
    require(actor, Right.MANAGE_CATALOG)
    check_code(command.code)
    check_name(command.code, command.name_fr)
    check_name(command.code, command.name_en)
    check_number(N_("Kilograms per cubic metre"), command.kg_per_m3, 1, 5000)
    values = {name: value for name, value in msgspec.structs.asdict(command).items() if name != "code"}
    return upsert(session, Product, command.code, values)


def save_pack(session: Session, command: SavePack, *, actor: Actor, now: dt.datetime) -> Saved:
    """Store a pack; its product and content stay what they were, since lots may be counted in it."""
    require(actor, Right.MANAGE_CATALOG)
    check_code(command.code)
    check_name(command.code, command.name_fr, 60)
    check_name(command.code, command.name_en, 60)
    check_number(N_("Net grams"), command.net_grams, 1, MAX_PACK_GRAMS)
    check_known(session, Product, command.product_code, N_("Product"))
    if command.gross_grams is not None and command.gross_grams < command.net_grams:
        raise GrossBelowNet(pack=command.code, gross=command.gross_grams, net=command.net_grams)
    _check_inner(session, command)
    known = session.get(Pack, command.code)
    if known is not None and (known.net_grams, known.product_code) != (
        command.net_grams,
        command.product_code,
    ):
        raise PackContentFixed(pack=command.code, net=known.net_grams)
    values = {name: value for name, value in msgspec.structs.asdict(command).items() if name != "code"}
    return upsert(session, Pack, command.code, values)


def _check_inner(session: Session, command: SavePack) -> None:
    if command.inner_code is None:
        return
    check_known(session, Pack, command.inner_code, N_("Pack"))
    inner = session.get(Pack, command.inner_code)
    if (
        inner is None
        or inner.code == command.code
        or inner.product_code != command.product_code
        or command.net_grams % inner.net_grams
    ):
        raise InnerPackDoesNotFit(pack=command.code, net=command.net_grams, inner=command.inner_code)
