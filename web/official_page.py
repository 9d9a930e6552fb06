"""What the official's page is given, from the official's view of a session."""

from __future__ import annotations

from kachehri.i18n import Words
from rooms.session import Session
from rooms.staging import SITS
from rooms.views import SeatRow, Texts, View, view
from web import desk_messages
from web.cards import SessionCard
from web.desk_cards import DeskTurn, Drawing, Names
from web.staff_shapes import OfficialPage, OfficialSeat

#: Phases in which somebody must be at the control desk.
OPEN = ("doors_open", "live", "adjourned")
#: Questions of the line that are shown beside the one being heard.
NEXT_SHOWN = 4
_MESSAGES = (
    "someone",
    "st.left",
    "st.over",
    "desk.net.connected",
    "desk.net.connecting",
    "desk.net.lost",
    "desk.net.over",
    "st.free",
    "st.watch",
    "st.watch_stop",
    "st.watch_fail",
    "official.mute",
    "official.unmute",
    "official.on_air",
    "official.muted",
    "official.off_air",
    "official.denied",
    "official.absent",
    "official.busy",
    "official.insecure",
    "official.failed",
    "official.taken",
    "official.not_yet",
    "official.read_out",
    "official.also",
    "floor.yours",
    "floor.now",
    "st.grace",
    "slides.on",
    "slides.off",
    "slides.denied",
    "slides.absent",
    "slides.shown",
    "slides.unnamed",
    "seatkind.official",
    "seatkind.citizen",
    "seatkind.interpreter",
    "seatkind.signer",
    "seatkind.hall",
    "seatkind.slides",
    "comma",
    "row.spoken_text",
    "official.nobody",
    "turn.called",
    "turn.on_deck",
    "turn.ready",
    "turn.dropped",
    "no.offline",
    "no.other",
)


def build(
    session: Session,
    texts: Texts,
    words: Words,
    names: Names,
    card: SessionCard,
    *,
    now: int,
    me: str,
    role: str = "official",
    own_seat: str = "",
    may_take_desk: bool = False,
    may_tickets: bool = False,
) -> OfficialPage:
    """The page as it stands at `now` (milliseconds since the epoch).

    Arguments:
        role: of the reader in this hearing; only the seats of that role are offered.
        own_seat: the one that she was invited to; it is chosen unless somebody sits there.
    """
    shown = view(session, "official", texts)
    drawing = Drawing(shown, words, names, now, me)
    speaker = next(iter((*drawing.turns(("on_stage",)), *drawing.turns(("read_out",)))), None)
    seats = tuple(
        OfficialSeat(id, row.index, seat_name(id, row, words), row.taken, id == own_seat and not row.taken)
        for id, row in shown.seats.items()
        if row.kind != "slides" and role in SITS[row.kind]
    )
    screens = [id for id, row in shown.seats.items() if row.kind == "slides" and role in SITS[row.kind]]
    return OfficialPage(
        session=card,
        participant=me,
        topics=names.topics,
        seats=seats,
        areas=names.areas,
        speaker=speaker,
        place=place_of(shown, speaker, names, words),
        deck=drawing.turns(("called", "on_deck", "ready", "dropped")),
        line=drawing.questions(shown.line[:NEXT_SHOWN], places=True),
        waiting=shown.totals.get("admitted", 0),
        staffed=is_staffed(session, may_take_desk),
        may_take_desk=may_take_desk,
        may_tickets=may_tickets,
        messages=desk_messages.chosen(words, _MESSAGES),
        screen=screens[0] if screens else "",
    )


def is_staffed(session: Session, chairs: bool) -> bool:
    """Whether anybody is at the control desk. The chair, who sits here, counts for the others but not for herself."""
    here = session.attendance
    return session.phase not in OPEN or ("moderator" in here.staff.values() if chairs else here.presided)


def place_of(shown: View, speaker: DeskTurn | None, names: Names, words: Words) -> str:
    """Where the problem is: the area and the village."""
    turn = shown.turns.get(speaker.id) if speaker else None
    about = shown.questions.get(turn.questions[0]) if turn and turn.questions else None
    return f"{words.plain('comma')} ".join(filter(None, (names.area(about.area), about.village))) if about else ""


def seat_name(seat: str, row: SeatRow, words: Words) -> str:
    """The post that a seat belongs to, or its kind and number."""
    return row.title.get(words.language.code) or f"{words.plain(f'seatkind.{row.kind}')} {seat.rpartition('-')[2]}"
