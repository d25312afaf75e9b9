"""The first cycle as its people live it, over HTTP only, with every number worked by hand.

Cycle C1, 20 to 31 March 2027. A child gets 4.5 kg of CSB++ (three pouches), a woman 6.25 kg of CSB+.

    Kébila   300 children 1,350 kg CSB++     60 women 375 kg CSB+ = 15 bags
    Fakola   150 children   675 kg CSB++     30 women 187.5 kg    -> 200 kg = 8 bags
    needed              2,025 kg CSB++               575 kg CSB+
"""

import datetime as dt
import time
from typing import Any

from supply.app import create_app
from supply.db import Database
from supply.ids import new_id
from supply.settings import Settings
from tests.world import PASSWORD, Browser, make_world

MARCH = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)
PATIENCE_SECONDS = 300
# For a plan of five seconds: on a new clone the search is compiled first, beside whatever else runs.


class Programme:
    """The service, its people, and a calendar that the test turns."""

    def __init__(self, database: Database) -> None:
        self.day = 15
        settings = Settings(database_url=database.url, scheduler_in_process=False)
        self.client = Browser(create_app(settings, now=lambda: MARCH.replace(day=self.day)))
        self.tokens: dict[tuple[str, int], str] = {}

    def today(self) -> str:
        return f"2027-03-{self.day:02d}"

    def _headers(self, who: str) -> dict[str, str]:
        """A log-in lasts a day of work, so each person logs in each day."""
        key = (who, self.day)
        if key not in self.tokens:
            answer = self.client.post("/api/people/log-in", json={"login": who, "password": PASSWORD})
            self.tokens[key] = answer.json()["token"]
        return {"authorization": f"Bearer {self.tokens[key]}"}

    def do(self, who: str, operation: str, **command: Any) -> Any:
        """One write as this person; a refusal fails the story with its reason."""
        answer = self.client.post(f"/api/{operation}", json=command, headers=self._headers(who))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def refused(self, who: str, operation: str, **command: Any) -> str:
        """The code with which a write is refused."""
        answer = self.client.post(f"/api/{operation}", json=command, headers=self._headers(who))
        assert answer.status_code in {403, 409, 422}, answer.text
        return str(answer.json()["code"])

    def get(self, who: str, path: str) -> Any:
        answer = self.client.get(f"/api/{path}", headers=self._headers(who))
        assert answer.status_code == 200, answer.text
        return answer.json()


def new() -> str:
    return str(new_id())


def kg(kilograms: float) -> int:
    return round(kilograms * 1000)


def test_the_first_cycle_from_order_to_coverage(database: Database) -> None:
    make_world(database)
    story = Programme(database)
    with story.client:
        order_id = order(story)
        receive(story, order_id)
        decide_quality(story)
        story.day = 18
        story.do("lead", "programme/open-cycle", code="C1")
        trip = plan(story)
        drive(story, trip)
        distribute(story)
        bring_back(story)
        settle(story)


def order(story: Programme) -> str:
    """The officer orders 2,100 kg of CSB++ (140 cartons) and 600 kg of CSB+ (24 bags)."""
    line = {"expected_on": "2027-03-16"}
    placed = story.do(
        "officer",
        "procurement/place-order",
        id=new(),
        supplier_code="MILL",
        programme_code="PNP",
        store_code="SIKASSO",
        ordered_on=story.today(),
        lines=[
            {
                "product_code": "CSB++",
                "pack_code": "CARTON",
                "grams": kg(2100),
                "price_per_tonne": 560_000,
                **line,
            },
            {
                "product_code": "CSB+",
                "pack_code": "BAG",
                "grams": kg(600),
                "price_per_tonne": 365_000,
                **line,
            },
        ],
    )
    assert story.refused("keeper", "procurement/place-order", id=new(), **blank_order()) == "right-missing"
    return str(placed["id"])


def blank_order() -> dict[str, Any]:
    return {
        "supplier_code": "MILL",
        "programme_code": "PNP",
        "store_code": "SIKASSO",
        "ordered_on": "2027-03-15",
        "lines": [],
    }


def receive(story: Programme, order_id: str) -> None:
    """The keeper counts 140 cartons and 23 bags, one missing, with its reason. A repeat changes nothing."""
    story.day = 16
    delivery = {
        "id": new(),
        "order_id": order_id,
        "arrived_on": story.today(),
        "lots": [
            {"order_line": 1, "lot_number": "A12", "expires_on": "2028-01-31", "grams": kg(2100)},
            {"order_line": 2, "lot_number": "B7", "expires_on": "2027-12-31", "grams": kg(575)},
        ],
        "is_last": True,
    }
    assert story.refused("keeper", "procurement/receive-delivery", **delivery) == "less-than-open"
    delivery["reason"] = "Un sac de moins au déchargement"
    first = story.do("keeper", "procurement/receive-delivery", **delivery)
    again = story.do("keeper", "procurement/receive-delivery", **delivery)
    assert (first["number"], again["is_repeat"]) == (again["number"], True)
    delivery["reason"] = "autre"
    assert story.refused("keeper", "procurement/receive-delivery", **delivery) == "same-id-other-content"


def decide_quality(story: Programme) -> None:
    """One carton of CSB++ is wet: 2,085 kg good, 15 kg unfit; all 575 kg of CSB+ pass."""
    stock = {row["lot_number"]: row for row in story.get("officer", "inventory/stock?place=SIKASSO")}
    decisions = (
        ("A12", 2085, "passed", ""),
        ("A12", 15, "rejected", "Carton mouillé"),
        ("B7", 575, "passed", ""),
    )
    for lot, kilograms, finding, remarks in decisions:
        story.do(
            "officer",
            "procurement/check-quality",
            id=new(),
            store_code="SIKASSO",
            lot_id=stock[lot]["lot_id"],
            grams=kg(kilograms),
            finding=finding,
            checked_on=story.today(),
            remarks=remarks,
        )


def plan(story: Programme) -> dict[str, Any]:
    """The planner brings both sites what they need with one truck; the officer approves."""
    plan_id = new()
    asked = {"cycle_code": "C1", "first_on": "2027-03-19", "last_on": "2027-03-25", "seconds": 5}
    story.do("officer", "routing/ask-plan", id=plan_id, **asked)
    row = story.get("officer", f"routing/plans/{plan_id}")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while row["state"] in {"waiting", "solving"} and time.monotonic() < deadline:
        time.sleep(0.2)
        row = story.get("officer", f"routing/plans/{plan_id}")
    assert row["state"] == "proposed", row
    assert 0 < row["bound"] <= row["cost"]
    assert story.get("officer", "routing/trips") == []
    approved = story.do("officer", "routing/approve-plan", id=plan_id)
    assert len(approved["trip_ids"]) == 1
    trip: dict[str, Any] = story.get("officer", f"routing/trips/{approved['trip_ids'][0]}")
    planned = {
        (waybill["site_code"], line["product_code"]): line["planned_grams"]
        for waybill in trip["waybills"]
        for line in waybill["lines"]
    }
    assert planned == {
        ("KEBILA", "CSB++"): kg(1350),
        ("KEBILA", "CSB+"): kg(375),
        ("FAKOLA", "CSB++"): kg(675),
        ("FAKOLA", "CSB+"): kg(200),
    }
    return trip


def drive(story: Programme, trip: dict[str, Any]) -> None:
    """Loaded and gone as planned. Kébila: one carton damaged, one bag missing. Fakola: all well."""
    story.day = max(19, int(trip["begins_on"][-2:]))
    assign = {"trip_id": trip["id"], "plate": "AB-1234-MD", "driver": "Adama"}
    story.do("keeper", "routing/assign-vehicle", **assign)
    people = {"sender": "Keeper Traoré", "driver": "Adama"}
    story.do("keeper", "routing/depart", id=new(), trip_id=trip["id"], occurred_on=story.today(), **people)
    moving = story.get("officer", f"routing/trips/{trip['id']}")
    assert moving["state"] == "departed"
    for waybill in moving["waybills"]:
        story.day = max(story.day, int(waybill["due_on"][-2:]))
        lines = []
        for line in waybill["lines"]:
            came = {"line": line["line"], "good_grams": line["dispatched_grams"]}
            if (waybill["site_code"], line["product_code"]) == ("KEBILA", "CSB++"):
                came |= {"good_grams": kg(1335), "damaged_grams": kg(15)}
            if (waybill["site_code"], line["product_code"]) == ("KEBILA", "CSB+"):
                came |= {"good_grams": kg(350), "missing_grams": kg(25)}
            lines.append(came)
        arrival = {
            "id": new(),
            "waybill_id": waybill["id"],
            "occurred_on": story.today(),
            "receiver": "Comité",
        }
        story.do("officer", "routing/arrive", **arrival, lines=lines, remarks="Vu avec le chauffeur")
    assert story.get("officer", f"routing/trips/{trip['id']}")["state"] == "arrived"


def distribute(story: Programme) -> None:
    """Kébila serves four people of the list and counts the others; Fakola only counts."""
    household = {
        "code": "KEB-1",
        "site_code": "KEBILA",
        "head_name": "Drissa Koné",
        "persons": [
            # 26 years, pregnant; a child of 12 months; twins of 30 months, who are two people.
            {"name": "Awa Koné", "sex": "female", "born_on": "2001-03-01", "birth_known": "estimate"},
            {"name": "Issa Koné", "sex": "male", "born_on": "2026-03-15", "birth_known": "certificate"},
            {"name": "Sira Koné", "sex": "female", "born_on": "2024-09-15", "birth_known": "health-card"},
            {"name": "Nana Koné", "sex": "female", "born_on": "2024-09-15", "birth_known": "health-card"},
        ],
    }
    people = story.do("lead", "distribution/register-household", **household)["person_codes"]
    status = {"person_code": people[0], "kind": "pregnant", "from_on": "2027-01-01", "until_on": "2027-07-31"}
    story.do("lead", "distribution/record-status", **status)
    enrolment = {"programme_code": "PNP", "site_code": "KEBILA", "enrolled_on": story.today()}
    for person in people:
        story.do("lead", "distribution/enrol", id=new(), person_code=person, **enrolment)
    story.day = 26
    session = {"id": new(), "cycle_code": "C1", "site_code": "KEBILA", "held_on": story.today()}
    story.do("lead", "distribution/open-session", **session)
    receivers = [{"person_code": person} for person in people]
    story.do("lead", "distribution/hand-out", id=new(), session_id=session["id"], people=receivers)
    # Nobody twice in a cycle.
    twice = story.refused(
        "lead", "distribution/hand-out", id=new(), session_id=session["id"], people=receivers[:1]
    )
    assert twice == "handout-refused"
    tally(story, session["id"], {"CHILD-6-23": 90, "CHILD-24-59": 160, "PREGNANT": 15, "BREASTFEEDING": 35})
    story.do("lead", "distribution/close-session", session_id=session["id"])
    session |= {"id": new(), "site_code": "FAKOLA"}
    story.do("lead", "distribution/open-session", **session)
    tally(story, session["id"], {"CHILD-6-23": 50, "CHILD-24-59": 90, "PREGNANT": 10, "BREASTFEEDING": 20})
    story.do("lead", "distribution/close-session", session_id=session["id"])


def tally(story: Programme, session_id: str, people: dict[str, int]) -> None:
    counts = [{"group_code": group, "people": count} for group, count in people.items()]
    story.do("lead", "distribution/record-tally", id=new(), session_id=session_id, counts=counts)


def bring_back(story: Programme) -> None:
    """Left at Kébila, good: 1,335 - 13.5 - 1,125 = 196.5 kg CSB++ and 350 - 6.25 - 312.5 = 31.25 kg CSB+."""
    left = {
        row["product_code"]: row
        for row in story.get("lead", "inventory/stock?place=KEBILA")
        if row["condition"] == "good"
    }
    assert {product: row["grams"] for product, row in left.items()} == {"CSB++": kg(196.5), "CSB+": kg(31.25)}
    lines = [{"lot_id": row["lot_id"], "grams": row["grams"]} for row in left.values()]
    back = {"site_code": "KEBILA", "store_code": "SIKASSO", "occurred_on": story.today(), "lines": lines}
    story.do("officer", "inventory/return-to-store", id=new(), **back, cycle_code="C1", reason="Reliquat")


def settle(story: Programme) -> None:
    """Nothing leaked, and the coverage is what was served.

    CSB++  2,100 bought = 271.5 in store (2,100 - 2,025 + 196.5) + 60 at sites (15 damaged, 45 at Fakola)
           + 1,768.5 given (13.5 + 1,125 + 630)
    CSB+     575 bought = 31.25 in store + 12.5 at Fakola + 506.25 given (6.25 + 312.5 + 187.5) + 25 lost
    """
    proof = story.get("auditor", "audit/verify")
    assert proof["ok"] is True
    assert proof["gap_grams"] == 0
    books = {line["product_code"]: line for line in proof["products"]}
    expected = {
        "CSB++": {"bought": 2100, "in_stores": 271.5, "at_sites": 60, "distributed": 1768.5, "lost": 0},
        "CSB+": {"bought": 575, "in_stores": 31.25, "at_sites": 12.5, "distributed": 506.25, "lost": 25},
    }
    for product, figures in expected.items():
        assert {name: books[product][name] for name in figures} == {
            name: kg(value) for name, value in figures.items()
        }
    reached = story.get("lead", "coverage/cycles/C1")
    communes = {row["name"]: row["figures"] for row in reached["communes"]}
    # Kébila 4 by list + 300 by tally of 360; Fakola 170 by tally of 180.
    assert (communes["Kébila"]["listed"], communes["Kébila"]["tallied"], communes["Kébila"]["targeted"]) == (
        4,
        300,
        360,
    )
    assert (communes["Fakola"]["listed"], communes["Fakola"]["tallied"], communes["Fakola"]["targeted"]) == (
        0,
        170,
        180,
    )
    assert reached["total"]["given_grams"] == kg(1768.5 + 506.25)
