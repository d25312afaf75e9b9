"""Communes, stores, sites and roads as pages show them."""

from typing import Any

from sqlalchemy.orm import Session

from supply.catalog import queries, rows
from supply.catalog.pages.section import (
    Editor,
    Section,
    decimal,
    degrees,
    flag,
    href,
    key_field,
    kilograms,
    select,
    standing,
    text,
)
from supply.catalog.save_place import SaveArea, SavePlace, save_area, save_place
from supply.catalog.words import PlaceKind
from supply.i18n import N_, gettext
from supply.web.forms import Field, FormReader, Option

CERCLE, COMMUNE = 2, 3
# Levels of areas.
_CODE = ("code", N_("Code"), "code")
_STANDING = ("standing", N_("Status"), "badge")
_INVENTED = N_("Invented or supposed figures (illustrative)")


def _commune_rows(session: Session) -> list[dict[str, Any]]:
    villages = queries.settlement_counts(session)
    return [
        {
            "name": row.name,
            "href": href("areas", row.pcode),
            "code": row.pcode,
            "vintage": row.vintage,
            "cercle": row.cercle,
            "region": row.region,
            "villages": villages.get(row.pcode),
            "source": row.source,
        }
        for row in queries.communes(session)
    ]


def _commune_fields(session: Session, row: rows.CommuneRow | None) -> tuple[Field, ...]:
    cercles = [(one.pcode, f"{one.name} ({one.pcode})") for one in queries.areas(session, CERCLE)]
    return (
        key_field("pcode", N_("P-code"), row.pcode if row else None),
        text(
            "vintage",
            N_("Vintage of the code"),
            row.vintage if row else "",
            hint=N_("The list of codes it stands in, such as 2015 or 2023."),
        ),
        text("name", N_("Name"), row.name if row else ""),
        select("cercle", N_("Cercle"), cercles, row.cercle_pcode if row else None),
        text("lat", N_("Latitude of the seat"), decimal(row.lat if row else None), required=False),
        text("lon", N_("Longitude of the seat"), decimal(row.lon if row else None), required=False),
        text("source", N_("Source"), row.source if row else "", required=False),
    )


def _commune_command(reader: FormReader, code: str) -> SaveArea:
    has_seat = bool(reader.raw("lat").strip() or reader.raw("lon").strip())
    return SaveArea(
        pcode=code or reader.text("pcode", max_length=12),
        vintage=reader.text("vintage", max_length=10),
        level=COMMUNE,
        name=reader.text("name", max_length=120),
        parent_pcode=reader.text("cercle", max_length=12),
        lat=degrees(reader, "lat") if has_seat else None,
        lon=degrees(reader, "lon") if has_seat else None,
        source=reader.text("source", required=False),
    )


def _place_rows(session: Session, kind: PlaceKind) -> list[dict[str, Any]]:
    stores = {row.code: row.name for row in queries.places(session, PlaceKind.STORE)}
    return [
        {
            "name": row.name,
            "href": href("places", row.code),
            "code": row.code,
            "commune": row.commune,
            "pcode": row.commune_pcode,
            "store": stores[row.store_code] if row.store_code else None,
            "capacity": row.capacity_grams,
            "use": gettext(N_("in use") if row.is_active else N_("not in use")),
            "standing": standing(is_illustrative=row.is_illustrative),
            "source": row.source,
        }
        for row in queries.places(session, kind)
    ]


def place_fields(session: Session, row: rows.PlaceRow | None, kind: PlaceKind) -> tuple[Field, ...]:
    """Fields of a store or a site."""
    stores = [(one.code, one.name) for one in queries.places(session, PlaceKind.STORE)]
    communes = [(one.pcode, f"{one.name} ({one.pcode})") for one in queries.communes(session)]
    reaching = set(row.vehicle_types or ()) if row else set()
    is_site = kind == PlaceKind.SITE
    served = (
        select(
            "store_code",
            N_("Store that usually serves it"),
            stores,
            row.store_code if row else None,
            required=False,
        ),
    )
    return (
        key_field("code", N_("Code"), row.code if row else None),
        text("name", N_("Name"), row.name if row else ""),
        select(
            "commune_pcode", N_("Commune"), communes, row.commune_pcode if row else None, required=is_site
        ),
        *(served if is_site else ()),
        text(
            "lat", N_("Latitude"), decimal(row.lat if row else None), hint=N_("Degrees, north is positive.")
        ),
        text(
            "lon", N_("Longitude"), decimal(row.lon if row else None), hint=N_("Degrees, west is negative.")
        ),
        Field(
            name="capacity",
            label=gettext(N_("Capacity")),
            kind="decimal",
            value=kilograms(row.capacity_grams if row else None),
            unit="kg",
        ),
        Field(
            name="vehicle_types",
            label=gettext(N_("Trucks that can reach it")),
            kind="checks",
            options=tuple(
                Option(one.code, one.name, one.code in reaching) for one in queries.vehicle_types(session)
            ),
            hint=gettext(N_("None ticked: every truck.")),
        ),
        flag("is_active", N_("In use"), is_set=not row or row.is_active),
        flag("is_illustrative", _INVENTED, is_set=bool(row and row.is_illustrative)),
        text("source", N_("Source"), row.source if row else "", required=False),
    )


def place_command(reader: FormReader, code: str, kind: PlaceKind) -> SavePlace:
    """A store or a site from what was sent."""
    return SavePlace(
        code=code or reader.text("code", max_length=32),
        name=reader.text("name", max_length=120),
        kind=kind,
        commune_pcode=reader.text("commune_pcode", required=kind == PlaceKind.SITE, max_length=12) or None,
        store_code=reader.raw("store_code") or None,
        lat=degrees(reader, "lat"),
        lon=degrees(reader, "lon"),
        capacity_grams=reader.kg("capacity") if reader.raw("capacity").strip() else None,
        vehicle_types=tuple(one for one in reader.many("vehicle_types") if one) or None,
        is_active=reader.flag("is_active"),
        is_illustrative=reader.flag("is_illustrative"),
        source=reader.text("source", required=False),
    )


def _place_editor(kind: PlaceKind) -> Editor:
    def find(session: Session, code: str) -> rows.PlaceRow | None:
        row = queries.place(session, code)
        return row if row is not None and row.kind == kind else None

    return Editor(
        find=find,
        fields=lambda session, row: place_fields(session, row, kind),
        command=lambda reader, code: place_command(reader, code, kind),
        save=save_place,
    )


SECTIONS = (
    Section(
        slug="communes",
        title=N_("Communes"),
        lead=N_("Areas with the P-code and its vintage; codes changed with the law of 2023."),
        new_label=N_("New commune"),
        columns=(
            ("name", N_("Commune"), "link"),
            ("code", N_("P-code"), "code"),
            ("vintage", N_("Vintage"), "text"),
            ("cercle", N_("Cercle"), "text"),
            ("region", N_("Region"), "text"),
            ("villages", N_("Villages known"), "number"),
            ("source", N_("Source"), "text"),
        ),
        rows=_commune_rows,
        editor=Editor(find=queries.commune, fields=_commune_fields, command=_commune_command, save=save_area),
    ),
    Section(
        slug="stores",
        title=N_("Stores"),
        lead=N_("Where stock is kept between deliveries."),
        new_label=N_("New store"),
        columns=(
            ("name", N_("Store"), "link"),
            _CODE,
            ("capacity", N_("Capacity"), "kg"),
            ("use", N_("Use"), "text"),
            _STANDING,
            ("source", N_("Source"), "text"),
        ),
        rows=lambda session: _place_rows(session, PlaceKind.STORE),
        editor=_place_editor(PlaceKind.STORE),
    ),
    Section(
        slug="sites",
        title=N_("Distribution sites"),
        lead=N_("Where people receive their ration."),
        new_label=N_("New site"),
        columns=(
            ("name", N_("Site"), "link"),
            _CODE,
            ("commune", N_("Commune"), "text"),
            ("pcode", N_("P-code"), "code"),
            ("store", N_("Usual store"), "text"),
            ("use", N_("Use"), "text"),
            _STANDING,
            ("source", N_("Source"), "text"),
        ),
        rows=lambda session: _place_rows(session, PlaceKind.SITE),
        editor=_place_editor(PlaceKind.SITE),
    ),
)
