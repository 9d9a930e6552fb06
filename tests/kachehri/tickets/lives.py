"""Draws what somebody does next with a ticket, lawful or not, so that a test can watch what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final, get_args

from kachehri.tickets import acts as a
from kachehri.tickets.acts import Act, Doer
from kachehri.tickets.events import Kind, Opened, Outcome, Solved
from kachehri.tickets.kinds import KINDS, days_of
from kachehri.tickets.life import Life
from kachehri.tickets.lifecycle import ENTRY, By, possible
from rooms.base import ContentRef

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000
OFFICES: Final = ("triage", "water", "roads", "land")
POSTS: Final = {"p-triage": "triage", "p-water": "water", "p-below": "water", "p-roads": "roads", "p-land": "land"}
ACCOUNTS: Final = ("acc-0", "acc-1", "acc-2", "acc-3", "acc-4")
SIDES: Final[tuple[By, ...]] = get_args(By)


class Chance:
    """One ticket's luck.

    Arguments:
        lawful: how often, of 100, what is drawn is at least in the tables.
    """

    def __init__(self, rng: Random, lawful: int = 92) -> None:
        self.rng = rng
        self.lawful = lawful
        self._words = 0

    def opened(self) -> Opened:
        """How it begins."""
        kind: Kind = self.rng.choice(("grievance", "grievance", "grievance", *KINDS))
        return Opened(
            kind=kind,
            category=self.rng.choice(("pump", "road", "papers")),
            office=self.rng.choice(OFFICES[1:]),
            days=days_of(kind, self.rng.choice((None, 3, 7, 15, 30))),
            protected=self.rng.random() < 0.1,
            about=self.rng.choice(("", "", "", "", "p-below", "p-roads")),
            state=self.rng.choice(ENTRY),
            assisted=self.rng.random() < 0.2,
        )

    def later(self, now: int) -> int:
        """Minutes, days or weeks on; seldom a clock that went back a little."""
        rng = self.rng
        return now + rng.choice((-60_000, 60_000, HOUR_MS, 5 * HOUR_MS, DAY_MS, 3 * DAY_MS, 16 * DAY_MS))

    def words(self) -> ContentRef:
        self._words += 1
        return ContentRef(f"w{self._words}" if self.rng.random() > 0.03 else "", "digest")

    def doer(self, side: By) -> Doer:
        """Somebody of a side."""
        if side in ("citizen", "clock"):
            return Doer(side, side)
        post = self.rng.choice(tuple(POSTS))
        level = self.rng.randint(1, 3) if side == "supervisor" else 0
        return Doer(side, self.rng.choice(ACCOUNTS), POSTS[post], post, level)

    def next(self, life: Life) -> tuple[Act, Doer]:
        """What is asked of it, and by whom."""
        rng = self.rng
        if life.warned_at is not None and rng.random() < 0.3:
            if life.told_at is None:
                return a.NoteArrival(channel="sms", of="warning"), Doer("clock", "clock")
            return MAKERS["force"](self, life), self.doer("supervisor")
        if life.state == "resolution_proposed" and rng.random() < 0.3:
            act = a.NoteArrival(channel="sms") if life.arrived_at is None else a.StaySilent()
            return act, Doer("clock", "clock")
        open_parts = [office for office, done in life.parts.items() if done is None]
        if open_parts and rng.random() < 0.15:
            return a.FinishPart(office=open_parts[0]), Doer("office", "acc-4", open_parts[0])
        if life.disputes and life.proposed_by and life.state in ("assigned", "in_progress") and rng.random() < 0.2:
            return _propose(self, life), Doer("officer", life.proposed_by)
        side = rng.choice(SIDES)
        names = possible(side, life.state)
        if rng.randrange(100) >= self.lawful or not names:
            names = tuple(MAKERS)
        # Steps move it; deeds are many, and would fill its life.
        steps = [name for name in names if name in STEPS]
        name = rng.choice(steps if steps and rng.random() < 0.7 else names)
        return MAKERS[name if name in MAKERS else "propose"](self, life), self.doer(side)


def _propose(chance: Chance, life: Life) -> a.Propose:
    allowed = KINDS[life.kind].outcomes if chance.rng.random() < 0.9 else get_args(Outcome)
    rule = chance.words() if chance.rng.random() < 0.8 else None
    return a.Propose(outcome=chance.rng.choice(allowed), note=chance.words(), rule=rule)


def _rate(chance: Chance, _: Life) -> a.Rate:
    rng = chance.rng
    return a.Rate(solved=rng.choice(get_args(Solved)), stars=rng.randint(0, 6), money=rng.choice(("", "no", "yes")))


def _place(chance: Chance) -> tuple[str, str]:
    post = chance.rng.choice(("", *POSTS))
    return (POSTS[post] if post else chance.rng.choice(OFFICES)), post


def _route(chance: Chance, _: Life) -> a.Route:
    office, post = _place(chance)
    return a.Route(office=office, post=post)


def _transfer(chance: Chance, _: Life) -> a.Transfer:
    office, post = _place(chance)
    return a.Transfer(office=office, post=post, reason=chance.words())


def _direct(chance: Chance, _: Life) -> a.Direct:
    office, post = _place(chance)
    return a.Direct(order=chance.words(), office=office, post=post)


def _share(chance: Chance, _: Life) -> a.Share:
    return a.Share(office=chance.rng.choice(OFFICES))


def _finish(chance: Chance, life: Life) -> a.FinishPart:
    return a.FinishPart(office=chance.rng.choice((*life.parts, OFFICES[0])))


#: Acts that join tickets need another one and are tried on their own.
MAKERS: Final[dict[str, Callable[[Chance, Life], Act]]] = {
    "route": _route,
    "transfer": _transfer,
    "assign": lambda chance, life: a.Assign(
        post=chance.rng.choice(tuple(POSTS)), account=chance.rng.choice(("", *ACCOUNTS))
    ),
    "start": lambda chance, life: a.Start(plan=chance.words(), day="2026-02-01"),
    "ask_citizen": lambda chance, life: a.AskCitizen(question=chance.words()),
    "citizen_answers": lambda chance, life: a.Answer(answer=chance.words()),
    "wait_outside": lambda chance, life: a.WaitOutside(reason=chance.words(), paused=chance.rng.random() < 0.5),
    "resume": lambda chance, life: a.Resume(),
    "propose": _propose,
    "countersign": lambda chance, life: a.Countersign(),
    "confirm": lambda chance, life: a.Confirm(how=chance.rng.choice(("link", "operator"))),
    "stay_silent": lambda chance, life: a.StaySilent(),
    "dispute": lambda chance, life: a.Dispute(solved=chance.rng.choice(("no", "partly")), words=chance.words()),
    "appeal": lambda chance, life: a.Appeal(),
    "direct": _direct,
    "uphold": lambda chance, life: a.Uphold(order=chance.words()),
    "withdraw": lambda chance, life: a.Withdraw(called_back=chance.rng.random() < 0.5),
    "force": lambda chance, life: a.Force(outcome=chance.rng.choice(KINDS[life.kind].outcomes), reason=chance.words()),
    "warn": lambda chance, life: a.Warn(reason=chance.words()),
    "escalate": lambda chance, life: a.Escalate(level=chance.rng.randint(1, 4)),
    "share": _share,
    "finish_part": _finish,
    "note": lambda chance, life: a.Note(note=chance.words()),
    "add_evidence": lambda chance, life: a.AddEvidence(attachment=f"pic-{chance.rng.randint(1, 3)}"),
    "classify": lambda chance, life: a.Classify(
        category=chance.rng.choice(("pump", "road")), days=chance.rng.choice((0, 3, 15, 40))
    ),
    "concern": lambda chance, life: a.Concern(
        about=chance.rng.choice(("",) * 8 + tuple(POSTS)), office=chance.rng.choice(("", *OFFICES)), why="around"
    ),
    "note_arrival": lambda chance, life: a.NoteArrival(channel="sms", of=chance.rng.choice(("proposal", "warning"))),
    "rate": _rate,
}
STEPS: Final = frozenset(list(MAKERS)[: list(MAKERS).index("warn")])
