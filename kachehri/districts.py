"""Puts a district, read from its file, into the store: on a new server, and again whenever the file has changed."""

from pathlib import Path
from typing import Final

from . import routing
from .district import District, PostEntry
from .ids import new_id
from .store import Connection, accounts
from .store import district as rows
from .store import posts as post_rows
from .store import routing as routing_rows
from .store.tables import Area, Category, Office, Post, Posting, Room
from .tickets.routing import Rule

#: Where an office may begin that has no file of its own.
USUAL: Final = Path(__file__).parent / "usual.toml"


def write_district(conn: Connection, district: District, now: int) -> None:
    """Write offices, areas, categories, rooms, posts and rules in the order of the file.

    What is there under the same code is brought up to date; what the file no longer names stays, because tickets and
    hearings point at it. Who sits on a post, and which rule stands for a topic and place, is the house's own from the
    first day: the file only fills what is empty.
    """
    rows.save_offices(
        conn,
        [
            Office(
                id=office.code,
                parent_id=office.parent,
                code=office.code,
                name_ur=office.name_ur,
                name_en=office.name_en,
                triage=office.triage,
            )
            for office in district.offices
        ],
    )
    rows.save_areas(
        conn,
        [
            Area(
                id=area.code,
                parent_id=area.parent,
                kind=area.kind,
                code=area.code,
                name_ur=area.name_ur,
                name_en=area.name_en,
                path="".join(f"{code}/" for code in district.area_path(area.code)),
                tree=area.tree,
            )
            for area in district.areas
        ],
    )
    for area in district.areas:
        routing_rows.save_overlaps(conn, area.code, area.within)
    rows.save_categories(
        conn,
        [
            Category(
                id=category.code,
                code=category.code,
                group_code=category.group,
                name_ur=category.name_ur,
                name_en=category.name_en,
                office_id=category.office,
                sla_days=category.days,
                keywords=list(category.keywords),
                protected=category.protected,
                picture=category.picture,
                position=position,
            )
            for position, category in enumerate(district.categories)
        ],
    )
    rows.save_rooms(
        conn,
        [
            Room(id=room.code, office_id=room.office, name_ur=room.name_ur, name_en=room.name_en, created_at=now)
            for room in district.rooms
        ],
    )
    _posts(conn, district, now)
    _rules(conn, district, now)


def _posts(conn: Connection, district: District, now: int) -> None:
    rows.save_posts(
        conn,
        [
            Post(
                id=post.code,
                office_id=post.office,
                title_ur=post.name_ur,
                title_en=post.name_en,
                reports_to=post.reports_to,
            )
            for post in district.posts
        ],
    )
    people = {each.login: each.id for each in accounts.listing(conn)} if district.posts else {}
    for post in district.posts:
        if not post_rows.postings(conn, post.code):
            post_rows.save_postings(conn, list(_sitting(post, people.get(post.login), now)))


def _sitting(post: PostEntry, account: str | None, now: int) -> list[Posting]:
    """Who is on a post from now on; the account is that of whoever answers there."""
    said = [("holds", post.holder), ("acting", post.acting), ("away", post.holder if post.on_leave else "")]
    return [
        Posting(
            id=new_id(now),
            post_id=post.code,
            account_id=None if kind == "holds" and post.acting else account,
            name=name,
            from_at=now,
            kind=kind,
        )
        for kind, name in said
        if name
    ]


def _rules(conn: Connection, district: District, now: int) -> None:
    offices = {post.code: post.office for post in district.posts}
    standing = {(each.category, each.group_code, each.area_id or "") for each in routing_rows.rules(conn)}
    wanted = [
        Rule("", rule.office or offices[rule.post], rule.post, rule.category, rule.group, rule.area)
        for rule in district.rules
        if (rule.category, rule.group, rule.area) not in standing
    ]
    routing.change(conn, now, "", new=wanted)
