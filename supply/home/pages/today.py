"""The first screen."""

import datetime as dt

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Template

from supply.db import Database
from supply.home.today import today_of
from supply.i18n import N_
from supply.people.rights import Actor
from supply.web.pages import page


class HomePages(Controller):
    """What needs attention now."""

    path = "/"
    include_in_schema = False

    @get(operation_id="Home", sync_to_thread=True)
    def home(
        self,
        *,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        everything: FromQuery[bool] = False,
    ) -> Template:
        with db.snapshot() as session:
            content = today_of(session, actor, today, everything=everything)
        return page("home/home.html", content, title=N_("Today"))
