"""The office's own lists in the database: offices, posts and who holds them, categories, areas."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from .office_lists import Book, Kind
from .store import Conflict, Connection, StoreError, district
from .store.tables import Area, Category, Office, Post, Posting, Room


def book(conn: Connection) -> Book:
    """Everything that is in force, in the words of a file."""
    holders = {posting.post_id: posting.name for posting in district.holders(conn)}
    return Book(
        {
            "offices": {
                each.id: {
                    "code": each.id,
                    "name_ur": each.name_ur,
                    "name_en": each.name_en,
                    "parent": each.parent_id or "",
                    "triage": "yes" if each.triage else "no",
                }
                for each in district.offices(conn)
            },
            "posts": {
                each.id: {
                    "code": each.id,
                    "office": each.office_id,
                    "title_ur": each.title_ur,
                    "title_en": each.title_en,
                    "reports_to": each.reports_to or "",
                    "holder": holders.get(each.id, ""),
                }
                for each in district.posts(conn)
            },
            "categories": {
                each.id: {
                    "code": each.id,
                    "group": each.group_code or "other",
                    "name_ur": each.name_ur,
                    "name_en": each.name_en,
                    "office": each.office_id or "",
                    "days": str(each.sla_days),
                    "protected": "yes" if each.protected else "no",
                    "keywords": "|".join(each.keywords),
                }
                for each in district.categories(conn)
            },
            "areas": {
                each.id: {
                    "code": each.id,
                    "kind": each.kind,
                    "name_ur": each.name_ur,
                    "name_en": each.name_en,
                    "parent": each.parent_id or "",
                }
                for each in district.all_areas(conn)
            },
        }
    )


def write(conn: Connection, kind: Kind, entries: Sequence[Mapping[str, str]], now: int) -> None:
    """Write entries that were checked against the book of this very transaction. What they do not name stays."""
    match kind:
        case "offices":
            _offices(conn, entries, now)
        case "posts":
            _posts(conn, entries, now)
        case "categories":
            _categories(conn, entries)
        case "areas":
            _areas(conn, entries)


def _offices(conn: Connection, entries: Sequence[Mapping[str, str]], now: int) -> None:
    if any(each["triage"] == "yes" for each in entries):
        district.clear_triage(conn)
    rows = [
        Office(
            id=each["code"],
            code=each["code"],
            name_ur=each["name_ur"] or each["name_en"],
            name_en=each["name_en"] or each["name_ur"],
            parent_id=each["parent"] or None,
            triage=each["triage"] == "yes",
        )
        for each in entries
    ]
    district.save_offices(conn, rows)
    triage = district.triage(conn)
    if triage is not None and not district.rooms(conn):
        # The first list of offices is enough to hold a hearing.
        hall = Room(id="hall", office_id=triage.id, name_ur=triage.name_ur, name_en=triage.name_en, created_at=now)
        district.save_rooms(conn, [hall])


def _posts(conn: Connection, entries: Sequence[Mapping[str, str]], now: int) -> None:
    rows = [
        Post(
            id=each["code"],
            office_id=each["office"],
            title_ur=each["title_ur"] or each["title_en"],
            title_en=each["title_en"] or each["title_ur"],
            reports_to=each["reports_to"] or None,
        )
        for each in entries
    ]
    district.save_posts(conn, rows)
    holders = {posting.post_id: posting for posting in district.holders(conn)}
    for each in entries:
        held = holders.get(each["code"])
        if held is not None and held.name == each["holder"]:
            continue
        if held is not None:
            district.save_postings(conn, [Posting(**{**held.model_dump(), "to_at": now})])
        if each["holder"]:
            made = Posting(id=secrets.token_hex(8), post_id=each["code"], name=each["holder"], from_at=now)
            district.save_postings(conn, [made])


def _categories(conn: Connection, entries: Sequence[Mapping[str, str]]) -> None:
    known = {each.id: each.position for each in district.categories(conn)}
    after = max(known.values(), default=-1) + 1
    rows = [
        Category(
            id=each["code"],
            code=each["code"],
            group_code=each["group"],
            name_ur=each["name_ur"] or each["name_en"],
            name_en=each["name_en"] or each["name_ur"],
            office_id=each["office"] or None,
            sla_days=int(each["days"]),
            keywords=[word for word in each["keywords"].split("|") if word],
            protected=each["protected"] == "yes",
            position=known.get(each["code"], after + n),
        )
        for n, each in enumerate(entries)
    ]
    district.save_categories(conn, rows)


def _areas(conn: Connection, entries: Sequence[Mapping[str, str]]) -> None:
    parents = {each.id: each.parent_id for each in district.all_areas(conn)}
    named = {each["code"]: each for each in entries}
    parents |= {code: each["parent"] or None for code, each in named.items()}

    def path(code: str) -> str:
        above = parents.get(code)
        return (path(above) if above else "") + f"{code}/"

    moved = [each for each in district.all_areas(conn) if each.id not in named and each.path != path(each.id)]
    rows = [
        Area(
            id=code,
            code=code,
            kind=each["kind"],
            name_ur=each["name_ur"] or each["name_en"],
            name_en=each["name_en"] or each["name_ur"],
            parent_id=each["parent"] or None,
            path=path(code),
        )
        for code, each in named.items()
    ]
    rows += [Area(**{**each.model_dump(), "path": path(each.id)}) for each in moved]
    district.save_areas(conn, rows)


def retire(conn: Connection, kind: Kind, code: str, now: int) -> str:
    """Take an entry out of use; what points at it stays as it was. Returns why not, or nothing.

    An office's categories go to the desk that sorts (kachehri/tickets/routing.py), so no question is lost.
    """
    match kind:
        case "offices":
            if (triage := district.triage(conn)) is not None and triage.id == code:
                return "triage_stays"
            district.retire_office(conn, code, now)
        case "categories":
            district.retire_category(conn, code, now)
        case "posts":
            try:
                district.drop_post(conn, code)
            except Conflict:
                return "in_use"
        case _:
            raise StoreError("failed", "areas stay: questions name them")
    return ""
