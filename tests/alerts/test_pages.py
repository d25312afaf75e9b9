from supply.alerts.tell import tell
from supply.alerts.words import Severity
from supply.db import Database
from tests.world import NOW, browse, make_world


def test_alerts_are_shown_to_those_whose_places_they_are_about(database: Database) -> None:
    make_world(database)
    with database.transaction() as session:
        for place in ("SIKASSO", "BAMAKO", None):
            tell(
                session,
                kind="news",
                subject=str(place),
                severity=Severity.WARNING,
                message="News of {place}.",
                facts={"place": str(place)},
                place_code=place,
                now=NOW,
            )

    with browse(database) as browser:
        browser.log_in("keeper")
        page = browser.get("/alerts").text
        listed = browser.get("/api/alerts").json()
        runs = browser.get("/api/alerts/runs").json()

    assert "News of SIKASSO." in page
    assert "News of BAMAKO." not in page
    assert {row["text"] for row in listed} == {"News of SIKASSO.", "News of None."}
    assert runs == []


def test_page_without_alerts_says_what_the_service_looks_for(database: Database) -> None:
    make_world(database)
    with browse(database) as browser:
        browser.log_in("officer")
        page = browser.get("/alerts").text

    assert "Aucune alerte en cours" in page
