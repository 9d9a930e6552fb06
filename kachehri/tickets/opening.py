"""What a close makes of the questions of a session: tickets, followers, and a balance that must come out.

Every question that was accepted ends in exactly one of four places: a ticket, a follower of another's ticket, withdrawn
by its asker, or refused by two people. Whether it was heard does not matter: the queue was a promise. The same
questions give the same rows, ids included, however often a close is started again.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct

from rooms.base import ContentRef
from rooms.closing import Balance

from .events import Kind
from .kinds import days_of, kind_of
from .lifecycle import State, entry
from .routing import Routing

#: The name space of ticket ids (RFC 9562 §5.5), drawn once and never to change.
NAMESPACE = bytes.fromhex("5d3a1f0c8e764f3b9a52c04be1d7f269")


class Decided(Struct, frozen=True):
    """What the hearing decided on a question; `rule` and `note` are content ids.

    Arguments:
        kind: answered, ordered, referred or refused.
        office: the office that is to act, or nothing.
        due_at: until when, in milliseconds, where a day was promised.
    """

    kind: str
    office: str = ""
    due_at: int | None = None
    rule: str = ""
    note: str = ""


class QuestionFact(Struct, frozen=True):
    """All that the opening needs to know of one question at the close.

    Arguments:
        state: its last state in the session, of which "withdrawn", "refused" and "merged" matter here.
        parent: the question it was merged into.
        received_at: when it arrived, in milliseconds.
    """

    question: str
    reference: str
    state: str
    kind: str
    category: str
    area: str
    asker: str
    parent: str | None = None
    content: ContentRef | None = None
    private: bool = False
    answered_on_air: bool = False
    #: Somebody wrote it for her.
    assisted: bool = False
    received_at: int = 0
    decided: Decided | None = None
    #: Whom it complains about: a post by its id, or an office (chart.py).
    about: str = ""


class NewTicket(NamedTuple):
    """A ticket to be written. `private` also covers the categories that are protected always."""

    ticket: str
    reference: str
    question: str
    state: State
    office: str
    why: str
    kind: Kind
    category: str
    area: str
    asker: str
    content: str | None
    private: bool
    protected: bool
    received_at: int
    decided: Decided | None
    #: The post that the rule named, and the rule.
    post: str = ""
    rule: str = ""
    #: Working days until it should be resolved.
    days: int = 15
    assisted: bool = False
    about: str = ""


class NewFollower(NamedTuple):
    """Somebody who follows another's ticket under a number of their own."""

    ticket: str
    reference: str
    question: str
    asker: str
    content: str | None
    private: bool
    received_at: int


class Opening(Struct, frozen=True):
    """What has to be written, in the order of arrival; tickets before the followers that point at them."""

    tickets: list[NewTicket]
    followers: list[NewFollower]
    balance: Balance


def ticket_id(question: str) -> str:
    """The UUID (version 5) of a question's ticket, so that no question can open two."""
    return _named(question)


def commitment_id(question: str) -> str:
    """The UUID of what was promised on a question, so that a close that starts again promises nothing twice."""
    return _named(f"commitment/{question}")


def _named(name: str) -> str:
    number = int.from_bytes(hashlib.sha1(NAMESPACE + name.encode(), usedforsecurity=False).digest()[:16], "big")
    number = number & ~(0xF << 76) & ~(0x3 << 62) | 5 << 76 | 2 << 62
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def open_tickets(facts: Iterable[QuestionFact], routing: Routing, days: Mapping[str, int] = {}) -> Opening:
    """The tickets and followers of a session, and its balance.

    Arguments:
        days: for each category its working days.

    Raises:
        ValueError: two facts about one question, or one reference on two questions.
    """
    questions = sorted(facts, key=lambda fact: (fact.received_at, fact.question))
    known = {fact.question: fact for fact in questions}
    if len(known) < len(questions) or len({fact.reference for fact in questions}) < len(questions):
        raise ValueError("a question or a reference occurs twice")
    leaders = _leaders(questions, known)
    tickets = []
    followers = []
    gone = {"withdrawn": 0, "refused": 0}
    for fact in questions:
        content = fact.content.id if fact.content else None
        leader = leaders.get(fact.question)
        if leader is None:
            gone[fact.state] += 1
        elif leader == fact.question:
            decided = fact.decided
            routed = routing.route(fact.category, decided.office if decided else "", area=fact.area, about=fact.about)
            kind = kind_of(fact.kind)
            tickets.append(
                NewTicket(
                    ticket_id(fact.question),
                    fact.reference,
                    fact.question,
                    entry(fact.answered_on_air, decided.kind if decided else "", placed=routed.by_rule),
                    routed.office,
                    routed.why,
                    kind,
                    fact.category,
                    fact.area,
                    fact.asker,
                    content,
                    fact.private or routed.protected,
                    routed.protected,
                    fact.received_at,
                    decided,
                    routed.post,
                    routed.rule,
                    days_of(kind, days.get(fact.category)),
                    fact.assisted,
                    fact.about,
                )
            )
        else:
            ticket = ticket_id(leader)
            row = (ticket, fact.reference, fact.question, fact.asker, content, fact.private, fact.received_at)
            followers.append(NewFollower(*row))
    balance = Balance(len(questions), len(tickets), len(followers), gone["withdrawn"], gone["refused"])
    return Opening(tickets, followers, balance)


def _leaders(questions: list[QuestionFact], known: dict[str, QuestionFact]) -> dict[str, str]:
    """For each question that lives on, the one whose ticket it has.

    A merged question follows the last of its parents. If that one was withdrawn or refused, the first of those that
    were merged into it takes its place, and the others follow: one person's change of mind ends only her own matter.
    """
    heirs: dict[str, str] = {}
    leaders: dict[str, str] = {}
    for fact in questions:
        if _is_gone(fact):
            continue
        root = _root(fact, known)
        if _is_gone(known[root]):
            root = heirs.setdefault(root, fact.question)
        leaders[fact.question] = root
    return leaders


def _is_gone(fact: QuestionFact) -> bool:
    return fact.state in ("withdrawn", "refused")


def _root(fact: QuestionFact, known: dict[str, QuestionFact]) -> str:
    """The end of the chain of merges. In a ring, which no rule permits but no close may hang on, its smallest id."""
    seen = [fact.question]
    while fact.parent is not None and fact.parent in known:
        if fact.parent in seen:
            return min(seen[seen.index(fact.parent) :])
        fact = known[fact.parent]
        seen.append(fact.question)
    return fact.question
