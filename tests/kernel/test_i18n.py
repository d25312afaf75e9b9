"""What the reader sees of numbers, masses, money, days and messages."""

import datetime as dt
import pickle

from supply.errors import FieldFaults
from supply.i18n import (
    N_,
    ngettext,
    reading_in,
    show_date,
    show_mass,
    show_money,
    show_percent,
    show_tonnes,
    translate,
)
from supply.units import NegativeQuantity
from supply.web.forms import MISSING


def plain(text: str) -> str:
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")


def test_masses_are_exact_and_written_as_the_reader_does() -> None:
    with reading_in("fr"):
        assert plain(show_mass(1_250_500)) == "1 250,5 kg"
        assert plain(show_mass(-1)) == "-0,001 kg"
        assert plain(show_tonnes(1_250_000)) == "1,3 t"
    with reading_in("en"):
        assert plain(show_mass(1_250_500)) == "1,250.5 kg"


def test_francs_have_no_cents() -> None:
    with reading_in("fr"):
        assert plain(show_money(1_234_567)) == "1 234 567 F CFA"
        assert plain(show_money(-61_999, "USD")) == "-619,99 USD"


def test_a_share_is_never_clipped_and_nothing_expected_is_a_dash() -> None:
    with reading_in("fr"):
        assert plain(show_percent(13, 10)) == "130,0 %"
        assert plain(show_percent(2, 3)) == "66,7 %"
        assert show_percent(0, 0) == "–"


def test_days_and_facts_are_the_readers() -> None:
    message = N_("{login} can log in now.")
    with reading_in("fr"):
        assert show_date(dt.date(2027, 3, 1)) == "1er mars 2027"
        assert show_date(dt.date(2027, 3, 11)) == "11 mars 2027"
        assert translate(message, {"login": "awa"}) == "awa peut se connecter."
    with reading_in("en"):
        assert translate(message, {"login": "awa"}) == "awa can log in now."


def test_french_counts_zero_as_one() -> None:
    with reading_in("en"):
        assert ngettext("{n} bag", "{n} bags", 0) == "{n} bags"


def test_each_fault_of_a_form_speaks_for_itself() -> None:
    faults = FieldFaults(
        {"password": N_("Choose a password of at least {minimum} characters.")}, {"password": {"minimum": 10}}
    )
    with reading_in("fr"):
        assert faults.field_messages() == {"password": "Choisissez un mot de passe d’au moins 10 caractères."}


def test_a_refusal_comes_back_whole_from_another_process() -> None:
    for error in (NegativeQuantity(text="-5"), FieldFaults({"name": MISSING})):
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 - its own bytes

        assert type(again) is type(error)
        assert again.message() == error.message()
