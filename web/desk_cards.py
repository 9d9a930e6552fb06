"""The shapes of the staff pages, and how they are filled from a view of a session.

The console is drawn here once, complete, and then kept up to date by static/js/staff from the same view; both know the
same tables of states, which come from the rules and are nowhere written twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kachehri.i18n import Words
from kachehri.i18n.dates import MINUTE_MS
from kachehri.i18n.digits import grouped_reference
from rooms.queue import QUESTIONS
from rooms.stage import DECK, TURNS
from rooms.views import QuestionRow, SeatRow, TurnRow, View
from web.topics import District

#: Letters of a question that a list shows until it is chosen: two to three lines of a panel.
HEAD_MAX = 120
LISTS = ("new", "held", "refusing", "merged", "not_taken")
#: Buttons below the incoming questions: action, key, kind of button, icon.
TRIAGE_ACTS = (
    ("admit", "A", "main", "check"),
    ("hold", "H", "", ""),
    ("merge", "M", "", ""),
    ("not_take", "N", "", ""),
    ("refuse", "R", "quiet", ""),
    ("block", "", "quiet", ""),
    ("confirm_refusal", "Y", "danger", ""),
    ("overturn_refusal", "O", "main", ""),
    ("unmerge", "U", "main", ""),
    ("return", "B", "", ""),
)
#: What the desk can do with a turn, in the order of the buttons.
TURN_ACTS = ("stage", "hall", "offer", "read_out", "finish", "park", "cancel")
#: States in which a question is being heard.
AIR = ("on_stage", "read_out")
_ANY_TURN = " ".join(sorted({state for state, _ in TURNS}))
_RULE_NAMES = {"confirm_refusal": "confirm", "overturn_refusal": "overturn", "return": "put_back"}
_CHANNELS = {"desk": "row.by_desk", "kiosk": "row.by_kiosk", "phone": "row.by_phone"}


def states_for(action: str) -> str:
    """The states of a question in which an action is in the table of the rules; its asker may be blocked in any."""
    if action == "block":
        return " ".join(LISTS)
    name = _RULE_NAMES.get(action, action)
    return " ".join(sorted({state for state, step in QUESTIONS if step == name}))


def turn_acts() -> tuple[tuple[str, str], ...]:
    """Each action of the desk on a turn, with the states of the turn in which it is possible."""
    found = tuple((act, " ".join(sorted({state for state, step in TURNS if step == act}))) for act in TURN_ACTS)
    return (*found, ("remove", _ANY_TURN))


@dataclass(frozen=True)
class DeskQuestion:
    """A question as the desk chooses it. `head` and `rest` together are all its words."""

    id: str = ""
    state: str = "new"
    head: str = ""
    rest: str = ""
    category: str = ""
    topic: str = ""
    name: str = ""
    area: str = ""
    at: int = 0
    age: str = ""
    reference: str = ""
    private: bool = False
    hidden: bool = False
    barred: bool = False
    followers: int = 0
    supports: int = 0
    channel: str = ""
    reason: str = ""
    note: str = ""
    parent: str = ""
    own: bool = False
    moved: str = ""
    place: int = 0
    village: str = ""
    spoken: bool = False
    #: There is more text than this card has.
    more: bool = False
    #: The name of whoever is working on it.
    claimed: str = ""
    claimed_mine: bool = False
    #: Where it stands, for lists that hold questions of every state.
    stands: str = ""
    outcome: OutcomeCard | None = None


@dataclass(frozen=True)
class OutcomeCard:
    """What became of a question, in words."""

    kind: str
    title: str
    text: str = ""
    #: Of an order: the id of its words, and how the asker took them, in words and as a mark.
    words: str = ""
    read: str = ""
    read_text: str = ""


@dataclass(frozen=True)
class DeskTurn:
    id: str = ""
    state: str = "called"
    state_text: str = ""
    name: str = ""
    topic: str = ""
    text: str = ""
    clock: str = ""
    acts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class DeskSeat:
    id: str = ""
    index: int = 0
    kind_text: str = ""
    state_text: str = ""


@dataclass(frozen=True)
class Names:
    """What codes are called in the reader's language: topics and areas of the district."""

    topics: Mapping[str, str] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    offices: Mapping[str, str] = field(default_factory=dict)

    def topic(self, code: str) -> str:
        return self.topics.get(code, code)

    def area(self, code: str) -> str:
        return self.areas.get(code, code)


def names_of(district: District, words: Words) -> Names:
    """What topics, areas and offices are called in the reader's language."""
    areas = {area.code: district.area(area.code, words) for area in district.areas}
    offices = {office.code: district.host(office.id, words) for office in district.offices.values()}
    return Names(district.topics(words), areas, offices)


class Drawing:
    """Turns the rows of one view into cards for one reader.

    Arguments:
        me: the reader's own participant; a refusal that she proposed needs somebody else.
        crew: names of the staff by participant.
    """

    def __init__(
        self, view: View, words: Words, names: Names, now: int, me: str = "", crew: Mapping[str, str] | None = None
    ) -> None:
        self._view, self._words, self._names, self._now, self._me = view, words, names, now, me
        self._crew = crew or {}

    def questions(self, ids: Iterable[str], places: bool = False) -> tuple[DeskQuestion, ...]:
        return tuple(
            self.question(each, self._view.questions[each], place if places else 0)
            for place, each in enumerate(ids, start=1)
        )

    def question(self, id: str, row: QuestionRow, place: int = 0) -> DeskQuestion:
        words = self._words
        head, rest = split(whole(row.text) or words.plain("row.spoken_text" if row.spoken else "row.erased"))
        parent = self._view.questions.get(row.parent)
        return DeskQuestion(
            id=id,
            state=row.state,
            head=head,
            rest=rest,
            category=row.category,
            topic=self._names.topic(row.category),
            name=row.name,
            area=self._names.area(row.area),
            at=row.at,
            age=age(words, self._now - row.at),
            reference=grouped_reference(row.reference),
            private=row.private,
            hidden=row.hidden,
            barred=row.barred,
            followers=row.followers,
            supports=row.supports,
            channel=words.plain(_CHANNELS[row.channel]) if row.channel in _CHANNELS else "",
            reason=reason_text(words, row.state, row.reason),
            note=row.note,
            parent=f"{words.plain('row.joined_to')} {grouped_reference(parent.reference)}" if parent else "",
            own=row.state == "refusing" and row.by == self._me,
            moved=words.plain(f"reason.move.{row.moved}") if row.moved else "",
            place=place,
            village=row.village,
            spoken=row.spoken,
            more=row.more,
            claimed=self.holder(row.claimed),
            claimed_mine=row.claimed == self._me,
            stands=words.plain(f"stands.{row.state}"),
            outcome=self.outcome(row),
        )

    def holder(self, participant: str) -> str:
        """Who works on a question, by name."""
        if participant == self._me and participant:
            return self._words.plain("claim.you")
        return self._crew.get(participant, self._words.plain("claim.somebody")) if participant else ""

    def outcome(self, row: QuestionRow) -> OutcomeCard | None:
        """What became of it, the day and the office in words."""
        given, words = row.outcome, self._words
        if given is None:
            return None
        parts = [
            self._names.offices.get(given.office, given.office),
            words.plain("outcome.until", day=words.dates.day(noon(given.due))) if given.due else "",
            given.rule,
            given.note,
        ]
        return OutcomeCard(
            given.kind,
            words.plain(f"outcome.{given.kind}"),
            " — ".join(filter(None, parts)),
            words=given.words,
            read=given.read,
            read_text=words.plain(f"readback.{given.read or 'open'}") if given.words else "",
        )

    def turns(self, states: Iterable[str]) -> tuple[DeskTurn, ...]:
        wanted = set(states)
        return tuple(self.turn(each, row) for each, row in self._view.turns.items() if row.state in wanted)

    def turn(self, id: str, row: TurnRow) -> DeskTurn:
        about = self._view.questions.get(row.questions[0], QuestionRow()) if row.questions else QuestionRow()
        return DeskTurn(
            id=id,
            state=row.state,
            state_text=self._words.plain(f"turn.{row.state}"),
            name=about.name or self._words.plain("someone"),
            topic=self._names.topic(about.category),
            text=about.text,
            clock=clock(row.ends_at - self._now) if row.ends_at else "",
            acts=turn_acts(),
        )

    def deck(self) -> tuple[DeskTurn, ...]:
        return self.turns((*DECK, "dropped"))

    def speaker(self) -> DeskTurn | None:
        return next(iter(self.turns(("on_stage",))), None)

    def speakers(self) -> tuple[DeskTurn, ...]:
        """Everybody whose question is on the stage now."""
        return self.turns(AIR)

    def heard(self) -> tuple[DeskQuestion, ...]:
        """Questions that were heard on air, first those of which nobody noted what became of them."""
        heard = [each for each in self._view.recent if self._view.questions[each].state in ("heard", "answered")]
        return self.questions(sorted(heard, key=lambda each: self._view.questions[each].outcome is not None))

    def seats(self) -> tuple[DeskSeat, ...]:
        return tuple(self.seat(each, row) for each, row in self._view.seats.items())

    def seat(self, id: str, row: SeatRow) -> DeskSeat:
        state = "st.free" if not row.taken else "st.muted" if row.muted else "st.air"
        return DeskSeat(id, row.index, self._words.plain(f"seatkind.{row.kind}"), self._words.plain(state))


def whole(text: str) -> str:
    """An excerpt without the word that it was cut in: half a word in Urdu is often another word."""
    start, gap, _ = text.rpartition(" ")
    return f"{start} …" if text.endswith("…") and gap else text


def split(text: str, limit: int = HEAD_MAX) -> tuple[str, str]:
    """The start of a text up to a gap between words, and the rest of it."""
    if len(text) <= limit + 20:
        return text, ""
    at = text.rfind(" ", limit // 2, limit)
    at = at if at > 0 else limit
    return text[:at], text[at:]


def age(words: Words, span_ms: int) -> str:
    """How long ago, in one short word: minutes, hours or days."""
    minutes = max(0, span_ms) // MINUTE_MS
    if minutes < 1:
        return words.plain("row.ago_now")
    if minutes < 60:
        return words.plain("row.ago", minutes)
    if minutes < 1_440:
        return words.plain("row.ago_hours", minutes // 60)
    return words.plain("row.ago_days", minutes // 1_440)


def noon(day: str) -> int:
    """The middle of a day, `2026-03-20`, in milliseconds since the epoch: a day in any zone of the district's side."""
    return int(datetime.fromisoformat(day).replace(hour=7, tzinfo=UTC).timestamp() * 1000)


def clock(span_ms: int) -> str:
    """Minutes and seconds, `2:10`; hours in front where there are any."""
    seconds = abs(span_ms) // 1_000
    hours, rest = divmod(seconds, 3_600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


def reason_text(words: Words, state: str, reason: str) -> str:
    """Why a question stands where it stands, in words."""
    group = {"held": "hold", "not_taken": "not_take", "refusing": "refuse", "refused": "refuse", "deferred": "defer"}
    return words.plain(f"reason.{group[state]}.{reason}") if reason and state in group else ""
