"""The demo's register: invented households of two communes, enrolled before the first cycle."""

import datetime as dt

from supply.demo.staff import LEAD
from supply.demo.teller import Teller
from supply.distribution.enrol import Enrol, enrol
from supply.distribution.register import NewPerson, RegisterHousehold, register_household
from supply.distribution.status import RecordStatus, record_status
from supply.distribution.words import BirthKnown, Sex, StatusKind
from supply.ids import new_id

LISTED_SITES = ("KITA-OUEST", "KEBILA")
HOUSEHOLDS = 24
GIRLS = ("Awa", "Fatoumata", "Mariam", "Kadiatou", "Oumou", "Rokia", "Sira", "Assétou", "Nana", "Tenin")
BOYS = ("Moussa", "Adama", "Ibrahim", "Seydou", "Bakary", "Drissa", "Modibo", "Issa", "Yaya", "Siaka")
FAMILIES = (
    "Traoré",
    "Diarra",
    "Coulibaly",
    "Keïta",
    "Koné",
    "Sissoko",
    "Dembélé",
    "Camara",
    "Doumbia",
    "Samaké",
)
VILLAGES = {"KITA-OUEST": ("Kofeba", "Madila"), "KEBILA": ("Kébila", "Bougoula")}


def register(teller: Teller) -> None:
    """Register and enrol households of the listed sites."""
    day = teller.day(-200)
    for site in LISTED_SITES:
        for number in range(1, HOUSEHOLDS + 1):
            _household(teller, site, number, day)


def _household(teller: Teller, site: str, number: int, day: dt.date) -> None:
    chance = teller.chance
    family = chance.choice(FAMILIES)
    mother = NewPerson(
        name=f"{chance.choice(GIRLS)} {family}",
        sex=Sex.FEMALE,
        born_on=day - dt.timedelta(days=chance.randint(18 * 365, 38 * 365)),
        birth_known=BirthKnown.ESTIMATE,
    )
    children = tuple(_child(teller, family, day) for _ in range(chance.randint(1, 3)))
    command = RegisterHousehold(
        code=f"{site}-{number:04d}",
        site_code=site,
        head_name=f"{chance.choice(BOYS)} {family}",
        persons=(mother, *children),
        village=chance.choice(VILLAGES[site]),
        is_illustrative=True,
    )
    persons = teller.do(register_household, command, who=LEAD, on=day).person_codes
    if chance.random() < 0.6:
        kind = chance.choice((StatusKind.PREGNANT, StatusKind.BREASTFEEDING, StatusKind.BREASTFEEDING))
        lasts = 200 if kind is StatusKind.PREGNANT else 400
        status = RecordStatus(
            person_code=persons[0],
            kind=kind,
            from_on=day - dt.timedelta(days=30),
            until_on=day + dt.timedelta(days=lasts),
        )
        teller.do(record_status, status, who=LEAD, on=day)
        enrolled = persons
    else:
        enrolled = persons[1:]
    for person in enrolled:
        teller.do(
            enrol,
            Enrol(id=new_id(), person_code=person, programme_code="PNP", site_code=site, enrolled_on=day),
            who=LEAD,
            on=day,
        )


def _child(teller: Teller, family: str, day: dt.date) -> NewPerson:
    chance = teller.chance
    is_girl = chance.random() < 0.5
    known = chance.choice((BirthKnown.CERTIFICATE, BirthKnown.HEALTH_CARD, BirthKnown.EVENTS_CALENDAR))
    born_on = day - dt.timedelta(days=chance.randint(190, 1780))
    return NewPerson(
        name=f"{chance.choice(GIRLS if is_girl else BOYS)} {family}",
        sex=Sex.FEMALE if is_girl else Sex.MALE,
        born_on=born_on.replace(day=15) if known is BirthKnown.EVENTS_CALENDAR else born_on,
        birth_known=known,
    )
