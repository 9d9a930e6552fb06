"""What each audience may know: the only place where that is decided.

A view is bounded whatever the size of the session: lists are windows, totals are numbers. `public` is everyone,
`official` sits on the stage, `desk` runs the hearing. A person's own questions travel apart, in `personal`. Fields that
have their default value are left out on the wire, so a view can be kept up to date by JSON merge patches (RFC 7386).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from .base import Event
from .limits import CALLED_BYTES, LINE_BYTES, NAME_BYTES, OWN_MAX, RECENT, WINDOW
from .questions import State
from .queue import FINISHED, Question
from .session import Session
from .stage import DECK, Turn

ViewAudience = Literal["public", "desk", "official"]
AUDIENCES: tuple[ViewAudience, ...] = ("public", "desk", "official")
Texts = Mapping[str, str]


class Row(msgspec.Struct, omit_defaults=True, frozen=True):
    """Base of everything in a view."""


class SessionRow(Row, omit_defaults=True, frozen=True):
    """The session itself."""

    id: str = ""
    phase: str = ""
    title: dict[str, str] = {}
    starts_at: int = 0
    ends_at: int = 0
    reason: str = ""
    note: str = ""
    policy: str = ""
    practice: bool = False
    live_since: int = 0


class QuestionRow(Row, omit_defaults=True, frozen=True):
    """One question. The public never reads a hidden name, a private text or an asker."""

    state: str = "admitted"
    kind: str = "grievance"
    category: str = ""
    area: str = ""
    text: str = ""
    name: str = ""
    hidden: bool = False
    private: bool = False
    supports: int = 0
    followers: int = 0
    moved: str = ""
    at: int = 0
    # The desk only:
    reference: str = ""
    asker: str = ""
    reason: str = ""
    note: str = ""
    parent: str = ""
    by: str = ""
    channel: str = ""
    barred: bool = False


class TurnRow(Row, omit_defaults=True, frozen=True):
    """One turn that is not over."""

    state: str = ""
    questions: tuple[str, ...] = ()
    seat: str = ""
    called_at: int = 0
    answer_by: int = 0
    ends_at: int = 0
    until: int = 0
    limit_ms: int = 0
    cause: str = ""
    heard: bool = False
    # The desk only:
    participant: str = ""


class SeatRow(Row, omit_defaults=True, frozen=True):
    """One seat; `index` is its number in every media offer."""

    kind: str = ""
    #: The post that it belongs to, for each language.
    title: dict[str, str] = {}
    index: int = 0
    taken: bool = False
    muted: bool = False
    #: Muted by the desk, which alone can release it.
    silenced: bool = False
    turn: str = ""
    # The desk only:
    participant: str = ""


class BalanceRow(Row, omit_defaults=True, frozen=True):
    """The balance of a session that is closed."""

    raised: int = 0
    tickets: int = 0
    followers: int = 0
    withdrawn: int = 0
    refused: int = 0


class View(Row, omit_defaults=True, frozen=True):
    """What an audience sees of a session."""

    session: SessionRow = SessionRow()
    #: In line, next to be called first; the first 50.
    line: tuple[str, ...] = ()
    #: Finished last, newest first.
    recent: tuple[str, ...] = ()
    questions: dict[str, QuestionRow] = {}
    turns: dict[str, TurnRow] = {}
    seats: dict[str, SeatRow] = {}
    #: How many questions stand in each state.
    totals: dict[str, int] = {}
    balance: BalanceRow | None = None
    # The desk only: windows of triage, and who is here.
    new: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    refusing: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    not_taken: tuple[str, ...] = ()
    staff: dict[str, str] = {}
    present: int = 0


class OwnQuestion(Row, omit_defaults=True, frozen=True):
    """One of my questions: where it stands and why."""

    id: str = ""
    reference: str = ""
    state: str = ""
    text: str = ""
    private: bool = False
    place: int = 0
    #: How many before me arrived later and were moved ahead by hand.
    moved_ahead: int = 0
    #: Why my own place was changed by hand.
    moved: str = ""
    wait_ms: int = 0
    reason: str = ""
    note: str = ""
    parent: str = ""
    supports: int = 0
    waited: bool = False
    turn: str = ""


class Personal(Row, omit_defaults=True, frozen=True):
    """What concerns one participant alone."""

    participant: str = ""
    questions: tuple[OwnQuestion, ...] = ()
    turn: str = ""
    seat: str = ""
    barred: str = ""
    barred_note: str = ""
    removed: bool = False


#: What each state is called towards the public: triage is the desk's own business.
PUBLIC_STATES: frozenset[State] = frozenset({"admitted", "called", "heard", "answered", "deferred"})


def view(session: Session, audience: ViewAudience, texts: Texts) -> View:
    """A whole view.

    Arguments:
        texts: masked public words by content id; what is missing was erased.
    """
    desk = audience == "desk"
    queue, stage = session.queue, session.stage
    line = window(queue.line)
    recent = latest(session, desk)
    windows: dict[str, tuple[str, ...]] = {}
    if desk:
        windows = {
            "new": window(queue.among("new")),
            "held": window(queue.among("held")),
            "refusing": window(queue.among("refusing")),
            "merged": window(queue.among("merged"), newest=True),
            "not_taken": window(queue.among("not_taken"), newest=True),
        }
    shown = dict.fromkeys((*line, *recent, *(each for ids in windows.values() for each in ids)))
    called = {each for turn in stage.turns.values() if desk or turn.state != "parked" for each in turn.questions}
    shown.update(dict.fromkeys(called))
    life = session.lifecycle
    balance = session.closing.balance
    return View(
        session=SessionRow(
            id=session.id,
            phase=life.phase,
            title=life.title,
            starts_at=life.starts_at,
            ends_at=life.ends_at,
            reason=life.reason,
            note=texts.get(life.note, ""),
            policy=queue.policy,
            practice=life.practice,
            live_since=life.live_since,
        ),
        line=line,
        recent=recent,
        questions={
            each: question_row(session, queue.questions[each], audience, texts, each in called) for each in shown
        },
        turns={turn.id: turn_row(turn, desk) for turn in stage.turns.values() if desk or turn.state != "parked"},
        seats=seat_rows(session, desk),
        totals={
            state: len(rows) for state, rows in sorted(queue.index.items()) if rows and (desk or state in PUBLIC_STATES)
        },
        balance=BalanceRow(**msgspec.structs.asdict(balance)) if balance else None,
        staff=dict(session.attendance.staff) if desk else {},
        present=session.attendance.present if desk else 0,
        **windows,
    )


def window(rows: list[tuple[Any, str]], newest: bool = False) -> tuple[str, ...]:
    """The first 50 of a list, or the last 50 from the end."""
    return tuple(each for _, each in (reversed(rows[-WINDOW:]) if newest else rows[:WINDOW]))


def latest(session: Session, desk: bool) -> tuple[str, ...]:
    """What was finished last, newest first; a private question is finished among the desk alone."""
    count = WINDOW if desk else RECENT
    questions = session.queue.questions
    tail = [questions[each] for each in session.queue.finished[-4 * count :]]
    shown = [each for each in tail if each.state in FINISHED and (desk or not each.private)]
    unique = dict.fromkeys(each.id for each in reversed(shown))
    return tuple(unique)[:count]


def question_row(
    session: Session, question: Question, audience: ViewAudience, texts: Texts, called: bool
) -> QuestionRow:
    """One question as an audience may see it.

    Arguments:
        called: it has a turn, so that its words are what everybody is listening to.
    """
    text, name = texts.get(question.content, ""), texts.get(question.name, "")
    followers = len(session.queue.followers.get(question.id, ()))
    if audience == "desk":
        return QuestionRow(
            state=question.state,
            kind=question.kind,
            category=question.category,
            area=question.area,
            text=text,
            name=name,
            hidden=question.hide_name,
            private=question.private,
            supports=question.supports,
            followers=followers,
            moved=question.moved,
            at=question.asked_at,
            reference=question.reference,
            asker=question.asker,
            reason=question.reason,
            note=texts.get(question.note, ""),
            parent=question.parent,
            by=question.by,
            channel=question.channel,
            barred=question.asker in session.attendance.barred,
        )
    whole = called and audience == "official"
    return QuestionRow(
        state=question.state,
        kind=question.kind,
        category="" if question.private else question.category,
        area="" if question.private else question.area,
        text="" if question.private else text if whole else excerpt(text, CALLED_BYTES if called else LINE_BYTES),
        name="" if question.private or question.hide_name else excerpt(name, NAME_BYTES),
        hidden=question.hide_name,
        private=question.private,
        supports=question.supports,
        followers=followers,
        moved=question.moved,
    )


def excerpt(text: str, limit_bytes: int) -> str:
    """As many whole letters as fit into `limit_bytes` of UTF-8, with an ellipsis where something was left out."""
    raw = text.encode()
    if len(raw) <= limit_bytes:
        return text
    return raw[: limit_bytes - 3].decode(errors="ignore").rstrip() + "…"


def turn_row(turn: Turn, desk: bool) -> TurnRow:
    """One turn as an audience may see it."""
    return TurnRow(
        state=turn.state,
        questions=turn.questions,
        seat=turn.seat,
        called_at=turn.called_at,
        answer_by=turn.answer_by if turn.state in DECK else 0,
        ends_at=turn.ends_at if turn.state == "on_stage" else 0,
        until=turn.until,
        limit_ms=turn.limit_ms,
        cause=turn.cause,
        heard=turn.heard,
        participant=turn.participant if desk else "",
    )


def seat_rows(session: Session, desk: bool) -> dict[str, SeatRow]:
    """The seats in the order in which they were declared."""
    heard = session.stage.heard()
    return {
        seat.id: SeatRow(
            kind=seat.kind,
            title=seat.title,
            index=index,
            taken=seat.id in heard,
            muted=seat.muted,
            silenced=seat.desk_muted,
            turn=seat.turn,
            participant=seat.participant if desk else "",
        )
        for index, seat in enumerate(session.stage.seats.values())
    }


def personal(session: Session, participant: str, texts: Texts, now: int) -> Personal:
    """What one participant sees of her own: every question with its place, the reason for it and the wait."""
    queue = session.queue
    own = queue.asked_by.get(participant, [])[-OWN_MAX:]
    turn = session.stage.turn_of(participant)
    seat = next((seat.id for seat in session.stage.seats.values() if seat.participant == participant), "")
    barred = session.attendance.bar(participant, now)
    return Personal(
        participant=participant,
        questions=tuple(own_question(session, queue.questions[each], texts) for each in reversed(own)),
        turn=turn.id if turn else "",
        seat=seat,
        barred=barred.reason if barred else "",
        barred_note=texts.get(barred.note, "") if barred else "",
        removed=barred.removed if barred else False,
    )


def own_question(session: Session, question: Question, texts: Texts) -> OwnQuestion:
    """One of a participant's own questions."""
    in_line = question.state == "admitted"
    place = session.queue.place(question) if in_line else 0
    turn = next((turn.id for turn in session.stage.turns.values() if question.id in turn.questions), "")
    return OwnQuestion(
        id=question.id,
        reference=question.reference,
        state=question.state if question.state != "refusing" else question.earlier,
        text=texts.get(question.content, ""),
        private=question.private,
        place=place,
        moved_ahead=session.queue.moved_ahead(question) if in_line else 0,
        moved=question.moved,
        wait_ms=wait(session, place),
        reason=question.reason if question.state != "refusing" else question.set_aside[0],
        note=texts.get(question.note if question.state != "refusing" else question.set_aside[1], ""),
        parent=question.parent,
        supports=question.supports,
        waited=question.waited,
        turn=turn,
    )


def wait(session: Session, place: int) -> int:
    """An estimate in milliseconds from the pace of the last turns; 0 while there is nothing to estimate from."""
    pace: Iterable[int] = session.stage.pace
    lengths = list(pace)
    if len(lengths) < 2 or not place or session.phase != "live":
        return 0
    return place * sum(lengths) // len(lengths)


def visible(event: Event, audience: ViewAudience) -> dict[str, Any] | None:
    """An event as an audience may see it, or None.

    The desk sees whatever is not the server's own; everyone else sees public events without their desk-only fields.
    """
    if event.audience == "system" or (event.audience == "desk" and audience != "desk"):
        return None
    shown: dict[str, Any] = msgspec.to_builtins(event)
    if audience != "desk":
        for field in event.desk_only:
            shown.pop(field, None)
    return shown
