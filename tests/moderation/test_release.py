"""Words are public when somebody released them, and for no other reason."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.release import TAKEN, Hole, found, public_words, whole_of, without


@pytest.mark.parametrize(
    "masked, privacy, protected, released_at",
    list(product((None, "", "A pump"), ("public", "private", "protected", ""), (False, True), (None, 0, 5))),
)
def test_every_door_is_shut_unless_somebody_opened_it(
    masked: str | None, privacy: str, protected: bool, released_at: int | None
) -> None:
    shown = public_words(masked, privacy=privacy, protected=protected, released_at=released_at)
    opened = masked == "A pump" and privacy == "public" and not protected and released_at is not None
    assert shown == ("A pump" if opened else None)


WHOLE = "Ali told Ali that Alia, the daughter of Ali, is ill"


def test_words_are_taken_out_wherever_they_stand_and_nothing_else() -> None:
    holes = list(found(WHOLE, "Ali", ()))
    assert [each.at for each in holes] == [0, 9, 40]
    assert without(WHOLE, holes) == f"{TAKEN} told {TAKEN} that Alia, the daughter of {TAKEN}, is ill"
    assert list(found(WHOLE, "Ali", holes[:2])) == holes[2:]
    assert list(found(WHOLE, "told Ali", holes[:1])) == [Hole(4, "told Ali")]
    assert not list(found(WHOLE, "told Ali", holes))
    assert not list(found(WHOLE, "", ())) and not list(found(WHOLE, "Aliah", ()))


def test_what_is_not_there_or_overlaps_changes_nothing() -> None:
    assert without(WHOLE, [Hole(1, "Ali"), Hole(0, ""), Hole(900, "Ali")]) == WHOLE
    assert (
        without(WHOLE, [Hole(0, "Ali told"), Hole(4, "told Ali")])
        == f"{TAKEN} Ali that Alia, the daughter of Ali, is ill"
    )
    assert whole_of(WHOLE, [Hole(0, "Ali"), Hole(-5, "Ali")]) == WHOLE, "nothing was taken out of it"


@given(st.lists(st.sampled_from(["Ali", "علی", "told", "▒", "2"]), max_size=12), st.sets(st.integers(0, 11)))
def test_the_way_back_gives_the_whole_text(words: list[str], out: set[int]) -> None:
    whole = " ".join(words)
    holes = [Hole(len(" ".join(words[:n])) + (n > 0), words[n]) for n in out if n < len(words)]
    assert whole_of(without(whole, holes), holes) == whole
