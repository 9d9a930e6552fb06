"""Whatever happens behind the stage and in whichever order, nothing private goes anywhere else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from signaling.media.backroom import TALK_S
from signaling.media.port import MediaRefused
from signaling.media.private import Phrase
from tests.signaling.media.behind_stage import Room, sound


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
