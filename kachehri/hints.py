"""Tickets that may be about the same trouble: beside one of them, and as groups over time. Suggestions for people.

A ticket is compared with those of its own place that were opened within sixty days, the closed ones too: what was
solved for one may be what the other waits for. What people say to each suggestion is kept, so that the method can be
judged by it and not by its own word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from .likeness.candidates import SHOWN, Likely, Likeness, centre, groups
from .likeness.likeness import shared
from .store import Connection, hints
from .store.hints import Near
from .store.tables import Hint, Ticket
from .store.ticket_lists import Reach

DAY_MS: Final = 86_400_000
WEEK_MS: Final = 7 * DAY_MS
SPAN_MS: Final = 60 * DAY_MS
#: A group over time: so many weeks are looked at, so many texts, and it has so many tickets of so many people.
WEEKS: Final = 8
TEXTS_MOST: Final = 2_000
LEAST, PEOPLE = 3, 2
#: Groups that are shown, tickets that stand for one, and words that say why it is one.
GROUPS_MOST: Final = 30
SAMPLES: Final = 3
WORDS_MOST: Final = 6


class Beside(NamedTuple):
    """A ticket that may be about the same, why, and what was said to that."""

    near: Near
    likely: Likely
    said: str = ""


class Group(NamedTuple):
    """Tickets that say the same.

    Arguments:
        words: why they stand together, as the first of them writes it.
        weeks: how many were opened in each week, this one first.
        topics, places: codes with how many, the most first.
    """

    tickets: tuple[Near, ...]
    words: tuple[str, ...]
    people: int
    weeks: tuple[int, ...]
    topics: tuple[tuple[str, int], ...]
    places: tuple[tuple[str, int], ...]


def around(conn: Connection, reach: Reach, ticket: Ticket, now: int) -> list[Near]:
    """What a ticket is compared with, itself among them; nothing where it is compared with nothing."""
    found = hints.texts(conn, reach, now - SPAN_MS, area=ticket.area or "")
    return found if any(each.id == ticket.id for each in found) else []


def beside(likeness: Likeness, ticket: Ticket, around: Sequence[Near], said: dict[str, Hint]) -> list[Beside]:
    """The likeliest, and behind them those of which somebody said that they are another matter.

    One that goes on with another is represented by that one, and those that are together already are left out.
    """
    known = {each.id: each for each in around}
    together = {ticket.id, ticket.parent_id} | {each.id for each in around if each.parent_id == ticket.id}
    texts = {
        each.id: each.text
        for each in around
        if each.id == ticket.id or (each.id not in together and each.parent_id not in known)
    }
    ranked = likeness.likeliest(ticket.id, texts, most=SHOWN + len(said))
    found = [Beside(known[each.key], each, said[each.key].said if each.key in said else "") for each in ranked]
    apart = [each for each in found if each.said == "apart"]
    return [*[each for each in found if each.said != "apart"][:SHOWN], *apart]


def shown(conn: Connection, now: int, ticket: Ticket, found: Sequence[Beside]) -> None:
    """Note that somebody was shown these."""
    hints.show(conn, [note(ticket.id, each.likely, "ticket", now) for each in found])


def note(id: str, likely: Likely, kind: str, now: int) -> Hint:
    """The row of one that was shown beside a question or a ticket."""
    return Hint(of_id=id, other_id=likely.key, kind=kind, share=round(likely.share * 1000), shown_at=now)


def again(likeness: Likeness, texts: Sequence[Near], now: int) -> list[Group]:
    """The same trouble, again: groups of what was opened in the last weeks, the largest first."""
    known = {each.id: each for each in texts}
    vectors = likeness.vectors({each.id: each.text for each in texts})
    found = []
    for ids in groups(vectors, LEAST):
        of = [known[id] for id in ids]
        people = {each.person_id or each.id for each in of}
        if len(people) < PEOPLE:
            continue
        ago = Counter((now - each.opened_at) // WEEK_MS for each in of)
        words = shared(centre(vectors[id] for id in ids), vectors[ids[0]], of[0].text, WORDS_MOST)
        found.append(
            Group(
                tuple(of),
                tuple(words),
                len(people),
                tuple(ago.get(week, 0) for week in range(WEEKS)),
                tuple(Counter(each.category or "" for each in of).most_common()),
                tuple(Counter(each.area or "" for each in of).most_common()),
            )
        )
        if len(found) == GROUPS_MOST:
            break
    return found
