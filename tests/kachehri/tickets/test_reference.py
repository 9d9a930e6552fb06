"""Reference numbers: ten digits, each once, no order that anyone can see, and no slip that passes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import damm

from kachehri.tickets.reference import PER_YEAR, Permutation, References, grouped, parse
from moderation.damm import _TABLE as TABLE
from moderation.masking import mask

KEY = bytes(range(32))
ZEROS = [chr(code) for code in range(0x110000) if unicodedata.decimal(chr(code), None) == 0]
references = References(KEY)
counters = st.integers(0, PER_YEAR - 1)


class TestPermutation:
    @pytest.mark.parametrize("size", [2, 3, 10, 1000, 1024, 4097, 10_000])
    def test_is_one_to_one_on_the_whole_of_a_small_domain(self, size: int) -> None:
        permutation = Permutation(KEY, b"", size)
        images = [permutation.forward(number) for number in range(size)]
        assert sorted(images) == list(range(size))
        assert [permutation.back(image) for image in images] == list(range(size))

    @given(counters)
    def test_is_undone_by_going_back_on_the_real_domain(self, counter: int) -> None:
        permutation = references._years.setdefault(2026, Permutation(KEY, b"reference-2026", PER_YEAR))
        image = permutation.forward(counter)
        assert 0 <= image < PER_YEAR
        assert permutation.back(image) == counter

    def test_tells_nothing_of_the_order(self) -> None:
        permutation = Permutation(KEY, b"", PER_YEAR)
        images = [permutation.forward(number) for number in range(2000)]
        rising = sum(first < second for first, second in zip(images, images[1:], strict=False))
        assert 900 < rising < 1100
        assert len({image // 1_000_000 for image in images}) == 10

    def test_differs_by_key_and_by_tweak(self) -> None:
        orders = {
            tuple(Permutation(key, tweak, 1000).forward(number) for number in range(20))
            for key in (KEY, KEY[::-1])
            for tweak in (b"a", b"b")
        }
        assert len(orders) == 4


class TestDrawing:
    @given(counters, st.integers(2024, 2099))
    def test_gives_ten_digits_with_the_year_and_a_check_digit(self, counter: int, year: int) -> None:
        few = References(KEY)
        few._years[year] = references._years.setdefault(2026, Permutation(KEY, b"reference-2026", PER_YEAR))
        reference = few.draw(year, counter)
        assert len(reference) == 10
        assert reference.startswith(str(year)[2:])
        assert damm.is_valid(reference)

    def test_gives_no_number_twice(self) -> None:
        drawn = {references.draw(year, counter) for year in (2026, 2027) for counter in range(5000)}
        assert len(drawn) == 10_000

    def test_differs_from_year_to_year(self) -> None:
        assert references.draw(2026, 0)[2:9] != references.draw(2027, 0)[2:9]

    @pytest.mark.parametrize("counter", [-1, PER_YEAR])
    def test_beyond_the_year_is_an_error(self, counter: int) -> None:
        with pytest.raises(ValueError, match="beyond"):
            references.draw(2026, counter)

    def test_with_a_short_key_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="16 are the least"):
            References(b"short")

    def test_is_stable(self) -> None:
        """Numbers on paper slips must be drawn the same way by every later version."""
        assert [References(KEY).draw(2026, counter) for counter in (0, 1, 9_999_999)] == STABLE


STABLE = ["2619287339", "2669196070", "2674280538"]


class TestReading:
    @given(counters, st.sampled_from(ZEROS), st.sampled_from(["", "K ", "k", "No. ", "نمبر ", "# ", "ک-", "Ref: "]))
    def test_accepts_every_digit_script_grouping_and_prefix(self, counter: int, zero: str, prefix: str) -> None:
        reference = references.draw(2026, counter)
        for shown in (
            reference,
            grouped(reference),
            grouped(reference).replace("-", " "),
            "\u200e" + " ".join(reference),
        ):
            written = "".join(chr(ord(zero) + int(c)) if c.isdecimal() else c for c in shown)
            assert parse(f" {prefix}{written}\n") == reference

    @given(counters, st.integers(0, 9), st.integers(1, 9))
    def test_refuses_a_wrong_digit(self, counter: int, place: int, off: int) -> None:
        right = references.draw(2026, counter)
        wrong = right[:place] + str((int(right[place]) + off) % 10) + right[place + 1 :]
        assert parse(wrong) is None

    @given(counters, st.integers(0, 8))
    def test_refuses_swapped_neighbours(self, counter: int, place: int) -> None:
        right = references.draw(2026, counter)
        swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        assert swapped == right or parse(swapped) is None

    @pytest.mark.parametrize(
        "written", ["", "K", "26-4071-882", "26-4071-88221", "x26-4071-8822", "26-4071-8822 5", "²640718822"]
    )
    def test_refuses_what_is_no_reference(self, written: str) -> None:
        assert parse(written) is None

    def test_shows_two_four_and_four_digits(self) -> None:
        assert grouped("2640718822") == "26-4071-8822"


class TestMasking:
    @given(counters, st.integers(2026, 2029))
    def test_leaves_every_reference_readable(self, counter: int, year: int) -> None:
        reference = references.draw(2026, counter)
        assert mask(f"میرا نمبر {grouped(reference)} ہے").kinds == ()
        assert mask(reference).kinds == ()


@pytest.mark.slow
def test_no_slip_of_a_finger_leads_to_another_number() -> None:
    """A hundred thousand references, each with every wrong digit and every two neighbours swapped."""
    places = range(10)
    for counter in range(0, PER_YEAR, PER_YEAR // 100_000):
        right = [int(digit) for digit in references.draw(2026, counter)]
        # Damm's table is read from left to right: a wrong digit leaves another state behind it, whatever follows.
        before = [0]
        for digit in right:
            before.append(TABLE[before[-1]][digit])
        assert before[-1] == 0
        for place in places:
            for digit in places:
                if digit != right[place]:
                    assert _ends(TABLE[before[place]][digit], right[place + 1 :]) != 0
        for place in range(9):
            one, other = right[place], right[place + 1]
            if one != other:
                swapped = TABLE[TABLE[before[place]][other]][one]
                assert _ends(swapped, right[place + 2 :]) != 0


def _ends(state: int, digits: list[int]) -> int:
    for digit in digits:
        state = TABLE[state][digit]
    return state
