"""Who hears whom behind the stage: phrases played back to those who said them, and moderators on private lines.

One rule holds the rest: what is heard here never reaches a seat's line, and whoever is on a seat has no part in it.
Time is passed in, in seconds of the plane's clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from signaling.media.port import EchoAction, Heard, MediaRefused, Private, PrivateState
from signaling.media.private import Phrase
from signaling.media.rtp import Rtp

#: A private talk ends by itself unless the moderator's page renews it within so many seconds.
TALK_S = 120.0

Tap = Callable[[Rtp, int, float], None]


class End(Protocol):
    """A participant's end of her private line."""

    participant: str

    def send(self, voice: object, packet: Rtp, ext: int, now: float) -> None: ...
    def report(self, now: float, wall: float) -> None: ...


class Voice(Protocol):
    """A publishing peer; `tap` gets a copy of its sound."""

    tap: Tap | None


@dataclass(slots=True)
class Talk:
    """A moderator with one person. She is heard only once her page has said that it told her."""

    moderator: str
    participant: str
    talks: bool
    renewed_at: float
    told: bool = False


class Backroom:
    """The private lines of one session.

    Arguments:
        seated: whether somebody is on a seat.
        publisher: somebody's publishing peer, if it stands.
        tell: reports a change.
    """

    def __init__(
        self,
        session: str,
        seated: Callable[[str], bool],
        publisher: Callable[[str], Voice | None],
        tell: Callable[[Private], None],
    ) -> None:
        self.session = session
        self._seated, self._publisher, self._tell = seated, publisher, tell
        self.ends: dict[str, End] = {}
        self.talks: dict[str, Talk] = {}
        self.phrases: dict[str, Phrase] = {}

    # --- who is there

    def join(self, end: End) -> End | None:
        """A private line stands; returns the one that it replaces."""
        before = self.ends.get(end.participant)
        self.ends[end.participant] = end
        talk = self._talk_with(end.participant)
        if talk is not None:  # another page of hers: it has told her nothing yet
            talk.told = False
            self._say(talk)
        return before

    def part(self, end: End) -> None:
        """A private line is over, and with the moderator's her talk."""
        if self.ends.get(end.participant) is end:
            del self.ends[end.participant]
            self._over(self.talks.get(end.participant), "left")

    def settle(self) -> None:
        """Seats or publishers changed: whoever is on a seat now has no private line any more."""
        for talk in list(self.talks.values()):
            if self._seated(talk.participant) or self._seated(talk.moderator):
                self._over(talk, "on_stage")
        for participant in list(self.phrases):
            if self._seated(participant):
                del self.phrases[participant]
            self.listen(participant)
        for talk in self.talks.values():
            self.listen(talk.participant)

    def clear(self) -> None:
        """Ends everything."""
        for talk in list(self.talks.values()):
            self._over(talk, "ended")
        for participant in list(self.phrases):
            self._forget(participant)

    def listen(self, participant: str) -> None:
        """Takes a copy of her sound exactly as long as somebody needs it."""
        publisher = self._publisher(participant)
        if publisher is not None:
            wanted = participant in self.phrases or self._talk_with(participant) is not None
            publisher.tap = self._tap(participant) if wanted else None

    def _tap(self, participant: str) -> Tap:
        return lambda packet, ext, now: self._heard(participant, packet, ext, now)

    # --- requests

    def private(self, moderator: str, participant: str | None, talks: bool, now: float) -> None:
        """Begins, changes, renews or (with None) ends what a moderator does.

        Errors: `MediaRefused` with `media_invalid`, `media_on_stage`, `media_unknown_peer`, `media_busy`.
        """
        talk = self.talks.get(moderator)
        if participant is None:
            self._over(talk, "ended")
            return
        if participant == moderator:
            raise MediaRefused("media_invalid")
        if self._seated(participant) or self._seated(moderator):
            raise MediaRefused("media_on_stage")
        if moderator not in self.ends or (participant not in self.ends and self._publisher(participant) is None):
            raise MediaRefused("media_unknown_peer")
        other = self._talk_with(participant)
        if (other is not None and other is not talk) or self._talk_with(moderator) or participant in self.talks:
            raise MediaRefused("media_busy")
        if talk is None or talk.participant != participant:
            self._over(talk, "ended")
            talk = self.talks[moderator] = Talk(moderator, participant, talks, now)
        talk.talks, talk.renewed_at = talks, now
        if talks:
            self._forget(participant)  # a voice has precedence over a playback
        self.listen(participant)
        self._say(talk)

    def echo(self, participant: str, action: EchoAction, now: float) -> Heard | None:
        """What somebody does on her own private line.

        Errors: `MediaRefused` with `media_on_stage`, `media_unknown_peer`, `media_busy`.
        """
        talk = self._talk_with(participant)
        if action == "told":
            if talk is not None and not talk.told:
                talk.told = True
                self._say(talk)
            return None
        if self._seated(participant):
            raise MediaRefused("media_on_stage")
        if talk is not None and talk.talks:
            raise MediaRefused("media_busy")
        if participant not in self.ends:
            raise MediaRefused("media_unknown_peer")
        if action == "record":
            self.phrases[participant] = Phrase(now)
            self.listen(participant)
            return None
        phrase = self.phrases.get(participant)
        if phrase is None:
            raise MediaRefused("media_unknown_peer")
        return phrase.play(now) if phrase.played_at is None else Heard()

    # --- sound

    def spoken(self, end: End, packet: Rtp, ext: int, now: float) -> None:
        """Sound that came on a private line itself: a moderator's for whom she talks to, or a phrase of somebody who
        publishes nothing."""
        if self.ends.get(end.participant) is not end or self._seated(end.participant):
            return
        talk = self.talks.get(end.participant)
        if talk is not None and talk.talks and not self._seated(talk.participant):
            other = self.ends.get(talk.participant)
            if other is not None:
                other.send((talk.moderator, packet.ssrc), packet, ext, now)
        if self._publisher(end.participant) is None:
            self._record(end.participant, packet, ext, now)

    def _heard(self, participant: str, packet: Rtp, ext: int, now: float) -> None:
        """Sound of somebody who publishes and is not on a seat."""
        if self._seated(participant):
            return
        self._record(participant, packet, ext, now)
        talk = self._talk_with(participant)
        if talk is not None and talk.told:
            end = self.ends.get(talk.moderator)
            if end is not None:
                end.send((participant, packet.ssrc), packet, ext, now)

    def _record(self, participant: str, packet: Rtp, ext: int, now: float) -> None:
        phrase = self.phrases.get(participant)
        if phrase is not None:
            phrase.take(packet, ext, now)

    # --- time

    def tick(self, now: float) -> None:
        """Plays what is due and ends what was not renewed."""
        for talk in list(self.talks.values()):
            if now - talk.renewed_at > TALK_S:
                self._over(talk, "timeout")
        for participant, phrase in list(self.phrases.items()):
            end = self.ends.get(participant)
            for ext, packet in phrase.due(now):
                if end is not None and not self._seated(participant):
                    end.send(phrase, packet, ext, now)
            if phrase.over(now):
                self._forget(participant)

    def report(self, now: float, wall: float) -> None:
        """RTCP of the private lines; `wall` is Unix time in seconds."""
        for end in self.ends.values():
            end.report(now, wall)

    # --- the small change

    def _talk_with(self, participant: str) -> Talk | None:
        return next((talk for talk in self.talks.values() if talk.participant == participant), None)

    def _forget(self, participant: str) -> None:
        if self.phrases.pop(participant, None) is not None:
            self.listen(participant)

    def _say(self, talk: Talk) -> None:
        state: PrivateState = "asked" if not talk.told else "talking" if talk.talks else "listening"
        self._tell(Private(self.session, talk.moderator, talk.participant, state, talk.talks))

    def _over(self, talk: Talk | None, cause: str) -> None:
        if talk is None or self.talks.get(talk.moderator) is not talk:
            return
        del self.talks[talk.moderator]
        self.listen(talk.participant)
        self._tell(Private(self.session, talk.moderator, talk.participant, "over", talk.talks, cause))
