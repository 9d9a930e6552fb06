"""The register of a closed session: one row for each question, with what became of it.

A row's section, order and ticket come from the database, part by part; its words from the replica.
What it never holds: phone and ID numbers (it reads only masked words), a name that its bearer hid, and the words, topic
and office of what is private. What was withdrawn or refused stands with its number alone: the balance must add up, but
nobody's second thoughts are printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from kachehri.live import Live
from kachehri.store import papers as rows
from kachehri.store.papers import GONE, OFFICE, PRIVATE, Registered, Section
from rooms.queue import Question
from web.cards import Balance, SessionCard
from web.papers.pairs import Both, Pair
from web.topics import District

#: Characters of a question on paper; the whole is with its ticket.
EXCERPT: Final = 260
#: States of a question whose own words say what became of it; all others were not reached.
_TOLD: Final = frozenset({"answered", "heard", "deferred", "not_taken", "merged", "withdrawn", "refused"})


@dataclass(frozen=True)
class Entry:
    """One row."""

    number: int
    reference: str
    at: str
    topic: Pair
    place: Pair
    village: str
    name: str
    #: Said in the place of a name, and of words, that are not printed.
    unnamed: Pair
    text: str
    untold: Pair
    outcome: Pair
    #: Who has to act, and until when, where that was decided.
    owner: Pair
    due: Pair
    due_day: str
    rule: str
    words: str
    office: Pair
    state: Pair
    follows: str


@dataclass(frozen=True)
class Group:
    """The rows of one section that stand on one page or in one part; `total` counts the whole section."""

    title: Pair
    total: int
    entries: tuple[Entry, ...]
    continued: bool = False


@dataclass(frozen=True)
class Letterhead:
    """What stands above a paper."""

    house: Pair
    title: Pair
    session: SessionCard
    subject: Pair
    host: Pair
    held: Pair
    practice: bool
    #: The end of the session's log: how many events, and the hash of the last (SHA-256), by which it can be checked.
    seq: int
    hash: str
    made: str

    @property
    def mark(self) -> str:
        """The start of the hash, for the foot of every page."""
        return self.hash[:16]


@dataclass(frozen=True)
class Sums:
    """The end of a register: the balance, and how many had which outcome."""

    balance: Balance
    outcomes: tuple[tuple[Pair, int], ...]


@dataclass(frozen=True)
class Sources:
    """All that rows are made from; none of it changes once a session is closed, but for erased words."""

    live: Live
    district: District
    both: Both
    #: Names that were looked up already: a district has few, a register asks for them on every row.
    names: dict[tuple[str, str | None], Pair] = field(default_factory=dict)

    def topic(self, code: str | None) -> Pair:
        return self._named("topic", code, self.both.topic)

    def area(self, code: str | None) -> Pair:
        return self._named("area", code, self.both.area)

    def office(self, office_id: str | None) -> Pair:
        return self._named("office", office_id, self.both.office)

    def _named(self, kind: str, code: str | None, look: Callable[[District, str | None], Pair]) -> Pair:
        found = self.names.get((kind, code))
        if found is None:
            found = self.names[kind, code] = look(self.district, code)
        return found

    def entry(self, row: Registered, number: int) -> Entry:
        """One row as it is printed."""
        question = self.live.session.queue.questions[row.question]
        hidden = row.section != OFFICE
        texts, both, nothing = self.live.texts, self.both, Pair()
        name = "" if hidden or question.hide_name else texts.get(question.name, "")
        text = "" if hidden else excerpt(texts.get(question.content, ""), EXCERPT)
        noted = question.outcome if row.section != PRIVATE else None
        return Entry(
            number=number,
            reference=row.reference,
            at=both.stamp(row.at),
            topic=both("paper.private_topic") if row.section == PRIVATE else self.topic(row.category),
            place=nothing if hidden else self.area(row.area),
            village="" if hidden else texts.get(question.village, ""),
            name=name,
            unnamed=nothing if name else both("paper.hidden" if hidden or question.hide_name else "paper.no_name"),
            text=text,
            untold=nothing if text else self.untold(row, question),
            outcome=self.outcome(row, question),
            owner=self.office(self.office_id(noted.office)) if noted and noted.office else nothing,
            due=self.due(noted.due) if noted and noted.due else nothing,
            due_day=noted.due if noted else "",
            rule=texts.get(noted.rule, "") if noted else "",
            words=texts.get(noted.note, "") if noted else "",
            office=self.office(row.office_id) if row.office_id else nothing,
            state=both(f"ticket.state.{row.ticket_state}") if row.ticket_state else nothing,
            follows=row.follows or "",
        )

    def office_id(self, code: str) -> str:
        """Outcomes name an office by its code."""
        return next((office.id for office in self.district.offices.values() if office.code == code), "")

    def due(self, iso: str) -> Pair:
        """Until when, as a phrase."""
        day = self.both.date(iso)
        return Pair(self.both.ur.plain("paper.due", day=day.ur), self.both.en.plain("paper.due", day=day.en))

    def untold(self, row: Registered, question: Question) -> Pair:
        """Why there are no words in a row."""
        match row.section:
            case rows.PRIVATE:
                return self.both("paper.private")
            case rows.GONE:
                return self.both("paper.not_printed")
        if question.spoken and not question.content:
            return self.both("paper.spoken")
        return self.both("paper.erased")

    def outcome(self, row: Registered, question: Question) -> Pair:
        """What became of a question in the session, in a few words."""
        if row.section == PRIVATE:
            return self.both("paper.outcome.private")
        if question.outcome is not None:
            return self.both(f"paper.outcome.{question.outcome.kind}")
        if question.state == "merged":
            return self.both("paper.outcome.merged")
        key = question.state if question.state in _TOLD else "unheard"
        # A refusal of abuse by two people is not an office's refusal of a demand.
        said = self.both("paper.outcome.abuse" if key == "refused" else f"paper.outcome.{key}")
        if key not in ("deferred", "not_taken") or not question.reason:
            return said
        why = self.both(f"why.{question.reason}")
        return Pair(f"{said.ur} {why.ur}", f"{said.en} {why.en}")

    def title(self, section: Section | Registered) -> Pair:
        match section.section:
            case rows.PRIVATE:
                return self.both("paper.section.private")
            case rows.GONE:
                return self.both("paper.section.gone")
        if section.office_id is None:
            return self.both("paper.section.practice")
        return self.office(section.office_id)

    def groups(self, found: Sequence[Registered], sections: Sequence[Section], first: int) -> tuple[Group, ...]:
        """Rows under the headings of their sections.

        Arguments:
            first: the number of the first row, counted from 1.
        """
        begins: dict[tuple[int, str | None], tuple[int, int]] = {}
        number = 1
        for section in sections:
            begins[section.section, section.office_id] = (number, section.questions)
            number += section.questions
        groups: list[Group] = []
        for (key, title), entries in _runs(self, found, first):
            begin, total = begins.get(key, (first, len(entries)))
            groups.append(Group(title, total, tuple(entries), continued=entries[0].number > begin))
        return tuple(groups)

    def sums(self, balance: Balance) -> Sums:
        """The balance, and the outcomes that occurred; what is private is counted with the rest."""
        keys: Counter[str] = Counter()
        for question in self.live.session.queue.questions.values():
            key = question.outcome.kind if question.outcome else question.state
            key = "abuse" if question.state == "refused" else key if question.outcome or key in _TOLD else "unheard"
            keys[key] += 1
        counts: Counter[Pair] = Counter()
        for key, count in keys.items():
            counts[self.both(f"paper.outcome.{key}")] += count
        return Sums(balance, tuple(sorted(counts.items(), key=lambda each: -each[1])))


def _runs(
    sources: Sources, found: Sequence[Registered], first: int
) -> Iterator[tuple[tuple[tuple[int, str | None], Pair], list[Entry]]]:
    """Neighbours of one section together."""
    key: tuple[int, str | None] | None = None
    title, entries = Pair(), list[Entry]()
    for number, row in enumerate(found, first):
        if key != (row.section, row.office_id):
            if key is not None:
                yield (key, title), entries
            key, title, entries = (row.section, row.office_id), sources.title(row), []
        entries.append(sources.entry(row, number))
    if key is not None:
        yield (key, title), entries


def excerpt(text: str, most: int) -> str:
    """As many whole words as fit, on one line; what is left out is shown by an ellipsis."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    return flat[:most].rsplit(" ", 1)[0].rstrip("،,۔.") + " …"


__all__ = ["GONE", "OFFICE", "PRIVATE", "Entry", "Group", "Letterhead", "Sources", "Sums"]
