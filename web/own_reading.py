"""From the steps of a ticket to what its citizen, its followers and everybody else read: plain words, posts, dates.

Rule 1: whoever asked reads everything that is for her, with its words. Whoever's question was joined in the hearing
reads what the office writes, not what the asker wrote. Everybody else reads what was done and when, and nobody's words.
Rule 2: offices and posts are named, persons never.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from kachehri.i18n import Words
from kachehri.store.tables import Ticket
from kachehri.tickets import events as e
from kachehri.tickets.events import Happened
from kachehri.tickets.life import Life
from kachehri.tickets.lifecycle import is_open
from kachehri.tickets.next_date import NextDate
from kachehri.tickets.status import Posted, Undone
from rooms.base import ContentRef
from web import reading
from web.own_shapes import Standing, Told
from web.topics import District

View = Literal["own", "joined", "public"]
#: Clocks of the office count in these, so a day that has passed is late.
_OWED: Final = frozenset({"registered", "routed", "assigned", "in_progress", "awaiting_external", "disputed"})


@dataclass(frozen=True)
class Names:
    """How things are called in the reader's language. `posts` by id: the title in Urdu and in English."""

    words: Words
    district: District
    posts: Mapping[str, tuple[str, str]]

    def office(self, id: str) -> str:
        return self.district.office(id, self.words)

    def post(self, id: str) -> str:
        titles = self.posts.get(id)
        return (titles[0] if self.words.language.code == "ur" else titles[1]) if titles else ""


def refs(steps: Iterable[Happened]) -> list[str]:
    """The ids of all words that the steps point to."""
    found: list[str] = []
    for step in steps:
        body = step.body
        for name in getattr(body, "__struct_fields__", ()):
            value = getattr(body, name)
            if isinstance(value, ContentRef):
                found.append(value.id)
    return found


def story(
    steps: Sequence[Happened], texts: Mapping[str, str], names: Names, view: View, follower: str = ""
) -> tuple[Told, ...]:
    """The steps as sentences, newest first.

    Arguments:
        texts: the public words by content id.
        follower: whose own answers are told too.
    """
    undone = {step.body.of for step in steps if isinstance(step.body, Undone)}
    found = []
    for step in steps:
        if step.seq in undone or (isinstance(step.body, e.Step) and step.body.audience != "citizen"):
            continue
        told = _Teller(texts, names, view, follower).tell(step)
        if told is not None:
            found.append(told)
    return tuple(reversed(found))


@dataclass(frozen=True)
class _Teller:
    texts: Mapping[str, str]
    names: Names
    view: View
    follower: str

    def tell(self, step: Happened) -> Told | None:
        body, names = step.body, self.names
        match body:
            case e.Opened():
                office = names.office(body.office)
                if body.state == "resolution_proposed" or body.outcome in ("answered", "refused"):
                    return self._say(step, "opened_answered")
                return self._say(step, "opened", office=office) if office else self._say(step, "opened_desk")
            case e.Routed() | e.Transferred():
                office, key = names.office(body.office), body.type.removeprefix("ticket.")
                sentence = self._say(step, key, office=office) if office else self._say(step, f"{key}_desk")
                return self._with(sentence, body.reason)
            case e.Assigned():
                post = names.post(body.post)
                return self._say(step, "assigned", post=post) if post else self._say(step, "assigned_bare")
            case e.Started():
                at = reading.noon(body.day, names.words)
                day = names.words.dates.day(at) if at else ""
                sentence = self._say(step, "started", day=day) if day else self._say(step, "started_bare")
                return self._with(sentence, body.plan)
            case e.Asked():
                return self._with(self._say(step, "asked"), body.question, own=True)
            case e.Answered():
                return self._with(self._say(step, "answered"), body.answer, own=True)
            case e.Waits():
                return self._with(self._say(step, "waits_paused" if body.paused else "waits"), body.reason)
            case e.Proposed():
                sentence = self._say(step, "proposed", outcome=outcome_word(body.outcome, names.words))
                return self._with(sentence, body.note, rule=body.rule)
            case e.Confirmed():
                return self._say(step, "confirmed_operator" if body.how == "operator" else "confirmed")
            case e.Disputed():
                key = "disputed_partly" if body.solved == "partly" else "disputed_no"
                return self._with(self._say(step, key), body.words, own=True)
            case e.Appealed():
                return self._with(
                    self._say(step, "appealed_auto" if body.automatic else "appealed"), body.words, own=True
                )
            case e.Directed():
                return self._with(self._say(step, "directed"), body.order)
            case e.Upheld():
                return self._with(self._say(step, "upheld"), body.order)
            case e.Warned():
                return self._with(self._say(step, "warned"), body.reason)
            case e.Forced():
                word = outcome_word(body.outcome, names.words)
                return self._with(self._say(step, "forced", outcome=word), body.reason)
            case e.Escalated():
                post = names.post(body.post)
                return self._say(step, "escalated", post=post) if post else self._say(step, "escalated_bare")
            case e.Shared():
                return self._say(step, "shared", office=names.office(body.office))
            case e.PartDone():
                return self._with(self._say(step, "part_done", office=names.office(body.office)), body.note)
            case e.Evidence():
                if not body.shown or self.view == "public":
                    return None
                return Told(step.at, names.words.plain("told.evidence"), picture=body.attachment)
            case e.Classified():
                return self._say(step, "classified", topic=names.district.topic(body.category, names.words))
            case e.Rated():
                return self._rated(step, body)
            case e.Pledged():
                at = reading.noon(body.day, names.words)
                day = names.words.dates.day(at) if at else ""
                if body.step == "moved" and not day:
                    return None
                return self._say(step, f"pledge_{body.step}", **({"day": day} if body.step == "moved" else {}))
            case Posted():
                return self._posted(step, body)
            case e.Resumed() | e.Silent() | e.Withdrawn() | e.Joined() | e.Left():
                return self._say(step, body.type.removeprefix("ticket."))
            case _:  # receipts of notices, and what only programs need
                return None

    def _say(self, step: Happened, key: str, **values: str) -> Told:
        """The sentence; whoever did not ask it herself reads the other form, where there is one."""
        words = self.names.words
        other = f"told.{key}.other"
        name = other if self.view != "own" and words.has(other) else f"told.{key}"
        return Told(step.at, words.plain(name, None, **values))

    def _with(self, told: Told, ref: ContentRef | None, *, rule: ContentRef | None = None, own: bool = False) -> Told:
        """The words beside it, for those who may read them. `own`: they are the asker's, or meant for her alone."""
        if self.view == "public" or (own and self.view != "own"):
            return told
        said = self.texts.get(ref.id, "") if ref else ""
        return Told(told.at, told.text, said, self.texts.get(rule.id, "") if rule else "")

    def _rated(self, step: Happened, body: e.Rated) -> Told | None:
        """Everyone reads her own answer, and nobody else's. That money was asked for is told to whoever said so."""
        mine = self.view == "own" and not body.follower or bool(self.follower) and body.follower == self.follower
        if not mine:
            return None
        words = self.names.words
        said = [words.plain(f"told.rated_{body.solved}")] if body.follower else []
        if body.stars:
            said.append(words.plain("told.rated_stars", n=body.stars))
        if body.money == "yes":
            said.append(words.plain("told.money"))
        return Told(step.at, " ".join(said)) if said else None

    def _posted(self, step: Happened, body: Posted) -> Told:
        words = self.names.words
        at = reading.noon(body.day, words)
        text = words.plain("receipt.visit", day=words.dates.day(at)) if at else words.plain(f"status.kind.{body.kind}")
        return self._with(Told(step.at, text), body.content)


def outcome_word(outcome: str, words: Words) -> str:
    """What came of it, in words; what nobody knows is left open."""
    key = f"outcome_is.{outcome}"
    return words.plain(key) if words.has(key) else outcome


def standing(life: Life, row: Ticket, names: Names, now: int, *, followers: int = 0, follows: str = "") -> Standing:
    """Where it stands, and who has it.

    Arguments:
        row: of the ticket, with the day that the clocks say.
        follows: the number of the complaint that it goes on with.
    """
    words, district = names.words, names.district
    due_at = row.due_at or 0
    return Standing(
        state=life.state,
        topic=district.topic(life.category or row.category, words),
        opened_at=life.opened_at,
        office=names.office(life.office or row.office_id),
        holder=names.post(life.post),
        over=names.post(life.accountable) if is_open(life.state) and life.accountable != life.post else "",
        area=district.area(life.area or row.area, words),
        due_at=due_at if is_open(life.state) else 0,
        late=bool(due_at) and now > due_at and life.state in _OWED,
        followers=followers,
        follows=follows,
        outcome=outcome_word(life.outcome, words) if life.outcome and not is_open(life.state) else "",
        basis=life.basis,
        parts=tuple(
            (names.office(office) or words.plain("ticket.desk"), at is not None) for office, at in life.parts.items()
        ),
    )


def dated(place: Standing, next: NextDate | None) -> Standing:
    """The same with the one date that comes next and what it is; one that has passed stays as the lists have it."""
    if next is None or place.late or not place.due_at:
        return place
    return replace(place, due_at=next.at, due_is=next.what)


def lead(place: Standing, words: Words, *, asker: bool) -> str:
    """What comes now, in one sentence: nobody is left without it."""
    say, day = words.plain, words.dates.day(place.due_at) if place.due_at else ""
    desk = place.office or say("ticket.desk")
    if place.state == "closed_final":
        return f"{say('own.lead.appeal_decided')} {say('own.lead.final')}"
    if place.state == "closed":
        known = asker and words.has(f"own.lead.{place.basis}")
        return say(f"own.lead.{place.basis}") if known else say("own.lead.closed_other")
    if place.state == "resolution_proposed":
        return say("own.lead.resolution_proposed" if asker else "own.lead.proposed_other")
    if place.state == "disputed":
        if not asker:
            return say("own.lead.disputed_other")
        return say("own.lead.disputed_over", post=place.over) if place.over else say("own.lead.disputed")
    if place.state == "in_appeal" or (place.state == "awaiting_citizen" and asker):
        return say(f"own.lead.{place.state}")
    if place.late:
        if place.over:
            return say("own.lead.late_over", office=desk, day=day, post=place.over)
        return say("own.lead.late", office=desk, day=day)
    if place.state == "awaiting_external" and day:
        return say("own.lead.awaiting_external", day=day)
    if place.office and day:
        return say("next_is.ticket", office=place.office, day=day)
    return say("next_is.ticket_desk") if not place.office else say("own.lead.registered")
