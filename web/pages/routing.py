"""Rules: which office and post answers for which topic in which place; trying them, and what they leave open."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit
from kachehri import routing as rulebook
from kachehri.i18n import Words
from kachehri.i18n.digits import only_digits
from kachehri.store import Connection, district, tickets
from kachehri.store import routing as rows
from kachehri.store.tables import Account, Ticket
from kachehri.tickets.coverage import Empty, Hole, empty, holes
from kachehri.tickets.places import leaves
from kachehri.tickets.routing import OTHER, Routing, Rule
from web import forms
from web.house import House, house_of, see
from web.routing_shapes import (
    EmptyRow,
    Found,
    GroupRules,
    HoleRow,
    HolesPage,
    RoutingPage,
    RuleRow,
    TopicRules,
    TryValues,
    When,
)
from web.routing_words import Names, person, picture, steps
from web.staff import guarded

#: Places that a hole names before it only counts them.
NAMED: Final = 4


class Book(NamedTuple):
    """The rules, and what everything is called."""

    routing: Routing
    names: Names


def read(conn: Connection, now: int, words: Words) -> Book:
    offices = {each.id: each for each in district.offices(conn)}
    posts = {each.id: each for each in district.posts(conn) if each.office_id in offices}
    areas = {each.id: each for each in district.all_areas(conn)}
    return Book(rulebook.routing(conn, now), Names(words, offices, posts, areas, district.categories(conn)))


@guarded("page.routing")
async def show(request: Request, account: Account) -> Response:
    """GET /routing; with a topic, or the number of a ticket, also who gets it today and why."""
    house = house_of(request)
    words, now = house.words(request), house.now()
    asked = request.query_params
    typed = TryValues(asked.get("topic", "")[:40], asked.get("place", "")[:40], asked.get("about", "")[:80])
    reference = only_digits(asked.get("ticket", "")[:32])

    def look(conn: Connection) -> tuple[Book, TryValues, list[Hole], list[Empty]]:
        book = read(conn, now, words)
        ticket = tickets.by_reference(conn, reference) if reference else None
        return book, of_ticket(ticket, book) if ticket else typed, *gaps(conn, book)

    book, values, open_, bare = await house.service.read(look)
    undo = asked.get("undo", "")
    page = RoutingPage(
        groups=groups(book),
        topics=book.names.topics(),
        places=book.names.places(),
        abouts=book.names.abouts(),
        values=values,
        found=tried(book, values) if values.topic else None,
        rules=len(book.routing.rules),
        open=sum(each.category != OTHER for each in open_),
        empty=len(bare),
        saved=asked.get("saved", "")[:10],
        undo=int(undo) if undo.isascii() and undo.isdecimal() and len(undo) < 10 else 0,
    )
    return house.show(request, "staff/routing.html", page)


def of_ticket(ticket: Ticket, book: Book) -> TryValues:
    """What the rules see of a ticket."""
    place = next((each.id for each in book.names.areas.values() if each.code == ticket.area), "")
    return TryValues(ticket.category or OTHER, place, ticket.about_post_id or "")


def gaps(conn: Connection, book: Book) -> tuple[list[Hole], list[Empty]]:
    topics = [each.code for each in book.names.categories]
    smallest = leaves(rulebook.places(conn))
    manned = rows.manned(conn)
    return holes(book.routing, topics, smallest), empty(book.routing, topics, smallest, manned.__contains__)


def tried(book: Book, values: TryValues) -> Found:
    """Who gets it today and why."""
    area = book.names.areas.get(values.place)
    routed, looked = book.routing.explain(values.topic, area=area.code if area else "", about=values.about)
    return Found(
        book.names.to(routed.office, routed.post),
        person(routed, book.routing, book.names),
        steps(routed, looked, book.names),
        routed.by_rule,
    )


def groups(book: Book) -> tuple[GroupRules, ...]:
    """The rules as somebody reads them: by group and topic, the closest first, the topic's own office at the end."""
    names, routing = book.names, book.routing
    known = dict(names.grouped())
    # Rules of a topic or group that is no longer offered are shown as well: they can still be ended.
    for rule in routing.rules:
        known.setdefault(rule.group or routing.group_of(rule.category), [])
    found = []
    for code, categories in known.items():
        mine = [rule for rule in routing.rules if rule.group == code and not rule.category]
        topics = [TopicRules(names.subject(mine[0]), rule_rows(mine, book), whole=True)] if mine else []
        lost = [each for each in routing.rules if each.category and each.category not in routing.routes]
        topics += [
            TopicRules(rule.category, rule_rows([rule], book))
            for rule in lost
            if routing.group_of(rule.category) == code
        ]
        for each in categories:
            own = [rule for rule in routing.rules if rule.category == each.code]
            rest = names.to(each.office_id) if each.office_id in names.offices and each.office_id else ""
            usual = RuleRow(rest or names.words.plain("routing.no_office"))
            settled = any(not rule.area and when_of(rule, routing.at) == "now" for rule in own)
            shown = rule_rows(own, book) if settled else (*rule_rows(own, book), usual)
            topics.append(TopicRules(names.of(each), shown, each.protected))
        count = sum(bool(row.id) for topic in topics for row in topic.rows)
        found.append(GroupRules(code, names.group(code), picture(code), count, tuple(topics)))
    return tuple(found)


def rule_rows(rules: list[Rule], book: Book) -> tuple[RuleRow, ...]:
    """The smallest places first, those for everywhere at the end."""
    names, at = book.names, book.routing.at

    def size(rule: Rule) -> tuple[int, str]:
        area = names.areas.get(rule.area)
        return (-area.path.count("/") if area else 1, names.place(rule.area))

    return tuple(
        RuleRow(
            names.to(rule.office, rule.post),
            names.place(rule.area),
            rule.id,
            when_of(rule, at),
            rule.since or 0,
            (rule.to or 1) - 1,
        )
        for rule in sorted(rules, key=size)
    )


def when_of(rule: Rule, at: int) -> When:
    if rule.since is not None and at < rule.since:
        return "later"
    return "over" if rule.to is not None and at >= rule.to else "now"


@guarded("page.routing")
async def show_holes(request: Request, account: Account) -> Response:
    """GET /routing/holes."""
    house = house_of(request)
    words, now = house.words(request), house.now()

    def look(conn: Connection) -> tuple[Book, list[Hole], list[Empty]]:
        book = read(conn, now, words)
        return book, *gaps(conn, book)

    book, open_, bare = await house.service.read(look)
    names = book.names
    page = HolesPage(
        holes=tuple(
            HoleRow(
                names.topic(each.category),
                each.category,
                each.why,
                each.whole,
                () if each.whole else tuple(names.place_of(area) for area in each.areas[:NAMED]),
                0 if each.whole else max(0, len(each.areas) - NAMED),
            )
            for each in open_
        ),
        empty=tuple(
            EmptyRow(
                names.to(each.office, each.post),
                len(each.categories),
                f"/posts/{each.post}" if each.post else f"/posts/new?office={each.office}",
                names.of(names.posts.get(each.to)),
            )
            for each in bare
        ),
    )
    return house.show(request, "staff/routing_holes.html", page)


@guarded("page.routing")
async def undo(request: Request, account: Account) -> Response:
    """POST /routing: take the last change back."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    text = fields.get("undo", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise forms.FormRefused(400)

    def back(conn: Connection, now: int) -> bool:
        done = rulebook.undo(conn, now, account.id, int(text))
        if done:
            audit.record(conn, now, action="routing.undo", subject=text, account=account.id)
        return done

    done = await house.write(back)
    return see(f"/routing?saved={'undo' if done else 'not_last'}")


async def book_of(house: House, words: Words) -> Book:
    return await house.service.read(read, house.now(), words)


def found_rule(book: Book, id: str) -> Rule:
    """A rule of today.

    Errors: `HTTPException(404)`.
    """
    for rule in book.routing.rules:
        if rule.id == id:
            return rule
    raise HTTPException(404)


def with_rule(routing: Routing, new: Rule | None, ended: str) -> Routing:
    """The rules as they would be."""
    rules = tuple(rule for rule in routing.rules if rule.id != ended)
    return replace(routing, rules=(*rules, new) if new else rules)
