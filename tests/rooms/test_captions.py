"""What is said, typed line by line: shown while the hearing lasts, corrected while it is near, kept in the log."""

import pytest

from moderation.roles import ROLES
from rooms.base import ContentRef
from rooms.captions import (
    CaptionCorrected,
    CaptionsWithheld,
    CaptionTyped,
    CorrectCaption,
    TypeCaption,
    WithholdCaptions,
)
from rooms.erasing import EraseContent
from rooms.lifecycle import AdjournSession, CloseSession, ResumeSession
from rooms.limits import CAPTION_BYTES, CAPTIONS_OPEN, CAPTIONS_SHOWN
from rooms.rows import CaptionRow
from rooms.views import view, visible

from .hearing import MODERATOR, NOON, SECOND, Hearing

BASIN = "نہر کی صفائی سوموار سے شروع ہو گی"


def typed(hearing: Hearing, text: str = BASIN, took_ms: int = 0) -> CaptionTyped:
    (event,) = hearing.do(TypeCaption(language="ur", line=text, took_ms=took_ms), line=text)
    assert isinstance(event, CaptionTyped)
    return event


def shown(hearing: Hearing, audience: str = "public") -> dict[str, CaptionRow]:
    return view(hearing.session, audience, hearing.texts).captions  # type: ignore[arg-type]


class TestTyping:
    def test_puts_a_line_on_every_page(self) -> None:
        hearing = Hearing().live()
        event = typed(hearing, took_ms=2_000)
        assert shown(hearing) == {event.caption: CaptionRow(language="ur", text=BASIN, at=NOON)}
        assert (event.took_ms, event.by) == (2_000, MODERATOR.participant)

    def test_names_the_seat_that_speaks_and_to_the_public_not_who_typed(self) -> None:
        hearing = Hearing().live()
        assert typed(hearing).seat == ""
        hearing.on_stage()
        event = typed(hearing)
        assert event.seat == "c1"
        assert "by" not in (visible(event, "public") or {}) and "by" in (visible(event, "desk") or {})

    def test_needs_words_and_a_hearing_that_goes_on(self) -> None:
        hearing = Hearing()
        assert hearing.refused(TypeCaption(language="ur", line=BASIN), line=BASIN) == "phase"
        hearing.live()
        assert hearing.refused(TypeCaption(language="ur", line=" ")) == "text_empty"
        hearing.do(AdjournSession(reason="prayer"))
        typed(hearing)
        hearing.do(ResumeSession())
        hearing.do(CloseSession())
        assert shown(hearing) == {}
        assert hearing.refused(TypeCaption(language="ur", line=BASIN), line=BASIN) == "phase"

    def test_shows_a_few_lines_to_everybody_and_to_those_who_correct_as_many_as_they_may(self) -> None:
        hearing = Hearing().live()
        lines = [typed(hearing, f"سطر {n}").caption for n in range(CAPTIONS_OPEN + 3)]
        assert list(shown(hearing)) == lines[-CAPTIONS_SHOWN:]
        assert list(shown(hearing, "desk")) == list(shown(hearing, "official")) == lines[-CAPTIONS_OPEN:]

    def test_is_bounded_on_every_page_and_gone_when_it_was_erased(self) -> None:
        hearing = Hearing().live()
        event = typed(hearing, "پانی " * 400)
        assert len(shown(hearing)[event.caption].text.encode()) <= CAPTION_BYTES
        del hearing.texts[event.line.id]
        hearing.do(EraseContent(participant=MODERATOR.participant, contents=(event.line.id,)))
        assert shown(hearing) == {}


class TestCorrecting:
    def test_puts_other_words_in_the_same_place(self) -> None:
        hearing = Hearing().live()
        first, second = typed(hearing, "ایک"), typed(hearing, "دو")
        hearing.do(CorrectCaption(caption=first.caption, line="پہلا"), SECOND, line="پہلا")
        assert [row.text for row in shown(hearing).values()] == ["پہلا", "دو"]
        assert [each.corrected for each in hearing.session.captions.last] == [True, False]
        assert hearing.replayed() == hearing.session
        assert second.caption in shown(hearing)

    def test_without_words_takes_the_line_back(self) -> None:
        hearing = Hearing().live()
        first, second = typed(hearing, "ایک"), typed(hearing, "دو")
        assert hearing.do(CorrectCaption(caption=second.caption)) == [
            CaptionCorrected(caption=second.caption, by=MODERATOR.participant)
        ]
        assert list(shown(hearing)) == [first.caption]
        assert hearing.refused(CorrectCaption(caption=second.caption, line="دو"), line="دو") == "caption_gone"

    @pytest.mark.parametrize("behind", [CAPTIONS_OPEN, CAPTIONS_OPEN + 5])
    def test_ends_where_the_line_is_far_back(self, behind: int) -> None:
        hearing = Hearing().live()
        first = typed(hearing)
        for n in range(behind):
            typed(hearing, f"سطر {n}")
        assert hearing.refused(CorrectCaption(caption=first.caption, line="x"), line="x") == "caption_gone"

    def test_keeps_both_wordings_in_the_log(self) -> None:
        hearing = Hearing().live()
        event = typed(hearing)
        (again,) = hearing.do(CorrectCaption(caption=event.caption, line="دوسرا"), line="دوسرا")
        assert isinstance(again, CaptionCorrected) and isinstance(again.line, ContentRef)
        assert {hearing.texts[event.line.id], hearing.texts[again.line.id]} == {BASIN, "دوسرا"}


class TestDumping:
    def test_takes_the_lines_of_those_seconds_off_every_page(self) -> None:
        hearing = Hearing().live()
        before = typed(hearing, "before").caption
        hearing.now += 6_000
        typed(hearing, "dumped")
        hearing.now += 4_000
        last = typed(hearing, "dumped too").caption
        (event,) = hearing.do(WithholdCaptions(reach_ms=5_000))
        assert event == CaptionsWithheld(since=hearing.now - 5_000, by=MODERATOR.participant)
        assert list(shown(hearing)) == [before] and "by" not in (visible(event, "public") or {})
        assert hearing.refused(CorrectCaption(caption=last, line="x"), line="x") == "caption_gone"

    def test_takes_what_was_put_right_in_those_seconds_too(self) -> None:
        hearing = Hearing().live()
        before, older = typed(hearing, "before").caption, typed(hearing, "older").caption
        hearing.now += 6_000
        hearing.do(CorrectCaption(caption=older, line="older, dumped"), line="older, dumped")
        hearing.do(WithholdCaptions(reach_ms=5_000))
        assert list(shown(hearing)) == [before]

    def test_lets_nobody_finish_a_line_of_them(self) -> None:
        hearing = Hearing().live()
        hearing.do(WithholdCaptions(reach_ms=5_000))
        hearing.now += 2_000
        late = TypeCaption(language="ur", line="late", took_ms=2_001)
        assert hearing.refused(late, line="late") == "caption_withheld"
        typed(hearing, "after", took_ms=2_000)

    def test_is_the_moderators(self) -> None:
        assert all(("caption.withhold" in rows) == (role in ("moderator", "chair")) for role, rows in ROLES.items())
