"""What the moderator's console is given: everything that it shows, drawn once from the desk's view of a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kachehri.i18n import Words
from rooms import closing
from rooms.lifecycle import ENDED, PHASES
from rooms.session import Session
from rooms.views import Texts, view
from web import desk_messages
from web.cards import Balance, Choice, SessionCard
from web.desk_cards import (
    LISTS,
    TRIAGE_ACTS,
    DeskQuestion,
    DeskSeat,
    DeskTurn,
    Drawing,
    Names,
    clock,
    states_for,
    turn_acts,
)

#: Steps of a session that the desk takes, with the kind of their button. Putting off and cancelling is planning.
COURSE = (("open_doors", "main"), ("start", "main"), ("resume", "main"), ("adjourn", ""), ("close", "danger"))


#: Buttons whose row in the role table is not the question's own.
ACTION_OF = {"block": "participant.block"}


@dataclass(frozen=True)
class Said:
    """What became of a form that was sent without a script."""

    text: str
    tone: str


@dataclass(frozen=True)
class DeskPage:
    session: SessionCard
    participant: str
    list: str
    lists: tuple[str, ...]
    totals: Mapping[str, int]
    triage: tuple[DeskQuestion, ...]
    line: tuple[DeskQuestion, ...]
    seats: tuple[DeskSeat, ...]
    speaker: DeskTurn | None
    deck: tuple[DeskTurn, ...]
    parked: tuple[DeskTurn, ...]
    heard: tuple[DeskQuestion, ...]
    categories: tuple[Choice, ...]
    topics: Mapping[str, str]
    areas: Mapping[str, str]
    course: tuple[tuple[str, str, str, str], ...]
    triage_acts: tuple[tuple[str, str, str, str, str], ...]
    reasons: Mapping[str, tuple[str, ...]]
    messages: tuple[tuple[str, str], ...]
    keys: tuple[tuple[tuple[str, ...], str], ...]
    present: int
    runs_stage: bool
    time_word: str
    time_text: str
    time_from: int
    raised: int
    done: int
    closing_title: str
    balance: Balance | None
    said: Said | None = None
    blank: DeskQuestion = DeskQuestion()
    blank_turn: DeskTurn = DeskTurn(acts=turn_acts())
    blank_seat: DeskSeat = DeskSeat()

    @property
    def over(self) -> bool:
        return self.session.is_over


def build(
    session: Session,
    texts: Texts,
    words: Words,
    names: Names,
    card: SessionCard,
    *,
    now: int,
    me: str,
    may: Callable[[str], bool],
    list: str = "new",
    said: Said | None = None,
) -> DeskPage:
    """The console as it stands at `now` (milliseconds since the epoch) for the participant `me`.

    Arguments:
        may: whether the role has a row for an action; a button that would only be refused is not drawn.
    """
    shown = view(session, "desk", texts)
    drawing = Drawing(shown, words, names, now, me)
    life = session.lifecycle
    running = life.phase in ("live", "adjourned") and life.live_since
    since = now - (life.live_since if running else life.starts_at)
    word = "desk.live_for" if running else "desk.starts_in" if since < 0 else "desk.late_by"
    totals = {state: shown.totals.get(state, 0) for state in (*LISTS, "admitted")}
    sums = session.closing.balance or closing.weigh({state: len(rows) for state, rows in session.queue.index.items()})
    balance = session.closing.balance
    return DeskPage(
        session=card,
        participant=me,
        list=list,
        lists=LISTS,
        totals=totals,
        triage=drawing.questions(getattr(shown, list)),
        line=drawing.questions(shown.line, places=True),
        seats=drawing.seats(),
        speaker=drawing.speaker(),
        deck=drawing.deck(),
        parked=drawing.turns(("parked",)),
        heard=drawing.heard(),
        categories=tuple(Choice(code, name) for code, name in names.topics.items()),
        topics=names.topics,
        areas=names.areas,
        course=tuple(
            (name, phases_for(name), kind, words.plain(f"desk.{name}"))
            for name, kind in COURSE
            if may(f"session.{name}")
        ),
        triage_acts=tuple(
            (name, states_for(name), key, kind, icon)
            for name, key, kind, icon in TRIAGE_ACTS
            if may(ACTION_OF.get(name, f"question.{name}"))
        ),
        runs_stage=may("turn.call"),
        reasons=desk_messages.REASONS,
        messages=desk_messages.for_scripts(words),
        keys=key_help(words),
        present=shown.present,
        time_word=words.plain(word),
        time_text=clock(since),
        time_from=life.starts_at,
        raised=sums.raised,
        done=session.closing.done,
        closing_title=closing_title(words, session, sums.raised),
        balance=None
        if balance is None
        else Balance(balance.raised, balance.tickets, balance.followers, balance.withdrawn, balance.refused),
        said=said,
    )


def phases_for(action: str) -> str:
    """The phases in which a step of the session is in the table of the rules."""
    return " ".join(sorted({phase for phase, step in PHASES if step == action and phase != "new"}))


def closing_title(words: Words, session: Session, raised: int) -> str:
    if session.phase in ENDED:
        return words.plain("close.sealed" if session.phase == "closed" else "close.cancelled")
    return words.plain("close.working", done=session.closing.done, n=raised)


def key_help(words: Words) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The keys with what they do; the letters are those of a Latin keyboard, and their places on an Urdu one."""
    acts = tuple(((key,), words.plain(f"triage.act.{name}")) for name, key, _, _ in TRIAGE_ACTS if key)
    return (
        (("J", "K"), words.plain("keys.move")),
        (("1", "2", "3"), words.plain("keys.parts")),
        *acts,
        (("C",), words.plain("line.act.call")),
        (("[", "]"), words.plain("keys.updown")),
        (("+",), words.plain("keys.time")),
        (("F",), words.plain("keys.finish")),
        (("Z",), words.plain("keys.undo")),
        (("?",), words.plain("keys.help")),
    )
