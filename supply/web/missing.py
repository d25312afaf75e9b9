"""Addresses that lead nowhere are answered like any other page, so that the reader keeps the navigation."""

from typing import Any

from litestar import Controller, route
from litestar.enums import HttpMethod
from litestar.response import Response

from supply.web.problems import NoSuchPage


class Missing(Controller):
    """Whatever no other route takes."""

    path = "/"
    include_in_schema = False
    opt = {"public": True}  # noqa: RUF012 - the framework's attribute

    @route(
        "/{missing:path}",
        http_method=[HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE],
        sync_to_thread=False,
    )
    def missing(self) -> Response[Any]:
        raise NoSuchPage
