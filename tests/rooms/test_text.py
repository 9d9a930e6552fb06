"""Honest words stay as they are; what cannot be seen, or paints over its neighbours, goes."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms import text as module
from rooms.base import Refused
from rooms.text import MARKS_MAX, clean

HONEST = [
    "ہمارے گاؤں چک 110 میں تین ماہ سے پانی بند ہے۔ کون سنے گا؟",
    "می\u200cخواهم، کتاب\u200cها",  # ZWNJ between letters
    "سنہ ۱۴۴۵ھ\u200d میں",  # ZWJ that keeps the joining form of an abbreviation
    "क्\u200dषेत्र की सड़क टूटी है।",
    "पानी नहीं आता, कृपया सुनें।",
    "مُحَمَّدٌ رَّسُولُ اللّٰہ",
    "بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ",
    "ਪਿੰਡ ਵਿੱਚ ਪਾਣੀ ਨਹੀਂ",
    "সড়ক ভাঙা",
    "The road is broken – since May; it's “urgent”.",
    "آپ کا شکریہ 👩\u200d👩\u200d👧 ❤\ufe0f",
    "قیمت 50 روپے\u200f!",
    "پہلی سطر\nدوسری سطر\n\nتیسری",
]


def refusal(text: str, limit: int = 2000) -> str:
    with pytest.raises(Refused) as refused:
        clean(text, limit)
    return refused.value.code


class TestHonestWords:
    @pytest.mark.parametrize("text", HONEST)
    def test_are_unchanged(self, text: str) -> None:
        assert clean(text, 2000) == unicodedata.normalize("NFC", text)

    @pytest.mark.parametrize("text", HONEST)
    def test_are_composed(self, text: str) -> None:
        assert clean(unicodedata.normalize("NFD", text), 2000) == unicodedata.normalize("NFC", text)

    def test_nothing_that_passes_at_once_composes_with_its_neighbour(self) -> None:
        plain = [chr(code) for code in range(0x3000) if module._PLAIN.fullmatch(chr(code))]
        assert len(plain) > 350
        for first in plain:
            line = "".join(first + second for second in plain)
            assert unicodedata.normalize("NFC", line) == line

    def test_blanks_are_collapsed(self) -> None:
        assert clean("  a\t\tb\u00a0 c \n\n\n\n d \u3000\n", 99) == "a b c\n\nd"
        assert clean("a\r\nb\rc\u2028d\x85e", 99) == "a\nb\nc\nd\ne"
        assert clean("a ", 99) == clean(" a", 99) == "a"
        assert clean("a  b", 99) == "a b"

    def test_a_name_has_one_line(self) -> None:
        assert clean("Bibi\r\nZainab\n Khan", 80, one_line=True) == "Bibi Zainab Khan"


class TestWhatIsTakenAway:
    @pytest.mark.parametrize("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
    def test_bidi_controls(self, code: int) -> None:
        assert clean(f"سڑک{chr(code)} abc", 99) == "سڑک abc"

    @pytest.mark.parametrize(
        "letter",
        ["\x00", "\x07", "\x7f", "\u200b", "\ufeff", "\u00ad", "\u2060", "\ue000", "\U000e0041", "\uffff", "\u3164"],
    )
    def test_what_nobody_sees(self, letter: str) -> None:
        assert clean(f"پا{letter}نی", 99) == "پانی"

    def test_joiners_between_ascii_letters(self) -> None:
        assert clean("Mod\u200cer\u200d\u200dator", 99) == "Moderator"
        assert clean("a \u200c b", 99) == "a b"

    def test_joiners_beyond_two(self) -> None:
        assert clean("پ" + "\u200d" * 500 + "ا", 99) == "پ\u200d\u200dا"

    def test_directional_marks_beyond_one(self) -> None:
        assert clean("پ" + "\u200f\u200e" * 9 + "ا", 99) == "پ\u200fا"

    def test_floods_of_marks(self) -> None:
        assert clean("x" + "\u0336" * 10_000 + "y", 2000) == "x" + "\u0336" * MARKS_MAX + "y"
        assert clean("क" + "\u0941" * 100, 2000) == "क" + "\u0941" * MARKS_MAX
        assert clean("x\u200f" + "\u20dd\u0336" * 9, 99).count("\u20dd") == MARKS_MAX // 2

    def test_marks_without_a_letter(self) -> None:
        assert clean("\u0301\u0301 a", 99) == "a"

    def test_a_flood_costs_little(self) -> None:
        flood = "x" + "\u0301\u0316" * 4000 + "\u0316\u0301" * 4000
        started = time.process_time()
        clean(flood, 2000)
        assert time.process_time() - started < 0.2


class TestRefusal:
    @pytest.mark.parametrize(
        "text", ["", " \n\t", "\u200b\u200b", "\u200f", "\u0301", "\u2800", "\u200d\u200c", "\u202e\u202c"]
    )
    def test_empty(self, text: str) -> None:
        assert refusal(text) == "text_empty"

    def test_too_long_counts_after_cleaning(self) -> None:
        assert clean("a" + " " * 500 + "b", 3) == "a b"
        assert refusal("abcd", 3) == "text_too_long"
        assert refusal("ھ" * 2001) == "text_too_long"
        assert refusal("x " * 50_000) == "text_too_long"
        assert refusal(" " * 100_000) == "text_empty"
        with pytest.raises(Refused) as refused:
            clean("سڑکیں", 3)
        assert refused.value.params == {"limit": 3, "length": 5}

    @pytest.mark.parametrize("text", ["a\ud800", "\udfff", "پانی\udc00 بند"])
    def test_half_a_character(self, text: str) -> None:
        assert refusal(text) == "text_unreadable"

    @pytest.mark.parametrize("text", ["\x00" * 40, "a\x01b\x02" * 30, "\u202e\u2066" * 20 + "abc", "\u200b" * 20])
    def test_full_of_what_cannot_be_seen(self, text: str) -> None:
        assert refusal(text) == "text_unreadable"

    def test_a_few_slips_of_a_keyboard_are_forgiven(self) -> None:
        assert clean("پانی\x00\u202e نہیں\x07", 99) == "پانی نہیں"


ODD = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from(
            "ab پا क़é \n\t\u0301\u0651\u0670\u093c\u200c\u200d\u200e\u200f\u202e\u00a0\u212a\ufb2c\u1fef\u0344"
        ),
    ),
    max_size=40,
)


class TestEveryText:
    @given(ODD)
    def test_cleaned_twice_is_cleaned_once(self, text: str) -> None:
        try:
            once = clean(text, 200)
        except Refused as refused:
            assert refused.code in ("text_empty", "text_unreadable")
            return
        assert clean(once, 200) == once
        assert unicodedata.is_normalized("NFC", once)
        assert once == once.strip()
        assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Co") for letter in once.replace("\n", ""))
