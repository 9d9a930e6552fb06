"""The office's own lists in the database: offices, posts and who holds them, categories, areas."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from .office_lists import OVER, Book, Kind
from .store import Connection, StoreError, accounts, district, routing
from .store import posts as post_rows
from .store.tables import Area, Category, Office, Post, Posting, Room


def book(conn: Connection) -> Book:
    """Everything that is in force, in the words of a file."""
    people = {each.id: each.login for each in accounts.listing(conn)}
    held = {kind: {each.post_id: each for each in district.holders(conn, kind)} for kind in ("holds", "acting")}
    over = routing.overlaps(conn)
    trees = {id: tree for id, _, _, tree in routing.places(conn)}

    def sits(kind: str, post: str) -> tuple[str, str]:
        posting = held[kind].get(post)
        return (posting.name, people.get(posting.account_id or "", "")) if posting else ("", "")

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
                    "holder": sits("holds", each.id)[0],
                    "login": sits("holds", each.id)[1],
                    "acting": sits("acting", each.id)[0],
                    "acting_login": sits("acting", each.id)[1],
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
                    "picture": "yes" if each.picture else "no",
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
                    "tree": each.tree,
                    **{tree: next((id for id in over.get(each.id, ()) if trees.get(id) == tree), "") for tree in OVER},
                }
                for each in district.all_areas(conn)
            },
        },
        frozenset(people.values()),
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
    people = {each.login: each for each in accounts.listing(conn)}
    for kind, name, login in (("holds", "holder", "login"), ("acting", "acting", "acting_login")):
        held = {posting.post_id: posting for posting in district.holders(conn, kind)}
        for each in entries:
            account = people.get(each[login])
            called = each[name] or (account.name if account else "")
            now_there, id = held.get(each["code"]), account.id if account else None
            if now_there is not None and (now_there.name, now_there.account_id) == (called, id):
                continue
            if now_there is not None:
                district.save_postings(conn, [Posting(**{**now_there.model_dump(), "to_at": now})])
            if called:
                made = Posting(
                    id=secrets.token_hex(8), post_id=each["code"], account_id=id, name=called, from_at=now, kind=kind
                )
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
            picture=each["picture"] == "yes",
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
            tree=each["tree"],
        )
        for code, each in named.items()
    ]
    rows += [Area(**{**each.model_dump(), "path": path(each.id)}) for each in moved]
    district.save_areas(conn, rows)
    for code, each in named.items():
        routing.save_overlaps(conn, code, [each[tree] for tree in OVER if each[tree]])


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
            return retire_post(conn, code, now)
        case _:
            raise StoreError("failed", "areas stay: questions name them")
    return ""


def retire_post(conn: Connection, code: str, now: int) -> str:
    """Take a post out of use. Who answered to it answers to the one above; what points at it stays as it was, and so
    does who held it.
    """
    found = post_rows.get(conn, code)
    if found is None or routing.names_post(conn, code):
        return "in_use" if found else ""
    if found.retired_at is None:
        district.set_fact(conn, _retired(code, now), " ".join(post_rows.below(conn, code)))
        post_rows.hand_up(conn, code, found.reports_to)
        post_rows.retire(conn, code, now)
    return ""


def bring_back(conn: Connection, code: str, retired_at: int) -> bool:
    """Take a post into use again that was retired at this instant; False where that is not how it stands any more.

    Whoever answered to it does so again, unless they got another superior meanwhile.
    """
    found = post_rows.get(conn, code)
    below = district.fact(conn, _retired(code, retired_at))
    if found is None or below is None or found.retired_at != retired_at:
        return False
    post_rows.retire(conn, code, None)
    post_rows.hand_back(conn, below.split(), found.reports_to, code)
    return True


def _retired(code: str, at: int) -> str:
    """Where it is remembered who answered to a post."""
    return f"post.retired/{code}/{at}"
