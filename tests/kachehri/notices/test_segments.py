"""What a text needs on the air, against the standard's own numbers and properties that hold of every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kachehri.notices.segments import _BASIC, _EXTENDED, measure

GSM = st.text(alphabet=_BASIC + _EXTENDED)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("gsm7", 0, 0)),
        ("a" * 160, ("gsm7", 160, 1)),
        ("a" * 161, ("gsm7", 161, 2)),
        ("a" * 306, ("gsm7", 306, 2)),
        ("a" * 307, ("gsm7", 307, 3)),
        ("€" * 80, ("gsm7", 160, 1)),
        ("a" + "€" * 80, ("gsm7", 161, 2)),
        # 153 septets: the escape of the 77th sign would stand alone at the end, so it moves on whole.
        ("€" * 153, ("gsm7", 306, 3)),
        ("ع" * 70, ("ucs2", 70, 1)),
        ("ع" * 71, ("ucs2", 71, 2)),
        ("ع" * 134, ("ucs2", 134, 2)),
        ("ع" * 135, ("ucs2", 135, 3)),
        ("a" * 69 + "ع", ("ucs2", 70, 1)),
        ("😀" * 35, ("ucs2", 70, 1)),
        # 67 units: the 34th pair would be torn.
        ("😀" * 67, ("ucs2", 134, 3)),
        ("’", ("ucs2", 1, 1)),
        ("\u200e26", ("ucs2", 3, 1)),
    ],
)
def test_numbers_of_the_standard(text: str, expected: tuple[str, int, int]) -> None:
    assert tuple(measure(text)) == expected


def test_the_alphabet_is_whole() -> None:
    """TS 23.038 has 128 places, one of them the escape; ten signs stand behind it."""
    assert len(_BASIC) == len(set(_BASIC)) == 127 and len(_EXTENDED) == 10
    assert not set(_BASIC) & set(_EXTENDED)


@given(GSM)
def test_its_own_letters_never_need_the_wide_alphabet(text: str) -> None:
    assert measure(text).alphabet == "gsm7"


@given(st.text(max_size=400))
def test_segments_hold_the_text_and_are_not_wasted(text: str) -> None:
    size = measure(text)
    alone, joined = (160, 153) if size.alphabet == "gsm7" else (70, 67)
    if size.segments <= 1:
        assert size.units <= alone and (size.segments == 1) == bool(text)
    else:
        # At most one unit a segment is lost, to keep a pair whole.
        assert size.units <= size.segments * joined
        assert size.units > (size.segments - 1) * (joined - 1)


@given(st.text(max_size=200), st.text(max_size=50))
def test_more_text_never_costs_less(text: str, more: str) -> None:
    assert measure(text + more).segments >= measure(text).segments
