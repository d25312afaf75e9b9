"""What the programme says about a distribution: its cycle, groups and rations, as the rules read them."""

from typing import ClassVar

from sqlalchemy.orm import Session

from supply.distribution.eligibility import Group
from supply.distribution.portions import Ration
from supply.errors import NotFound
from supply.i18n import N_
from supply.programme import queries as programme
from supply.programme.rows import CycleRow


class CycleUnknown(NotFound):
    """No cycle has this code."""

    code: ClassVar[str] = "cycle-unknown"
    title = N_("There is no cycle “{cycle}”; choose one from the list.")


def find_cycle(session: Session, code: str) -> CycleRow:
    """The cycle of that code, or CycleUnknown."""
    row = programme.cycle(session, code)
    if row is None:
        raise CycleUnknown(cycle=code)
    return row


def target_groups(session: Session) -> tuple[Group, ...]:
    """The groups of the programme, as eligibility is decided by."""
    return tuple(
        Group(
            code=row.code,
            kind=row.kind,
            from_months=row.from_months,
            to_months=row.to_months,
            position=row.position,
        )
        for row in programme.groups(session)
    )


def cycle_rations(session: Session, cycle_code: str) -> tuple[Ration, ...]:
    """Grams per person, group and product in the cycle."""
    return tuple(
        Ration(group_code=row.group_code, product_code=row.product_code, grams=row.grams)
        for row in programme.rations(session, cycle_code)
    )
