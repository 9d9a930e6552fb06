"""Posts, who sits on them, and to whom they answer: the whole house on one page, and each post on one of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit, offices, postings
from kachehri.audit import Act
from kachehri.codes import end_of_day, start_of_day
from kachehri.office_lists import COLUMNS, Checked, check
from kachehri.postings import PostingRefused
from kachehri.spreadsheets import Fault, Row
from kachehri.store import Connection, accounts, routing
from kachehri.store import posts as rows
from kachehri.store.tables import Account, Posting
from web import forms
from web.cards import Choice
from web.house import House, house_of, see
from web.pages.offices import sentence
from web.post_reading import Read, choices, line_of, named, page_of, postings_of, read, row_of, values_of
from web.post_shapes import PostPage, PostValues, TakeValues
from web.staff import guarded

#: The act that putting somebody on a post is, by the kind of posting.
KINDS: Final[dict[str, Act]] = {"holds": "posting.holds", "acting": "posting.acting", "away": "posting.away"}


@guarded("page.posts")
async def show(request: Request, account: Account) -> Response:
    """GET /posts."""
    house = house_of(request)
    words, now = house.words(request), house.now()
    found = await house.service.read(read, now)
    page = page_of(found, words, now, request.query_params.get("saved", "")[:10], request.query_params.get("undo", ""))
    return house.show(request, "staff/posts.html", page)


@guarded("page.posts")
async def new(request: Request, account: Account) -> Response:
    """GET /posts/new."""
    office = request.query_params.get("office", "")[:40]
    return await draw(house_of(request), request, "", PostValues(office=office))


@guarded("page.posts")
async def one(request: Request, account: Account) -> Response:
    """GET /posts/{post}."""
    asked = request.query_params
    return await draw(
        house_of(request),
        request,
        request.path_params["post"],
        saved=asked.get("saved", ""),
        undo=asked.get("undo", ""),
    )


@guarded("page.posts")
async def add(request: Request, account: Account) -> Response:
    """POST /posts/new."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    return await save(house, request, "", fields, account)


@guarded("page.posts")
async def act(request: Request, account: Account) -> Response:
    """POST /posts/{post}: the post itself, or who sits on it."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    id, do = request.path_params["post"], fields.get("do", "")
    path = f"/posts/{id}"
    try:
        if do == "save":
            return await save(house, request, id, fields, account)
        if do == "take":
            return await take(house, request, id, fields, account)
        if do == "end":
            ended = await house.write(end, id, fields.get("posting", "")[:40], account, forms.why(fields))
            return see(f"{path}?saved=end&undo={ended}#people")
        if do == "undo":
            await house.write(undo, id, fields.get("undo", "")[:40], account)
            return see(f"{path}?saved=undo#people")
        if do == "retire":
            retired_at = await house.write(retire, id, account, forms.why(fields))
            if retired_at is None:
                errors = {"retire": house.words(request).plain("posts.in_use")}
                return await draw(house, request, id, errors=errors)
            return see(f"/posts?saved=retired&undo={id}.{retired_at}")
        if do == "bring_back":
            done = await house.write(bring_back, id, fields.get("undo", ""), account)
            return see(f"/posts/{id}?saved=undo" if done else "/posts?saved=not_last")
    except PostingRefused as refused:
        return await draw(house, request, id, errors={"kind": house.words(request).plain(f"posts.no.{refused.code}")})
    raise forms.FormRefused(400)


def noted(
    conn: Connection,
    now: int,
    act: Act,
    post_id: str,
    account: Account,
    *,
    why: str = "",
    facts: Mapping[str, str] | None = None,
) -> str:
    """Who changed which post, under an id by which it can be undone; who sits there is in the posting and not here."""
    return audit.record(conn, now, action=act, subject=post_id, reason=why, account=account.id, facts=facts)


def end(conn: Connection, now: int, post_id: str, posting: str, account: Account, why: str) -> str:
    facts = postings.facts_ended(posting, postings.end(conn, now, post_id, posting))
    return noted(conn, now, "posting.end", post_id, account, why=why, facts=facts)


def retire(conn: Connection, now: int, post_id: str, account: Account, why: str) -> int | None:
    """When it was retired, by which that can be undone; None where a rule names it."""
    if offices.retire_post(conn, post_id, now):
        return None
    noted(conn, now, "post.retire", post_id, account, why=why)
    return now


def bring_back(conn: Connection, now: int, post_id: str, text: str, account: Account) -> bool:
    done = text.isascii() and text.isdecimal() and len(text) < 20 and offices.bring_back(conn, post_id, int(text))
    if done:
        noted(conn, now, "posting.undo", post_id, account)
    return done


def undo(conn: Connection, now: int, post_id: str, act: str, account: Account) -> None:
    """Take back what the last form did. The form only says which act that was; what stood before is on record."""
    if postings.undo(conn, post_id, act):
        noted(conn, now, "posting.undo", post_id, account, facts={"act": act})


async def take(house: House, request: Request, id: str, fields: dict[str, str], account: Account) -> Response:
    words = house.words(request)
    values = TakeValues(
        fields.get("kind", ""),
        fields.get("name", "").strip()[:200],
        fields.get("account", "")[:40],
        fields.get("since", "").strip()[:10],
        fields.get("until", "").strip()[:10],
        forms.why(fields),
    )
    zone, today = words.dates.zone, words.dates.local(house.now()).date()
    errors = {}
    for name, text in (("since", values.since), ("until", values.until)):
        if text and day_of(text) is None:
            errors[name] = words.plain("posts.no.day")
    if not errors:
        began = day_of(values.since)
        since = None if began is None or began == today else start_of_day(values.since, zone)
        until = end_of_day(values.until, zone) + 1 if values.until else None

        def write(conn: Connection, now: int) -> str:
            taken = postings.take(
                conn,
                now,
                id,
                kind=values.kind,
                name=values.name,
                account_id=values.account,
                since=since,
                until=until,
            )
            facts = postings.facts_taken(taken)
            return noted(conn, now, KINDS[values.kind], id, account, why=values.why, facts=facts)

        try:
            done = await house.write(write)
            return see(f"/posts/{id}?saved={values.kind}&undo={done}#people")
        except PostingRefused as refused:
            at = {"posting_who": "name", "posting_days": "until"}.get(refused.code, "kind")
            errors[at] = words.plain(f"posts.no.{refused.code}")
    return await draw(house, request, id, take=values, errors=errors)


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


async def save(house: House, request: Request, id: str, fields: dict[str, str], account: Account) -> Response:
    """Write a post by the same rules as a file."""
    words = house.words(request)
    typed = (
        " ".join(fields.get(name, "").split()) for name in ("office", "title_ur", "title_en", "reports_to", "code")
    )
    values = replace(PostValues(*typed), why=forms.why(fields))

    def write(conn: Connection, now: int) -> Checked:
        book = offices.book(conn)
        before = book.of("posts").get(id, {})
        cells = {column: before.get(column, "") for column in COLUMNS["posts"]}
        cells |= {"office": values.office, "title_ur": values.title_ur, "title_en": values.title_en}
        cells |= {"reports_to": values.reports_to, "code": id or values.code}
        if id and not before:
            raise HTTPException(404)
        checked = check("posts", [Row(1, cells)], book)
        if not id and values.code.casefold() in book.of("posts"):
            checked = Checked(faults=(Fault(1, "taken", {"code": values.code}),))
        if not checked.faults:
            offices.write(conn, "posts", checked.entries, now)
            noted(conn, now, "post.write", checked.entries[0]["code"], account, why=values.why)
        return checked

    checked = await house.write(write)
    errors = {field_of(each): sentence(each, words) for each in checked.faults}
    if errors:
        return await draw(house, request, id, values, errors=errors)
    house.districts.forget()
    return see(f"/posts/{checked.entries[0]['code']}?saved={'one' if id else 'new'}")


def field_of(fault: Fault) -> str:
    """The field that a fault of one post belongs to."""
    if column := fault.values.get("column"):
        return str(column)
    named_by = {"no_name": "title_ur", "no_office": "office", "own_parent": "reports_to", "circle": "reports_to"}
    return named_by.get(fault.code, "code")


async def draw(
    house: House,
    request: Request,
    id: str,
    values: PostValues | None = None,
    *,
    take: TakeValues | None = None,
    errors: dict[str, str] | None = None,
    saved: str = "",
    undo: str = "",
) -> Response:
    words, now = house.words(request), house.now()

    def look(conn: Connection) -> tuple[Read, list[Posting], list[Account], bool]:
        people = [each for each in accounts.listing(conn) if each.disabled_at is None and not each.guest]
        return read(conn, now), rows.postings(conn, id) if id else [], people, routing.names_post(conn, id)

    found, history, people, ruled = await house.service.read(look)
    post = found.posts.get(id)
    if id and post is None:
        raise HTTPException(404)
    current, past = postings_of(history, people, now)
    page = PostPage(
        id=id,
        title=named(post, words) if post else "",
        office=next((named(each, words) for each in found.offices if post and each.id == post.office_id), ""),
        values=values or (values_of(post) if post else PostValues()),
        offices=tuple(Choice(each.id, named(each, words)) for each in found.offices),
        above=choices(found, words, without=id),
        row=row_of(post, found, words, now) if post else None,
        postings=current,
        past=past,
        accounts=tuple(Choice(each.id, f"{each.name} ({each.login})") for each in people),
        take=take or TakeValues(),
        line=line_of(post, found, words, now) if post else (),
        rules=int(ruled),
        today=words.dates.local(now).date().isoformat(),
        saved=saved[:10],
        undo=undo[:80],
        errors=errors or {},
    )
    return house.show(request, "staff/post.html", page, status=422 if errors else 200)
