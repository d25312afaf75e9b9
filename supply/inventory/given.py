"""What people were given, by the cycle of the document: other rooms plan what is still to bring."""

from collections import defaultdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from supply.inventory.locations import BENEFICIARIES
from supply.inventory.rows import ACCOUNT, DOCUMENT, LOCATION, LOT, MOVEMENT


def given_out(session: Session, cycle_code: str) -> dict[tuple[str, str], int]:
    """Grams by (place, product) that people got in a cycle, reversals taken off."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    ends = (MOVEMENT.c.from_account_id, MOVEMENT.c.to_account_id)
    for place_end, people_end, sign in ((ends[0], ends[1], 1), (ends[1], ends[0], -1)):
        at_place, with_people = ACCOUNT.alias("at_place"), ACCOUNT.alias("with_people")
        place, people = LOCATION.alias("place_location"), LOCATION.alias("people_location")
        query = (
            select(place.c.code, LOT.c.product_code, func.sum(MOVEMENT.c.grams))
            .select_from(MOVEMENT)
            .join(DOCUMENT, DOCUMENT.c.id == MOVEMENT.c.document_id)
            .join(at_place, at_place.c.id == place_end)
            .join(with_people, with_people.c.id == people_end)
            .join(place, place.c.id == at_place.c.location_id)
            .join(people, people.c.id == with_people.c.location_id)
            .join(LOT, LOT.c.id == at_place.c.lot_id)
            .where(DOCUMENT.c.cycle_code == cycle_code, people.c.code == BENEFICIARIES)
            .group_by(place.c.code, LOT.c.product_code)
        )
        for place_code, product_code, grams in session.execute(query):
            found[place_code, product_code] += sign * int(grams)
    return dict(found)
