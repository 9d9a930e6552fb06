"""What each audience may know: the only place where that is decided.

A view is bounded whatever the size of the session: lists are windows, totals are numbers. `public` is everyone,
`official` sits on the stage, `desk` runs the hearing. A person's own questions travel apart, in `personal`. Fields that
have their default value are left out on the wire, so a view can be kept up to date by JSON merge patches (RFC 7386).
"""

from typing import Any, Literal

import msgspec

from .base import Event
from .captions import is_held
from .lifecycle import ENDED
from .limits import (
    CALLED_BYTES,
    CAPTIONS_OPEN,
    CAPTIONS_SHOWN,
    DESK_BYTES,
    LINE_BYTES,
    NAME_BYTES,
    RECENT,
    VILLAGE_BYTES,
    WINDOW,
)
from .personal import own_question, personal
from .questions import State
from .queue import FINISHED, Question
from .rows import (
    BalanceRow,
    CaptionRow,
    ObjectionRow,
    OutcomeRow,
    OwnQuestion,
    Personal,
    QuestionRow,
    Row,
    SeatRow,
    SessionRow,
    Texts,
    TurnRow,
    View,
    excerpt,
    lines,
    outcome_row,
)
from .session import Session
from .stage import DECK, Turn

ViewAudience = Literal["public", "desk", "official"]
AUDIENCES: tuple[ViewAudience, ...] = ("public", "desk", "official")

#: What each state is called towards the public: triage is the desk's own business.
PUBLIC_STATES: frozenset[State] = frozenset({"admitted", "called", "heard", "answered", "deferred"})


#: While these last, captions are shown as they are typed.
CAPTIONED = frozenset({"doors_open", "live", "adjourned"})


def view(session: Session, audience: ViewAudience, texts: Texts) -> View:
    """A whole view.

    Arguments:
        texts: masked public words by content id; what is missing was erased.
    """
    desk = audience == "desk"
    queue, stage = session.queue, session.stage
    # Words were for the hearing: when it is over, moderation/release.py says which of a ticket's are public.
    said: Texts = {} if audience == "public" and session.lifecycle.phase in ENDED else texts
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
            categories=life.categories,
        ),
        line=line,
        recent=recent,
        questions={
            each: question_row(session, queue.questions[each], audience, said, each in called) for each in shown
        },
        turns={turn.id: turn_row(turn, desk) for turn in stage.turns.values() if desk or turn.state != "parked"},
        seats=seat_rows(session, desk, texts),
        floor=stage.floor,
        captions=caption_rows(session, texts, audience),
        totals={
            state: len(rows) for state, rows in sorted(queue.index.items()) if rows and (desk or state in PUBLIC_STATES)
        },
        balance=BalanceRow(**msgspec.structs.asdict(balance)) if balance else None,
        staff=dict(session.attendance.staff) if desk else {},
        present=session.attendance.present,
        desk_staffed=session.attendance.presided,
        objections=objections(session, texts) if desk else {},
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
    village = texts.get(question.village, "")
    followers = len(session.queue.followers.get(question.id, ()))
    if audience == "desk":
        shown = text if called else excerpt(text, DESK_BYTES)
        claim = session.queue.claims.get(question.id)
        return QuestionRow(
            state=question.state,
            kind=question.kind,
            category=question.category,
            area=question.area,
            text=shown,
            name=name,
            hidden=question.hide_name,
            private=question.private,
            supports=question.supports,
            followers=followers,
            moved=question.moved,
            at=question.asked_at,
            village=village,
            spoken=question.spoken,
            outcome=outcome_row(question.outcome, texts, reads=True),
            more=shown != text,
            claimed=claim.by if claim else "",
            claimed_at=claim.at if claim else 0,
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
    # Only of what was heard or is being heard: a line of 50 of these would not fit through a thin line.
    open_now = (called or question.state in FINISHED) and not question.private
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
        village=excerpt(village, VILLAGE_BYTES) if open_now else "",
        spoken=question.spoken,
        outcome=outcome_row(question.outcome if open_now else None, texts, 10**6 if whole else LINE_BYTES),
    )


def desk_question(session: Session, question: str, texts: Texts) -> QuestionRow:
    """One question with its whole text, for the desk, whose lists carry only how it begins.

    Errors: `Refused("question_unknown")`.
    """
    return question_row(session, session.queue.get(question), "desk", texts, True)


def objections(session: Session, texts: Texts) -> dict[str, ObjectionRow]:
    """What those who are barred say against it, in the order in which they were barred."""
    said = [(who, barred) for who, barred in session.attendance.barred.items() if barred.objection]
    return {
        who: ObjectionRow(
            reason=barred.reason,
            note=texts.get(barred.note, ""),
            removed=barred.removed,
            text=texts.get(barred.objection, ""),
            at=barred.objected_at,
        )
        for who, barred in said[:WINDOW]
    }


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


def seat_rows(session: Session, desk: bool, texts: Texts) -> dict[str, SeatRow]:
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
            talk=seat.talk,
            shows=excerpt(texts.get(seat.shows, ""), CALLED_BYTES),
            participant=seat.participant if desk else "",
        )
        for index, seat in enumerate(session.stage.seats.values())
    }


def caption_rows(session: Session, texts: Texts, audience: ViewAudience) -> dict[str, CaptionRow]:
    """The last lines of what is said; those who may correct them see all that can be corrected, and before the public
    does. Over with the hearing: later they are read beside what was asked (recordings/).
    """
    if session.phase not in CAPTIONED:
        return {}
    if audience == "public":
        return lines(session.captions.public()[-CAPTIONS_SHOWN:], texts)
    return lines(session.captions.last[-CAPTIONS_OPEN:], texts)


def visible(event: Event, audience: ViewAudience) -> dict[str, Any] | None:
    """An event as an audience may see it, or None.

    The desk sees whatever is not the server's own; everyone else sees public events without their desk-only fields. Of
    lines that are held the public hears when they are released.
    """
    if event.audience == "system" or (event.audience == "desk" and audience != "desk"):
        return None
    if audience == "public" and is_held(event):
        return None
    shown: dict[str, Any] = msgspec.to_builtins(event)
    if audience != "desk":
        for field in event.desk_only:
            shown.pop(field, None)
    return shown


__all__ = [
    "AUDIENCES",
    "BalanceRow",
    "CaptionRow",
    "ObjectionRow",
    "OutcomeRow",
    "OwnQuestion",
    "Personal",
    "QuestionRow",
    "Row",
    "SeatRow",
    "SessionRow",
    "Texts",
    "TurnRow",
    "View",
    "ViewAudience",
    "desk_question",
    "excerpt",
    "own_question",
    "personal",
    "view",
    "visible",
]
