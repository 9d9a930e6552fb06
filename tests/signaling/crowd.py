"""Ten thousand people with something to say, as events, without a database."""

from __future__ import annotations

from kachehri.live import Recorded
from rooms.base import ContentRef, Event
from rooms.questions import QuestionAdmitted, QuestionAsked, QuestionNotTaken
from rooms.session import Session, encode_event
from tests.signaling.town import person

WORDS = "ہمارے محلے میں تین مہینے سے پانی نہیں آ رہا اور کوئی سننے والا نہیں ہے۔ "


def crowd(session: Session, size: int) -> tuple[list[Recorded], dict[str, str]]:
    """The events that follow in `session` when `size` people ask long questions in Urdu; most are admitted."""
    events: list[Event] = []
    texts: dict[str, str] = {}
    for number in range(size):
        question, words, name = person(0x10000 + number), person(0x20000 + number), person(0x30000 + number)
        texts[words] = (WORDS * 30)[:2_000]
        texts[name] = "محمد عبدالرحمٰن خان " * 4
        events.append(
            QuestionAsked(
                question=question,
                reference=f"26{number:08d}",
                asker=person(0x40000 + number),
                kind="grievance",
                category="water-supply-and-sanitation",
                area="union-council-" + str(number % 50),
                content=ContentRef(words, ""),
                name=ContentRef(name, ""),
            )
        )
        if number % 5 == 4:
            events.append(QuestionNotTaken(question=question, reason="no_time"))
        else:
            events.append(QuestionAdmitted(question=question))
    first = session.seq + 1
    return [
        Recorded(first + index, session.at, event, encode_event(event)) for index, event in enumerate(events)
    ], texts
