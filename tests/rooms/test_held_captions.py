"""Typed lines and the safety delay: read at once by those who hear the stage, by everybody else once it is over."""

from hypothesis import given
from hypothesis import strategies as st

from rooms.base import Event
from rooms.captions import (
    CaptionsReleased,
    CaptionsWithheld,
    CaptionTyped,
    CorrectCaption,
    TypeCaption,
    WithholdCaptions,
)
from rooms.lifecycle import AdjournSession, CloseSession
from rooms.limits import CAPTION_LAG_MS, CAPTIONS_OPEN, CAPTIONS_SHOWN
from rooms.personal import personal
from rooms.session import Tick, decode_event, next_deadline
from rooms.turns import ParkTurn
from rooms.views import ViewAudience, view, visible

from .hearing import BILAL, NOON, ZAINAB, Hearing

DELAY = 5_000


def held() -> Hearing:
    return Hearing(held_ms=DELAY).live()


def typed(hearing: Hearing, text: str) -> CaptionTyped:
    (event,) = hearing.do(TypeCaption(language="ur", line=text), line=text)
    assert isinstance(event, CaptionTyped)
    return event


def read(hearing: Hearing, audience: ViewAudience = "public") -> list[str]:
    return [row.text for row in view(hearing.session, audience, hearing.texts).captions.values()]


def own(hearing: Hearing, participant: str) -> list[str]:
    return [row.text for row in personal(hearing.session, participant, hearing.texts, hearing.now).captions.values()]


def wait(hearing: Hearing, ms: int) -> list[Event]:
    hearing.now += ms
    return hearing.do(Tick())


class TestHolding:
    def test_shows_a_line_to_the_staff_at_once_and_to_everybody_when_the_delay_is_over(self) -> None:
        hearing = held()
        event = typed(hearing, "line")
        assert event.public_at == next_deadline(hearing.session) == NOON + DELAY
        assert read(hearing) == [] and read(hearing, "desk") == read(hearing, "official") == ["line"]
        assert wait(hearing, DELAY - 1) == [] and read(hearing) == []
        assert wait(hearing, 1) == [CaptionsReleased(captions=(event.caption,))]
        (row,) = view(hearing.session, "public", hearing.texts).captions.values()
        assert (row.text, row.at) == ("line", NOON), "it is of the moment at which it was typed"
        assert next_deadline(hearing.session) != NOON + DELAY and wait(hearing, 1) == []
        assert hearing.replayed() == hearing.session

    def test_tells_the_public_of_its_release_alone(self) -> None:
        hearing = held()
        event = typed(hearing, "line")
        (again,) = hearing.do(CorrectCaption(caption=event.caption, line="other"), line="other")
        assert visible(event, "public") is visible(again, "public") is None
        assert visible(event, "desk") is not None and "by" not in (visible(event, "official") or {"by": ""})
        (released,) = wait(hearing, DELAY)
        assert visible(released, "public") == {"type": "caption.released", "captions": (event.caption,)}

    def test_releases_each_line_in_its_time_also_in_a_break(self) -> None:
        hearing = held()
        typed(hearing, "one")
        hearing.now += 2_000
        typed(hearing, "two")
        hearing.do(AdjournSession(reason="prayer"))
        wait(hearing, DELAY - 2_000)
        assert read(hearing) == ["one"] and next_deadline(hearing.session) == hearing.now + 2_000
        wait(hearing, 2_000)
        assert read(hearing) == ["one", "two"]

    def test_ends_with_the_hearing(self) -> None:
        hearing = held()
        typed(hearing, "line")
        hearing.do(CloseSession())
        assert next_deadline(hearing.session) is None and wait(hearing, DELAY) == []
        assert read(hearing) == read(hearing, "desk") == []

    def test_keeps_every_held_line_however_many_there_are(self) -> None:
        hearing = held()
        many = [f"{n}" for n in range(CAPTIONS_OPEN + 4)]
        for each in many:
            typed(hearing, each)
        assert [hearing.texts[each.line] for each in hearing.session.captions.held()] == many
        assert read(hearing, "desk") == many[-CAPTIONS_OPEN:], "a view is bounded all the same"
        wait(hearing, DELAY)
        typed(hearing, "next")
        assert len(hearing.session.captions.last) == CAPTIONS_OPEN and read(hearing) == many[-CAPTIONS_SHOWN:]

    def test_without_a_delay_writes_nothing_more(self) -> None:
        hearing = Hearing().live()
        event = typed(hearing, "line")
        hearing.do(CorrectCaption(caption=event.caption, line="other"), line="other")
        assert event.public_at == 0 and read(hearing) == ["other"] and wait(hearing, 10 * DELAY) == []
        assert not any(b"public_at" in body for _, _, body in hearing.log)


class TestWhoHasATurn:
    def test_reads_what_she_hears(self) -> None:
        hearing = held()
        turn = hearing.called(ZAINAB)
        typed(hearing, "line")
        assert own(hearing, ZAINAB.participant) == ["line"] and own(hearing, BILAL.participant) == []
        for n in range(CAPTIONS_SHOWN):
            typed(hearing, f"{n}")
        assert own(hearing, ZAINAB.participant) == ["0", "1", "2"]
        hearing.do(ParkTurn(turn=turn))
        assert own(hearing, ZAINAB.participant) == []

    def test_has_what_everybody_reads_from_the_view(self) -> None:
        hearing = held()
        hearing.on_stage(ZAINAB)
        typed(hearing, "line")
        assert own(hearing, ZAINAB.participant) == ["line"]
        wait(hearing, DELAY)
        assert own(hearing, ZAINAB.participant) == [] and read(hearing) == ["line"]


class TestCorrecting:
    def test_replaces_the_words_that_are_held_and_holds_the_new_ones_as_long(self) -> None:
        hearing = held()
        event = typed(hearing, "wrong")
        hearing.now += 3_000
        hearing.do(CorrectCaption(caption=event.caption, line="right"), line="right")
        assert read(hearing, "desk") == ["right"] and wait(hearing, DELAY - 1) == []
        wait(hearing, 1)
        assert read(hearing) == ["right"]

    def test_of_a_line_that_was_read_takes_it_away_until_the_new_words_may_be(self) -> None:
        hearing = held()
        event = typed(hearing, "wrong")
        wait(hearing, DELAY)
        hearing.do(CorrectCaption(caption=event.caption, line="right"), line="right")
        assert read(hearing) == [] and read(hearing, "desk") == ["right"]
        wait(hearing, DELAY)
        assert read(hearing) == ["right"]

    def test_without_words_is_not_held(self) -> None:
        hearing = held()
        event = typed(hearing, "line")
        wait(hearing, DELAY)
        hearing.do(CorrectCaption(caption=event.caption))
        assert read(hearing) == read(hearing, "desk") == [] and hearing.session.captions.held() == []


class TestDumping:
    def test_drops_all_that_is_held(self) -> None:
        hearing = held()
        typed(hearing, "read")
        wait(hearing, DELAY)
        typed(hearing, "dumped")
        at = hearing.now
        hearing.now += 4_999
        (event,) = hearing.do(WithholdCaptions(reach_ms=200))
        assert isinstance(event, CaptionsWithheld) and event.since == at, "however short the reach is"
        assert read(hearing) == read(hearing, "desk") == ["read"] and wait(hearing, DELAY) == []

    def test_gives_a_line_back_that_may_still_be_of_it(self) -> None:
        hearing = held()
        hearing.do(WithholdCaptions(reach_ms=0))
        hearing.now += CAPTION_LAG_MS + 1_000
        late = TypeCaption(language="ur", line="late", took_ms=1_001)
        assert hearing.refused(late, line="late") == "caption_withheld"
        typed(hearing, "sent again")
        assert read(hearing, "desk") == ["sent again"]

    def test_gives_other_words_for_an_older_line_back_too(self) -> None:
        hearing = held()
        event = typed(hearing, "older")
        wait(hearing, DELAY)
        hearing.do(WithholdCaptions(reach_ms=0))
        hearing.now += CAPTION_LAG_MS - 1
        other = CorrectCaption(caption=event.caption, line="dumped")
        assert hearing.refused(other, line="dumped") == "caption_withheld"
        hearing.now += 1
        hearing.do(other, line="said later")
        assert read(hearing, "desk") == ["said later"]

    @given(
        st.lists(
            st.one_of(
                st.tuples(st.just("type"), st.integers(0, 4_000)),
                st.tuples(st.just("correct"), st.integers(0, 14)),
                st.tuples(st.just("take"), st.integers(0, 14)),
                st.tuples(st.just("wait"), st.integers(1, 7_000)),
                st.tuples(st.just("dump"), st.integers(0, 6_000)),
            ),
            max_size=25,
        )
    )
    def test_whatever_was_dumped_was_never_in_anything_of_the_public(self, steps: list[tuple[str, int]]) -> None:
        """Words are put down, time passes, the key is pressed: whoever only watches has read no word younger than the
        delay, and nothing that a dump took."""
        hearing = held()
        hearing.called(ZAINAB)
        put: dict[str, int] = {}  # words → when they were put down
        dumped: set[str] = set()
        for n, (step, much) in enumerate(steps):
            last, words = hearing.session.captions.last, f"words-{n}"
            open_again = hearing.now - hearing.session.captions.withheld_at >= CAPTION_LAG_MS
            if step == "type" and open_again:
                hearing.do(TypeCaption(language="ur", line=words), line=words)
                put[words] = hearing.now
            elif step == "correct" and last and open_again:
                hearing.do(CorrectCaption(caption=last[much % len(last)].id, line=words), line=words)
                put[words] = hearing.now
            elif step == "take" and last:
                hearing.do(CorrectCaption(caption=last[much % len(last)].id))
            elif step == "wait":
                wait(hearing, much)
            elif step == "dump":
                dumped |= {text for text, at in put.items() if at > hearing.now - DELAY}
                hearing.do(WithholdCaptions(reach_ms=much))
            shown, early = set(read(hearing)), {text for text, at in put.items() if at > hearing.now - DELAY}
            assert not shown & (dumped | early) and not set(read(hearing, "desk")) & dumped
            told = str([visible(decode_event(body), "public") for _, _, body in hearing.log])
            assert not any(id in told for id, text in hearing.texts.items() if text in put)
            assert set(own(hearing, ZAINAB.participant)) <= early - dumped and own(hearing, BILAL.participant) == []
