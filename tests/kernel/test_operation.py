"""What a program sent in a wrong form is named by what is wrong with it."""

import msgspec
import pytest

from supply.errors import Invalid
from supply.operation import FractionOfAGramSent, Malformed, QuantityMissing, decode


class Sent(msgspec.Struct):
    """The fields whose faults have names of their own, and one that has none."""

    grams: int
    difference: int = 0
    people: int = 0


@pytest.mark.parametrize(
    ("content", "error", "place"),
    [
        (b"{}", QuantityMissing, "$.grams"),
        (b'{"grams": null}', QuantityMissing, "$.grams"),
        (b'{"grams": 0.5}', FractionOfAGramSent, "$.grams"),
        (b'{"grams": 1, "difference": 0.5}', FractionOfAGramSent, "$.difference"),
        (b'{"grams": 1, "people": null}', Malformed, "$.people"),  # people are no quantity of food
        (b'{"grams": "1"}', Malformed, "$.grams"),
    ],
)
def test_a_quantity_that_cannot_be_read_is_named(content: bytes, error: type[Invalid], place: str) -> None:
    with pytest.raises(error) as refusal:
        decode(content, Sent)

    assert refusal.value.facts["place"] == place
