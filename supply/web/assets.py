"""Our own style, script and icons: few and small, kept in memory, sent once a phone and version."""

from functools import cache
from mimetypes import guess_type
from typing import Any

from litestar import Controller, get
from litestar.params import FromPath
from litestar.response import Response

from supply.paths import STATIC
from supply.web.problems import NoSuchPage


@cache
def _files() -> dict[str, bytes]:
    """All there is to serve, so that no name from outside ever reaches the file system."""
    return {file.name: file.read_bytes() for file in STATIC.iterdir() if file.is_file()}


class Assets(Controller):
    """The address carries the content's fingerprint, so that it may be kept for ever."""

    path = "/static"
    opt = {"public": True}  # noqa: RUF012 - the framework's attribute
    include_in_schema = False

    @get("/{fingerprint:str}/{name:str}", sync_to_thread=False)
    def asset(self, fingerprint: FromPath[str], name: FromPath[str]) -> Response[Any]:
        content = _files().get(name)
        if content is None:
            raise NoSuchPage
        return Response(
            content,
            media_type=guess_type(name)[0] or "application/octet-stream",
            headers={"cache-control": "public, max-age=31536000, immutable"},
        )
