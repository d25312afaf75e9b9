"""Whatever is sent, the answer is never a fault of the service: a cheap fuzzer over every route, seeded."""

import json
import random
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from supply.db import Database
from tests.world import Browser, browse, make_world

SEED = 20270315
BODIES = 10
# Per operation and database; more of them find little more.
ID = "01890000-0000-7000-8000-000000000001"
KNOWN = {
    "store_code": "SIKASSO",
    "place_code": "SIKASSO",
    "from_code": "SIKASSO",
    "to_code": "KEBILA",
    "site_code": "KEBILA",
    "product_code": "CSB++",
    "pack_code": "CARTON",
    "cycle_code": "C1",
    "programme_code": "PNP",
    "group_code": "CHILD-6-23",
    "supplier_code": "MILL",
    "transporter_code": "CARRIER",
    "type_code": "10T",
    "plate": "AB-1234-MD",
    "vehicle_plate": "AB-1234-MD",
    "commune_pcode": "ML030305",
    "login": "keeper",
    "currency": "XOF",
}
TEXTS = ("", "\0", "x\0y", "x" * 5000, "=1+1", "{0}", "\u202e", "'\"><svg>", "é" * 41, "%", "-1", "1e9", "٣")
NUMBERS = (0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**30)
FRACTIONS = (0.0, -1.5, 1e308, 91.0, 181.0)
DAYS = ("0001-01-01", "9999-12-31", "2027-03-15", "2027-02-30", "1e9", "")
MOMENTS = ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2027-03-15T08:00:00Z")


class Maker:
    """Values of a schema's shape; some bodies hold hardly an extreme value, so that they come far."""

    def __init__(self, schemas: dict[str, Any], seed: str) -> None:
        self._schemas = schemas
        self._random = random.Random(f"{SEED} {seed}")
        self._share = 0.0

    def whole(self, schema: dict[str, Any]) -> Any:
        """A body; how extreme changes from one to the next."""
        self._share = self._random.choice((0.0, 0.03, 0.1, 0.3))
        return self.body(schema)

    def body(self, schema: dict[str, Any], name: str = "", depth: int = 0) -> Any:
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"].rpartition("/")[2]]
        options = schema.get("oneOf") or schema.get("anyOf")
        if options:
            return self.body(self._random.choice(options), name, depth)
        if "enum" in schema or "const" in schema:
            return self._random.choice(schema.get("enum") or [schema.get("const")])
        match schema.get("type"):
            case "object":
                return self._object(schema, depth)
            case "array":
                count = self._random.choice((0, 1, 1, 1, 2))
                return [self.body(schema.get("items", {}), name, depth + 1) for _ in range(count)]
            case "null":
                return None
            case "boolean":
                return self._random.choice((True, False))
            case "integer":
                return self._random.choice(NUMBERS) if self._is_extreme() else 1500
            case "number":
                return self._random.choice(FRACTIONS) if self._is_extreme() else 12.5
        return self.text(schema.get("format"), name)

    def text(self, form: str | None, name: str) -> str:
        is_extreme = self._is_extreme()
        if form == "uuid":
            return ID if is_extreme else str(UUID(int=self._random.getrandbits(128), version=4))
        if form == "date":
            return self._random.choice(DAYS) if is_extreme else "2027-03-14"
        if form == "date-time":
            return self._random.choice(MOMENTS) if is_extreme else "2027-03-14T08:00:00Z"
        return self._random.choice(TEXTS) if is_extreme else KNOWN.get(name, "A1")

    def anything(self) -> str:
        """A text for a form's field or a part of an address."""
        return self._random.choice((*TEXTS, *map(str, NUMBERS), *DAYS, *MOMENTS, ID, *KNOWN.values()))

    def keeps(self) -> bool:
        """True for a field that is left as the page had it."""
        return self._random.random() < 0.6

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        required = set(schema.get("required", ()))
        return {
            name: self.body(part, name, depth + 1)
            for name, part in schema.get("properties", {}).items()
            if name in required or self._random.random() < 0.6
        }

    def _is_extreme(self) -> bool:
        return self._random.random() < self._share


@pytest.fixture
def administrator(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    make_world(database)
    # A plan that happens to be right would set a process of the planner going.
    monkeypatch.setattr("supply.routing.operations.start", lambda *_: None)
    monkeypatch.setattr("supply.routing.pages.overview.start", lambda *_: None, raising=False)
    with browse(database) as client:
        client.log_in("administrator")
        token = client.post(
            "/api/people/log-in", json={"login": "administrator", "password": "mot de passe"}
        ).json()["token"]
        client.headers["authorization"] = f"Bearer {token}"
        yield client


def is_fault(status: int) -> bool:
    return status >= 500


def test_no_command_makes_the_service_fail(administrator: Browser, description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    faults = []
    for path, methods in sorted(description["paths"].items()):
        content = methods.get("post", {}).get("requestBody", {}).get("content", {})
        if "application/json" not in content or path == "/api/people/log-in":
            continue
        maker = Maker(schemas, path)
        for _ in range(BODIES):
            body = maker.whole(content["application/json"]["schema"])
            answer = administrator.post(path, json=body)
            if is_fault(answer.status_code):
                faults.append((path, json.dumps(body)[:300]))

    assert not faults


def test_no_address_makes_the_service_fail(administrator: Browser, description: dict[str, Any]) -> None:
    faults = []
    paths = {route.path for route in administrator.app.routes if "GET" in getattr(route, "methods", ())}
    for path in sorted(paths):
        if path.startswith("/schema"):
            continue
        maker = Maker({}, path)
        names = [
            one["name"]
            for one in description["paths"].get(path, {}).get("get", {}).get("parameters", ())
            if one["in"] == "query"
        ]
        names = names or ["start", "place", "product", "cycle", "until", "since", "q", "day", "lines", "back"]
        for _ in range(BODIES // 2):
            address = path
            while "{" in address:
                address = re.sub(r"\{[^}]*\}", quote(maker.anything(), safe="") or "x", address, count=1)
            query = "&".join(f"{name}={quote(maker.anything())}" for name in names)
            answer = administrator.get(f"{address}?{query}", follow_redirects=False)
            if is_fault(answer.status_code):
                faults.append(f"{address}?{query}"[:300])

    assert not faults


def test_no_form_makes_the_service_fail(administrator: Browser) -> None:
    faults = []
    for path, names in sorted(forms(administrator).items()):
        maker = Maker({}, path)
        for _ in range(BODIES):
            fields = {name: value if maker.keeps() else maker.anything() for name, value in names.items()}
            answer = administrator.post(path, data=fields, follow_redirects=False)
            if is_fault(answer.status_code):
                faults.append((path, fields))

    assert not faults


def forms(client: Browser) -> dict[str, dict[str, str]]:
    """Fields of every form on the pages that links lead to, by where the form goes."""
    seen: set[str] = set()
    waiting: list[str] = ["/"]
    found: dict[str, dict[str, str]] = {}
    while waiting and len(seen) < 120:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        page = client.get(path, follow_redirects=True).text
        waiting += [unescape(one) for one in re.findall(r'<a [^>]*?href="(/[^"#]*)"', page)]
        for form in re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL | re.IGNORECASE):
            action = unescape((re.findall(r'action="([^"]*)"', form) or [path])[0])
            # A log-out or another password would end the visit.
            if "log" not in action and action != "/people/administrator":
                found.setdefault(action, {}).update(fields_of(form))
    return found


def fields_of(form: str) -> dict[str, str]:
    """Names of a form with a value that fits."""
    fields = {}
    for tag in re.findall(r"<(?:input|textarea|select)[^>]*>", form):
        name, value = (re.findall(rf'{part}="([^"]*)"', tag) for part in (" name", " value"))
        if name:
            fields[unescape(name[0])] = unescape(value[0]) if value else "1"
    for name, rest in re.findall(r'<select[^>]* name="([^"]*)"(.*?)</select>', form, re.DOTALL):
        values = re.findall(r'<option[^>]*value="([^"]+)"', rest)
        fields[unescape(name)] = unescape(values[-1]) if values else ""
    return fields
