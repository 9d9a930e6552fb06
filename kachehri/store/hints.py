"""What was found alike, to whom it was shown and what they said; and the texts that are compared."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, case, exists, func, literal_column, or_, select, update

from .rows import fetch, put_new
from .tables import Category, Content, Hint, Question, Ticket, table_of
from .ticket_lists import Reach, branches

_hint = table_of(Hint)
_ticket = table_of(Ticket)
_question = table_of(Question)
_content = table_of(Content)
_category = table_of(Category)
#: Thousandths from which a likeness is counted in one line, the highest first.
BANDS = (800, 650, 500, 0)


class Near(NamedTuple):
    """A ticket with the masked words of its asker, as it is compared with others."""

    id: str
    reference: str
    category: str | None
    area: str | None
    state: str
    opened_at: int
    parent_id: str | None
    person_id: str | None
    text: str


class Judged(NamedTuple):
    """Of how many of a kind and a band people said what. `open`: nobody has said anything yet."""

    kind: str
    band: int
    same: int
    apart: int
    open: int


def texts(conn: Connection, reach: Reach, since: int, *, area: str | None = None, limit: int = 400) -> list[Near]:
    """Public tickets within reach that were opened since an instant, the latest first. What is protected is compared
    with nothing.

    Arguments:
        area: of this place alone; "" for those without one.
    """
    apart = select(_category.c.code).where(_category.c.protected)
    where = [
        _ticket.c.opened_at >= since,
        _ticket.c.privacy == "public",
        or_(_ticket.c.category.is_(None), _ticket.c.category.not_in(apart)),
        _content.c.public != "",
    ]
    if area is not None:
        where.append(_ticket.c.area == area if area else or_(_ticket.c.area.is_(None), _ticket.c.area == ""))
    columns = (*(_ticket.c[name] for name in Near._fields[:-1]), _content.c.public)
    source = _ticket.join(_content, _content.c.id == _ticket.c.content_id)
    found: list[Near] = []
    for branch in branches(reach):
        statement = select(*columns).select_from(source).where(branch, *where)
        order = (_ticket.c.opened_at.desc(), _ticket.c.id)
        found += [Near(*row) for row in conn.execute(statement.order_by(*order).limit(limit))]
    return sorted(found, key=lambda each: (-each.opened_at, each.id))[:limit]


def show(conn: Connection, rows: Sequence[Hint]) -> None:
    """Note what was shown; what was noted before stays as it is."""
    put_new(conn, rows)


def of(conn: Connection, id: str) -> dict[str, Hint]:
    """What was shown beside a question or a ticket, by the other one."""
    return {each.other_id: each for each in fetch(conn, Hint, _hint.c.of_id == id)}


def say(conn: Connection, id: str, other: str, said: str, by: str, now: int) -> bool:
    """What somebody makes of it; "" takes that back. False for what was never shown."""
    here = (_hint.c.of_id == id, _hint.c.other_id == other)
    values = {"said": said, "said_at": now if said else None, "account_id": by if said else None}
    return conn.execute(update(_hint).where(*here).values(**values)).rowcount == 1


def judged(conn: Connection) -> list[Judged]:
    """What became of all that was shown, by kind and band: the method is judged by this.

    Who joined the two in another way said "the same" by that, and who moved a question on without it "not the same".
    """
    tickets, other_tickets = _ticket.alias("t"), _ticket.alias("o")
    questions, other_questions = _question.alias("q"), _question.alias("p")

    together = or_(
        exists().where(tickets.c.id == _hint.c.of_id, tickets.c.parent_id == _hint.c.other_id),
        exists().where(other_tickets.c.id == _hint.c.other_id, other_tickets.c.parent_id == _hint.c.of_id),
        exists().where(questions.c.id == _hint.c.of_id, questions.c.parent_id == _hint.c.other_id),
        exists().where(other_questions.c.id == _hint.c.other_id, other_questions.c.parent_id == _hint.c.of_id),
    )
    moved_on = exists().where(
        _question.c.id == _hint.c.of_id, _hint.c.kind == "question", _question.c.state.not_in(("new", "held"))
    )
    said = case(
        (_hint.c.said != "", _hint.c.said),
        (together, "same"),
        (moved_on, "apart"),
        else_="",
    )
    band = case(*((_hint.c.share >= each, each) for each in BANDS), else_=0)
    each = select(_hint.c.kind, band.label("band"), said.label("said")).subquery()
    number = func.count(literal_column("*"))
    found: dict[tuple[str, int], dict[str, int]] = {}
    statement = select(each.c.kind, each.c.band, each.c.said, number).group_by(each.c.kind, each.c.band, each.c.said)
    for kind, at, answer, count in conn.execute(statement):
        found.setdefault((kind, int(at)), {})[answer] = int(count)
    return [
        Judged(kind, at, counts.get("same", 0), counts.get("apart", 0), counts.get("", 0))
        for (kind, at), counts in sorted(found.items(), key=lambda row: (row[0][0], -row[0][1]))
    ]
