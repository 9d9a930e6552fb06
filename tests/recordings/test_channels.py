"""Which seat speaks into which channel, and what channels are called."""

from __future__ import annotations

import pytest

from recordings.channels import MOST, Channel, channels, number_of, rendition_of

SEATS = (("official-1", "official"), ("i-a", "interpreter"), ("signer-1", "signer"), ("i-b", "interpreter"))


def test_each_interpreters_seat_is_a_channel_in_the_order_of_the_plan() -> None:
    assert channels(SEATS, ("en", "ps")) == (Channel(1, "i-a", "en"), Channel(2, "i-b", "ps"))
    assert [each.rendition for each in channels(SEATS)] == ["sound-1", "sound-2"]
    assert channels(SEATS[:1], ("en",)) == ()


def test_a_seat_for_which_no_language_is_named_has_a_channel_all_the_same() -> None:
    assert [each.language for each in channels(SEATS, ("en",))] == ["en", ""]


def test_there_are_only_so_many() -> None:
    assert len(channels([(f"i-{n}", "interpreter") for n in range(12)])) == MOST


@pytest.mark.parametrize(
    "name",
    ["sound", "sound-0", "sound-5", "sound-01", "sound-1 ", "sound-1\n", "sound-x", "full", "sound-٢", "sound-11"],
)
def test_nothing_else_is_a_channel(name: str) -> None:
    assert number_of(name) == 0


def test_names_and_numbers_belong_together() -> None:
    assert [number_of(rendition_of(number)) for number in range(1, MOST + 1)] == list(range(1, MOST + 1))
