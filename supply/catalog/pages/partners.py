"""Suppliers, transporters, vehicle types and vehicles as pages show them."""

from typing import Any

import msgspec
from sqlalchemy.orm import Session

from supply.catalog import queries, rows
from supply.catalog.pages.section import (
    Editor,
    Section,
    flag,
    href,
    key_field,
    kilograms,
    number,
    optional_count,
    select,
    standing,
    text,
)
from supply.catalog.save_partner import (
    SaveSupplier,
    SaveTransporter,
    SaveVehicle,
    SaveVehicleType,
    save_supplier,
    save_transporter,
    save_vehicle,
    save_vehicle_type,
)
from supply.catalog.words import PlaceKind
from supply.i18n import N_, gettext
from supply.web.forms import Field, FormReader

_CODE = ("code", N_("Code"), "code")
_STANDING = ("standing", N_("Status"), "badge")
_SOURCE = ("source", N_("Source"), "text")
_INVENTED = N_("Invented or supposed figures (illustrative)")
_SPEEDS = (
    ("laterite_kmh", N_("Speed on laterite")),
    ("track_kmh", N_("Speed on a track")),
    ("paved_rains_kmh", N_("Speed on tar in the rains")),
    ("laterite_rains_kmh", N_("Speed on laterite in the rains")),
    ("track_rains_kmh", N_("Speed on a track in the rains")),
)


def _first(found: tuple[Any, ...], key: str, code: str) -> Any:
    return next((row for row in found if getattr(row, key) == code), None)


def _supplier_rows(session: Session) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "href": href("suppliers", row.code),
            "code": row.code,
            "country": row.country,
            "lead_days": row.lead_days,
            "standing": standing(is_illustrative=row.is_illustrative),
            "source": row.source,
        }
        for row in queries.suppliers(session)
    ]


def _supplier_fields(session: Session, row: rows.SupplierRow | None) -> tuple[Field, ...]:
    return (
        key_field("code", N_("Code"), row.code if row else None),
        text("name", N_("Name"), row.name if row else ""),
        text("country", N_("Country (two letters)"), row.country if row else "ML"),
        number(
            "lead_days",
            N_("Usual time to delivery"),
            row.lead_days if row else None,
            required=False,
            unit=gettext(N_("days")),
        ),
        flag("is_illustrative", _INVENTED, is_set=bool(row and row.is_illustrative)),
        text("source", N_("Source"), row.source if row else "", required=False),
    )


def _supplier_command(reader: FormReader, code: str) -> SaveSupplier:
    return SaveSupplier(
        code=code or reader.text("code", max_length=32),
        name=reader.text("name", max_length=120),
        country=reader.text("country", max_length=2).upper(),
        lead_days=optional_count(reader, "lead_days"),
        is_illustrative=reader.flag("is_illustrative"),
        source=reader.text("source", required=False),
    )


def _transporter_rows(session: Session) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "href": href("transporters", row.code),
            "code": row.code,
            "phone": row.phone or None,
            "standing": standing(is_illustrative=row.is_illustrative),
        }
        for row in queries.transporters(session)
    ]


def _transporter_fields(session: Session, row: rows.TransporterRow | None) -> tuple[Field, ...]:
    return (
        key_field("code", N_("Code"), row.code if row else None),
        text("name", N_("Name"), row.name if row else ""),
        Field(name="phone", label=gettext(N_("Phone")), kind="tel", value=row.phone if row else ""),
        flag("is_illustrative", _INVENTED, is_set=bool(row and row.is_illustrative)),
    )


def _transporter_command(reader: FormReader, code: str) -> SaveTransporter:
    return SaveTransporter(
        code=code or reader.text("code", max_length=32),
        name=reader.text("name", max_length=120),
        phone=reader.text("phone", required=False, max_length=40),
        is_illustrative=reader.flag("is_illustrative"),
    )


def _type_rows(session: Session) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "href": href("vehicle-types", row.code),
            "code": row.code,
            "capacity": row.capacity_grams,
            "fixed": row.fixed_francs,
            "per_km": row.francs_per_km,
            "per_tonne_km": row.francs_per_tonne_km,
            "speed": row.speed_kmh,
            "standing": standing(is_illustrative=row.is_illustrative),
        }
        for row in queries.vehicle_types(session)
    ]


def _type_fields(session: Session, row: rows.VehicleTypeRow | None) -> tuple[Field, ...]:
    return (
        key_field("code", N_("Code"), row.code if row else None),
        text("name_fr", N_("Name in French"), row.name_fr if row else ""),
        text("name_en", N_("Name in English"), row.name_en if row else ""),
        Field(
            name="capacity",
            label=gettext(N_("Load it carries")),
            kind="decimal",
            value=kilograms(row.capacity_grams if row else None),
            unit="kg",
            is_required=True,
        ),
        number("capacity_litres", N_("Room"), row.capacity_litres if row else None, required=False, unit="l"),
        number("fixed_francs", N_("Cost of a trip"), row.fixed_francs if row else None, unit="F CFA"),
        number("francs_per_km", N_("Cost per km"), row.francs_per_km if row else None, unit="F CFA"),
        number(
            "francs_per_tonne_km",
            N_("Cost per tonne and km"),
            row.francs_per_tonne_km if row else None,
            unit="F CFA",
        ),
        number("speed_kmh", N_("Speed when loaded"), row.speed_kmh if row else None, unit="km/h"),
        *(_speed(name, label, getattr(row, name) if row else None) for name, label in _SPEEDS),
        flag("is_illustrative", _INVENTED, is_set=bool(row and row.is_illustrative)),
        text("source", N_("Source"), row.source if row else "", required=False),
    )


def _speed(name: str, label: str, kmh: int | None) -> Field:
    field = number(name, label, kmh, required=False, unit="km/h")
    return msgspec.structs.replace(field, hint=gettext(N_("Empty: the usual speed of loaded trucks.")))


def _type_command(reader: FormReader, code: str) -> SaveVehicleType:
    return SaveVehicleType(
        code=code or reader.text("code", max_length=32),
        name_fr=reader.text("name_fr", max_length=120),
        name_en=reader.text("name_en", max_length=120),
        capacity_grams=reader.kg("capacity"),
        capacity_litres=optional_count(reader, "capacity_litres"),
        fixed_francs=reader.money("fixed_francs", "XOF"),
        francs_per_km=reader.money("francs_per_km", "XOF"),
        francs_per_tonne_km=reader.money("francs_per_tonne_km", "XOF"),
        speed_kmh=reader.count("speed_kmh"),
        laterite_kmh=optional_count(reader, "laterite_kmh"),
        track_kmh=optional_count(reader, "track_kmh"),
        paved_rains_kmh=optional_count(reader, "paved_rains_kmh"),
        laterite_rains_kmh=optional_count(reader, "laterite_rains_kmh"),
        track_rains_kmh=optional_count(reader, "track_rains_kmh"),
        is_illustrative=reader.flag("is_illustrative"),
        source=reader.text("source", required=False),
    )


def _vehicle_rows(session: Session) -> list[dict[str, Any]]:
    types = {row.code: row.name for row in queries.vehicle_types(session)}
    transporters = {row.code: row.name for row in queries.transporters(session)}
    stores = {row.code: row.name for row in queries.places(session, PlaceKind.STORE)}
    return [
        {
            "plate": row.plate,
            "href": href("vehicles", row.plate),
            "type": types[row.type_code],
            "transporter": transporters[row.transporter_code],
            "store": stores[row.store_code],
            "use": gettext(N_("in use") if row.is_active else N_("not in use")),
            "standing": standing(is_illustrative=row.is_illustrative),
        }
        for row in queries.vehicles(session)
    ]


def _vehicle_fields(session: Session, row: rows.VehicleRow | None) -> tuple[Field, ...]:
    types = [(one.code, one.name) for one in queries.vehicle_types(session)]
    transporters = [(one.code, one.name) for one in queries.transporters(session)]
    stores = [(one.code, one.name) for one in queries.places(session, PlaceKind.STORE)]
    return (
        key_field("plate", N_("Plate"), row.plate if row else None),
        select("type_code", N_("Vehicle type"), types, row.type_code if row else None),
        select("transporter_code", N_("Transporter"), transporters, row.transporter_code if row else None),
        select("store_code", N_("Store where it starts and ends"), stores, row.store_code if row else None),
        flag("is_active", N_("In use"), is_set=not row or row.is_active),
        flag("is_illustrative", _INVENTED, is_set=bool(row and row.is_illustrative)),
    )


def _vehicle_command(reader: FormReader, code: str) -> SaveVehicle:
    return SaveVehicle(
        plate=code or reader.text("plate", max_length=32),
        type_code=reader.text("type_code", max_length=32),
        transporter_code=reader.text("transporter_code", max_length=32),
        store_code=reader.text("store_code", max_length=32),
        is_active=reader.flag("is_active"),
        is_illustrative=reader.flag("is_illustrative"),
    )


SECTIONS = (
    Section(
        slug="suppliers",
        title=N_("Suppliers"),
        lead=N_("Who sells the flour."),
        new_label=N_("New supplier"),
        columns=(
            ("name", N_("Name"), "link"),
            _CODE,
            ("country", N_("Country"), "text"),
            ("lead_days", N_("Time to delivery (days)"), "number"),
            _STANDING,
            _SOURCE,
        ),
        rows=_supplier_rows,
        editor=Editor(
            find=lambda session, code: _first(queries.suppliers(session), "code", code),
            fields=_supplier_fields,
            command=_supplier_command,
            save=save_supplier,
        ),
    ),
    Section(
        slug="transporters",
        title=N_("Transporters"),
        lead=N_("Who carries it."),
        new_label=N_("New transporter"),
        columns=(("name", N_("Name"), "link"), _CODE, ("phone", N_("Phone"), "text"), _STANDING),
        rows=_transporter_rows,
        editor=Editor(
            find=lambda session, code: _first(queries.transporters(session), "code", code),
            fields=_transporter_fields,
            command=_transporter_command,
            save=save_transporter,
        ),
    ),
    Section(
        slug="vehicle-types",
        title=N_("Vehicle types"),
        lead=N_("Load, cost and speed that the delivery plan counts with."),
        new_label=N_("New vehicle type"),
        columns=(
            ("name", N_("Name"), "link"),
            _CODE,
            ("capacity", N_("Load"), "kg"),
            ("fixed", N_("Per trip"), "money"),
            ("per_km", N_("Per km"), "money"),
            ("per_tonne_km", N_("Per t.km"), "money"),
            ("speed", N_("Speed (km/h)"), "number"),
            _STANDING,
        ),
        rows=_type_rows,
        editor=Editor(
            find=lambda session, code: _first(queries.vehicle_types(session), "code", code),
            fields=_type_fields,
            command=_type_command,
            save=save_vehicle_type,
        ),
    ),
    Section(
        slug="vehicles",
        title=N_("Vehicles"),
        lead=N_("Trucks by plate, each with the store where it starts and ends."),
        new_label=N_("New vehicle"),
        columns=(
            ("plate", N_("Plate"), "link"),
            ("type", N_("Vehicle type"), "text"),
            ("transporter", N_("Transporter"), "text"),
            ("store", N_("Store"), "text"),
            ("use", N_("Use"), "text"),
            _STANDING,
        ),
        rows=_vehicle_rows,
        editor=Editor(
            find=lambda session, code: _first(queries.vehicles(session), "plate", code),
            fields=_vehicle_fields,
            command=_vehicle_command,
            save=save_vehicle,
        ),
    ),
)
