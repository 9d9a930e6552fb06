"""From the posts of the house as they stand to what their pages show: the tree, one post, its people and its line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from kachehri import posts
from kachehri.i18n import Words
from kachehri.store import Connection, district
from kachehri.store.tables import Account, Office, Post, Posting
from kachehri.tickets.chart import LEVELS, Chart
from web.cards import AreaGroup, Choice
from web.post_shapes import OfficePosts, PostingRow, PostRow, PostsPage, PostValues

#: Past postings that a page shows.
PAST_MOST: Final = 12


class Read(NamedTuple):
    """The house as the database has it at one instant."""

    offices: list[Office]
    posts: dict[str, Post]
    chart: Chart


def read(conn: Connection, now: int) -> Read:
    return Read(district.offices(conn), {each.id: each for each in district.posts(conn)}, posts.chart(conn, now))


def named(row: Office | Post, words: Words) -> str:
    if isinstance(row, Post):
        return (row.title_ur if words.language.code == "ur" else row.title_en) or row.id
    return (row.name_ur if words.language.code == "ur" else row.name_en) or row.id


def page_of(found: Read, words: Words, now: int, saved: str = "", undo: str = "") -> PostsPage:
    blocks, bare = [], []
    for office in found.offices:
        mine = [post for post in found.posts.values() if post.office_id == office.id]
        if not mine:
            bare.append(named(office, words))
            continue
        here = {post.id for post in mine}
        tops = [post for post in mine if not set(found.chart.line(post.id)[1:]) & here] or mine[:1]
        tree = tuple(branch(post, mine, found, words, now, ()) for post in tops)
        blocks.append(OfficePosts(office.id, named(office, words), office.triage, tree))
    empty = sum(found.chart.sitter(post, now) is None for post in found.posts)
    return PostsPage(tuple(blocks), tuple(bare), len(found.posts), empty, saved, undo[:64])


def branch(post: Post, mine: list[Post], found: Read, words: Words, now: int, seen: tuple[str, ...]) -> PostRow:
    below = (each for each in mine if each.reports_to == post.id and each.id not in (*seen, post.id))
    tree = tuple(branch(each, mine, found, words, now, (*seen, post.id)) for each in below)
    return row_of(post, found, words, now, tree)


def row_of(post: Post, found: Read, words: Words, now: int, below: tuple[PostRow, ...] = ()) -> PostRow:
    chart = found.chart
    sitter = chart.sitter(post.id, now)
    away = chart.away(post.id, now)
    instead = next((each for each in chart.line(post.id)[1:] if chart.sitter(each, now)), chart.lead)
    above = found.posts.get(post.reports_to or "")
    return PostRow(
        id=post.id,
        title=named(post, words),
        name=sitter.name if sitter else "",
        kind=sitter.kind if sitter else "",
        since=sitter.since if sitter else 0,
        until=(sitter.to or 0) if sitter else 0,
        away=away.name if away else "",
        away_until=(away.to or 0) if away else 0,
        to=named(found.posts[instead], words) if not sitter and instead and instead != post.id else "",
        above=named(above, words) if above and above.office_id != post.office_id else "",
        login=bool(sitter and sitter.account),
        head=chart.head(post.office_id) == post.id,
        below=below,
    )


def values_of(post: Post) -> PostValues:
    return PostValues(post.office_id, post.title_ur, post.title_en, post.reports_to or "", post.id)


def line_of(post: Post, found: Read, words: Words, now: int) -> tuple[tuple[str, str], ...]:
    """The posts that become accountable one after another, and who sits on them."""
    line: dict[str, None] = {}
    for level in LEVELS:
        above = found.chart.above(post.id, post.office_id, level, now)
        if above and above != post.id:
            line[above] = None
    sitters = {each: found.chart.sitter(each, now) for each in line}
    return tuple((named(found.posts[each], words), s.name if (s := sitters[each]) else "") for each in line)


def choices(found: Read, words: Words, *, without: str = "") -> tuple[AreaGroup, ...]:
    """Every post under its office, but for one and those that answer to it."""
    groups = []
    for office in found.offices:
        here: Iterable[Post] = (post for post in found.posts.values() if post.office_id == office.id)
        mine = tuple(
            Choice(post.id, named(post, words))
            for post in here
            if not without or without not in found.chart.line(post.id)
        )
        if mine:
            groups.append(AreaGroup(named(office, words), mine))
    return tuple(groups)


def posting_row(posting: Posting, now: int, logins: dict[str, str]) -> PostingRow:
    when = "later" if posting.from_at > now else "over" if posting.to_at is not None and posting.to_at <= now else "now"
    return PostingRow(
        posting.id,
        posting.name,
        posting.kind,
        when,
        posting.from_at,
        posting.to_at or 0,
        logins.get(posting.account_id or "", ""),
    )


def postings_of(
    history: Iterable[Posting], people: Iterable[Account], now: int
) -> tuple[tuple[PostingRow, ...], tuple[PostingRow, ...]]:
    """Who sits on a post now or will, and who did, the last ones."""
    logins = {each.id: each.login for each in people}
    sat = [posting_row(each, now, logins) for each in history if each.to_at is None or each.to_at > each.from_at]
    current = tuple(each for each in sat if each.when != "over")
    return current, tuple(each for each in sat if each.when == "over")[:PAST_MOST]
