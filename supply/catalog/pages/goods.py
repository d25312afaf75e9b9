"""Products and packs as pages show them."""

from typing import Any

from sqlalchemy.orm import Session

from supply.catalog import queries, rows
from supply.catalog.pages.section import (
    Editor,
    Section,
    flag,
    href,
    key_field,
    number,
    optional_count,
    select,
    text,
)
from supply.catalog.save_product import SavePack, SaveProduct, save_pack, save_product
from supply.i18n import N_, gettext
from supply.web.forms import Field, FormReader

_CODE = ("code", N_("Code"), "code")
_SOURCE = ("source", N_("Source"), "text")


def _first(found: tuple[Any, ...], key: str, code: str) -> Any:
    return next((row for row in found if getattr(row, key) == code), None)


def _product_rows(session: Session) -> list[dict[str, Any]]:
    packs: dict[str, list[str]] = {}
    for pack in queries.packs(session):
        packs.setdefault(pack.product_code, []).append(pack.name)
    return [
        {
            "name": row.name,
            "href": href("products", row.code),
            "code": row.code,
            "packs": ", ".join(packs.get(row.code, ())) or None,
            "source": row.source,
        }
        for row in queries.products(session)
    ]


def _product_fields(session: Session, row: rows.ProductRow | None) -> tuple[Field, ...]:
    return (
        key_field("code", N_("Code"), row.code if row else None),
        text("name_fr", N_("Name in French"), row.name_fr if row else ""),
        text("name_en", N_("Name in English"), row.name_en if row else ""),
        number(
            "kg_per_m3",
            N_("Density when packed"),
            row.kg_per_m3 if row else None,
            required=False,
            unit="kg/m³",
        ),
        text("source", N_("Source"), row.source if row else "", required=False),
    )


def _product_command(reader: FormReader, code: str) -> SaveProduct:
    return SaveProduct(
        code=code or reader.text("code", max_length=32),
        name_fr=reader.text("name_fr", max_length=120),
        name_en=reader.text("name_en", max_length=120),
        kg_per_m3=optional_count(reader, "kg_per_m3"),
        source=reader.text("source", required=False),
    )


def _pack_rows(session: Session) -> list[dict[str, Any]]:
    names = {row.code: row.name for row in queries.products(session)}
    inner = {row.code: row.name for row in queries.packs(session)}
    return [
        {
            "name": row.name,
            "href": href("packs", row.code),
            "code": row.code,
            "product": names[row.product_code],
            "net": row.net_grams,
            "holds": f"{row.inner_count} × {inner[row.inner_code]}" if row.inner_code else None,
            "handed": gettext(N_("whole") if row.is_handed_whole else N_("opened and scooped")),
        }
        for row in queries.packs(session)
    ]


def _pack_fields(session: Session, row: rows.PackRow | None) -> tuple[Field, ...]:
    products = [(one.code, one.name) for one in queries.products(session)]
    packs = [(one.code, one.name) for one in queries.packs(session) if not row or one.code != row.code]
    return (
        key_field("code", N_("Code"), row.code if row else None),
        select("product_code", N_("Product"), products, row.product_code if row else None),
        text("name_fr", N_("Name in French"), row.name_fr if row else ""),
        text("name_en", N_("Name in English"), row.name_en if row else ""),
        number("net_grams", N_("Net content"), row.net_grams if row else None, unit="g"),
        number("gross_grams", N_("Gross mass"), row.gross_grams if row else None, required=False, unit="g"),
        select("inner_code", N_("Holds several of"), packs, row.inner_code if row else None, required=False),
        flag(
            "is_handed_whole",
            N_("Handed out whole (a pouch); a bag is opened"),
            is_set=not row or row.is_handed_whole,
        ),
    )


def _pack_command(reader: FormReader, code: str) -> SavePack:
    return SavePack(
        code=code or reader.text("code", max_length=32),
        product_code=reader.text("product_code", max_length=32),
        name_fr=reader.text("name_fr", max_length=60),
        name_en=reader.text("name_en", max_length=60),
        net_grams=reader.count("net_grams"),
        gross_grams=optional_count(reader, "gross_grams"),
        inner_code=reader.raw("inner_code") or None,
        is_handed_whole=reader.flag("is_handed_whole"),
    )


SECTIONS = (
    Section(
        slug="products",
        title=N_("Products"),
        lead=N_("Fortified flours. Shelf life and dates belong to each lot."),
        new_label=N_("New product"),
        columns=(("name", N_("Name"), "link"), _CODE, ("packs", N_("Packs"), "text"), _SOURCE),
        rows=_product_rows,
        editor=Editor(
            find=lambda session, code: _first(queries.products(session), "code", code),
            fields=_product_fields,
            command=_product_command,
            save=save_product,
        ),
    ),
    Section(
        slug="packs",
        title=N_("Packs"),
        lead=N_("How a product is packed. Needs are rounded up to its smallest pack."),
        new_label=N_("New pack"),
        columns=(
            ("name", N_("Name"), "link"),
            _CODE,
            ("product", N_("Product"), "text"),
            ("net", N_("Net content"), "kg"),
            ("holds", N_("Holds"), "text"),
            ("handed", N_("Handed out"), "text"),
        ),
        rows=_pack_rows,
        editor=Editor(
            find=lambda session, code: _first(queries.packs(session), "code", code),
            fields=_pack_fields,
            command=_pack_command,
            save=save_pack,
        ),
    ),
)
