"""What the moderator's console is given: everything that it shows, drawn once from the desk's view of a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from kachehri.i18n import Words
from rooms.lifecycle import ENDED, PHASES
from rooms.session import Session
from rooms.views import Texts, View, desk_question, question_row, view
from web import desk_messages, desk_sums
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
from web.desk_people import BarCard, PeopleCard, StaffCard
from web.finding import CHANNELS, KINDS, SORTS, Found, Wanted

#: Steps of a session that the desk takes, with the kind of their button. Putting off and cancelling is planning.
COURSE = (("open_doors", "main"), ("start", "main"), ("resume", "main"), ("adjourn", ""), ("close", "danger"))


#: What can become of a question that was heard.
OUTCOMES = ("answered", "ordered", "referred", "refused")
#: An order without a word about the day is due then: the usual answer to a grievance takes two weeks.
DUE_DAYS = 15
#: Buttons whose row in the role table is not the question's own.
ACTION_OF = {"block": "participant.block"}
#: What the desk may be allowed to do, by the name that the page knows it by; what is not allowed is not drawn.
RIGHTS = {
    "triage": "question.admit",
    "classify": "question.classify",
    "concern": "question.concern",
    "claim": "question.claim",
    "stage": "turn.call",
    "outcome": "outcome.note",
    "read_back": "outcome.read_back",
    "reveal": "phone.reveal",
    "bar": "participant.block",
    "close": "session.close",
    "register": "page.register",
    "opening": "page.opening",
    "simulate": "session.simulate",
    "program": "page.program",
}


@dataclass(frozen=True)
class Said:
    """What became of a form that was sent without a script."""

    text: str
    tone: str


@dataclass(frozen=True)
class Search:
    """What was looked for, by whom it can be narrowed, and how much was found."""

    wanted: Wanted = Wanted()
    found: Found | None = None
    topics: tuple[Choice, ...] = ()
    areas: tuple[Choice, ...] = ()
    #: The question that is shown with all its words.
    open: str = ""


@dataclass(frozen=True)
class DeskPage:
    session: SessionCard
    participant: str
    list: str
    lists: tuple[str, ...]
    totals: Mapping[str, int]
    search: Search
    crew: PeopleCard
    rights: frozenset[str]
    triage: tuple[DeskQuestion, ...]
    line: tuple[DeskQuestion, ...]
    seats: tuple[DeskSeat, ...]
    air: tuple[DeskTurn, ...]
    deck: tuple[DeskTurn, ...]
    parked: tuple[DeskTurn, ...]
    heard: tuple[DeskQuestion, ...]
    categories: tuple[Choice, ...]
    topics: Mapping[str, str]
    areas: Mapping[str, str]
    offices: Mapping[str, str]
    calendar: Calendar
    course: tuple[tuple[str, str, str, str], ...]
    triage_acts: tuple[tuple[str, str, str, str, str], ...]
    reasons: Mapping[str, tuple[str, ...]]
    messages: tuple[tuple[str, str], ...]
    keys: tuple[tuple[tuple[str, ...], str], ...]
    present: int
    time_word: str
    time_text: str
    time_from: int
    raised: int
    unnoted: int
    done: int
    closing_title: str
    balance: Balance | None
    said: Said | None = None
    reveal_reasons: tuple[str, ...] = desk_messages.REVEAL
    outcomes: tuple[str, ...] = OUTCOMES
    channels: tuple[str, ...] = CHANNELS
    kinds: tuple[str, ...] = KINDS
    sorts: tuple[str, ...] = SORTS
    blank: DeskQuestion = DeskQuestion()
    blank_turn: DeskTurn = DeskTurn(acts=turn_acts())
    blank_seat: DeskSeat = DeskSeat()
    blank_crew: StaffCard = StaffCard("", "", "", "", "", False, "", 0)
    blank_bar: BarCard = BarCard("", "", "", "", False)

    @property
    def over(self) -> bool:
        return self.session.is_over

    @property
    def watches(self) -> bool:
        """Whether the reader may look at everything and press nothing."""
        return not self.rights & {"triage", "classify", "stage", "outcome"}


@dataclass(frozen=True)
class Calendar:
    """What a script needs to say a day as the server does: today, the day that is proposed, names of days and months.

    Weekdays begin with Monday, as in Python; days are `2026-03-20`.
    """

    today: str
    due: str
    days: tuple[str, ...]
    months: tuple[str, ...]
    comma: str


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
    search: Search | None = None,
    crew: PeopleCard | None = None,
    said: Said | None = None,
) -> DeskPage:
    """The console as it stands at `now` (milliseconds since the epoch) for the participant `me`.

    Arguments:
        may: whether the role has a row for an action; a button that would only be refused is not drawn.
    """
    search, crew = search or Search(), crew or PeopleCard()
    shown = widened(session, texts, view(session, "desk", texts), search)
    drawing = Drawing(shown, words, names, now, me, {each.participant: each.name for each in crew.staff})
    life = session.lifecycle
    running = life.phase in ("live", "adjourned") and life.live_since
    since = now - (life.live_since if running else life.starts_at)
    word = "desk.live_for" if running else "desk.starts_in" if since < 0 else "desk.late_by"
    totals = {state: shown.totals.get(state, 0) for state in (*LISTS, "admitted")}
    raised = desk_sums.balance(session).raised
    balance = session.closing.balance
    return DeskPage(
        session=card,
        participant=me,
        list=list,
        lists=LISTS,
        totals=totals,
        search=search,
        crew=crew,
        rights=frozenset(name for name, action in RIGHTS.items() if may(action)),
        triage=drawing.questions(search.found.ids if search.found else getattr(shown, list)),
        line=drawing.questions(shown.line, places=True),
        seats=drawing.seats(),
        air=drawing.speakers(),
        deck=drawing.deck(),
        parked=drawing.turns(("parked",)),
        heard=drawing.heard(),
        categories=tuple(Choice(code, name) for code, name in names.topics.items() if life.hears(code)),
        topics=names.topics,
        areas=names.areas,
        offices=names.offices,
        calendar=calendar(words, now),
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
        reasons=desk_messages.REASONS,
        messages=desk_messages.for_scripts(words),
        keys=key_help(words),
        present=shown.present,
        time_word=words.plain(word),
        time_text=clock(since),
        time_from=life.starts_at,
        raised=raised,
        unnoted=len(desk_sums.unnoted(session)),
        done=session.closing.done,
        closing_title=closing_title(words, session, raised),
        balance=None
        if balance is None
        else Balance(balance.raised, balance.tickets, balance.followers, balance.withdrawn, balance.refused),
        said=said,
    )


def widened(session: Session, texts: Texts, shown: View, search: Search) -> View:
    """The view with the rows that were found, and with all the words of the question that is open."""
    known = session.queue.questions
    extra = {
        each: question_row(session, known[each], "desk", texts, False)
        for each in (search.found.ids if search.found else ())
    }
    if search.open in known:
        extra[search.open] = desk_question(session, search.open, texts)
    return msgspec.structs.replace(shown, questions={**shown.questions, **extra}) if extra else shown


def calendar(words: Words, now: int) -> Calendar:
    """Days as the district counts them; an order is due in `DUE_DAYS` unless another day is chosen."""
    dates = words.dates
    monday = datetime(2024, 1, 1, tzinfo=UTC)
    return Calendar(
        today=dates.local(now).date().isoformat(),
        due=(dates.local(now).date() + timedelta(days=DUE_DAYS)).isoformat(),
        days=tuple(dates.weekday(monday + timedelta(days=n)) for n in range(7)),
        months=tuple(dates.month(n) for n in range(1, 13)),
        comma="،" if words.language.code == "ur" else "",
    )


def phases_for(action: str) -> str:
    """The phases in which a step of the session is in the table of the rules."""
    return " ".join(sorted({phase for phase, step in PHASES if step == action and phase != "new"}))


def closing_title(words: Words, session: Session, raised: int) -> str:
    if session.phase in ENDED:
        return words.plain("close.sealed" if session.phase == "closed" else "close.cancelled")
    done = session.closing.done
    return words.plain("close.working", part=100 * done // raised if raised else 100, done=done, n=raised)


def key_help(words: Words) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The keys with what they do; the letters are those of a Latin keyboard, and their places on an Urdu one."""
    acts = tuple(((key,), words.plain(f"triage.act.{name}")) for name, key, _, _ in TRIAGE_ACTS if key)
    return (
        (("J", "K"), words.plain("keys.move")),
        (("Enter",), words.plain("keys.open")),
        (("Esc",), words.plain("keys.release")),
        (("L", "T"), words.plain("keys.aside")),
        (("X",), words.plain("keys.select")),
        (("Shift", "↑↓"), words.plain("keys.extend")),
        (("Shift", "X"), words.plain("keys.all")),
        (("/",), words.plain("keys.find")),
        (("1", "2", "3"), words.plain("keys.parts")),
        *acts,
        (("F2",), words.plain("keys.next")),
        (("C",), words.plain("line.act.call")),
        (("[", "]"), words.plain("keys.updown")),
        (("+",), words.plain("keys.time")),
        (("F",), words.plain("keys.finish")),
        (("W",), words.plain("keys.outcome")),
        (("Esc", "Esc"), words.plain("keys.mute_all")),
        (("S",), words.plain("keys.mute_others")),
        (("G",), words.plain("keys.floor")),
        (("Z",), words.plain("keys.undo")),
        (("?",), words.plain("keys.help")),
    )
