"""Reads of distribution for programs; names only for those who may see them."""

import datetime as dt
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from supply.db import Database
from supply.distribution.lists import ListRow, session_list
from supply.distribution.privacy import require_people
from supply.distribution.queries import (
    PaperRow,
    SessionRow,
    TallyRow,
    distribution_session,
    session_papers,
    session_tallies,
    sessions,
)
from supply.distribution.register import HouseholdUnknown
from supply.distribution.register_queries import (
    DuplicateRow,
    Found,
    HouseholdView,
    PersonView,
    household,
    person,
    possible_duplicates,
    search_people,
)
from supply.distribution.sessions import SessionUnknown, find_session
from supply.distribution.status import PersonUnknown
from supply.people.rights import Actor
from supply.web.routes import Limit, Offset


class SessionApi(Controller):
    """Sessions, their lists, tallies and documents."""

    path = "/api/distribution/sessions"
    tags = ["distribution"]

    @get("/", operation_id="Sessions", sync_to_thread=True)
    def sessions(self, db: NamedDependency[Database], cycle: FromQuery[str] = "") -> tuple[SessionRow, ...]:
        """Sessions of a cycle (of all without one), the latest day first."""
        with db.snapshot() as session:
            return sessions(session, cycle_code=cycle or None)

    @get("/{session_id:uuid}", operation_id="Session", sync_to_thread=True)
    def session(self, session_id: FromPath[UUID], db: NamedDependency[Database]) -> SessionRow:
        """One session with its counts."""
        with db.snapshot() as session:
            row = distribution_session(session, session_id)
        if row is None:
            raise SessionUnknown(session_id=str(session_id))
        return row

    @get("/{session_id:uuid}/list", operation_id="SessionList", sync_to_thread=True)
    def list(
        self, session_id: FromPath[UUID], db: NamedDependency[Database], actor: NamedDependency[Actor]
    ) -> tuple[ListRow, ...]:
        """The list: who is due, served, absent, not eligible and why. Personal data."""
        with db.snapshot() as session:
            held = find_session(session, session_id)
            require_people(actor, held.site_code)
            return session_list(session, held)

    @get("/{session_id:uuid}/tallies", operation_id="SessionTallies", sync_to_thread=True)
    def tallies(self, session_id: FromPath[UUID], db: NamedDependency[Database]) -> tuple[TallyRow, ...]:
        """People counted per group."""
        with db.snapshot() as session:
            return session_tallies(session, session_id)

    @get("/{session_id:uuid}/documents", operation_id="SessionDocuments", sync_to_thread=True)
    def documents(self, session_id: FromPath[UUID], db: NamedDependency[Database]) -> tuple[PaperRow, ...]:
        """Handouts and tallies, the latest first."""
        with db.snapshot() as session:
            return session_papers(session, session_id)


class RegisterApi(Controller):
    """The register. Personal data throughout."""

    path = "/api/distribution/register"
    tags = ["distribution"]

    @get("/people", operation_id="SearchPeople", sync_to_thread=True)
    def people(
        self,
        *,
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
        q: FromQuery[str] = "",
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> Found:
        """People whose name, card or head of household contains the words."""
        require_people(actor)
        with db.snapshot() as session:
            return search_people(
                session,
                q,
                day=today,
                site_codes=actor.places,
                limit=limit,
                offset=offset,
            )

    @get("/people/{code:str}", operation_id="Person", sync_to_thread=True)
    def person(
        self,
        code: FromPath[str],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> PersonView:
        """A person with the whole history."""
        with db.snapshot() as session:
            view = person(session, code, day=today)
        if view is None:
            raise PersonUnknown(card=code)
        require_people(actor, view.site_code)
        return view

    @get("/households/{code:str}", operation_id="Household", sync_to_thread=True)
    def household(
        self,
        code: FromPath[str],
        db: NamedDependency[Database],
        actor: NamedDependency[Actor],
        today: NamedDependency[dt.date],
    ) -> HouseholdView:
        """A household with its persons."""
        with db.snapshot() as session:
            view = household(session, code, day=today)
        if view is None:
            raise HouseholdUnknown(card=code)
        require_people(actor, view.site_code)
        return view

    @get("/possible-duplicates", operation_id="PossibleDuplicates", sync_to_thread=True)
    def duplicates(
        self, db: NamedDependency[Database], actor: NamedDependency[Actor]
    ) -> tuple[DuplicateRow, ...]:
        """Pairs that wait for a person's decision."""
        require_people(actor)
        with db.snapshot() as session:
            return possible_duplicates(session, site_codes=actor.places)


CONTROLLERS = [SessionApi, RegisterApi]
