"""Sites that a plan leaves unserved stand under the reasons that they share."""

from supply.i18n import reading_in
from supply.routing.pages.unserved import UnservedGroup, unserved_groups
from supply.routing.planner.plan import PLAN_FORMAT, Plan, Unserved
from tests.routing.planner.tiny import small


def groups(*unserved: Unserved) -> tuple[UnservedGroup, ...]:
    plan = Plan(
        format=PLAN_FORMAT,
        problem="small",
        status="feasible",
        cost=0,
        bound=0,
        gap=0,
        seconds=1,
        seed=0,
        trips=(),
        unserved=unserved,
    )
    with reading_in("en"):
        return unserved_groups(small(), plan, None, {}, {})


def test_many_unserved_sites_are_folded_under_the_reasons_that_they_share() -> None:
    late = [Unserved(f"site {row:02}", {"flour": 100 + row}, ("horizon",)) for row in range(14)]
    alone = Unserved("nioro", {"flour": 2_000}, ("fleet:kayes/10t", "horizon"))

    first, second = groups(*late[:7], alone, *late[7:])

    # 2,000 kg before 100 + 101 + ... + 113 = 1,491 kg.
    assert (first.title, second.title) == (
        "1 site, 2,000\N{NO-BREAK SPACE}kg",
        "14 sites, 1,491\N{NO-BREAK SPACE}kg",
    )
    assert [line.site for line in second.lines] == [f"site {row:02}" for row in reversed(range(14))]
    assert (len(first.reasons), len(second.reasons)) == (2, 1)
    assert not first.is_open
    assert not second.is_open


def test_a_few_unserved_sites_are_shown_at_once() -> None:
    (group,) = groups(
        Unserved("kita", {"flour": 10}, ("horizon",)), Unserved("nioro", {"flour": 20}, ("horizon",))
    )

    assert group.is_open
