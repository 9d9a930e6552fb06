"""Who hears whom behind the stage: the rules, with ends that take notes and no network."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from signaling.media.backroom import TALK_S, Backroom, Tap
from signaling.media.port import MediaRefused, Private
from signaling.media.private import KEPT_S, PHRASE_BYTES, PHRASE_PACKETS, PHRASE_S, Feed, Phrase
from signaling.media.rtp import Rtp

FRAME = 1_920  # 40 ms


def sound(number: int, who: int = 77, level: int | None = 20, payload: bytes = b"voice") -> Rtp:
    return Rtp(0, 111, number & 0xFFFF, number * FRAME, who, payload, level)


class Phone:
    """One end of a private line; `got` is whose voice came when."""

    def __init__(self, participant: str) -> None:
        self.participant = participant
        self.got: list[tuple[Any, int, float]] = []

    def send(self, voice: object, packet: Rtp, ext: int, now: float) -> None:
        self.got.append((voice, ext, now))

    def report(self, now: float, wall: float) -> None: ...


class Microphone:
    """A publishing peer."""

    def __init__(self) -> None:
        self.tap: Tap | None = None

    def speak(self, number: int, now: float, who: int = 77, level: int | None = 20) -> None:
        if self.tap is not None:
            self.tap(sound(number, who, level), number, now)


class Room:
    def __init__(self, *people: str) -> None:
        self.seated: set[str] = set()
        self.microphones = {name: Microphone() for name in people}
        self.told: list[Private] = []
        self.back = Backroom("s", self.seated.__contains__, self.microphones.get, self.told.append)
        self.phones = {name: Phone(name) for name in (*people, "moderator", "other")}
        for phone in self.phones.values():
            self.back.join(phone)

    def got(self, name: str) -> list[Any]:
        return [voice for voice, _, _ in self.phones[name].got]

    @property
    def said(self) -> list[str]:
        return [report.state for report in self.told]


def refusal(call: Any, *given: Any) -> str:
    with pytest.raises(MediaRefused) as refused:
        call(*given)
    return refused.value.code


class TestListening:
    def test_nobody_is_heard_before_her_page_has_told_her(self) -> None:
        room = Room("asma")
        room.back.private("moderator", "asma", False, 0.0)
        room.microphones["asma"].speak(1, 0.1)
        assert room.said == ["asked"] and not room.got("moderator")
        room.back.echo("asma", "told", 0.2)
        room.microphones["asma"].speak(2, 0.3)
        assert room.said == ["asked", "listening"] and room.got("moderator") == [("asma", 77)]
        assert not room.got("other") and not room.got("asma")

    def test_who_only_listens_is_not_heard(self) -> None:
        room = Room("asma")
        room.back.private("moderator", "asma", False, 0.0)
        room.back.spoken(room.phones["moderator"], sound(1), 1, 0.1)
        assert not room.got("asma")
        room.back.private("moderator", "asma", True, 0.2)
        room.back.spoken(room.phones["moderator"], sound(2), 2, 0.3)
        assert room.got("asma") == [("moderator", 77)]
        room.back.private("moderator", "asma", False, 0.4)
        room.back.spoken(room.phones["moderator"], sound(3), 3, 0.5)
        assert len(room.got("asma")) == 1

    def test_another_page_of_hers_has_to_tell_her_again(self) -> None:
        room = Room("asma")
        room.back.private("moderator", "asma", False, 0.0)
        room.back.echo("asma", "told", 0.1)
        room.back.join(Phone("asma"))
        room.microphones["asma"].speak(1, 0.2)
        assert room.said == ["asked", "listening", "asked"] and not room.got("moderator")

    def test_one_person_at_a_time_and_one_moderator(self) -> None:
        room = Room("asma", "bina")
        room.back.private("moderator", "asma", True, 0.0)
        assert refusal(room.back.private, "other", "asma", False, 0.1) == "media_busy"
        room.back.private("moderator", "bina", True, 0.2)
        assert [(each.participant, each.state, each.cause) for each in room.told] == [
            ("asma", "asked", ""), ("asma", "over", "ended"), ("bina", "asked", ""),
        ]  # fmt: skip
        room.back.private("other", "asma", False, 0.3)
        assert refusal(room.back.private, "other", "moderator", False, 0.4) == "media_busy"
        assert refusal(room.back.private, "other", "other", False, 0.4) == "media_invalid"

    def test_somebody_who_has_no_line_can_be_neither_heard_nor_spoken_to(self) -> None:
        room = Room("asma")
        assert refusal(room.back.private, "moderator", "nobody", False, 0.0) == "media_unknown_peer"
        assert refusal(room.back.private, "stranger", "asma", False, 0.0) == "media_unknown_peer"


class TestEnd:
    def talking(self) -> Room:
        room = Room("asma")
        room.back.private("moderator", "asma", True, 0.0)
        room.back.echo("asma", "told", 0.0)
        return room

    def silent(self, room: Room, cause: str) -> None:
        before = len(room.got("moderator")), len(room.got("asma"))
        room.microphones["asma"].speak(9, 500.0)
        room.back.spoken(room.phones["moderator"], sound(9), 9, 500.0)
        assert (len(room.got("moderator")), len(room.got("asma"))) == before
        assert (room.told[-1].state, room.told[-1].cause) == ("over", cause)
        assert room.microphones["asma"].tap is None

    @pytest.mark.parametrize("who", ["asma", "moderator"])
    def test_going_on_stage_ends_it(self, who: str) -> None:
        room = self.talking()
        room.seated.add(who)
        room.back.settle()
        self.silent(room, "on_stage")
        assert refusal(room.back.private, "moderator", "asma", True, 1.0) == "media_on_stage"

    def test_the_moderators_leaving_ends_it(self) -> None:
        room = self.talking()
        room.back.part(room.phones["moderator"])
        self.silent(room, "left")

    def test_it_has_to_be_renewed(self) -> None:
        room = self.talking()
        room.back.private("moderator", "asma", True, TALK_S - 1)
        room.back.tick(TALK_S + 1)
        assert room.said[-1] == "talking"
        room.back.tick(2 * TALK_S)
        self.silent(room, "timeout")

    def test_the_moderator_ends_it_and_asking_twice_is_no_error(self) -> None:
        room = self.talking()
        room.back.private("moderator", None, False, 1.0)
        room.back.private("moderator", None, False, 1.0)
        assert room.said == ["asked", "talking", "over"]
        self.silent(room, "ended")

    def test_an_orphaned_session_ends_all(self) -> None:
        room = self.talking()
        room.back.clear()
        self.silent(room, "ended")


class TestEcho:
    def test_her_phrase_comes_back_to_her_alone_at_its_own_pace(self) -> None:
        room = Room("asma")
        microphone = room.microphones["asma"]
        microphone.speak(1, 0.0)
        assert microphone.tap is None, "nothing is kept unasked"
        room.back.echo("asma", "record", 0.0)
        late = 0.0
        for i in range(50):
            late = 0.03 if i % 7 else 0.0  # the network delivers unevenly
            microphone.speak(10 + i, i * 0.04 + late)
        heard = room.back.echo("asma", "play", 2.1)
        assert heard is not None
        assert (heard.packets, heard.lost, heard.level, heard.ms) == (50, 0, 20, 49 * 40)
        room.back.tick(2.1)
        now = 2.1
        while now < 4.2:
            now += 0.01
            room.back.tick(now)
        times = [at for _, _, at in room.phones["asma"].got]
        assert len(times) == 50 and [ext for _, ext, _ in room.phones["asma"].got] == list(range(10, 60))
        gaps = [after - before for before, after in zip(times, times[1:], strict=False)]
        assert max(gaps) < 0.055 and min(gaps) > 0.025
        assert not room.got("moderator") and not room.got("other")
        assert not room.back.phrases and microphone.tap is None

    def test_what_is_lost_on_the_way_up_is_counted(self) -> None:
        room = Room("asma")
        room.back.echo("asma", "record", 0.0)
        for i in range(40):
            if i % 4:
                room.microphones["asma"].speak(i, i * 0.04, level=None)
        heard = room.back.echo("asma", "play", 2.0)
        assert heard is not None and (heard.packets, heard.lost, heard.level) == (30, 9, None)

    def test_nothing_came(self) -> None:
        room = Room("asma")
        assert refusal(room.back.echo, "asma", "play", 0.0) == "media_unknown_peer"
        room.back.echo("asma", "record", 0.0)
        heard = room.back.echo("asma", "play", 4.0)
        assert heard is not None and heard.packets == 0
        room.back.tick(4.1)
        assert not room.back.phrases

    def test_only_the_last_seconds_are_kept_and_not_for_long(self) -> None:
        room = Room("asma")
        room.back.echo("asma", "record", 0.0)
        for i in range(300):
            room.microphones["asma"].speak(i, i * 0.04)
        heard = room.back.echo("asma", "play", 12.0)
        assert heard is not None and heard.packets in (100, 101) and heard.ms <= 1_000 * PHRASE_S
        room.back.echo("asma", "record", 20.0)
        room.back.tick(20.0 + KEPT_S + 1)
        assert not room.back.phrases and room.microphones["asma"].tap is None

    def test_a_moderators_voice_has_precedence(self) -> None:
        room = Room("asma")
        room.back.echo("asma", "record", 0.0)
        room.microphones["asma"].speak(1, 0.1)
        room.back.echo("asma", "play", 1.0)
        room.back.private("moderator", "asma", True, 1.0)
        room.back.tick(1.5)
        assert not room.got("asma")
        assert refusal(room.back.echo, "asma", "record", 2.0) == "media_busy"

    def test_not_from_the_stage(self) -> None:
        room = Room("asma")
        room.back.echo("asma", "record", 0.0)
        room.seated.add("asma")
        room.back.settle()
        assert not room.back.phrases
        assert refusal(room.back.echo, "asma", "record", 1.0) == "media_on_stage"

    def test_somebody_who_publishes_nothing_is_heard_on_her_private_line(self) -> None:
        room = Room()
        room.back.echo("moderator", "record", 0.0)
        room.back.spoken(room.phones["moderator"], sound(1), 1, 0.1)
        heard = room.back.echo("moderator", "play", 1.0)
        assert heard is not None and heard.packets == 1


class TestPhrase:
    @given(
        st.lists(
            st.tuples(st.integers(0, 70_000), st.integers(0, 2**32 - 1), st.integers(0, 1_300), st.integers(1, 3)),
            max_size=400,
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_stays_small_and_ends_whatever_comes(self, packets: list[tuple[int, int, int, int]]) -> None:
        phrase = Phrase(0.0)
        for i, (ext, timestamp, size, ssrc) in enumerate(packets):
            phrase.take(Rtp(0, 111, ext & 0xFFFF, timestamp, ssrc, bytes(size), 20), ext, i * 0.01)
            assert len(phrase._packets) <= PHRASE_PACKETS
            assert sum(len(packet.payload) for _, _, packet in phrase._packets) <= PHRASE_BYTES
        phrase.play(10.0)
        sent = phrase.due(10.0 + PHRASE_S)
        assert phrase.over(10.0 + PHRASE_S) and len(sent) <= PHRASE_PACKETS


class TestFeed:
    def test_numbers_and_clock_go_on_from_one_voice_to_the_next(self) -> None:
        feed = Feed(2)
        packets = []
        for voice, first, at in (("a", 60_000, 0.0), ("b", 5, 1.0), ("a", 60_003, 2.0)):
            packets += [feed.write(voice, sound(first + i), first + i, at + i * 0.04) for i in range(3)]
        heads = [(int.from_bytes(p[2:4], "big"), int.from_bytes(p[4:8], "big"), p[1] >> 7) for p in packets if p]
        assert [seq for seq, _, _ in heads] == list(range(1, 10))
        stamps = [stamp for _, stamp, _ in heads]
        assert stamps == sorted(stamps) and stamps[3] - stamps[2] == round(0.92 * 48_000)
        assert [marker for _, _, marker in heads] == [1, 0, 0, 1, 0, 0, 1, 0, 0]

    def test_a_lost_packet_stays_a_gap_and_a_late_one_falls_into_it(self) -> None:
        feed = Feed(2)
        numbers = [
            int.from_bytes((feed.write("a", sound(ext), ext, 0.0) or b"")[2:4], "big") for ext in (10, 11, 14, 13)
        ]
        assert numbers == [1, 2, 5, 4]
        assert feed.write("a", sound(9), 9, 0.0) is None


class Behind(RuleBasedStateMachine):
    """Whatever anybody does in whatever order: a private line carries her own phrase, or the voice of the one who
    speaks with her, and nothing of or for anybody who is on a seat."""

    people = ("asma", "bina", "chair")

    def __init__(self) -> None:
        super().__init__()
        self.room = Room(*self.people)
        self.now = 0.0
        self.number = 0
        self.at: dict[str, str] = {}  # whom a moderator may hear, by our own account
        self.talks: dict[str, bool] = {}
        self.told: set[str] = set()

    def _end(self, moderator: str) -> None:
        self.told.discard(self.at.pop(moderator, ""))
        self.talks.pop(moderator, None)

    @rule(
        moderator=st.sampled_from(["moderator", "other", "chair"]),
        who=st.sampled_from([*people, None]),
        talks=st.booleans(),
    )
    def private(self, moderator: str, who: str | None, talks: bool) -> None:
        try:
            self.room.back.private(moderator, who, talks, self.now)
        except MediaRefused:
            return
        if who is None:
            self._end(moderator)
            return
        if self.at.get(moderator) != who:
            self._end(moderator)
        self.at[moderator], self.talks[moderator] = who, talks

    @rule(who=st.sampled_from(people), action=st.sampled_from(["record", "play", "told"]))
    def echo(self, who: str, action: Any) -> None:
        try:
            self.room.back.echo(who, action, self.now)
        except MediaRefused:
            return
        if action == "told" and who in self.at.values():
            self.told.add(who)

    @rule(who=st.sampled_from([*people, "moderator"]), sits=st.booleans())
    def seat(self, who: str, sits: bool) -> None:
        (self.room.seated.add if sits else self.room.seated.discard)(who)
        self.room.back.settle()
        if sits:
            for moderator, other in list(self.at.items()):
                if who in (moderator, other):
                    self._end(moderator)

    @rule(who=st.sampled_from(["moderator", "other"]))
    def leave_and_return(self, who: str) -> None:
        self.room.back.part(self.room.phones[who])
        self._end(who)
        self.room.back.join(self.room.phones[who])
        if who in self.at.values():
            self.told.discard(who)

    @rule(seconds=st.sampled_from([0.04, 0.5, 5.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self._mark()
        self.room.back.tick(self.now)
        self._check(None)
        for moderator in list(self.at):
            if moderator not in self.room.back.talks:
                assert self.now > TALK_S
                self._end(moderator)

    @rule(who=st.sampled_from(people))
    def speak(self, who: str) -> None:
        self.number += 1
        self._mark()
        self.room.microphones[who].speak(self.number, self.now, who=1_000 + self.people.index(who))
        self._check(who)

    @rule(who=st.sampled_from(["moderator", "other", "chair"]))
    def speak_privately(self, who: str) -> None:
        self.number += 1
        self._mark()
        self.room.back.spoken(self.room.phones[who], sound(self.number, 5), self.number, self.now)
        self._check(who)

    @precondition(lambda self: self.room.back.talks)
    @invariant()
    def as_we_count(self) -> None:
        assert {m: t.participant for m, t in self.room.back.talks.items()} == self.at

    def _mark(self) -> None:
        for phone in self.room.phones.values():
            phone.got.clear()

    def _check(self, speaker: str | None) -> None:
        for name, phone in self.room.phones.items():
            for voice, _, _ in phone.got:
                assert name not in self.room.seated
                if isinstance(voice, Phrase):
                    assert speaker is None, "a playback moves with time alone"
                    continue
                whose = voice[0]
                assert whose == speaker and whose not in self.room.seated
                hears = self.at.get(name) == whose and whose in self.told
                is_spoken_to = self.at.get(whose) == name and self.talks[whose]
                assert hears or is_spoken_to


@pytest.mark.slow
def test_nothing_private_goes_anywhere_else() -> None:
    run_state_machine_as_test(Behind, settings=settings(max_examples=120, stateful_step_count=60, deadline=None))
