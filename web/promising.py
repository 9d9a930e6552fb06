"""From an order of the hearing, and from the ledger after it, to what a page shows of a promise."""

from __future__ import annotations

from kachehri.i18n import Words
from kachehri.live import Live
from rooms.lifecycle import OPEN
from rooms.queue import Question
from web import reading
from web.promise_shapes import PromiseCard
from web.topics import District


def noted(live: Live, question: Question, district: District, words: Words) -> PromiseCard | None:
    """What was ordered on a question in the hearing; None where nothing was."""
    found = question.outcome
    if found is None or found.kind != "ordered":
        return None
    open = live.session.phase in OPEN
    office = next((each.id for each in district.offices.values() if each.code == found.office), "")
    return PromiseCard(
        question=question.id,
        reference=question.reference,
        text=live.texts.get(found.note, ""),
        office=district.host(office, words),
        due_at=reading.noon(found.due, words),
        post=post(live, found.seat, words),
        words=found.note,
        said=found.read,
        asks=open and not found.read,
    )


def post(live: Live, seat: str, words: Words) -> str:
    """The post that stands on a seat."""
    found = live.session.stage.seats.get(seat)
    return reading.title(found.title, words) if found else ""
