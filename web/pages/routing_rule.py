"""One rule: written, looked at on the complaints of the last year, saved, changed or ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit
from kachehri import routing as rulebook
from kachehri.codes import end_of_day, start_of_day
from kachehri.i18n import Words
from kachehri.store import Connection
from kachehri.store.tables import Account
from kachehri.tickets.coverage import SHOWN, Past, trial
from kachehri.tickets.routing import Rule
from web import forms
from web.house import House, house_of, see
from web.pages.routing import Book, book_of, found_rule, read, when_of, with_rule
from web.routing_shapes import RulePage, RuleValues, ShiftRow, TrialView
from web.staff import guarded

#: Further from today than this no rule begins or ends.
FAR: Final = timedelta(days=3_653)


@guarded("page.routing")
async def form(request: Request, account: Account) -> Response:
    """GET /routing/rule: a new rule, or one to change."""
    house = house_of(request)
    words = house.words(request)
    book = await book_of(house, words)
    asked = request.query_params
    id = asked.get("id", "")[:40]
    values = values_of(found_rule(book, id), words) if id else RuleValues(asked.get("what", "")[:42])
    return house.show(request, "staff/routing_rule.html", page_of(book, values, id))


@guarded("page.routing")
async def act(request: Request, account: Account) -> Response:
    """POST /routing/rule: look what it would change, go back to the form, save, or end a rule."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    id, do = fields.get("id", "")[:40], fields.get("do", "")
    if do == "retire":
        return await retire(house, account, id, forms.why(fields))
    if do not in ("look", "save", "back"):
        raise forms.FormRefused(400)
    typed = (fields.get(name, "").strip()[:80] for name in ("what", "where", "to", "since", "until"))
    values = replace(RuleValues(*typed), why=forms.why(fields))

    def write(conn: Connection, now: int) -> tuple[Book, Rule | None, dict[str, str], list[Past], int]:
        book = read(conn, now, words)
        rule, errors = check(values, id, book, words)
        if rule is None or do != "save":
            return book, rule, errors, rulebook.past(conn, now) if rule else [], 0
        number = rulebook.change(conn, now, account.id, ended=[id] if id else [], new=[rule])
        facts = {"topic": rule.category or rule.group, "place": rule.area, "to": rule.post or rule.office}
        facts = {name: value for name, value in facts.items() if value}
        audit.record(
            conn, now, action="routing.change", subject=str(number), reason=values.why, account=account.id, facts=facts
        )
        return book, rule, errors, [], number

    book, rule, errors, past, number = await house.write(write)
    if rule is None or do == "back":
        page = page_of(book, values, id, errors if do != "back" else {})
        return house.show(request, "staff/routing_rule.html", page, status=422 if errors and do != "back" else 200)
    if do == "save":
        saved = "change" if id else "later" if when_of(rule, book.routing.at) == "later" else "new"
        return see(f"/routing?saved={saved}&undo={number}")
    page = replace(page_of(book, values, id), trial=looked(book, rule, id, past))
    return house.show(request, "staff/routing_rule.html", page)


async def retire(house: House, account: Account, id: str, why: str) -> Response:
    def end(conn: Connection, now: int) -> int:
        number = rulebook.change(conn, now, account.id, ended=[id])
        if number:
            audit.record(conn, now, action="routing.end", subject=str(number), reason=why, account=account.id)
        return number

    number = await house.write(end)
    return see(f"/routing?saved=retire&undo={number}" if number else "/routing?saved=not_last")


def check(values: RuleValues, id: str, book: Book, words: Words) -> tuple[Rule | None, dict[str, str]]:
    """The rule that was written, or what is wrong with it, field by field."""
    names, zone = book.names, words.dates.zone
    errors: dict[str, str] = {}

    def wrong(field: str, code: str) -> None:
        errors.setdefault(field, words.plain(f"routing.no.{code}"))

    kind, _, code = values.what.partition(".")
    groups = {group for group, _ in names.grouped()}
    if not (kind == "c" and code in book.routing.routes) and not (kind == "g" and code in groups):
        wrong("what", "what")
    if values.where and values.where not in names.areas:
        wrong("where", "where")
    target, _, to = values.to.partition(".")
    post = names.posts.get(to) if target == "p" else None
    office = post.office_id if post else to if target == "o" else ""
    if office not in names.offices:
        wrong("to", "to")
    since = until = None
    today = words.dates.local(book.routing.at).date()
    for field in ("since", "until"):
        text = getattr(values, field)
        if text and not _is_day(text, today):
            wrong(field, "day")
    if not errors:
        since = start_of_day(values.since, zone) if values.since else None
        until = end_of_day(values.until, zone) + 1 if values.until else None
        if until is not None and since is not None and until <= since:
            wrong("until", "days")
    if id and all(each.id != id for each in book.routing.rules):
        wrong("what", "gone")
    if errors:
        return None, errors
    rule = Rule(
        id or "new",
        office,
        post.id if post else "",
        code if kind == "c" else "",
        code if kind == "g" else "",
        values.where,
        since,
        until,
    )
    if any(each.id != id and same(each, rule) for each in book.routing.rules):
        wrong("what", "twice")
        return None, errors
    return rule, {}


def _is_day(text: str, today: date) -> bool:
    try:
        return abs(date.fromisoformat(text) - today) < FAR
    except ValueError:
        return False


def same(one: Rule, other: Rule) -> bool:
    """Whether two rules speak of the same topic and place on some day."""
    if (one.category, one.group, one.area) != (other.category, other.group, other.area):
        return False
    before = one.to is not None and other.since is not None and one.to <= other.since
    after = other.to is not None and one.since is not None and other.to <= one.since
    return not before and not after


def looked(book: Book, rule: Rule, id: str, past: list[Past]) -> TrialView:
    """What the rule would have done to the complaints of the last year, as if it had been in force."""
    names = book.names
    in_force = rule._replace(since=None, to=None)
    found = trial(book.routing, with_rule(book.routing, in_force, id), past)
    shifts = tuple(
        ShiftRow(
            names.joined(
                "routing.what_where",
                topic=names.topic(each.past.category),
                place=names.place_of(each.past.area) or names.words.plain("routing.any_place"),
            ),
            names.to(*each.before),
            names.to(*each.after),
            each.past.tickets,
            each.past.reference,
        )
        for each in found.shifts[:SHOWN]
    )
    return TrialView(names.says(rule), found.total, found.moved, shifts, max(0, len(found.shifts) - SHOWN))


def page_of(book: Book, values: RuleValues, id: str, errors: dict[str, str] | None = None) -> RulePage:
    names = book.names
    return RulePage(values, names.subjects(), names.places(), names.targets(), id, None, errors or {})


def values_of(rule: Rule, words: Words) -> RuleValues:
    def day(at: int | None) -> str:
        return words.dates.local(at).date().isoformat() if at is not None else ""

    return RuleValues(
        f"c.{rule.category}" if rule.category else f"g.{rule.group}",
        rule.area,
        f"p.{rule.post}" if rule.post else f"o.{rule.office}",
        day(rule.since),
        day(rule.to - 1 if rule.to is not None else None),
    )
