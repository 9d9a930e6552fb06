"""Lines that are read one after the other: no number is readable because it was broken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from moderation.masking import MARK, NEAR, mask, mask_lines

CUTS = st.lists(st.integers(1, 12), min_size=1, max_size=NEAR, unique=True)


@given(CUTS, st.sampled_from(["3420112345678", "03001234567"]), st.sampled_from(["", "نمبر ", "two "]))
def test_a_number_is_hidden_wherever_it_is_broken(cuts: list[int], number: str, before: str) -> None:
    places = sorted(each for each in cuts if each < len(number))
    pieces = [number[since:until] for since, until in zip([0, *places], [*places, len(number)], strict=True)]
    lines = ["پہلی بات", before + pieces[0], *pieces[1:], "اور کچھ نہیں"]
    masked = mask_lines(lines)
    assert not any(letter.isdecimal() for each in masked for letter in each.text)
    assert masked[0].text == lines[0] and masked[-1].text == lines[-1] and not masked[0].kinds


@given(st.lists(st.text("ab 0123456789-@.", max_size=30), max_size=6))
def test_each_line_hides_at_least_what_it_would_alone(lines: list[str]) -> None:
    masked = mask_lines(lines)
    assert len(masked) == len(lines)
    for line, each in zip(lines, masked, strict=True):
        assert set(mask(line).kinds) <= set(each.kinds)
        assert bool(each.kinds) is (MARK in each.text)
