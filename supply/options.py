"""Options that commands of several areas share."""

import click

from supply.settings import read_settings

database_option = click.option(
    "--database",
    default=lambda: read_settings().database_url,
    help="SQLAlchemy URL of the database; else SUPPLY_DATABASE_URL.",
)
