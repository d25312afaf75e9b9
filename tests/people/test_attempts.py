"""Passwords cannot be guessed by trying, and nobody is shut out by a neighbour."""

import datetime as dt
from typing import Any

import pytest

from supply.db import Database
from supply.people.attempts import (
    MOST_KEYS,
    PER_ADDRESS,
    PER_NAME,
    PER_NAME_AND_ADDRESS,
    WINDOW,
    Attempts,
    TooManyTries,
)
from tests.world import NOW, PASSWORD, browse, make_world

MINUTE = dt.timedelta(minutes=1)


def test_a_name_is_refused_from_an_address_after_eight_wrong_passwords() -> None:
    attempts = Attempts()
    for minute in range(PER_NAME_AND_ADDRESS):
        attempts.begin("keeper", "10.0.0.1", now=NOW + minute * MINUTE)

    with pytest.raises(TooManyTries) as refusal:
        attempts.begin(" Keeper ", "10.0.0.1", now=NOW + 8 * MINUTE)

    # The first of the eight is forgotten 15 minutes after it was made, 7 minutes from now.
    assert refusal.value.facts == {"minutes": 7}


def test_a_neighbour_behind_the_same_address_is_not_shut_out() -> None:
    attempts = Attempts()
    for _ in range(PER_NAME_AND_ADDRESS):
        attempts.begin("keeper", "10.0.0.1", now=NOW)

    attempts.begin("officer", "10.0.0.1", now=NOW)
    attempts.begin("keeper", "10.0.0.2", now=NOW)


def test_the_wait_ends_although_somebody_goes_on_trying() -> None:
    attempts = Attempts()
    for _ in range(PER_NAME_AND_ADDRESS):
        attempts.begin("keeper", "10.0.0.1", now=NOW)
    for minute in range(15):
        with pytest.raises(TooManyTries):
            attempts.begin("keeper", "10.0.0.1", now=NOW + minute * MINUTE)

    attempts.begin("keeper", "10.0.0.1", now=NOW + WINDOW)


def test_many_addresses_together_guess_one_name_no_faster() -> None:
    attempts = Attempts()
    for number in range(PER_NAME):
        attempts.begin("keeper", f"10.0.0.{number}", now=NOW)

    with pytest.raises(TooManyTries):
        attempts.begin("keeper", "10.0.1.1", now=NOW)


@pytest.mark.parametrize("address", ["10.0.0.1", "2001:db8::{number:x}"])
def test_one_address_does_not_try_one_password_on_everybody(address: str) -> None:
    """All of 2001:db8::/64 is one subscriber's."""
    attempts = Attempts()
    for number in range(PER_ADDRESS):
        attempts.begin(f"user{number}", address.format(number=number), now=NOW)

    with pytest.raises(TooManyTries):
        attempts.begin("somebody", address.format(number=0xFFFF), now=NOW)


def test_right_passwords_are_not_counted() -> None:
    attempts = Attempts()

    for _ in range(2 * PER_ADDRESS):
        attempts.begin("keeper", "10.0.0.1", now=NOW)
        attempts.forgive("keeper", "10.0.0.1")


def test_a_right_password_forgives_only_its_own_name() -> None:
    attempts = Attempts()
    for _ in range(PER_NAME_AND_ADDRESS):
        attempts.begin("administrator", "10.0.0.1", now=NOW)
    attempts.begin("keeper", "10.0.0.1", now=NOW)
    attempts.forgive("keeper", "10.0.0.1")

    with pytest.raises(TooManyTries):
        attempts.begin("administrator", "10.0.0.1", now=NOW)


def test_invented_names_do_not_fill_the_memory() -> None:
    attempts = Attempts()
    for number in range(MOST_KEYS):
        attempts.begin(f"user{number}", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", now=NOW)

    assert len(attempts._tries) == MOST_KEYS


@pytest.mark.parametrize("path", ["/login", "/api/people/log-in"])
def test_both_ways_in_refuse_the_right_password_too_after_too_many_wrong_ones(
    database: Database, path: str
) -> None:
    make_world(database)
    with browse(database) as client:

        def send(login: str, password: str) -> Any:
            fields = {"login": login, "password": password}
            if path.startswith("/api"):
                return client.post(path, json=fields)
            return client.post(path, data=fields, follow_redirects=False)

        wrong = [send("keeper", "x").status_code for _ in range(PER_NAME_AND_ADDRESS)]
        refused, other = send("keeper", PASSWORD), send("officer", PASSWORD)

    assert wrong == [403] * PER_NAME_AND_ADDRESS
    assert refused.status_code == 429
    assert "15" in refused.text
    assert other.status_code in {201, 303}
