"""What stands at the head of a ticket: what it is about, with whom it is, and the clocks that still say something."""

from __future__ import annotations

from kachehri import ticket_row
from kachehri.i18n import Words
from kachehri.store.evidence import Pictured
from kachehri.tickets import clocks, events
from kachehri.tickets.lifecycle import STATES
from web import clock_words, reading
from web.house import House
from web.ticket_names import Names
from web.ticket_reading import Read
from web.ticket_shapes import ClockRow, Facts, PictureRow, Tone


async def facts(house: House, found: Read, names: Names, now: int) -> Facts:
    ticket, life, words, district = found.ticket, found.life, names.words, names.district
    private = ticket.privacy != "public"
    name, hidden, village, title = "", True, found.place, ""
    if ticket.session_id and ticket.question_id:
        live = await house.service.live(ticket.session_id)
        question = live.session.queue.questions[ticket.question_id]
        title = reading.title(live.session.lifecycle.title, words)
        hidden = question.hide_name or private
        name = "" if hidden else live.texts.get(question.name, "")
        village = live.texts.get(question.village, "")
    first = next((step.body for step in found.steps if isinstance(step.body, events.Opened)), None)
    due, tone = resolve_by(found, words, now)
    return Facts(
        reference=ticket.reference,
        kind=life.kind,
        state=life.state,
        topic=district.topic(life.category or ticket.category, words),
        place=district.area(ticket.area, words),
        village=village,
        name=name,
        hidden=hidden,
        private=private,
        text=found.texts.get(ticket.content_id or "", ""),
        with_whom=names.post_of_office(life.post, life.office or ticket.office_id),
        turn=words.plain(f"office.turn.{STATES[life.state].next}"),
        opened_at=ticket.opened_at,
        due=due,
        due_tone=tone,
        followers=found.followers,
        session_title=title,
        session=ticket.session_id or "",
        answers=names.post(life.accountable),
        level=life.level,
        outcome=first.outcome if first else "",
        outcome_words=found.texts.get(first.note, "") if first else "",
        outcome_rule=found.texts.get(first.rule, "") if first else "",
        end=life.outcome if life.state in ("resolution_proposed", "closed", "closed_final") else "",
        basis=life.basis,
        parent=found.references.get(life.parent, ""),
        children=found.children,
        parts=tuple((names.office(office), done or 0) for office, done in life.parts.items()),
        draft=(life.submitted.outcome, found.texts.get(life.submitted.note.id, "")) if life.submitted else None,
    )


def resolve_by(found: Read, words: Words, now: int) -> tuple[str, Tone]:
    """How much time is left until the day that the citizen was told; nothing where that is over or another's."""
    life = found.life
    at = ticket_row.due_of(life, found.calendar).due_at if life.is_open else None
    return clock_words.left(at, now, found.calendar.days(life.area), words) if at is not None else ("", "")


def clock_rows(found: Read, words: Words, now: int) -> tuple[ClockRow, ...]:
    """The clocks that still say something, the next one first."""
    life, local = found.life, found.calendar.days(found.life.area)
    if not life.is_open:
        return ()
    dues = clocks.dues(life, found.calendar)
    if life.state == "in_appeal":
        wanted = {"appeal": dues.appeal}
    elif life.state == "resolution_proposed":
        wanted = {"arrive": dues.arrive if life.arrived_at is None else None, "silent": dues.silent}
    else:
        wanted = {
            "accept": dues.accept if life.accepted_at is None else None,
            "first": dues.first if life.first_action_at is None else None,
            "resolve": dues.resolve,
        }
    wanted["promise"] = min((each for each in dues.commitments.values()), default=None)
    if life.warned_at is not None:
        wanted["force"] = dues.force
    shown = sorted((at, name) for name, at in wanted.items() if at is not None)
    return tuple(ClockRow(name, at, *clock_words.left(at, now, local, words)) for at, name in shown)


def picture_rows(pictures: list[Pictured], ticked: tuple[str, ...]) -> tuple[PictureRow, ...]:
    return tuple(
        PictureRow(each.id, each.at, each.shown, each.width, each.height, number, each.id in ticked)
        for number, each in enumerate(pictures, 1)
    )
