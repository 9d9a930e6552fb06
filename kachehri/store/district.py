"""Offices, posts, areas, categories and rooms: written by hand or by the demo, read by pages and routing."""

from collections.abc import Sequence

from sqlalchemy import Connection, literal_column, select, update

from .rows import fetch, fetch_one, insert_into, put_new, save
from .tables import Area, Category, Installation, Office, Post, Posting, ReferenceCounter, Room, table_of

_office = table_of(Office)
_category = table_of(Category)
_area = table_of(Area)
_post = table_of(Post)
_posting = table_of(Posting)
_counter = table_of(ReferenceCounter)
_installation = table_of(Installation)


def save_offices(conn: Connection, rows: Sequence[Office]) -> None:
    """Write offices, parents before children."""
    save(conn, rows)


def save_posts(conn: Connection, rows: Sequence[Post]) -> None:
    """Write posts, superiors before those who report to them."""
    save(conn, rows)


def save_postings(conn: Connection, rows: Sequence[Posting]) -> None:
    """Write who holds which post."""
    save(conn, rows)


def save_areas(conn: Connection, rows: Sequence[Area]) -> None:
    """Write areas, the larger before the smaller."""
    save(conn, rows)


def save_categories(conn: Connection, rows: Sequence[Category]) -> None:
    """Write categories; their offices come first."""
    save(conn, rows)


def save_rooms(conn: Connection, rows: Sequence[Room]) -> None:
    """Write standing rooms; their offices come first."""
    save(conn, rows)


def offices(conn: Connection) -> list[Office]:
    """Offices in use, by code."""
    return fetch(conn, Office, _office.c.retired_at.is_(None), order=(_office.c.code,))


def triage(conn: Connection) -> Office | None:
    """The desk for what no rule can place."""
    found = fetch(conn, Office, _office.c.triage, _office.c.retired_at.is_(None), order=(_office.c.code,), limit=1)
    return found[0] if found else None


def categories(conn: Connection) -> list[Category]:
    """Categories in use, in the order in which they are offered."""
    return fetch(conn, Category, _category.c.retired_at.is_(None), order=(_category.c.position, _category.c.code))


def asks_for_picture(conn: Connection, code: str) -> bool:
    """Whether what is said to be solved under this topic needs a picture of it."""
    here = (_category.c.code == code, _category.c.picture.is_(True))
    return conn.execute(select(_category.c.id).where(*here)).first() is not None


def posts(conn: Connection) -> list[Post]:
    """Posts in use, by office and code."""
    return fetch(conn, Post, _post.c.retired_at.is_(None), order=(_post.c.office_id, _post.c.id))


def holders(conn: Connection, kind: str = "holds") -> list[Posting]:
    """Who holds which post until further notice, or acts on it."""
    return fetch(conn, Posting, _posting.c.to_at.is_(None), _posting.c.kind == kind, order=(_posting.c.from_at,))


def all_areas(conn: Connection) -> list[Area]:
    """Every area, the larger before the smaller."""
    return fetch(conn, Area, order=(_area.c.path,))


def clear_triage(conn: Connection) -> None:
    """Before another office becomes the desk that sorts."""
    conn.execute(update(_office).where(_office.c.triage).values(triage=False))


def retire_office(conn: Connection, office_id: str, now: int) -> None:
    """Take an office out of use; what points at it stays."""
    conn.execute(update(_office).where(_office.c.id == office_id).values(retired_at=now))


def retire_category(conn: Connection, category_id: str, now: int) -> None:
    """Offer a category no more; questions that were asked about it keep it."""
    conn.execute(update(_category).where(_category.c.id == category_id).values(retired_at=now))


def areas(conn: Connection, parent_id: str | None = None) -> list[Area]:
    """The areas directly inside another; without one, the outermost."""
    return fetch(conn, Area, _area.c.parent_id.is_not_distinct_from(parent_id), order=(_area.c.code,))


def area(conn: Connection, area_id: str) -> Area | None:
    """One area."""
    return fetch_one(conn, Area, _area.c.id == area_id)


def rooms(conn: Connection) -> list[Room]:
    """Every standing room."""
    return fetch(conn, Room, order=(table_of(Room).c.name_en,))


def take_numbers(conn: Connection, year: int, count: int = 1) -> range:
    """The next `count` numbers of a year's references, counted from 0. Given back if the transaction is undone."""
    statement = insert_into(conn, _counter).values(year=year, next_number=count)
    statement = statement.on_conflict_do_update(
        index_elements=[_counter.c.year], set_={"next_number": _counter.c.next_number + count}
    ).returning(literal_column("next_number"))
    after = int(conn.execute(statement).scalar_one())
    return range(after - count, after)


def fact(conn: Connection, name: str) -> str | None:
    """A fact about this installation."""
    value = conn.execute(select(_installation.c.value).where(_installation.c.name == name)).scalar_one_or_none()
    return str(value) if value is not None else None


def set_fact(conn: Connection, name: str, value: str) -> str:
    """Remember a fact once; returns what stands, which may be an earlier value."""
    put_new(conn, [Installation(name=name, value=value)])
    return fact(conn, name) or value
