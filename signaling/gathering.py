"""Everyone in this process who follows one session: ticks for each audience, personal frames for each participant.

The first event after a quiet spell goes out at once, the rest at most every `tick_ms`. Personal frames of those whom an
event concerns leave with its tick; the others' (a place in line moves with every call) go round within two seconds, so
that everybody's converges within five.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from kachehri.live import Live, Recorded
from rooms.attendance import ParticipantBlocked, ParticipantRemoved, ParticipantUnblocked
from rooms.base import Command
from rooms.captions import CaptionCorrected, CaptionsReleased, CaptionsWithheld, CaptionTyped
from rooms.erasing import ContentErased
from rooms.questions import QuestionAsked, SupportCounted
from rooms.views import AUDIENCES, ViewAudience, personal, visible

from . import codes
from .clock import Clock, Timer
from .fan import Fan, Member
from .frames import Packed
from .passes import Bearer
from .patch import without_nulls
from .presence import Presence
from .protocol import PersonalFrame, Tick, encode

#: Frames written in one go before the loop may do something else: about 2 ms.
CHUNK = 250
#: Personal frames are looked at in steps this far apart, so many steps to a round.
STEP_MS = 250
STEPS = 8
#: A round of a few people needs no steps.
STEP_LEAST = 50
#: A quiet session says at least this often that the line is alive.
QUIET_MS = 20_000


class Gathering:
    """One session in this process."""

    def __init__(self, live: Live, clock: Clock, tick_ms: int, submit: Callable[[Command], None]) -> None:
        self.live = live
        self.fans: dict[ViewAudience, Fan] = {audience: Fan(audience) for audience in AUDIENCES}
        self.presence = Presence(live, clock, submit)
        self._clock = clock
        self._tick_ms = tick_ms
        self._pending: dict[ViewAudience, list[dict[str, Any]]] = {audience: [] for audience in AUDIENCES}
        self._timer: Timer | None = None
        self._ticked_at = -tick_ms
        #: Ticks that were made, ever.
        self.ticks = 0
        self._people: dict[str, dict[Member, None]] = {}
        self._told: dict[str, bytes] = {}
        self._urgent: dict[str, None] = {}
        self._holders: dict[str, str] = {}
        self._seated: dict[str, str] = {}
        self._round: deque[str] = deque()
        self._round_seq = live.seq
        self._step: Timer | None = None
        self._remember_holders()

    # Members

    def can_resume(self, audience: ViewAudience, since: int | None) -> int | None:
        """The position of someone who knows this very log up to event `since`, if ticks can bring them from there."""
        fan = self.fans[audience]
        if since is None or not fan.known:
            return None
        return fan.can_resume(since, self.live.seq, self._timer is not None)

    def join(self, member: Member, position: int | None, missed: list[dict[str, Any]]) -> None:
        """Take a member in and send its first frames; from here on it misses nothing.

        Arguments:
            position: from `can_resume`, in the same turn of the loop; None for a snapshot.
            missed: visible events that the member does not know, to go with a snapshot.
        """
        fan = self.fans[member.audience]
        fan.start(self.live)
        fan.members[member] = None
        at = self._clock.now()
        if position is None:
            member.position = fan.position
            known = [event for event in missed if event["seq"] <= fan.seq]
            member.send(fan.snapshot(self.live.epoch, at, known or None))
        else:
            member.position = position
            fan.deliver(member, self.live.epoch, at)
        for bearer in list(member.held.values()):
            self.added(member, bearer)

    def added(self, member: Member, bearer: Bearer) -> None:
        """The member speaks for a person, or for one more."""
        members = self._people.setdefault(bearer.participant, {})
        if member not in members:
            members[member] = None
            self.presence.came(bearer.participant, bearer.role)
        self._tell(bearer.participant, only=member)

    def leave(self, member: Member) -> None:
        """The member's connection is over."""
        fan = self.fans[member.audience]
        fan.members.pop(member, None)
        if not fan.members:
            fan.forget()
        for participant in member.held:
            members = self._people.get(participant)
            if members is None or member not in members:
                continue
            del members[member]
            if not members:
                del self._people[participant]
                self._told.pop(participant, None)
            self.presence.went(participant)

    def drained(self, member: Member) -> None:
        """The member's outbox has room again: catch up on what it was spared."""
        self.fans[member.audience].deliver(member, self.live.epoch, self._clock.now())
        for participant in member.held:
            self._tell(participant, only=member)

    def reach(self, participant: str) -> Iterable[Member]:
        """The connections of one person."""
        return list(self._people.get(participant, ()))

    # Events

    def announced(self, records: Iterable[Recorded]) -> None:
        """Something was committed; our copy of the session has seen it already."""
        for record in records:
            event = record.event
            self._concern(event)
            for audience, pending in self._pending.items():
                if not self.fans[audience].members:
                    continue
                shown = visible(event, audience)
                if shown is not None:
                    pending.append({**without_nulls(shown), "seq": record.seq, "at": record.at})
        self._remember_holders()
        self.presence.announced(records)
        if any(isinstance(record.event, ContentErased) for record in records):
            # Ticks that are kept for those who come back may hold the words: everyone begins anew without them.
            self.restart(self.live)
        if self._timer is None:
            wait = self._ticked_at + self._tick_ms - self._clock.steady()
            self._timer = self._clock.later(max(0, wait), self.tick)

    def tick(self) -> None:
        """Tell every audience what changed."""
        self._timer = None
        self.ticks += 1
        self._ticked_at = self._clock.steady()
        at = self._clock.now()
        for fan in self.fans.values():
            events, self._pending[fan.audience] = self._pending[fan.audience], []
            if fan.members and fan.tick(self.live, at, events):
                self._write(fan, list(fan.members), 0, at)
        for participant in self._urgent:
            self._tell(participant)
        self._urgent.clear()
        self._go_round()

    def restart(self, live: Live) -> None:
        """The log was replaced by another (a restore): everyone gets a new snapshot under the new epoch."""
        self.live = self.presence.live = live
        at = self._clock.now()
        self._told.clear()
        for fan in self.fans.values():
            members = list(fan.members)
            fan.forget()
            self._pending[fan.audience] = []
            if members:
                fan.start(live)
                for member in members:
                    member.position = fan.position
                    member.send(fan.snapshot(live.epoch, at))
        self._remember_holders()
        for participant in list(self._people):
            self._tell(participant)

    @property
    def idle(self) -> bool:
        """Whether nobody is here and nobody is awaited."""
        return self.presence.idle

    def sweep(self, origin: str = "", tell_count: Callable[[int], None] | None = None) -> None:
        """Once a second: say that the line is alive, and count people."""
        now = self._clock.steady()
        if now - self._ticked_at >= QUIET_MS and self._timer is None:
            self._ticked_at = now
            at = self._clock.now()
            for fan in self.fans.values():
                if fan.members:
                    alive = Packed(encode(Tick(at=at, seq=fan.seq)))
                    for member in list(fan.members):
                        if not member.paused:
                            member.send(alive)
        self.presence.sweep(origin, tell_count)

    def stop(self) -> None:
        """No more frames."""
        for timer in (self._timer, self._step):
            if timer is not None:
                timer.cancel()
        self._timer = self._step = None
        self.presence.stop()

    # Fan-out

    def _write(self, fan: Fan, members: list[Member], start: int, at: int) -> None:
        for member in members[start : start + CHUNK]:
            if member in fan.members:
                fan.deliver(member, self.live.epoch, at)
        if start + CHUNK < len(members):
            self._clock.later(0, lambda: self._write(fan, members, start + CHUNK, at))

    # Personal frames

    def _concern(self, event: Any) -> None:
        """Note whom an event concerns, so that they hear of it with the tick."""
        queue = self.live.session.queue
        match event:
            case QuestionAsked():
                self._urgent[event.asker] = None
            case ParticipantRemoved() | ParticipantBlocked() | ParticipantUnblocked():
                self._urgent[event.participant] = None
                if isinstance(event, ParticipantRemoved):
                    self._clock.later(0, lambda: self._put_out(event.participant))
            case SupportCounted():
                pass  # a number of other people's wishes: it may go round
            case CaptionTyped() | CaptionCorrected() | CaptionsReleased() | CaptionsWithheld():
                self._urgent.update(dict.fromkeys(self._holders.values()))  # they read what is still held
            case _:
                question = queue.questions.get(getattr(event, "question", ""))
                if question is not None:
                    self._urgent[question.asker] = None
                holder = self._holders.get(getattr(event, "turn", "")) or getattr(event, "participant", "")
                if holder in self._people:
                    self._urgent[holder] = None

    def _remember_holders(self) -> None:
        """Who has which turn; a turn that ended is still known until the next event."""
        turns = self.live.session.stage.turns
        for turn in turns.values():
            if turn.id not in self._holders:
                self._holders[turn.id] = turn.participant
                self._urgent[turn.participant] = None
        for gone in [turn for turn in self._holders if turn not in turns]:
            self._urgent[self._holders.pop(gone)] = None
        seated = {seat.id: seat.participant for seat in self.live.session.stage.seats.values() if seat.participant}
        for seat, before in self._seated.items():
            if seated.get(seat) != before:  # got up, or was taken off: her own frame says where she sits
                self._urgent[before] = None
        self._seated = seated

    def _tell(self, participant: str, only: Member | None = None) -> None:
        """Send a participant's own frame: to all of her connections if it changed, or to one that is new."""
        members = self._people.get(participant)
        if not members:
            return
        session, at = self.live.session, self._clock.now()
        view = encode(personal(session, participant, self.live.texts, at))
        changed = self._told.get(participant) != view
        if not changed and only is None:
            return
        self._told[participant] = view
        frame = Packed(encode(PersonalFrame(at=at, seq=session.seq, participant=participant, view=msgspec.Raw(view))))
        for member in list(members) if changed else [only]:
            if member is not None and not member.paused:
                member.send(frame)

    def _go_round(self) -> None:
        """Look at everybody's own frame once more, a part at a time."""
        if self._step is None and self._people and self._round_seq != self.live.seq:
            self._round_seq = self.live.seq
            asked, told = self.live.session.queue.asked_by, self._told
            self._round = deque(each for each in self._people if each in asked or each not in told)
            if self._round:
                self._step = self._clock.later(STEP_MS, self._take_step)

    def _take_step(self) -> None:
        self._step = None
        for _ in range(max(STEP_LEAST, len(self._people) // STEPS)):
            if not self._round:
                break
            self._tell(self._round.popleft())
        if self._round:
            self._step = self._clock.later(STEP_MS, self._take_step)
        else:
            self._go_round()

    def _put_out(self, participant: str) -> None:
        self._tell(participant)
        for member in self.reach(participant):
            if member.bearer.participant == participant:
                member.shut(codes.REMOVED)
