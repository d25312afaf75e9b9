"""A small programme for tests: two stores, two sites, two products, one planned cycle, one user of each role.

Rows are put in directly, since these tests are about what comes after them. The day is 15 March 2027, unless
a test that meets the real clock asks for another: then every day of the world moves with it.
"""

import datetime as dt
from functools import cache
from typing import Any

import msgspec
from litestar import Litestar
from litestar.testing import TestClient

from supply.app import create_app
from supply.catalog.models import (
    Area,
    Pack,
    Place,
    Product,
    Supplier,
    Transporter,
    Vehicle,
    VehicleType,
)
from supply.db import Database
from supply.ids import new_id
from supply.people.models import User, UserPlace
from supply.people.rights import Actor
from supply.people.sessions import hash_password
from supply.people.words import Role
from supply.programme.models import Census, Cycle, Programme, Ration, TargetGroup
from supply.settings import Settings

NOW = dt.datetime(2027, 3, 15, 8, 0, tzinfo=dt.UTC)
TODAY = dt.date(2027, 3, 15)
PASSWORD = "mot de passe"
STORES = ("BAMAKO", "SIKASSO")
SITES = ("KEBILA", "FAKOLA")


class World(msgspec.Struct, frozen=True):
    """The users of the small programme; its codes are this module's constants."""

    database: Database
    actors: dict[Role, Actor]

    @property
    def officer(self) -> Actor:
        return self.actors[Role.OFFICER]

    @property
    def keeper(self) -> Actor:
        """Answers for SIKASSO only."""
        return self.actors[Role.KEEPER]

    @property
    def lead(self) -> Actor:
        return self.actors[Role.LEAD]

    @property
    def administrator(self) -> Actor:
        return self.actors[Role.ADMINISTRATOR]

    @property
    def auditor(self) -> Actor:
        return self.actors[Role.AUDITOR]


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)


def make_world(database: Database, *, today: dt.date = TODAY) -> World:
    """Put the small programme into an empty database; `today` is the day that takes the place of TODAY."""
    moved = today - TODAY
    with database.transaction() as session:
        for rows in (
            _areas(),
            _places(),
            _products(),
            _packs(),
            _partners(),
            _vehicles(),
            _programme(moved),
            _cycle(moved),
        ):
            session.add_all(rows)
            session.flush()
        actors = {}
        for role in Role:
            user = User(
                id=new_id(),
                login=role.value,
                name=f"{role.value.title()} Traoré",
                role=role,
                password_hash=_password_hash(),
                language="fr",
                created_at=NOW + moved,
            )
            session.add(user)
            session.flush()
            places = frozenset({"SIKASSO"}) if role == Role.KEEPER else None
            session.add_all(UserPlace(user_id=user.id, place_code=code) for code in places or ())
            actors[role] = Actor(user_id=user.id, login=user.login, name=user.name, role=role, places=places)
    return World(database, actors)


def _areas() -> list[Any]:
    return [
        Area(pcode="ML03", vintage="2015", level=1, name="Sikasso", lat=11.31, lon=-5.67),
        Area(
            pcode="ML0303",
            vintage="2015",
            level=2,
            name="Kolondiéba",
            parent_pcode="ML03",
            lat=11.09,
            lon=-6.89,
        ),
        Area(
            pcode="ML030305",
            vintage="2015",
            level=3,
            name="Kébila",
            parent_pcode="ML0303",
            lat=11.27,
            lon=-7.04,
        ),
        Area(
            pcode="ML030302",
            vintage="2015",
            level=3,
            name="Fakola",
            parent_pcode="ML0303",
            lat=10.54,
            lon=-6.92,
        ),
    ]


def _places() -> list[Any]:
    return [
        Place(code="BAMAKO", name="Bamako", kind="store", lat=12.64, lon=-8.0, capacity_grams=900_000_000),
        Place(code="SIKASSO", name="Sikasso", kind="store", lat=11.31, lon=-5.67, capacity_grams=300_000_000),
        Place(code="KEBILA", name="Kébila", kind="site", commune_pcode="ML030305", lat=11.27, lon=-7.04),
        Place(code="FAKOLA", name="Fakola", kind="site", commune_pcode="ML030302", lat=10.54, lon=-6.92),
    ]


def _products() -> list[Any]:
    return [
        Product(code="CSB++", name_fr="Super Céréale Plus", name_en="Super Cereal Plus", kg_per_m3=400),
        Product(code="CSB+", name_fr="Super Céréale", name_en="Super Cereal", kg_per_m3=480),
    ]


def _packs() -> list[Any]:
    return [
        Pack(
            code="POUCH",
            product_code="CSB++",
            name_fr="sachet 1,5 kg",
            name_en="1.5 kg pouch",
            net_grams=1500,
        ),
        Pack(
            code="CARTON",
            product_code="CSB++",
            name_fr="carton de 10",
            name_en="carton of 10",
            net_grams=15_000,
            inner_code="POUCH",
        ),
        Pack(
            code="BAG",
            product_code="CSB+",
            name_fr="sac 25 kg",
            name_en="25 kg bag",
            net_grams=25_000,
            is_handed_whole=False,
        ),
    ]


def _partners() -> list[Any]:
    return [
        Supplier(code="MILL", name="Moulin du Sahel", country="ML"),
        Transporter(code="CARRIER", name="Transport Diarra"),
        VehicleType(
            code="10T",
            name_fr="porteur 10 t",
            name_en="10 t rigid",
            capacity_grams=10_000_000,
            capacity_litres=28_000,
            fixed_francs=40_000,
            francs_per_km=600,
            francs_per_tonne_km=12,
            speed_kmh=48,
        ),
    ]


def _vehicles() -> list[Any]:
    return [
        Vehicle(plate="AB-1234-MD", type_code="10T", transporter_code="CARRIER", store_code="SIKASSO"),
        Vehicle(plate="AB-5678-MD", type_code="10T", transporter_code="CARRIER", store_code="BAMAKO"),
    ]


def _programme(moved: dt.timedelta) -> list[Any]:
    groups = (
        ("CHILD-6-23", "Enfants 6-23 mois", "Children 6-23 months", "child", 6, 23),
        ("CHILD-24-59", "Enfants 24-59 mois", "Children 24-59 months", "child", 24, 59),
        ("PREGNANT", "Femmes enceintes", "Pregnant women", "pregnant", None, None),
        ("BREASTFEEDING", "Femmes allaitantes", "Breastfeeding women", "breastfeeding", None, None),
    )
    return [
        Programme(
            code="PNP",
            name="Paquet nutritionnel",
            starts_on=dt.date(2027, 1, 1) + moved,
            ends_on=dt.date(2027, 12, 31) + moved,
        ),
        *(
            TargetGroup(
                code=code,
                name_fr=french,
                name_en=english,
                kind=kind,
                from_months=low,
                to_months=high,
                position=row,
            )
            for row, (code, french, english, kind, low, high) in enumerate(groups)
        ),
    ]


def _cycle(moved: dt.timedelta) -> list[Any]:
    """Cycle C1 from 20 to 31 March: Kébila counts 300 children and 60 women, Fakola half of each."""
    grams = {"CHILD-6-23": 4500, "CHILD-24-59": 4500, "PREGNANT": 6250, "BREASTFEEDING": 6250}
    people = {"CHILD-6-23": 100, "CHILD-24-59": 200, "PREGNANT": 20, "BREASTFEEDING": 40}
    cycle = Cycle(
        code="C1",
        programme_code="PNP",
        number=1,
        name="Cycle 1",
        starts_on=dt.date(2027, 3, 20) + moved,
        ends_on=dt.date(2027, 3, 31) + moved,
        state="planned",
    )
    rations = [
        Ration(
            cycle_code="C1",
            group_code=code,
            product_code="CSB++" if code.startswith("CHILD") else "CSB+",
            grams=mass,
        )
        for code, mass in grams.items()
    ]
    census = [
        Census(
            site_code=site,
            group_code=code,
            people=count // share,
            counted_on=dt.date(2027, 2, 1) + moved,
        )
        for site, share in (("KEBILA", 1), ("FAKOLA", 2))
        for code, count in people.items()
    ]
    return [cycle, *rations, *census]


class Browser(TestClient[Litestar]):
    """A client that logs in and sends forms as a browser would."""

    def log_in(self, login: str, password: str = PASSWORD) -> None:
        """Start afresh as this user."""
        self.cookies.clear()
        answer = self.post("/login", data={"login": login, "password": password}, follow_redirects=False)
        assert answer.status_code == 303, answer.text

    def send_form(self, path: str, **fields: Any) -> Any:
        """Send a form with its token; answers without following the redirect."""
        token = self.get("/login").text.partition('name="_csrf_token" value="')[2].partition('"')[0]
        return self.post(path, data={"_csrf_token": token, **fields}, follow_redirects=False)


def browse(database: Database, *, now: dt.datetime = NOW) -> Browser:
    """A client of the whole service on this database at this moment; use it in a `with` block."""
    settings = Settings(database_url=database.url, scheduler_in_process=False)
    return Browser(create_app(settings, now=lambda: now))
