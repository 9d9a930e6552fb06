"""Files of captions that programs make: SRT and WebVTT, whatever is in them, on the hearing's clock."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recordings import caption_files, subrip, webvtt
from recordings.caption_files import Kept, cues_of, in_place, lay, read, times
from recordings.captions import Cue
from recordings.webvtt import BadCaptions, Timed

SRT = (
    "\ufeff1\r\n00:00:01,000 --> 00:00:02,500 X1:40\r\n<i>پانی</i> {\\an8}نہیں آتا\r\n\r\n"
    "0:00:02.5 --> 00:01:01,000\r\nThree < four\r\nFour\r\n\r\n\r\n"
)
PIECES = st.sampled_from(
    ["1\n", "00:00:01,000", " --> ", "-->", "00:00:02.500", "\n", "\n\n", "x", "پانی", "<i>", "{\\", "\0", "99:99:99,9"]
)


class TestSubRip:
    def test_is_read_as_programs_write_it(self) -> None:
        assert subrip.read(SRT) == [
            Timed(1_000, 2_500, "پانی نہیں آتا", "1"),
            Timed(2_500, 61_000, "Three < four\nFour"),
        ]

    @pytest.mark.parametrize(
        ("body", "code", "line"),
        [
            ("1\n00:00:01,000 -> 00:00:02,000\nx", "time", 2),
            ("1", "time", 1),
            ("only words", "time", 1),
            ("\n\n1\n00:00:01,000 --> 00:61:02,000\nx", "time", 4),
            ("1\n00:00:01,000 --> \nx", "time", 2),
            ("00:00:02,000 --> 00:00:02,000\nx", "empty_time", 1),
            ("1\n00:00:02,000 --> 00:00:03,000\nx\n\n2\n00:00:01,000 --> 00:00:04,000\ny", "order", 5),
            ("1\n00:00:02,000 --> 00:00:03,000\nx\n00:00:03,000 --> 00:00:04,000\ny", "text", 4),
        ],
    )
    def test_that_is_broken_says_what_and_where(self, body: str, code: str, line: int) -> None:
        with pytest.raises(BadCaptions) as found:
            subrip.read(body)
        assert (found.value.code, found.value.line) == (code, line)

    @given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
    @example("1\n\ud8000:00:01,000 --> 00:00:02,000\n")
    def test_raises_nothing_but_its_error(self, text: str) -> None:
        try:
            found = subrip.read(text)
        except BadCaptions as error:
            assert 1 <= error.line <= 1 + len(text)
        else:
            assert all(0 <= each.starts_ms < each.ends_ms for each in found)

    def test_is_not_endless(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(webvtt, "CUES_MOST", 1)
        with pytest.raises(BadCaptions, match="many"):
            subrip.read(SRT)


class TestFile:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_is_read_in_any_of_unicodes_forms(self, encoding: str) -> None:
        assert [each.text for each in read(SRT.removeprefix("\ufeff").encode(encoding))][0] == "پانی نہیں آتا"
        vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nپانی\n\n00:03.000 --> 00:04.000\n \n"
        assert read(vtt.encode(encoding)) == [Timed(1_000, 2_000, "پانی")], "a cue without words is none"

    @pytest.mark.parametrize(
        ("raw", "code", "line"),
        [
            (b"x" * (caption_files.FILE_MOST + 1), "too_big", 0),
            (b"1\n00:00:01,000 --> 00:00:02,000\n\xd9\n", "encoding", 3),
            (b"\xff\xfea", "encoding", 0),
            (b"PK\x03\x04", "kind", 0),
            (b"", "none", 0),
            (b"WEBVTT\n", "none", 0),
            (b"1\n00:00:01,000 --> 00:01:01,001\nx", "long", 2),
            (b"00:00:01,000 --> 00:00:11,000\nx\n\n00:00:05,999 --> 00:00:12,000\ny", "overlap", 4),
            (b"WEBVTT\n\n00:00.000 --> 00:01.000\n\n00:01.000 --> 01:02.000\nx", "long", 0),
        ],
    )
    def test_that_cannot_be_taken_says_what_and_where(self, raw: bytes, code: str, line: int) -> None:
        with pytest.raises(BadCaptions) as found:
            read(raw)
        assert (found.value.code, found.value.line) == (code, line)

    def test_has_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(caption_files, "LINES_MOST", 1)
        with pytest.raises(BadCaptions, match="many"):
            read(SRT.encode())

    def test_costs_no_more_than_its_length(self) -> None:
        """Signs that open something which nothing closes, as many as a file may hold."""
        marks = "<" * (caption_files.FILE_MOST - 100)
        began = time.process_time()
        assert read(f"WEBVTT\n\n00:01.000 --> 00:02.000\n5 < 6 <b>x</b> {marks}".encode())[0].text == f"5 < 6 x {marks}"
        assert time.process_time() - began < 5, "not with the square of it: that is an hour"

    def test_times_beyond_any_number_are_broken_times(self) -> None:
        hours = "9" * 5_000
        with pytest.raises(BadCaptions, match="time in line 3"):
            read(f"WEBVTT\n\n{hours}:00:01.000 --> {hours}:00:02.000\nx".encode())

    @given(st.one_of(st.binary(), st.lists(PIECES, max_size=40).map(lambda each: "".join(each).encode())))
    def test_raises_nothing_but_its_error(self, raw: bytes) -> None:
        try:
            lay(read(raw), 0, 0, 10**12)
        except BadCaptions as error:
            assert error.line >= 0


class TestOnTheClock:
    CUES = (Timed(0, 4_000, "a"), Timed(3_000, 8_000, "call 0301-2345678"), Timed(9_000, 12_000, "c\nd"))

    def test_lines_stand_one_after_the_other_and_masked(self) -> None:
        laid = lay(self.CUES, 100_000, 100_000, 110_000)
        assert laid.lines == (
            Kept(100_000, 103_000, "a"),
            Kept(103_000, 108_000, "call •••••"),
            Kept(109_000, 110_000, "c d"),
        )
        assert (laid.outside, laid.hidden) == (0, 1)

    def test_a_number_that_goes_on_in_the_next_line_is_masked_in_both(self) -> None:
        said = ("میرا نمبر ہے 34201", "1234567", "8 لکھ لیں", "کل 2024 میں", "15 ہزار")
        cues = [Timed(1_000 * n, 1_000 * n + 900, text) for n, text in enumerate(said)]
        laid = lay(cues, 0, 0, 60_000)
        assert [each.text for each in laid.lines] == [
            "میرا نمبر ہے •••••", "•••••", "••••• لکھ لیں", "کل 2024 میں", "15 ہزار",
        ]  # fmt: skip
        assert laid.hidden == 3

    def test_what_lies_outside_of_the_hearing_is_left_out(self) -> None:
        laid = lay(self.CUES, 100_000, 101_000, 105_000)
        assert [each.text for each in laid.lines] == ["call •••••"] and laid.outside == 2

    def test_nobody_says_so_much_at_once(self) -> None:
        with pytest.raises(BadCaptions, match="text_long"):
            lay([Timed(0, 1_000, "x" * 601)], 0, 0, 9_000)
        with pytest.raises(BadCaptions, match="encoding"):
            lay([Timed(0, 1_000, "a" + "\u2066" * 90)], 0, 0, 9_000)
        assert lay([Timed(0, 1_000, "…")], 0, 0, 9_000).lines in ((), (Kept(0, 1_000, "…"),))

    def test_a_file_stands_in_the_place_of_what_was_typed_in_its_language(self) -> None:
        lines = lay(self.CUES, 0, 0, 20_000).lines
        found = cues_of("f", "ur", times(lines))
        assert [(each.line, each.starts_at) for each in found] == [("f-0", 0), ("f-1", 3_000), ("f-2", 9_000)]
        typed = [Cue("t1", "ur", "t1", 5_000, 6_000), Cue("t2", "en", "t2", 5_000, 6_000)]
        assert [each.id for each in in_place(typed, [found])] == ["f-0", "f-1", "t2", "f-2"]
        assert in_place(typed, []) == typed
