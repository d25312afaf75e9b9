"""The storekeeper's pages, as a browser without JavaScript uses them."""

import html
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from supply.ids import new_id
from supply.inventory.queries import document, on_hand
from supply.inventory.words import Condition
from tests.inventory.made import DAY, issued, received, stock
from tests.world import TODAY, Browser, World, browse

READS = (
    "/inventory",
    "/inventory?place=BAMAKO",
    "/inventory/stock",
    "/inventory/stock?place=SIKASSO&product=CSB%2B&condition=good&on=2027-03-10",
    "/inventory/stock?on=nonsense&condition=nonsense",
    "/inventory/receive",
    "/inventory/issue",
    "/inventory/transfer",
    "/inventory/loss",
    "/inventory/condition",
    "/inventory/adjust",
    "/inventory/count",
    "/inventory/documents",
    "/inventory/documents?place=SIKASSO&kind=issue&offset=50",
)


@pytest.fixture
def client(world: World) -> Iterator[Browser]:
    with browse(world.database) as opened:
        yield opened


def hidden(page: str) -> dict[str, str]:
    """Hidden fields of a page, without the token."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found if name != "_csrf_token"}


def an_issue(**others: str) -> dict[str, str]:
    return {
        "id": str(new_id()),
        "store": "SIKASSO",
        "site": "KEBILA",
        "q0": "2",
        "q0_unit": "BAG",
        "occurred_on": TODAY.isoformat(),
    } | others


def a_receipt(**others: str) -> dict[str, str]:
    return {
        "id": str(new_id()),
        "store": "SIKASSO",
        "supplier": "MILL",
        "occurred_on": TODAY.isoformat(),
        "rows": "1",
        "pack0": "BAG",
        "lot0": "N1",
        "expires0": "2027-12-01",
        "packs0": "40",
        "kg0": "12,5",
    } | others


@pytest.mark.parametrize("role", ["keeper", "officer", "auditor"])
def test_every_page_opens_for_every_role_with_and_without_stock(
    world: World, client: Browser, role: str
) -> None:
    client.log_in(role)
    for path in READS:
        assert client.get(path).status_code == 200, path
    lot_id = received(world, "A1", 512_500)
    received(world, "OLD", 100_000, expires_on=TODAY - DAY)
    received(world, "P1", 46_000, product_code="CSB++", condition=Condition.HOLD)
    paper = issued(world, 60_000)

    own = (
        f"/inventory/documents/{paper.id}",
        f"/inventory/cards/SIKASSO/{lot_id}",
        f"/inventory/cards/SIKASSO/{lot_id}?until=2027-03-06",
        f"/inventory/lots/{lot_id}",
    )
    for path in (*READS, *own):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert len(answer.text) < 100_000, path


def test_what_is_not_there_says_so(client: Browser) -> None:
    client.log_in("keeper")

    for path in ("documents", "lots", "cards/SIKASSO"):
        assert client.get(f"/inventory/{path}/{new_id()}").status_code == 404


def test_packs_are_shown_with_the_loose_rest(world: World, client: Browser) -> None:
    # 512.5 kg are 20 bags of 25 kg and 12.5 kg
    lot_id = received(world, "A1", 512_500)
    client.log_in("keeper")

    text = client.get(f"/inventory/lots/{lot_id}").text

    assert "20 × sac 25 kg + 12,5\N{NO-BREAK SPACE}kg" in text


def test_a_receipt_is_typed_in_packs_and_kilograms(world: World, client: Browser) -> None:
    client.log_in("keeper")

    answer = client.send_form("/inventory/receive", **a_receipt())

    # 40 x 25 + 12.5 = 1012.5 kg
    assert answer.status_code == 303
    assert stock(world, condition=Condition.HOLD) == 1_012_500


def test_a_receipt_with_faults_shows_each_and_keeps_what_was_typed(world: World, client: Browser) -> None:
    client.log_in("keeper")

    answer = client.send_form(
        "/inventory/receive", **a_receipt(supplier="", lot0="", expires0="31/12/2027", packs0="2,5", kg0="")
    )

    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 4
    assert 'value="2,5"' in answer.text
    assert stock(world) == 0


def test_one_more_lot_keeps_what_was_typed(client: Browser) -> None:
    client.log_in("keeper")

    answer = client.send_form("/inventory/receive", **a_receipt(more="1"))

    assert answer.status_code == 200
    assert 'value="N1"' in answer.text
    assert 'name="lot1"' in answer.text


def test_initial_stock_is_taken_in_as_good_only_by_who_may_say_so(world: World, client: Browser) -> None:
    client.log_in("keeper")
    client.send_form("/inventory/receive", **a_receipt(supplier="-", lot0="I1"))
    client.log_in("officer")
    client.send_form("/inventory/receive", **a_receipt(supplier="-", lot0="I2", condition="good"))

    with world.database.snapshot() as session:
        found = {row.lot_number: row.condition for row in on_hand(session)}
    assert found == {"I1": "hold", "I2": "good"}


def test_an_issue_is_reviewed_before_it_is_recorded(world: World, client: Browser) -> None:
    received(world, "SOON", 25_000, expires_on=TODAY + 30 * DAY)
    received(world, "LATE", 100_000)
    client.log_in("keeper")

    review = client.send_form("/inventory/issue/review", **an_issue())

    assert review.status_code == 200
    assert review.text.index("SOON") < review.text.index("LATE")
    assert stock(world) == 125_000
    again = client.send_form("/inventory/issue/change", **hidden(review.text))
    assert 'value="2"' in again.text
    done = client.send_form("/inventory/issue", **hidden(review.text))
    assert done.status_code == 303
    assert stock(world) == 75_000


def test_a_shortage_is_told_in_the_review(world: World, client: Browser) -> None:
    received(world, "A1", 25_000)
    client.log_in("keeper")

    review = client.send_form("/inventory/issue/review", **an_issue(q0="3"))

    assert "Il manque 2 × sac 25 kg" in review.text
    assert 'action="/inventory/issue"' not in review.text


def test_the_same_form_sent_twice_is_one_paper(world: World, client: Browser) -> None:
    received(world, "A1", 100_000)
    client.log_in("keeper")
    form = an_issue()

    first, second = (client.send_form("/inventory/issue", **form) for _ in range(2))

    assert first.headers["location"] == second.headers["location"]
    assert stock(world) == 50_000


def test_a_count_is_blind_reviewed_and_posted_with_its_reason(world: World, client: Browser) -> None:
    lot_id = received(world, "A1", 512_500)
    other = received(world, "B1", 77_000)
    client.log_in("keeper")

    sheet = client.get("/inventory/count?place=SIKASSO").text
    assert "512,5" not in sheet
    assert "20 ×" not in sheet
    typed = hidden(sheet) | {
        "occurred_on": TODAY.isoformat(),
        f"p0-{lot_id}-good": "20",
        f"k-{lot_id}-good": "0,5",
        f"p0-{other}-good": "",
        f"k-{other}-good": "",
    }
    review = client.send_form("/inventory/count/review", **typed)

    # 500.5 counted, 512.5 in the books: 12 kg short
    assert "−12\N{NO-BREAK SPACE}kg" in review.text
    assert "1 lot n’a pas été compté" in review.text
    refused = client.send_form("/inventory/count", **hidden(review.text))
    assert refused.status_code == 422
    reason = {f"r-{lot_id}-good": "sac percé"}
    done = client.send_form("/inventory/count", **hidden(review.text) | reason)
    assert done.status_code == 303
    assert stock(world) == 577_500


def test_stock_that_moved_during_the_count_shows_the_review_again(world: World, client: Browser) -> None:
    lot_id = received(world, "A1", 100_000)
    client.log_in("keeper")
    typed = hidden(client.get("/inventory/count").text) | {
        "occurred_on": TODAY.isoformat(),
        f"p0-{lot_id}-good": "4",
        f"k-{lot_id}-good": "",
    }
    review = client.send_form("/inventory/count/review", **typed)
    issued(world, 25_000)

    answer = client.send_form("/inventory/count", **hidden(review.text))

    assert answer.status_code == 409
    assert "Le stock a bougé pendant le comptage" in answer.text
    assert "+1 × sac 25 kg" in answer.text


def test_a_lot_beside_the_sheet_is_counted_in(world: World, client: Browser) -> None:
    client.log_in("keeper")
    typed = hidden(client.get("/inventory/count").text) | {
        "occurred_on": TODAY.isoformat(),
        "pack0": "BAG",
        "lot0": "FOUND",
        "expires0": "2027-10-01",
        "packs0": "2",
    }

    review = client.send_form("/inventory/count/review", **typed)
    done = client.send_form("/inventory/count", **hidden(review.text), **{"r-found": "derrière la porte"})

    assert done.status_code == 303
    assert stock(world, condition=Condition.HOLD) == 50_000


def lines(client: Browser, path: str, lot_id: UUID, amount: str, **others: str) -> Any:
    fields = hidden(client.get(f"/inventory/{path}?place=SIKASSO").text)
    quantity = {f"q-{lot_id}-good": amount, f"q-{lot_id}-good_unit": "BAG"}
    return client.send_form(
        f"/inventory/{path}", **fields, **quantity, occurred_on=TODAY.isoformat(), **others
    )


def test_lots_are_transferred_lost_and_held_back_in_packs(world: World, client: Browser) -> None:
    lot_id = received(world, "A1", 250_000)
    client.log_in("keeper")

    sent = lines(client, "transfer", lot_id, "2", to="BAMAKO")
    lost = lines(client, "loss", lot_id, "1", cause="water", reason="toit percé")
    held = lines(client, "condition", lot_id, "3", to="hold", reason="odeur")

    assert [answer.status_code for answer in (sent, lost, held)] == [303, 303, 303]
    # 250 - 50 - 25 = 175 kg, of which 75 on hold
    assert stock(world, "BAMAKO") == 50_000
    assert (stock(world), stock(world, condition=Condition.HOLD)) == (175_000, 75_000)


def test_a_difference_found_outside_a_count_is_recorded_with_its_reason(
    world: World, client: Browser
) -> None:
    lot_id = received(world, "A1", 250_000)
    client.log_in("keeper")

    unexplained = lines(client, "adjust", lot_id, "2", found="fewer", reason="")
    fewer = lines(
        client, "adjust", lot_id, "2", found="fewer", reason="sacs comptés deux fois à la réception"
    )
    more = lines(client, "adjust", lot_id, "1", found="more", reason="retrouvé derrière la porte")
    too_many = lines(client, "adjust", lot_id, "10", found="fewer", reason="tout")

    answers = (unexplained, fewer, more, too_many)
    assert [answer.status_code for answer in answers] == [422, 303, 303, 409]
    assert stock(world) == 225_000


def test_faults_of_a_form_with_many_lots_name_their_fields(world: World, client: Browser) -> None:
    lot_id = received(world, "A1", 250_000)
    client.log_in("keeper")

    answer = lines(client, "loss", lot_id, "", cause="", reason="")

    assert answer.status_code == 422
    assert "Cause\N{NO-BREAK SPACE}: Remplissez ce champ." in html.unescape(answer.text)
    assert stock(world) == 250_000


def test_a_refusal_of_the_ledger_stands_on_top_of_the_form(world: World, client: Browser) -> None:
    lot_id = received(world, "A1", 25_000)
    client.log_in("keeper")

    answer = lines(client, "loss", lot_id, "2", cause="theft", reason="porte forcée")

    assert answer.status_code == 409
    assert "50\N{NO-BREAK SPACE}kg demandés" in html.unescape(answer.text)


def test_the_officer_reverses_a_paper_from_its_page_and_the_keeper_cannot(
    world: World, client: Browser
) -> None:
    received(world, "A1", 100_000)
    paper = issued(world, 25_000)
    path = f"/inventory/documents/{paper.id}"
    client.log_in("keeper")
    assert "/reverse" not in client.get(path).text
    client.log_in("officer")

    done = client.send_form(f"{path}/reverse", id=str(new_id()), reason="mauvais site")

    assert done.status_code == 303
    assert stock(world) == 100_000
    assert "Cette pièce a été annulée" in html.unescape(client.get(path).text)
    again = client.send_form(f"{path}/reverse", id=str(new_id()), reason="encore")
    assert again.status_code == 409


def test_the_officer_closes_a_period(world: World, client: Browser) -> None:
    received(world, "A1", 100_000)
    client.log_in("officer")

    refused = client.send_form("/inventory/close", closed_on=TODAY.isoformat())
    done = client.send_form("/inventory/close", closed_on=(TODAY - DAY).isoformat())

    assert (refused.status_code, done.status_code) == (422, 303)
    assert "Les livres sont clos" in client.get("/inventory/documents").text


def test_a_reversal_of_a_closed_day_is_of_today(world: World, client: Browser) -> None:
    received(world, "A1", 100_000)
    paper = issued(world, 25_000, on=TODAY - 5 * DAY)
    client.log_in("officer")
    client.send_form("/inventory/close", closed_on=(TODAY - 3 * DAY).isoformat())

    done = client.send_form(f"/inventory/documents/{paper.id}/reverse", id=str(new_id()), reason="erreur")

    reversal = UUID(done.headers["location"].rpartition("/")[2])
    with world.database.snapshot() as session:
        view = document(session, reversal)
    assert view is not None
    assert view.occurred_on == TODAY
