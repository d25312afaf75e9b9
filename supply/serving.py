"""Runs the web service, and the scheduled jobs beside it for a team without a worker of its own."""

import msgspec
import uvicorn

from supply.app import create_app
from supply.db import Database
from supply.settings import read_settings
from supply.worker import running


def serve(database_url: str, host: str, port: int) -> None:
    """Answer requests until the process is asked to end. Raises when the database cannot be used."""
    settings = msgspec.structs.replace(read_settings(), database_url=database_url)
    database = Database(database_url)
    database.check_migration()
    database.close()
    config = uvicorn.Config(
        create_app(settings), host=host, port=port, log_level="warning", server_header=False
    )
    with running(settings):
        uvicorn.Server(config).run()
