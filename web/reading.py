"""From the rules' views to what a page shows: titles in the reader's language, places with their reasons.

The script of the live page says the same from the same view (static/js/mine.js, queue.js); a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from kachehri.i18n import Words
from kachehri.i18n.dates import whole_minutes
from kachehri.live import Live
from kachehri.people import People
from kachehri.store.tables import Session as SessionRow
from rooms.limits import CAPTIONS_SHOWN
from rooms.rows import OutcomeRow
from rooms.session import Session
from rooms.stage import Turn
from rooms.views import OwnQuestion, Personal, View, own_question, personal, view
from web.caption_shapes import CaptionRow
from web.cards import Balance, LineRow, MyQuestion, OutcomeCard, SeatCard, SessionCard, way
from web.topics import District

SHOWN_PHASES = ("scheduled", "postponed", "doors_open", "live", "adjourned", "closing")
ENDED_PHASES = ("closed", "cancelled")
#: States in which the end of the hearing finds a question whose turn did not come: it becomes a ticket like all others.
UNHEARD = frozenset({"new", "held", "refusing", "admitted", "parked", "called"})
#: States of a question whose turn the asker still has to answer.
CALLED = frozenset({"called", "on_deck", "ready", "on_stage", "dropped"})


def title(titles: Mapping[str, str], words: Words) -> str:
    """A title in the reader's language, or in whichever it has."""
    return titles.get(words.language.code) or next((text for text in titles.values() if text), "")


def listed(row: SessionRow, live: Live | None, district: District, words: Words) -> SessionCard:
    """A hearing as a list shows it; reasons come from the replica, if this process has one."""
    life = live.session.lifecycle if live else None
    return SessionCard(
        id=row.id,
        title=title({"ur": row.title_ur, "en": row.title_en}, words),
        phase=row.phase,
        starts_at=row.starts_at,
        office=district.host(row.office_id, words),
        practice=row.practice,
        reason=life.reason if life else "",
        note=live.texts.get(life.note, "") if live and life else "",
        ends_at=row.ends_at,
        languages=tuple(row.languages),
        revision=row.head_seq,
    )


def head(live: Live, words: Words, office: str = "", languages: Sequence[str] = ()) -> SessionCard:
    """A hearing as its own pages show it, from the replica."""
    life = live.session.lifecycle
    return SessionCard(
        id=live.session.id,
        title=title(life.title, words),
        phase=life.phase,
        starts_at=life.starts_at,
        office=office,
        practice=life.practice,
        reason=life.reason,
        note=live.texts.get(life.note, ""),
        ends_at=life.ends_at,
        languages=tuple(languages),
        revision=live.seq,
    )


def balance(session: Session) -> Balance | None:
    found = session.closing.balance
    if found is None:
        return None
    return Balance(found.raised, found.tickets, found.followers, found.withdrawn, found.refused)


def public(live: Live) -> View:
    return view(live.session, "public", live.texts)


def own(live: Live, participant: str, now: int) -> Personal:
    return personal(live.session, participant, live.texts, now)


def captions(seen: View, mine: Personal) -> tuple[CaptionRow, ...]:
    """The last lines of what is said, in order; whoever has a turn reads them before the others."""
    rows = (CaptionRow(id, row.language, row.text, row.at) for id, row in {**seen.captions, **mine.captions}.items())
    return tuple(sorted(rows, key=lambda row: row.at))[-CAPTIONS_SHOWN:]


def my_question(question: OwnQuestion, live: Live, people: People, district: District, words: Words) -> MyQuestion:
    """One of my questions with its state line; the turn decides between "you are next" and "your place is kept"."""
    turn = live.session.stage.turns.get(question.turn) if question.turn else None
    state: str = question.state
    if turn is not None:
        state = "called" if turn.state in CALLED or turn.state == "read_out" else "parked"
    ended = live.session.phase in ("closing", *ENDED_PHASES)
    if ended and state in UNHEARD:
        state = "unheard"
    asked = live.session.queue.questions[question.id]
    return MyQuestion(
        id=question.id,
        reference=question.reference,
        text=question.text,
        state=state,
        steps=way(state),
        link=f"/q/{people.receipt(question.id)}",
        topic=district.topic(asked.category, words),
        place=0 if ended else question.place,
        wait_ms=0 if ended else question.wait_to_ms,
        wait_from_ms=0 if ended else question.wait_from_ms,
        reason=reason(question, state, words),
        may_withdraw=question.state in ("new", "held", "admitted", "merged", "not_taken", "deferred") and not ended,
        session_id=live.session.id,
        spoken=question.spoken,
        area=district.area(asked.area, words),
        village=question.village,
        outcome=outcome(question.outcome, district, words, not ended),
    )


def outcome(row: OutcomeRow | None, district: District, words: Words, open: bool = False) -> OutcomeCard | None:
    """What was decided, with the office's name and the promised day as an instant of it.

    Arguments:
        open: the hearing still takes what the asker says to it.
    """
    if row is None:
        return None
    office = next((each.id for each in district.offices.values() if each.code == row.office), "")
    return OutcomeCard(
        kind=row.kind,
        office=district.host(office, words),
        due_at=noon(row.due, words),
        rule=row.rule,
        note=row.note,
        words=row.words if open else "",
        read=row.read,
    )


def noon(day: str, words: Words) -> int:
    """The middle of a day of the district's calendar (ISO 8601), for the formats that take an instant; 0 for none."""
    return int(datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=words.dates.zone).timestamp() * 1000) if day else 0


def reason(question: OwnQuestion, state: str, words: Words) -> str:
    """Why it stands where it stands; a place never comes without it."""
    if state == "parked":
        return words.plain("q.parked")
    if state == "unheard":
        return words.plain("q.unheard")
    if question.reason and words.has(f"why.{question.reason}"):
        return " ".join(filter(None, (words.plain(f"why.{question.reason}"), question.note)))
    if state == "merged":
        return words.plain("q.merged")
    if state == "new":
        return words.plain("q.checking")
    if not question.place:
        return ""
    if question.moved:
        return words.plain("q.moved_own", reason=words.plain(f"moved.{question.moved}"))
    if question.moved_ahead:
        return words.plain("q.moved_ahead", question.moved_ahead)
    return words.plain("q.by_arrival")


def one_of_mine(live: Live, question_id: str, people: People, district: District, words: Words) -> MyQuestion:
    """The question behind a receipt."""
    found = own_question(live.session, live.session.queue.questions[question_id], live.texts)
    return my_question(found, live, people, district, words)


def line(seen: View, mine: set[str], district: District, words: Words) -> tuple[LineRow, ...]:
    """The line as everybody sees it."""
    rows = []
    for place, question_id in enumerate(seen.line, 1):
        row = seen.questions[question_id]
        moved = words.plain("q.moved_row", reason=words.plain(f"moved.{row.moved}")) if row.moved else ""
        rows.append(
            LineRow(
                n=place,
                question=question_id,
                topic=district.topic(row.category, words),
                name=row.name,
                support=row.supports,
                mine=question_id in mine,
                text=row.text,
                reason=moved,
            )
        )
    return tuple(rows)


def seats(seen: View, district: District, words: Words) -> tuple[SeatCard, ...]:
    """Who is on the stage."""
    cards = []
    for seat_id, seat in seen.seats.items():
        turn = seen.turns.get(seat.turn)
        asked = seen.questions.get(turn.questions[0]) if turn and turn.questions else None
        topic = district.topic(asked.category, words) if asked else ""
        post = seat.title.get(words.language.code, "")
        name = asked.name if asked else post
        if seat.kind == "hall" and name and asked:
            name = words.plain("floor.from_hall", name=name, hall=post or words.plain("seat.hall"))
        floor = seat_id == seen.floor
        cards.append(SeatCard(seat_id, seat.kind, name, seat.taken, seat.muted, topic, floor, seat.shows))
    return tuple(sorted(cards, key=lambda card: card.kind != "slides"))


def posts(seen: View, words: Words) -> tuple[SeatCard, ...]:
    """The seats of those who answer and of those who make it understood, whether or not anybody sits there yet."""
    named = [(id, seat.kind, seat.title.get(words.language.code, "")) for id, seat in seen.seats.items()]
    return tuple(SeatCard(id, kind, name) for id, kind, name in named if kind in ("official", "interpreter", "signer"))


def heard(seen: View) -> int:
    return sum(seen.totals.get(state, 0) for state in ("heard", "answered", "deferred"))


def minutes_left(card: SessionCard, now: int) -> int:
    """Minutes until the start, said only within the last two hours."""
    span = card.starts_at - now
    return whole_minutes(span) if 0 < span <= 7_200_000 and card.phase in ("scheduled", "doors_open") else 0


def turn_of(live: Live, participant: str) -> Turn | None:
    return live.session.stage.turn_of(participant)
