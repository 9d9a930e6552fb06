"""Whoever followed equals whoever reloaded: random walks over every command, compared after every step.

A *step* is a command that was accepted and recorded something. Refusals and commands that changed nothing are counted
apart; after them nothing is sent, and the next step would show it if they had changed something.

One side is the server as it runs: each command travels through JSON, the role table and the rules, its events are
carried into the live session, and for each audience one tick (the visible events, and a merge patch from the last view
to the new one) and for each participant a personal frame, if hers changed, go out as bytes. Followers know nothing but
these bytes. The other side is somebody who reloads: another session, carried forward only by decoding the bytes of the
log, and every so often thrown away and replayed from the first event.

Compared after every step: the view of every audience and the personal frame of every participant, byte by byte in a
canonical form, followed against reloaded; and what tests.bench.invariants says must hold. A second follower of each
audience gets its ticks only now and then, each covering several steps. At each replay and at the end of each session
the live session, the reloaded one and a fresh replay must be equal in every field.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import msgspec

from moderation.roles import allows
from rooms import lifecycle
from rooms.base import Actor, Command, ContentRef, Context, Event, Refused, SetFact
from rooms.erasing import ContentErased
from rooms.questions import SupportCounted
from rooms.session import (
    COMMANDS,
    AnyCommand,
    Session,
    Tick,
    decide,
    decode_event,
    encode_event,
    evolve,
    next_deadline,
    owner,
    replay,
)
from rooms.views import AUDIENCES, ViewAudience, personal, view, visible
from signaling.patch import diff, merge

from .invariants import Broken, close_holds, must, nothing_leaks, only_own, queue_holds, stage_holds
from .walk import Walker
from .walk_cast import PARTICIPANTS
from .walk_course import LONG
from .walk_sight import Plan

STEPS = 100_000
#: 2026-01-05 10:00 in Karachi, in milliseconds since the epoch.
START_MS = 1_767_589_200_000
encode = msgspec.json.Encoder().encode
canonical = msgspec.json.Encoder(order="sorted").encode
read_command = msgspec.json.Decoder(AnyCommand).decode


class Diverged(AssertionError):
    """A follower and somebody who reloads see different things."""


class Follower:
    """A browser: it has what the server sent and nothing else."""

    def __init__(self, snapshot: bytes) -> None:
        self.view: dict[str, Any] = json.loads(snapshot)
        self.seq = 0

    def receive(self, frame: bytes) -> None:
        tick = json.loads(frame)
        numbers = [event["seq"] for event in tick.get("events", ())]
        must(numbers == sorted(set(numbers)), "an event came twice or out of order")
        must(all(self.seq < each <= tick["seq"] for each in numbers), "an event came in the wrong tick")
        self.seq = tick["seq"]
        self.view = merge(self.view, tick.get("patch", {}))


class Channel:
    """The server's end of one audience: what was sent last, and what happened since."""

    def __init__(self, audience: ViewAudience, session: Session, texts: dict[str, str]) -> None:
        self.audience = audience
        snapshot = encode(view(session, audience, texts))
        self.last: dict[str, Any] = json.loads(snapshot)
        self.events: list[dict[str, Any]] = []
        self.follower = Follower(snapshot)

    def happened(self, seq: int, event: Event) -> None:
        shown = visible(event, self.audience)
        if shown is not None:
            self.events.append({"seq": seq, **shown})

    def tick(self, session: Session, now: dict[str, Any]) -> None:
        """Send what happened, then look whether anything was in it that this audience may not know."""
        frame = encode({"type": "tick", "seq": session.seq, "events": self.events, "patch": diff(self.last, now)})
        self.last, self.events = now, []
        if self.audience != "desk":
            nothing_leaks(self.audience, frame)
        self.follower.receive(frame)


@dataclass
class Tally:
    """What all walks of a run came to."""

    steps: int = 0
    long_steps: int = 0
    sessions: int = 0
    refused: int = 0
    idle: int = 0
    diverged: int = 0
    events: int = 0
    views: int = 0
    personal: int = 0
    replays: int = 0
    most_questions: int = 0
    accepted: Counter[type[Command]] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)


class Walk:
    """One session from its announcement to its balance, with everybody who watches it."""

    def __init__(self, number: int, seed: int, plan: Plan, tally: Tally) -> None:
        self.name = f"{seed}/{number}"
        self.rng = random.Random(self.name)
        self.tally = tally
        self.plan = plan
        self.now = START_MS
        self.live = Session(id="abcdefgh")
        self.reloaded = Session(id="abcdefgh")
        self.log: list[tuple[int, int, bytes]] = []
        self.texts: dict[str, str] = {}
        self.reloaded_texts: dict[str, str] = {}
        self.walker = Walker(self.live, plan, self.rng, tally.accepted)
        self.channels = [Channel(each, self.live, self.texts) for each in AUDIENCES]
        self.slow = [Channel(each, self.live, self.texts) for each in AUDIENCES]
        self.frames: dict[str, bytes] = {}
        self.ids = itertools.count(1)
        self.steps = 0
        self.trail: list[str] = []

    def run(self) -> int:
        """Walk to the end; returns the number of steps."""
        idle = 0
        while self.live.phase not in lifecycle.ENDED:
            self.pass_time()
            actor, command = self.walker.choose(self.steps, self.now)
            idle = 0 if self.give(actor, command) else idle + 1
            must(idle < 2_000, "the walk does not get anywhere")
        for _ in range(3):
            actor, command = self.walker.stray(self.now)
            must(not self.give(actor, command), f"{type(command).__name__} was carried out after the end")
        self.replayed()
        return self.steps

    def pass_time(self) -> None:
        rng = self.rng
        self.now += rng.choice((0, 0, 40, 1_000, rng.randint(0, 20_000)))
        due = next_deadline(self.live)
        if due is not None and rng.random() < 0.05 and due - self.now < 30 * 60_000:
            self.now = max(self.now, due + rng.choice((-1, 0, 0, 500)))

    def give(self, actor: Actor, command: Command) -> bool:
        """One command on the server's way. Whether it recorded something."""
        command = read_command(encode(command))
        self.trail.append(f"{self.now} {actor.role}:{actor.participant} {command}")
        try:
            decided, counted = self.decided(actor, command)
        except Refused as refused:
            self.tally.refused += 1
            self.tally.codes[refused.code] += 1
            return False
        if isinstance(command, Tick):
            self.ticked(decided)
        if not counted:
            self.tally.idle += 1
            return False
        for event in counted:
            self.record(event)
        self.tally.accepted[type(command)] += 1
        self.steps += 1
        self.compare()
        if isinstance(command, Tick):
            due = next_deadline(self.live)
            if due is not None and due <= self.now:
                must(self.give(actor, Tick()), "the clock asks for a tick that does nothing")
        return True

    def decided(self, actor: Actor, command: Command) -> tuple[list[Any], list[Event]]:
        """What the rules decide, and what is recorded of it once supports are counted."""
        tag = str(command.__struct_config__.tag)
        if not allows(actor.role, tag, owner(self.live, command) == actor.participant):
            raise Refused("not_allowed")
        kept: dict[str, ContentRef] = {}
        words: dict[str, str] = {}
        for name in command.texts:
            if text := getattr(command, name):
                kept[name] = ContentRef(f"{next(self.ids):016x}", "d" * 64)
                words[kept[name].id] = text
        context = Context(now=self.now, new_id=self.new_id, new_reference=self.new_reference, kept=kept)
        decided = decide(self.live, command, actor, context)
        self.texts.update(words)
        self.reloaded_texts.update(words)
        events: list[Event] = [each for each in decided if isinstance(each, Event)]
        for fact in decided:
            if isinstance(fact, SetFact) and (fact.subject, fact.participant) not in self.walker.supported:
                self.walker.supported.add((fact.subject, fact.participant))
                count = self.live.queue.questions[fact.subject].supports + 1
                events.append(SupportCounted(counts={fact.subject: count}))
        return decided, events

    def ticked(self, decided: list[Any]) -> None:
        """The clock does something exactly when a deadline has come."""
        due = next_deadline(self.live)
        must(bool(decided) == (due is not None and due <= self.now), "a tick and the next deadline disagree")

    def new_id(self) -> str:
        return f"{next(self.ids):016x}"

    def new_reference(self) -> str:
        return f"26{next(self.ids):08d}"

    def record(self, event: Event) -> None:
        """Into the log as bytes, into the live session as it is, into the reloaded one as decoded."""
        seq, body = self.live.seq + 1, encode_event(event)
        evolve(self.live, event, seq, self.now)
        self.log.append((seq, self.now, body))
        if isinstance(event, ContentErased):
            for each in event.contents:
                self.texts.pop(each, None)
                self.reloaded_texts.pop(each, None)
        evolve(self.reloaded, decode_event(body), seq, self.now)
        for channel in (*self.channels, *self.slow):
            channel.happened(seq, event)
        self.tally.events += 1

    def compare(self) -> None:
        """Everybody who followed against everybody who reloads."""
        if self.rng.random() < (0.04 if self.steps < LONG else 0.01):
            self.replayed()
        late = self.rng.random() < 0.15
        for channel, slow in zip(self.channels, self.slow, strict=True):
            raw = encode(view(self.live, channel.audience, self.texts))
            channel.tick(self.live, json.loads(raw))
            expected = canonical(view(self.reloaded, channel.audience, self.reloaded_texts))
            self.same(f"the view of {channel.audience}", channel.follower, expected)
            if late:
                slow.tick(self.live, json.loads(raw))
                self.same(f"the late view of {channel.audience}", slow.follower, expected)
            self.tally.views += 1 + late
        for participant in PARTICIPANTS:
            frame = encode(personal(self.live, participant, self.texts, self.now))
            if self.frames.get(participant) != frame:
                self.frames[participant] = frame
                only_own(participant, frame)
            if frame != encode(personal(self.reloaded, participant, self.reloaded_texts, self.now)):
                raise Diverged(f"the personal frame of {participant}")
        self.tally.personal += len(PARTICIPANTS)
        queue_holds(self.live)
        stage_holds(self.live)
        close_holds(self.live, len(self.live.queue.questions))

    def same(self, what: str, follower: Follower, expected: bytes) -> None:
        if canonical(follower.view) != expected:
            gap = diff(follower.view, json.loads(expected))
            raise Diverged(f"{what} at {self.live.seq}: a reload would change {json.dumps(gap)[:500]}")

    def replayed(self) -> None:
        """Throw the reloaded session away and read the whole log again."""
        fresh = replay(self.live.id, self.log)
        if not fresh == self.reloaded == self.live:
            raise Diverged(f"a replay of the log at {self.live.seq}")
        self.reloaded = fresh
        self.tally.replays += 1
        asked = sum(b'"question.asked"' in body for _, _, body in self.log)
        must(asked == len(fresh.queue.questions), "a question was lost")


def plans(steps: int, rng: random.Random) -> Any:
    """Long sessions for more than a third of all steps, and many short ones, for what happens once in each."""
    done_long = 0
    for number in itertools.count():
        if done_long < 0.42 * steps and number % 20 == 0:
            plan = Plan(rng.randint(540, 680), "closed", crowded=number % 200 == 0)
            done_long += plan.length
        elif number % 20 == 10 and number % 40 == 10:
            plan = Plan(rng.randint(20, 60), "deadline")
        elif number % 2:
            plan = Plan(rng.randint(4, 16), "cancelled")
        else:
            plan = Plan(rng.randint(20, 60), "closed")
        yield number, plan


def campaign(steps: int, seed: int, only: int | None = None, say: Any = print) -> dict[str, Any]:
    """Walk until `steps` steps are done; returns the line of figures."""
    tally = Tally()
    began = time.process_time()
    shown = 0
    for number, plan in plans(steps, random.Random(seed)):
        if only is not None and number != only:
            continue
        walk = Walk(number, seed, plan, tally)
        try:
            walk.run()
        except (Diverged, Broken, LookupError, TypeError, ValueError, AttributeError) as error:
            tally.diverged += 1
            say(f"session {number} of seed {seed}, step {walk.steps}: {type(error).__name__}: {error}")
            for line in walk.trail[-6:]:
                say(f"    {line}")
        tally.sessions += 1
        tally.steps += walk.steps
        tally.long_steps += walk.steps if walk.steps > LONG else 0
        tally.most_questions = max(tally.most_questions, len(walk.live.queue.questions))
        if tally.steps >= steps or only is not None or tally.diverged >= 20:
            break
        if tally.steps // 5_000 > shown:
            shown = tally.steps // 5_000
            say(f"{tally.steps} steps in {tally.sessions} sessions, {time.process_time() - began:.0f} s")
    counts = {str(kind.__struct_config__.tag): tally.accepted[kind] for kind in COMMANDS}
    return {
        "steps": tally.steps,
        "audiences": len(AUDIENCES),
        "participants": len(PARTICIPANTS),
        "least_accepted": min(counts.values()),
        "diverged": tally.diverged,
        "seed": seed,
        "command_types": len(counts),
        "steps_in_long_sessions": tally.long_steps,
        "sessions": tally.sessions,
        "events": tally.events,
        "refused": tally.refused,
        "without_effect": tally.idle,
        "views_compared": tally.views,
        "personal_frames_compared": tally.personal,
        "replays": tally.replays,
        "most_questions": tally.most_questions,
        "refusal_codes": dict(tally.codes.most_common()),
        "accepted": dict(sorted(counts.items(), key=lambda pair: pair[1])),
        "cpu_s": round(time.process_time() - began, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--small", action="store_true", help="3,000 steps")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--session", type=int, help="walk only this one of the run's sessions")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    result = campaign(3_000 if options.small else options.steps, options.seed, options.session)
    print(json.dumps(result))
    sys.exit(1 if result["diverged"] else 0)


if __name__ == "__main__":
    main()
