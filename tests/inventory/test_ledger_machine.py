"""Random papers in random order, beside a model that is a plain list: every balance of every day agrees."""

import datetime as dt
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import create_engine, make_url, text

from supply.audit.verify import verify
from supply.db import Database, migrate
from supply.errors import SupplyError
from supply.ids import new_id
from supply.inventory.close_period import ClosePeriod, close_period
from supply.inventory.count import Count, CountedLot, count
from supply.inventory.entries import LotGrams
from supply.inventory.fefo import is_expired
from supply.inventory.issue import Issue, issue
from supply.inventory.lots import LotFacts, find_or_make_lot
from supply.inventory.picking import Wanted
from supply.inventory.queries import lot_totals, on_hand, stock_card
from supply.inventory.receive import Receive, ReceivedLine, receive
from supply.inventory.reservations import release, reserve
from supply.inventory.reverse import Reverse, reverse
from supply.inventory.transfer import Transfer, transfer
from supply.inventory.words import Condition
from tests.inventory.naive_books import Account, Model
from tests.world import NOW, TODAY, World, make_world

DAYS = 8
# Papers are of today or up to seven days before.
EXPIRIES = {"L0": TODAY + dt.timedelta(1), "L1": TODAY + dt.timedelta(90), "L2": TODAY + dt.timedelta(400)}
STORES = ("BAMAKO", "SIKASSO")
PLACES = (*STORES, "KEBILA")


class LedgerMachine(RuleBasedStateMachine):
    """One run: a fresh copy of the small programme and an empty model."""

    fresh: ClassVar[Callable[[], World]]

    def __init__(self) -> None:
        super().__init__()
        self.world = type(self).fresh()
        self.model = Model()
        self.now = NOW
        with self.world.database.transaction() as session:
            self.lots = {number: find_or_make_lot(session, _facts(number), now=NOW) for number in EXPIRIES}

    def teardown(self) -> None:
        try:
            for days in range(DAYS + 1):
                self.compare(TODAY - dt.timedelta(days))
            self.compare_totals()
            self.verify()
        finally:
            self.world.database.close()

    def verify(self) -> None:
        """The proof with its own queries finds nothing either, once promises to made-up trips are off."""
        with self.world.database.transaction() as session:
            for trip in self.model.reserved:
                release(session, trip)
            found = verify(session, now=NOW)
        assert found.is_right, [one.text() for one in found.findings]

    def attempt(self, operation: Callable[..., Any], command: Any, *, is_right: bool) -> Any:
        """Carry out; the books accept exactly what the model accepts."""
        self.now += dt.timedelta(seconds=1)
        try:
            with self.world.database.transaction() as session:
                done = operation(session, command, actor=self.world.administrator, now=self.now)
        except SupplyError as error:
            refusal = error
        else:
            assert is_right, "the model refuses what the books accept"
            return done
        assert not is_right, f"the model accepts what the books refuse: {refusal}"
        return None

    days = st.integers(0, DAYS - 1).map(lambda days: TODAY - dt.timedelta(days))
    numbers = st.sampled_from(sorted(EXPIRIES))
    conditions = st.sampled_from(list(Condition))
    stores = st.sampled_from(STORES)
    masses = st.integers(1, 12).map(lambda packs: packs * 25_000) | st.integers(1, 300_000)

    @rule(number=numbers, store=stores, grams=masses, day=days, condition=conditions)
    def deliver(self, number: str, store: str, grams: int, day: dt.date, condition: Condition) -> None:
        command = Receive(
            id=new_id(),
            store_code=store,
            supplier_code="MILL",
            occurred_on=day,
            lines=(ReceivedLine(lot=_facts(number), grams=grams),),
            condition=condition,
        )
        changes = {Account(store, number, condition.value): grams}
        if self.attempt(receive, command, is_right=self.model.may(changes, day)):
            self.model.write(command.id, changes, day)

    @rule(number=numbers, store=stores, grams=masses, day=days, condition=conditions)
    def move(self, number: str, store: str, grams: int, day: dt.date, condition: Condition) -> None:
        other = STORES[1 - STORES.index(store)]
        command = Transfer(
            id=new_id(),
            from_code=store,
            to_code=other,
            occurred_on=day,
            lines=(LotGrams(lot_id=self.lots[number], grams=grams, condition=condition),),
        )
        source = Account(store, number, condition.value)
        changes = {source: -grams, Account(other, number, condition.value): grams}
        free = self.model.lowest(source, day) - self.model.promised(source)
        is_free = condition != Condition.GOOD or grams <= free
        if self.attempt(transfer, command, is_right=is_free and self.model.may(changes, day)):
            self.model.write(command.id, changes, day)

    @rule(store=stores, grams=masses, day=days, in_days=st.integers(0, 5))
    def hand_out(self, store: str, grams: int, day: dt.date, in_days: int) -> None:
        use_on = day + dt.timedelta(in_days)
        command = Issue(
            id=new_id(),
            store_code=store,
            site_code="KEBILA",
            occurred_on=day,
            wanted=(Wanted(product_code="CSB+", grams=grams),),
            use_on=use_on,
        )
        missing = grams
        changes: dict[Account, int] = {}
        for number in sorted(EXPIRIES, key=lambda one: EXPIRIES[one]):
            source = Account(store, number, "good")
            free = self.model.lowest(source, day) - self.model.promised(source)
            took = min(max(free, 0), missing)
            if took and not is_expired(EXPIRIES[number], use_on):
                missing -= took
                changes |= {source: -took, Account("KEBILA", number, "good"): took}
        is_right = missing == 0 and self.model.may(changes, day)
        if self.attempt(issue, command, is_right=is_right):
            self.model.write(command.id, changes, day)

    @rule(number=numbers, place=st.sampled_from(PLACES), counted=st.integers(0, 200_000), day=days)
    def take_stock(self, number: str, place: str, counted: int, day: dt.date) -> None:
        account = Account(place, number, "good")
        command = Count(
            id=new_id(),
            place_code=place,
            occurred_on=day,
            lines=(CountedLot(lot_id=self.lots[number], condition=Condition.GOOD, counted_grams=counted),),
            reason="monthly",
        )
        changes = {account: counted - self.model.balance(account, day)}
        is_right = self.model.may(changes, day)
        if self.attempt(count, command, is_right=is_right):
            self.model.write(command.id, changes, day, counted=frozenset(changes))
            assert self.model.balance(account, day) == counted

    @rule(data=st.data(), day=days)
    def undo(self, data: st.DataObject, day: dt.date) -> None:
        if not self.model.papers:
            return
        paper = data.draw(st.sampled_from(sorted(self.model.papers.values())), label="paper")
        command = Reverse(id=new_id(), document_id=paper.id, occurred_on=day, reason="wrong")
        changes: dict[Account, int] = dict.fromkeys(paper.counted, 0)
        for event in self.model.events:
            if event.paper == paper.id:
                changes[event.account] = changes.get(event.account, 0) - event.grams
        moved = {account: grams for account, grams in changes.items() if grams}
        is_right = (
            not paper.is_reversal
            and paper.id not in self.model.reversed
            and day >= paper.day
            and day > self.model.closed_on
            and all(self.model.lowest(one, day) + grams >= 0 for one, grams in moved.items() if grams < 0)
            and not self.model.is_counted_after(set(moved), paper.day, paper.order)
        )
        if self.attempt(reverse, command, is_right=is_right):
            self.model.reversed.add(paper.id)
            self.model.write(command.id, changes, day, is_reversal=True)

    @rule(number=numbers, store=stores, grams=masses)
    def promise(self, number: str, store: str, grams: int) -> None:
        account = Account(store, number, "good")
        trip = new_id()

        def hold(session: Any, *_: Any, **__: Any) -> UUID:
            return reserve(
                session,
                trip_id=trip,
                site_code="KEBILA",
                place_code=store,
                lot_id=self.lots[number],
                grams=grams,
                now=self.now,
            )

        free = self.model.balance(account, TODAY) - self.model.promised(account)
        if self.attempt(hold, None, is_right=grams <= free):
            self.model.reserved[trip] = (account, grams)

    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        if self.model.reserved:
            trip = data.draw(st.sampled_from(sorted(self.model.reserved)), label="trip")
            with self.world.database.transaction() as session:
                release(session, trip)
            del self.model.reserved[trip]

    @rule(days=st.integers(5, DAYS))
    def close(self, days: int) -> None:
        day = TODAY - dt.timedelta(days)
        if self.attempt(close_period, ClosePeriod(closed_on=day), is_right=day >= self.model.closed_on):
            self.model.closed_on = day

    @invariant()
    def todays_balances_agree(self) -> None:
        self.compare(TODAY)

    def compare(self, day: dt.date) -> None:
        """Stock on hand of a day is the model's; nothing is below zero."""
        with self.world.database.snapshot() as session:
            found = {
                Account(row.place_code, row.lot_number, row.condition): row.grams
                for row in on_hand(session, on=day)
            }
        accounts = {event.account for event in self.model.events}
        expected = {account: self.model.balance(account, day) for account in accounts}
        assert found == {account: grams for account, grams in expected.items() if grams}
        assert all(grams >= 0 for grams in found.values())

    def compare_totals(self) -> None:
        """Each lot sums to zero over the world, and the stock cards end where the balances do."""
        with self.world.database.snapshot() as session:
            totals: dict[str, int] = {}
            for total in lot_totals(session):
                totals[total.lot_number] = totals.get(total.lot_number, 0) + total.grams
            cards = {
                (place, number): card.balance
                for place in PLACES
                for number, lot_id in self.lots.items()
                if (card := stock_card(session, place, lot_id)) is not None
            }
        assert set(totals.values()) <= {0}
        for (place, number), balance in cards.items():
            accounts = [Account(place, number, condition.value) for condition in Condition]
            assert balance == sum(self.model.balance(account, TODAY) for account in accounts)


def _facts(number: str) -> LotFacts:
    return LotFacts(product_code="CSB+", number=number, pack_code="BAG", expires_on=EXPIRIES[number])


def _run(
    fresh: Callable[[], World],
    *,
    examples: int,
    phases: tuple[hypothesis.Phase, ...] = tuple(hypothesis.Phase),
) -> None:
    machine = type("Machine", (LedgerMachine,), {"fresh": staticmethod(fresh)})
    settings = hypothesis.settings(
        max_examples=examples, stateful_step_count=25, phases=phases, deadline=None
    )
    run_state_machine_as_test(machine, settings=settings)


def test_random_papers_agree_with_the_model_on_sqlite(tmp_path: Path) -> None:
    template = tmp_path / "template.sqlite"
    migrate(f"sqlite:///{template}")
    first = Database(f"sqlite:///{template}")
    world = make_world(first)
    first.close()

    def fresh() -> World:
        path = tmp_path / f"{uuid.uuid4().hex}.sqlite"
        shutil.copyfile(template, path)
        return World(Database(f"sqlite:///{path}"), world.actors)

    _run(fresh, examples=40)


@pytest.fixture
def postgresql_world(postgresql_server: str) -> Iterator[Callable[[], World]]:
    """Makes copies of the small programme on the run's PostgreSQL; all are dropped afterwards."""
    made: list[str] = []

    def name() -> str:
        made.append(f"machine_{uuid.uuid4().hex}")
        return made[-1]

    def address(database: str) -> str:
        return make_url(postgresql_server).set(database=database).render_as_string(hide_password=False)

    server = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")

    def on_server(statement: str) -> None:
        with server.connect() as connection:
            connection.execute(text(statement))

    template = name()
    on_server(f"CREATE DATABASE {template}")
    migrate(address(template))
    first = Database(address(template))
    world = make_world(first)
    first.close()

    def fresh() -> World:
        copy = name()
        on_server(f"CREATE DATABASE {copy} TEMPLATE {template}")
        return World(Database(address(copy)), world.actors)

    yield fresh
    for database in made:
        on_server(f"DROP DATABASE {database} WITH (FORCE)")
    server.dispose()


def test_random_papers_agree_with_the_model_on_postgresql(postgresql_world: Callable[[], World]) -> None:
    _run(postgresql_world, examples=8, phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate))
