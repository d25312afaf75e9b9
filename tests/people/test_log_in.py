"""Who gets in, for how long, and who does not."""

import datetime as dt

import pytest
from sqlalchemy import text

from supply.db import Database
from supply.errors import FieldFaults
from supply.people.queries import UserUnknown
from supply.people.rights import Actor, PlaceNotYours, Right, RightMissing, require
from supply.people.sessions import LoginRefused, check_password, end_session, find_actor, start_session
from supply.people.users import (
    AddUser,
    AlreadyFounded,
    ChangeUser,
    LastAdministrator,
    LoginTaken,
    add_user,
    change_user,
    found,
)
from supply.people.words import Role
from tests.world import NOW, PASSWORD, browse, make_world


def log_in(database: Database, login: str, password: str = PASSWORD) -> str:
    with database.snapshot() as session:
        credentials = check_password(session, login, password)
    with database.transaction() as session:
        return start_session(session, credentials, now=NOW, hours=12).token


def who(database: Database, token: str, *, now: dt.datetime = NOW) -> Actor | None:
    with database.snapshot() as session:
        return find_actor(session, token, now=now)


def test_a_right_password_opens_a_session_that_ends(database: Database) -> None:
    make_world(database)

    token = log_in(database, "  Keeper ")

    actor = who(database, token)
    assert actor is not None
    assert (actor.login, actor.role, actor.places) == ("keeper", Role.KEEPER, frozenset({"SIKASSO"}))
    assert who(database, token, now=NOW + dt.timedelta(hours=12)) is None


@pytest.mark.parametrize(("login", "password"), [("keeper", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(
    database: Database, login: str, password: str
) -> None:
    make_world(database)

    with pytest.raises(LoginRefused):
        log_in(database, login, password)


def test_the_database_never_holds_a_token_or_a_password(database: Database) -> None:
    make_world(database)
    token = log_in(database, "keeper")

    with database.snapshot() as session:
        hashes = session.execute(text("SELECT token_hash FROM login_session")).scalars().all()
        kept = session.execute(text("SELECT password_hash FROM app_user")).scalars().all()
    assert token not in hashes
    assert all(value.startswith("$argon2id$") for value in kept)


def test_each_log_in_has_a_token_of_its_own_and_log_out_forgets_it(database: Database) -> None:
    make_world(database)
    first, second = log_in(database, "keeper"), log_in(database, "keeper")

    with database.transaction() as session:
        end_session(session, first)

    assert first != second
    assert who(database, first) is None
    assert who(database, second) is not None


def test_a_new_password_or_leaving_ends_every_session(database: Database) -> None:
    world = make_world(database)
    token = log_in(database, "keeper")

    with database.transaction() as session:
        change_user(
            session, ChangeUser(login="keeper", password="un autre mot"), actor=world.administrator, now=NOW
        )
    assert who(database, token) is None

    token = log_in(database, "keeper", "un autre mot")
    with database.transaction() as session:
        change_user(session, ChangeUser(login="keeper", is_active=False), actor=world.administrator, now=NOW)
    assert who(database, token) is None
    with pytest.raises(LoginRefused):
        log_in(database, "keeper", "un autre mot")


def test_only_an_empty_service_is_founded(database: Database) -> None:
    command = AddUser(login="awa", name="Awa Traoré", role=Role.ADMINISTRATOR, password="un mot de passe")

    with database.transaction() as session:
        found(session, command, now=NOW)
    with pytest.raises(AlreadyFounded), database.transaction() as session:
        found(session, command, now=NOW)


def test_an_administrator_adds_users_and_nobody_else_does(database: Database) -> None:
    world = make_world(database)
    command = AddUser(
        login="Moussa", name="Moussa", role=Role.KEEPER, password="un mot de passe", places=("BAMAKO",)
    )

    with database.transaction() as session:
        add_user(session, command, actor=world.administrator, now=NOW)
    actor = who(database, log_in(database, "moussa", "un mot de passe"))
    assert actor is not None
    assert actor.places == frozenset({"BAMAKO"})
    with pytest.raises(LoginTaken), database.transaction() as session:
        add_user(session, command, actor=world.administrator, now=NOW)
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(RightMissing), database.transaction() as session:
            add_user(session, command, actor=world.actors[role], now=NOW)


def test_every_fault_of_a_new_user_is_told_at_once(database: Database) -> None:
    world = make_world(database)
    command = AddUser(login="é", name=" ", role=Role.KEEPER, password="un mot de passe", language="de")

    with pytest.raises(FieldFaults) as refusal, database.transaction() as session:
        add_user(session, command, actor=world.administrator, now=NOW)

    assert set(refusal.value.faults) == {"login", "name", "language"}


def test_a_short_password_and_an_unknown_user_are_refused(database: Database) -> None:
    world = make_world(database)

    with pytest.raises(FieldFaults), database.transaction() as session:
        change_user(session, ChangeUser(login="keeper", password="court"), actor=world.administrator, now=NOW)
    with pytest.raises(UserUnknown), database.transaction() as session:
        change_user(session, ChangeUser(login="nobody"), actor=world.administrator, now=NOW)


def test_rights_are_a_right_at_a_place(database: Database) -> None:
    world = make_world(database)

    require(world.keeper, Right.RECORD_STOCK, "SIKASSO")
    require(world.officer, Right.RECORD_STOCK, "SIKASSO", "BAMAKO")
    with pytest.raises(PlaceNotYours):
        require(world.keeper, Right.RECORD_STOCK, "SIKASSO", "BAMAKO")
    with pytest.raises(RightMissing):
        require(world.keeper, Right.BUY)


def test_an_auditor_may_do_nothing(database: Database) -> None:
    world = make_world(database)

    for right in Right:
        assert not world.auditor.may(right)
        assert world.administrator.may(right)


def test_a_log_in_in_the_browser_gives_a_fresh_cookie_and_leads_on(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.cookies.set("session", "given by somebody else")

        answer = client.post(
            "/login",
            data={"login": "keeper", "password": PASSWORD, "next": "/inventory"},
            follow_redirects=False,
        )

    assert answer.status_code == 303
    assert answer.headers["location"] == "/inventory"
    cookie = answer.headers["set-cookie"]
    assert "given by somebody else" not in cookie
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"]
)
def test_a_log_in_never_leads_to_another_site(database: Database, target: str) -> None:
    make_world(database)
    with browse(database) as client:
        answer = client.post(
            "/login", data={"login": "keeper", "password": PASSWORD, "next": target}, follow_redirects=False
        )

    assert answer.headers["location"] == "/"


def test_a_program_logs_in_and_out_by_token(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        token = client.post("/api/people/log-in", json={"login": "lead", "password": PASSWORD}).json()[
            "token"
        ]
        headers = {"authorization": f"Bearer {token}"}

        assert client.get("/api/people/me", headers=headers).json()["login"] == "lead"
        assert client.post("/api/people/log-out", headers=headers).status_code == 204
        assert client.get("/api/people/me", headers=headers).status_code == 401


def test_the_administrator_manages_users_on_pages(database: Database) -> None:
    make_world(database)
    with browse(database) as client:
        client.log_in("administrator")
        faulty = client.send_form("/people", login="x", name="", role="keeper", password="court")
        added = client.send_form(
            "/people", login="moussa", name="Moussa", role="keeper", password="un mot de passe"
        )
        changed = client.send_form(
            "/people/moussa", name="Moussa Keïta", role="lead", places="", is_active="1"
        )
        shown = client.get("/people").text
        client.log_in("keeper")
        refused = client.get("/people")

    assert faulty.status_code == 422
    assert added.status_code == 303
    assert changed.status_code == 303
    assert "Moussa Keïta" in shown
    assert refused.status_code == 403


def test_the_last_administrator_stays(database: Database) -> None:
    world = make_world(database)

    for command in (
        ChangeUser(login="administrator", is_active=False),
        ChangeUser(login="administrator", role=Role.LEAD),
    ):
        with pytest.raises(LastAdministrator), database.transaction() as session:
            change_user(session, command, actor=world.administrator, now=NOW)
    with database.transaction() as session:
        change_user(
            session,
            ChangeUser(login="lead", role=Role.ADMINISTRATOR),
            actor=world.administrator,
            now=NOW,
        )
        change_user(
            session, ChangeUser(login="administrator", is_active=False), actor=world.administrator, now=NOW
        )


@pytest.mark.parametrize(
    "change",
    [
        ChangeUser(login="keeper", name=" "),
        ChangeUser(login="keeper", name="x" * 121),
        ChangeUser(login="keeper", password="x" * 1001),
    ],
)
def test_a_change_meets_the_rules_of_a_new_user(database: Database, change: ChangeUser) -> None:
    world = make_world(database)

    with pytest.raises(FieldFaults), database.transaction() as session:
        change_user(session, change, actor=world.administrator, now=NOW)


def test_a_password_of_a_megabyte_is_refused_without_hashing_it(database: Database) -> None:
    make_world(database)

    with pytest.raises(LoginRefused):
        log_in(database, "keeper", "x" * 1_000_000)
