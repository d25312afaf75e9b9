"""A small programme for distribution and coverage: two sites, two products, four groups, one open cycle."""

import datetime as dt
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from supply.catalog.models import Area, Pack, Place, Product, Supplier
from supply.db import Database
from supply.distribution.enrol import Enrol, enrol
from supply.distribution.register import NewPerson, RegisterHousehold, register_household
from supply.distribution.sessions import OpenSession, open_session
from supply.distribution.words import BirthKnown, Sex
from supply.ids import new_id
from supply.inventory.ledger import Entry, Line, post
from supply.inventory.locations import supplier_location
from supply.inventory.models import Lot
from supply.inventory.words import DocumentKind
from supply.people.models import User
from supply.people.rights import Actor
from supply.people.words import Role
from supply.programme.models import Cycle, Programme, Ration, Target, TargetGroup

NOW = dt.datetime(2027, 3, 20, 9, 30, tzinfo=dt.UTC)
DAY = dt.date(2027, 3, 20)
KEBILA, FAKOLA = "KEBILA", "FAKOLA"
POUCH, BAG = 1_500, 25_000
PLUS_RATION, CEREAL_RATION = 3_000, 6_250


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts in the tests."""

    lead: Actor
    auditor: Actor
    keeper: Actor


def make(database: Database) -> Made:
    """The programme, with nothing in stock and nobody registered."""
    made = Made(
        lead=_actor("lead", Role.LEAD),
        auditor=_actor("auditor", Role.AUDITOR),
        keeper=_actor("keeper", Role.KEEPER),
    )
    with database.transaction() as session:
        for actor in (made.lead, made.auditor, made.keeper):
            session.add(_user(actor))
        _add_places(session)
        _add_products(session)
        _add_programme(session)
        add_cycle(session, "C1", 1, dt.date(2027, 3, 1), dt.date(2027, 3, 31))
    return made


def add_cycle(
    session: Session, code: str, number: int, starts_on: dt.date, ends_on: dt.date, *, state: str = "open"
) -> None:
    """Two pouches for a child, a quarter bag for a woman; 100 people targeted per group and site."""
    session.add(
        Cycle(
            code=code,
            programme_code="PNP",
            number=number,
            name=f"Cycle {number}",
            starts_on=starts_on,
            ends_on=ends_on,
            state=state,
        )
    )
    session.flush()
    for group in ("C6-23", "C24-59"):
        session.add(Ration(cycle_code=code, group_code=group, product_code="PLUS", grams=PLUS_RATION))
    for group in ("PREG", "BREAST"):
        session.add(Ration(cycle_code=code, group_code=group, product_code="CEREAL", grams=CEREAL_RATION))
    for site in (KEBILA, FAKOLA):
        for group in ("C6-23", "C24-59", "PREG", "BREAST"):
            session.add(Target(cycle_code=code, site_code=site, group_code=group, people=100))
    session.flush()


def add_lot(
    database: Database,
    made: Made,
    number: str,
    grams: int,
    *,
    product: str = "PLUS",
    site: str = KEBILA,
    expires_on: dt.date = dt.date(2027, 12, 31),
    on: dt.date = dt.date(2027, 3, 1),
) -> UUID:
    """Grams of a new lot at a site."""
    lot_id = new_id()
    pack = "POUCH" if product == "PLUS" else "BAG"
    with database.transaction() as session:
        session.add(
            Lot(
                id=lot_id,
                product_code=product,
                number=number,
                pack_code=pack,
                expires_on=expires_on,
                recorded_at=NOW,
            )
        )
        session.flush()
        line = Line(lot_id=lot_id, grams=grams, source=supplier_location("SUP"), target=site)
        entry = Entry(id=new_id(), kind=DocumentKind.RECEIPT, place_code=site, occurred_on=on, lines=(line,))
        post(session, entry, line, actor=made.keeper, now=NOW)
    return lot_id


def add_child(
    database: Database,
    made: Made,
    code: str,
    born_on: dt.date,
    *,
    site: str = KEBILA,
    name: str = "",
    on: dt.date = dt.date(2027, 3, 1),
) -> str:
    """A household with one enrolled child; answers the child's code."""
    child = NewPerson(
        name=name or f"Enfant {code}", sex=Sex.FEMALE, born_on=born_on, birth_known=BirthKnown.CERTIFICATE
    )
    with database.transaction() as session:
        done = register_household(
            session,
            RegisterHousehold(code=code, site_code=site, head_name=f"Chef {code}", persons=(child,)),
            actor=made.lead,
            now=NOW,
        )
    with database.transaction() as session:
        enrol(
            session,
            Enrol(
                id=new_id(),
                person_code=done.person_codes[0],
                programme_code="PNP",
                site_code=site,
                enrolled_on=on,
            ),
            actor=made.lead,
            now=NOW,
        )
    return done.person_codes[0]


def add_session(
    database: Database, made: Made, *, site: str = KEBILA, cycle: str = "C1", on: dt.date = DAY
) -> UUID:
    """An open session."""
    session_id = new_id()
    with database.transaction() as session:
        open_session(
            session,
            OpenSession(id=session_id, cycle_code=cycle, site_code=site, held_on=on),
            actor=made.lead,
            now=NOW,
        )
    return session_id


def _actor(login: str, role: Role) -> Actor:
    return Actor(user_id=new_id(), login=login, name=login.title(), role=role)


def _user(actor: Actor) -> User:
    return User(
        id=actor.user_id,
        login=actor.login,
        name=actor.name,
        role=actor.role.value,
        password_hash="x",
        created_at=NOW,
    )


def _add_places(session: Session) -> None:
    """A store, and two communes with a site each."""
    session.add(Place(code="SIKASSO", name="Sikasso", kind="store", lat=11.32, lon=-5.67))
    for pcode, code, name, lat, lon in (
        ("ML0301", KEBILA, "Kébila", 11.28, -7.04),
        ("ML0302", FAKOLA, "Fakola", 10.53, -6.90),
    ):
        session.add(Area(pcode=pcode, vintage="2015", level=3, name=name, lat=lat, lon=lon))
        session.flush()
        session.add(
            Place(
                code=code,
                name=name,
                kind="site",
                commune_pcode=pcode,
                store_code="SIKASSO",
                lat=lat,
                lon=lon,
            )
        )
    session.flush()


def _add_products(session: Session) -> None:
    """Pouches that are given whole, and bags that are scooped."""
    session.add(Supplier(code="SUP", name="Minoterie"))
    for code, pack, grams, whole in (("PLUS", "POUCH", POUCH, True), ("CEREAL", "BAG", BAG, False)):
        session.add(Product(code=code, name_fr=code, name_en=code))
        session.flush()
        session.add(
            Pack(
                code=pack,
                product_code=code,
                name_fr=pack,
                name_en=pack,
                net_grams=grams,
                is_handed_whole=whole,
            )
        )
    session.flush()


def _add_programme(session: Session) -> None:
    """Two groups of children and two of women."""
    session.add(
        Programme(code="PNP", name="PNP", starts_on=dt.date(2026, 9, 1), ends_on=dt.date(2027, 12, 31))
    )
    groups = (
        ("C6-23", "child", 6, 23),
        ("C24-59", "child", 24, 59),
        ("PREG", "pregnant", None, 9),
        ("BREAST", "breastfeeding", None, 24),
    )
    for position, (code, kind, low, high) in enumerate(groups):
        session.add(
            TargetGroup(
                code=code,
                name_fr=code,
                name_en=code,
                kind=kind,
                from_months=low,
                to_months=high,
                position=position,
            )
        )
    session.flush()
