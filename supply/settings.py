"""What can be set from outside; the only reader of environment variables."""

import os
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec

DEFAULT_DATABASE_URL = "sqlite:///var/supply.sqlite"


def _variable(name: str) -> str:
    return f"SUPPLY_{name.upper()}"


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename=_variable):
    """One value for the whole process, made once in a composition root."""

    database_url: str = DEFAULT_DATABASE_URL
    zone: ZoneInfo = msgspec.field(name="SUPPLY_TIMEZONE", default=ZoneInfo("Africa/Bamako"))
    default_language: str = "fr"
    session_hours: int = 12
    # Length of a log-in: one working day, so that a shared phone is not left open over night.
    cookie_secure: bool = False
    # Set where the service is reached over https; plain http on a store's own network has to work too.
    scheduler_in_process: bool = True
    # A small team runs `supply serve` alone; with `supply worker` beside it, switch this off.


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from SUPPLY_* variables; one that cannot be raises msgspec.ValidationError naming it."""
    source = os.environ if environment is None else environment
    found = {name: source[name] for name in Settings.__struct_encode_fields__ if name in source}
    return msgspec.convert(found, Settings, strict=False, dec_hook=_zone)


def _zone(_type: type, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"there is no time zone {name}") from error
