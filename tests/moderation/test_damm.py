"""The check digit agrees with python-stdnum's, written by others from the same thesis."""

from hypothesis import given
from hypothesis import strategies as st
from stdnum import damm as theirs

from moderation import damm


class TestCheckDigit:
    @given(st.text("0123456789", min_size=1, max_size=20))
    def test_agrees_with_an_independent_implementation(self, digits: str) -> None:
        assert damm.check_digit(digits) == theirs.calc_check_digit(digits)
        assert damm.is_valid(digits) == theirs.is_valid(digits)

    def test_the_published_example(self) -> None:
        assert damm.check_digit("264071882") == "2"
        assert damm.check_digit("572") == "4"

    @given(st.text("0123456789", min_size=9, max_size=9), st.integers(0, 9), st.integers(1, 9))
    def test_finds_every_single_wrong_digit(self, digits: str, place: int, off: int) -> None:
        whole = digits + damm.check_digit(digits)
        wrong = whole[:place] + str((int(whole[place]) + off) % 10) + whole[place + 1 :]
        assert not damm.is_valid(wrong)
