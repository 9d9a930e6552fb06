"""A hearing in memory: commands go in, events are recorded as a server would record them, time moves by hand."""

from collections.abc import Callable
from typing import Any

from rooms.attendance import ReportPresence
from rooms.base import Actor, Command, ContentRef, Context, Event, Refused, Role, SetFact
from rooms.lifecycle import OpenDoors, ScheduleSession, SeatPlan, StartSession
from rooms.questions import AdmitQuestion, AskQuestion, QuestionAsked
from rooms.session import Session, decide, decode_event, encode_event, evolve, replay
from rooms.stage import Turn
from rooms.turns import AcceptTurn, CallTurn, ReadyTurn, TurnCalled

NOON = 1_800_000_000_000
HOUR = 3_600_000
SEATS = (
    SeatPlan("chair", "official"),
    SeatPlan("c1", "citizen"),
    SeatPlan("c2", "citizen"),
    SeatPlan("sign", "signer"),
    SeatPlan("hall", "hall"),
)


def person(number: int, role: Role = "citizen") -> Actor:
    return Actor(f"{number:016x}", role)


MODERATOR = person(0xA1, "moderator")
SECOND = person(0xA2, "moderator")
CHAIR = person(0xB1, "chair")
ZAINAB = person(0x11)
BILAL = person(0x12)
SALMA = person(0x13)


class Hearing:
    """One session with its log."""

    def __init__(self, seats: tuple[SeatPlan, ...] = SEATS, held_ms: int = 0, **more: Any) -> None:
        self.held_ms = held_ms
        self.session = Session(id="abcd2345")
        self.now = NOON
        self.log: list[tuple[int, int, bytes]] = []
        self.facts: list[SetFact] = []
        self.texts: dict[str, str] = {}
        self._drawn = 0
        title = {"ur": "سماعت", "en": "Hearing"}
        self.do(ScheduleSession(title=title, starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR, seats=seats, **more))

    def draw(self) -> str:
        self._drawn += 1
        return f"{self._drawn:016x}"

    def context(self, **words: str) -> Context:
        kept = {}
        for field, text in words.items():
            ref = ContentRef(f"c{self.draw()[1:]}", "0" * 64)
            self.texts[ref.id] = text
            kept[field] = ref
        reference: Callable[[], str] = lambda: f"26{self.draw()[-8:]}"  # noqa: E731
        return Context(now=self.now, new_id=self.draw, new_reference=reference, kept=kept, held_ms=self.held_ms)

    def do(self, command: Command, by: Actor = MODERATOR, **words: str) -> list[Event]:
        """Give a command; its events are recorded and carried out."""
        recorded: list[Event] = []
        for event in decide(self.session, command, by, self.context(**words)):
            if isinstance(event, SetFact):
                self.facts.append(event)
            else:
                self.record(event)
                recorded.append(event)
        return recorded

    def record(self, event: Event) -> None:
        body = encode_event(event)
        assert decode_event(body) == event
        seq = self.session.seq + 1
        evolve(self.session, event, seq, self.now)
        self.log.append((seq, self.now, body))

    def refused(self, command: Command, by: Actor = MODERATOR, **words: str) -> str:
        """Give a command that must be refused; nothing has changed."""
        before = self.replayed()
        try:
            decide(self.session, command, by, self.context(**words))
        except Refused as refused:
            assert self.session == before
            return refused.code
        raise AssertionError(f"{command} was accepted")

    def replayed(self) -> Session:
        return replay(self.session.id, self.log)

    def live(self) -> "Hearing":
        self.do(OpenDoors())
        self.do(StartSession())
        self.do(ReportPresence(participant=MODERATOR.participant, role="moderator", present=True))
        return self

    def ask(
        self, by: Actor = ZAINAB, text: str = "پانی بند ہے", name: str = "زینب", village: str = "", **more: Any
    ) -> str:
        """Ask; the id of the question."""
        words = {"text": text, "name": name} | ({"village": village} if village else {})
        (event,) = self.do(AskQuestion(text=text, **more), by, **words)
        assert isinstance(event, QuestionAsked)
        return event.question

    def admitted(self, by: Actor = ZAINAB, **more: Any) -> str:
        question = self.ask(by, **more)
        self.do(AdmitQuestion(question=question))
        return question

    def called(self, by: Actor = ZAINAB, seat: str | None = "c1") -> str:
        """Ask, admit and call; the id of the turn."""
        (event,) = self.do(CallTurn(question=self.admitted(by), seat=seat))
        assert isinstance(event, TurnCalled)
        return event.turn

    def on_stage(self, by: Actor = ZAINAB, seat: str = "c1") -> str:
        turn = self.called(by, seat)
        self.do(AcceptTurn(turn=turn), by)
        self.do(ReadyTurn(turn=turn), by)
        assert self.session.stage.turns[turn].state == "on_stage"
        return turn

    def line(self) -> list[str]:
        return [question for _, question in self.session.queue.line]

    def state(self, question: str) -> str:
        return self.session.queue.questions[question].state


def report(who: Actor, present: bool, cause: str = "socket") -> ReportPresence:
    role = who.role
    if cause == "media":
        return ReportPresence(participant=who.participant, role=role, present=present, cause="media")
    return ReportPresence(participant=who.participant, role=role, present=present)


def turn_of(hearing: Hearing, turn: str) -> Turn:
    return hearing.session.stage.turns[turn]
