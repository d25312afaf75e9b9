"""API routes from an area's list of operations: POST /api/<area>/<operation> with the command as its body."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Router, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import BodyKwarg, QueryParameter

from supply.db import Database
from supply.operation import MAX_NUMBER, Operation, keepable
from supply.people.rights import Actor

MAX_ROWS = 1000
Limit = Annotated[int, QueryParameter(ge=1, le=MAX_ROWS)]
Offset = Annotated[int, QueryParameter(ge=0, le=MAX_NUMBER)]
# How many rows of a long list a program asks for at once, and after how many it goes on.


def operation_routes(area: str, operations: Sequence[Operation]) -> Router:
    """The write side of an area's API."""
    return Router(
        path=f"/api/{area}",
        route_handlers=[_route(area, operation) for operation in operations],
        tags=[area],
    )


def _route(area: str, operation: Operation) -> HTTPRouteHandler:
    command: Any = operation.command
    result: Any = operation.result

    def handle(
        data: Any,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        now: NamedDependency[dt.datetime],
    ) -> Any:
        command_sent = keepable(data)
        with db.transaction() as session:
            answer = operation.run(session, command_sent, actor=actor, now=now)
        if operation.begins is not None:
            operation.begins(db, answer)
        return answer

    handle.__annotations__.update(
        {"data": Annotated[command, BodyKwarg(media_type=RequestEncodingType.JSON)], "return": result}
    )
    name = operation.name.replace("-", " ").title().replace(" ", "")
    return post(
        f"/{operation.name}",
        operation_id=f"{area.title()}{name}",
        summary=operation.summary,
        status_code=201,
        sync_to_thread=True,
    )(handle)
