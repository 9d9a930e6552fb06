"""What one participant sees of her own: every question with its place, the reason for it and the wait."""

from .captions import Caption
from .limits import CAPTIONS_SHOWN, OWN_MAX, PACE_LEAST
from .outcomes import Outcome
from .queue import Question
from .rows import OwnQuestion, Personal, Texts, lines, outcome_row
from .session import Session
from .stage import DECK, Turn


def personal(session: Session, participant: str, texts: Texts, now: int) -> Personal:
    """What one participant sees of her own: every question with its place, the reason for it and the wait."""
    queue = session.queue
    own = queue.asked_by.get(participant, [])[-OWN_MAX:]
    turn = session.stage.turn_of(participant)
    sits = [each for each in session.stage.seats.values() if each.participant == participant]
    seat = next((each.id for each in sits if each.kind != "slides"), "")
    barred = session.attendance.bar(participant, now)
    return Personal(
        participant=participant,
        questions=tuple(own_question(session, queue.questions[each], texts) for each in reversed(own)),
        turn=turn.id if turn else "",
        seat=seat,
        screen=next((each.id for each in sits if each.kind == "slides"), ""),
        barred=barred.reason if barred else "",
        barred_note=texts.get(barred.note, "") if barred else "",
        removed=barred.removed if barred else False,
        objected=bool(barred and barred.objection),
        captions=lines(held_for(session, turn), texts),
    )


def held_for(session: Session, turn: Turn | None) -> list[Caption]:
    """The last lines that only those read who hear the stage undelayed, for somebody who may have a turn."""
    if turn is None or turn.state == "parked":
        return []
    return session.captions.held()[-CAPTIONS_SHOWN:]


def own_question(session: Session, question: Question, texts: Texts) -> OwnQuestion:
    """One of a participant's own questions."""
    in_line = question.state == "admitted"
    place = session.queue.place(question) if in_line else 0
    turn = next((turn.id for turn in session.stage.turns.values() if question.id in turn.questions), "")
    wait_from_ms, wait_to_ms = wait(session, place)
    decided = decided_for(session, question)
    return OwnQuestion(
        id=question.id,
        reference=question.reference,
        state=question.state if question.state != "refusing" else question.earlier,
        text=texts.get(question.content, ""),
        private=question.private,
        place=place,
        moved_ahead=session.queue.moved_ahead(question) if in_line else 0,
        moved=question.moved,
        wait_from_ms=wait_from_ms,
        wait_to_ms=wait_to_ms,
        reason=question.reason if question.state != "refusing" else question.set_aside[0],
        note=texts.get(question.note if question.state != "refusing" else question.set_aside[1], ""),
        parent=question.parent,
        supports=question.supports,
        waited=question.waited,
        turn=turn,
        village=texts.get(question.village, ""),
        spoken=question.spoken,
        outcome=outcome_row(decided, texts, reads=decided is question.outcome),
    )


def decided_for(session: Session, question: Question) -> Outcome | None:
    """What was decided for the asker of a question: on her own, or on the one it was joined with.

    Of a private one that others follow, each reads only what was decided on her own.
    """
    parent = session.queue.questions.get(question.parent)
    return question.outcome if parent is None or parent.private else parent.outcome


def wait(session: Session, place: int) -> tuple[int, int]:
    """The least and the most that a wait will probably take, in milliseconds; zeros while nobody can say.

    For everyone before her, those on deck included, a turn as long as the shorter half of the last ones, or as the
    longer half: honest where turns differ, narrow where they do not.
    """
    lengths = sorted(session.stage.pace)
    if len(lengths) < PACE_LEAST or not place or session.phase != "live":
        return 0, 0
    ahead = place + sum(1 for turn in session.stage.turns.values() if turn.state in DECK)
    half = (len(lengths) + 1) // 2
    return ahead * sum(lengths[:half]) // half, ahead * sum(lengths[-half:]) // half
