"""Typed lines as timed text, and the files that they are taken away in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.captions import STAYS_MS, Cue, cues
from recordings.chapters import Logged
from recordings.search import Piece, Query
from recordings.webvtt import BadCaptions, Timed, clock, read, write
from rooms.base import ContentRef, Event
from rooms.captions import CaptionCorrected, CaptionsWithheld, CaptionTyped


def typed(n: int, at: int, took_ms: int = 0, language: str = "ur") -> Logged:
    event = CaptionTyped(caption=f"{n:016x}", language=language, line=ref(n), took_ms=took_ms)  # type: ignore[arg-type]
    return Logged(at, event)


def ref(n: int) -> ContentRef:
    return ContentRef(f"c{n:015x}", "0" * 64)


def times(found: tuple[Cue, ...]) -> list[tuple[int, int]]:
    return [(each.starts_at, each.ends_at) for each in found]


class TestCues:
    def test_begin_when_typing_began_and_stay_until_the_next(self) -> None:
        assert times(cues([typed(1, 10_000, 3_000), typed(2, 12_000, 1_000), typed(3, 60_000)])) == [
            (7_000, 11_000),
            (11_000, 12_000 + STAYS_MS),
            (60_000, 60_000 + STAYS_MS),
        ]

    def test_say_what_was_put_right_and_leave_out_what_was_taken_back(self) -> None:
        again = Logged(3_000, CaptionCorrected(caption=f"{1:016x}", line=ref(9)))
        back = Logged(3_100, CaptionCorrected(caption=f"{2:016x}"))
        unknown = Logged(3_200, CaptionCorrected(caption="f" * 16, line=ref(8)))
        (only,) = cues([typed(1, 1_000), typed(2, 2_000), again, back, unknown])
        assert (only.line, only.corrected, only.starts_at) == (ref(9).id, True, 1_000)

    def test_of_two_languages_stand_side_by_side(self) -> None:
        assert times(cues([typed(1, 1_000), typed(2, 1_500, language="en")])) == [(1_000, 8_000), (1_500, 8_500)]

    def test_leave_out_what_was_dumped(self) -> None:
        dump = Logged(9_000, CaptionsWithheld(since=4_000))
        corrected = Logged(8_500, CaptionCorrected(caption=f"{2:016x}", line=ref(9)))
        log = [typed(1, 3_999), typed(2, 4_000), typed(3, 8_000), corrected, dump, typed(4, 9_000)]
        assert [each.line for each in cues(log)] == [ref(1).id, ref(4).id]

    def test_leave_out_what_was_put_right_in_what_was_dumped(self) -> None:
        corrected = Logged(8_500, CaptionCorrected(caption=f"{2:016x}", line=ref(9)))
        log = [typed(1, 1_000), typed(2, 1_500), corrected, Logged(9_000, CaptionsWithheld(since=4_000))]
        assert [each.line for each in cues(log)] == [ref(1).id]

    @given(st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 60_000), st.sampled_from(("ur", "en")))))
    def test_make_a_file_whatever_was_typed_when(self, lines: list[tuple[int, int, str]]) -> None:
        at = 0
        log: list[Logged] = []
        for n, (passed, took, language) in enumerate(lines):
            at += passed
            log.append(typed(n, at, took, language))
        for language in ("ur", "en"):
            mine = [each for each in cues(log) if each.language == language]
            timed = [Timed(each.starts_at, each.ends_at, each.line, each.id) for each in mine]
            assert read(write(timed, language).encode()) == timed


class TestFile:
    @given(st.text(), st.integers(0, 10**9), st.integers(1, 10**6))
    def test_holds_any_words(self, text: str, begin: int, long: int) -> None:
        text = text.encode("utf-8", "replace").decode()
        found = read(write([Timed(begin, begin + long, text)], "ur").encode())
        words = "".join(text.replace("\0", "\n").split())
        assert "".join("".join(each.text.split()) for each in found) == words
        assert [(each.starts_ms, each.ends_ms) for each in found] == [(begin, begin + long)][: len(found)]

    def test_has_times_as_the_standard_has_them(self) -> None:
        assert [clock(each) for each in (0, 61_005, 3_600_000, 400_000_000)] == [
            "00:00:00.000",
            "00:01:01.005",
            "01:00:00.000",
            "111:06:40.000",
        ]
        assert write([Timed(0, 1_500, "پانی <b> & --> کل", "a1")], "ur") == (
            "WEBVTT\nKind: captions\nLanguage: ur\n\n"
            "a1\n00:00:00.000 --> 00:00:01.500\nپانی &lt;b&gt; &amp; --&gt; کل\n"
        )

    @pytest.mark.parametrize("cues", [[Timed(5, 5, "x")], [Timed(5, 9, "x"), Timed(4, 9, "y")]])
    def test_is_not_made_of_times_that_cannot_be(self, cues: list[Timed]) -> None:
        with pytest.raises(ValueError, match="a cue from"):
            write(cues, "ur")

    def test_of_others_may_have_notes_styles_settings_and_byte_marks(self) -> None:
        raw = (
            "\ufeffWEBVTT - made elsewhere\r\nKind: captions\r\n\r\nNOTE nothing\r\n\r\nSTYLE\r\n::cue {}\r\n\r\n"
            "1\r\n00:01.000 --> 00:02.500 align:start  line:0\r\n<v Chair>One &amp; two\r\n\r\n"
            "00:00:02.000 -->\t01:00:00.000\r\nThree\r\nFour\r\n"
        )
        assert read(raw.encode()) == [
            Timed(1_000, 2_500, "One & two", "1"),
            Timed(2_000, 3_600_000, "Three\nFour"),
        ]

    @pytest.mark.parametrize(
        ("body", "code", "line"),
        [
            ("", "header", 1),
            ("WEBVTTX\n", "header", 1),
            ("WEBVTT\n00:00.000 --> 00:01.000\n", "header", 2),
            ("WEBVTT\n\n00:00.000 --> 00:61.000\nx", "time", 3),
            ("WEBVTT\n\n0:00.000 --> 00:01.000\nx", "time", 3),
            ("WEBVTT\n\n00:00,000 --> 00:01,000\nx", "time", 3),
            ("WEBVTT\n\n00:00.000-->00:01.000\nx", "time", 3),
            ("WEBVTT\n\n00:00.000 --> \nx", "time", 3),
            ("WEBVTT\n\nonly words", "time", 3),
            ("WEBVTT\n\n1\n00:02.000 --> 00:01.000\nx", "empty_time", 4),
            ("WEBVTT\n\n00:02.000 --> 00:03.000\nx\n\n00:01.000 --> 00:04.000\ny", "order", 6),
            ("WEBVTT\n\n00:02.000 --> 00:03.000\nx\n00:04.000 --> 00:05.000", "text", 5),
        ],
    )
    def test_that_is_broken_says_what_and_where(self, body: str, code: str, line: int) -> None:
        with pytest.raises(BadCaptions) as found:
            read(body.encode())
        assert (found.value.code, found.value.line) == (code, line)

    def test_in_another_encoding_is_none(self) -> None:
        with pytest.raises(BadCaptions) as found:
            read("WEBVTT\n\nپانی".encode("utf-16"))
        assert found.value.code == "encoding"


class TestSearch:
    @pytest.mark.parametrize("query", ["سڑک", "sadak", "سڑك", "پانی سڑک", "26-4071", "2640718822"])
    def test_finds_words_however_they_are_written(self, query: str) -> None:
        assert Query(query).fits(["سڑک پر پانی کھڑا ہے", "26-4071-8822"])

    @pytest.mark.parametrize("query", ["", "  ", "بجلی", "سڑک بجلی", "ا"])
    def test_finds_nothing_else(self, query: str) -> None:
        assert not Query(query).fits(["سڑک پر پانی کھڑا ہے"])

    def test_marks_what_it_found_and_leaves_the_text_whole(self) -> None:
        text = "چک 57 کی سڑکیں، پھر پانی"
        found = Query("سڑک").marked(text)
        assert "".join(run.text for run in found) == text
        assert [run.text for run in found if run.found] == ["سڑکیں،"]
        assert Query("").marked(text) == (Piece(text, False),)


def test_only_captions_make_cues() -> None:
    other: Event = CaptionCorrected(caption="f" * 16)
    assert cues([Logged(1, other)]) == ()
