"""Where a person reads why something was refused: beside the field it is about, or above the page."""

import re

from supply.db import Database
from supply.ids import new_id
from tests.routing.ground import planned_trip, put_usual_stock
from tests.world import TODAY, browse, make_world


def test_a_refusal_about_a_field_stands_beside_it_and_leads_to_it(database: Database) -> None:
    make_world(database)

    with browse(database) as client:
        client.log_in("keeper")
        answer = client.send_form(
            "/inventory/receive",
            id=str(new_id()),
            store="SIKASSO",
            supplier="MILL",
            occurred_on=TODAY.replace(year=TODAY.year + 1).isoformat(),
            condition="hold",
            pack0="BAG",
            lot0="A1",
            expires0=TODAY.replace(year=TODAY.year + 2).isoformat(),
            packs0="2",
        )

    assert answer.status_code == 422, answer.text
    assert re.search(r'<a href="#\w+-occurred_on">[^<]*n’est pas encore', answer.text), answer.text
    assert re.search(r'id="\w+-occurred_on-err">.*?n’est pas encore', answer.text)


def test_a_refusal_is_told_where_the_form_it_came_from_is_gone(database: Database) -> None:
    """Two officers cancel the same trip: the page of the second has no such form any more."""
    world = make_world(database)
    put_usual_stock(world)
    trip = planned_trip(world)

    with browse(database) as client:
        client.log_in("officer")
        sent = client.send_form(f"/routing/trips/{trip.id}/cancel", cancel_reason="Route coupée")
        again = client.send_form(f"/routing/trips/{trip.id}/cancel", cancel_reason="Route coupée")

    assert sent.status_code == 303
    assert again.status_code == 409
    assert "cancel_reason" not in again.text
    assert len(re.findall(r'role="alert"', again.text)) == 1
