"""Where templates and fixtures lie: inside the installed package, else in the checkout beside it."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def data(name: str) -> Path:
    """The folder `templates` or `fixtures`."""
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


MIGRATIONS = _PACKAGE / "migrations"
STATIC = _PACKAGE / "web" / "static"
