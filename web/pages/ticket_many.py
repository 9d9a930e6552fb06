"""Several tickets given to a post at once, and taken back again; each is decided on by itself."""

from __future__ import annotations

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import standing, ticketing
from kachehri.i18n.digits import only_digits
from kachehri.store import Connection, actors
from kachehri.store.tables import Account
from kachehri.tickets import acts, events
from kachehri.tickets.life import Life
from kachehri.tickets.status import TicketRefused
from web import forms
from web.errors import sentence
from web.house import house_of
from web.pages.tickets import PAGE, REFERENCE, listed
from web.staff import guarded
from web.ticket_reading import found_in
from web.work_shapes import Undoable


@guarded("ticket.act")
async def many(request: Request, account: Account) -> Response:
    """POST /tickets: give several to a post, or take that back. Each is decided on by itself."""
    house = house_of(request)
    words = house.words(request)
    sent = await forms.pairs(request, house.origins)
    fields = dict(sent)
    chosen = [only_digits(value)[:REFERENCE] for name, value in sent if name == "ticket"][:PAGE]
    back, post, key = fields.get("do") == "undo", fields.get("post", "")[:64], fields.get("key", "")[:40]
    if not chosen or not (post or back):
        missing = "office.need.post" if chosen else "office.need.ticket"
        return await listed(house, request, account, said=words.plain(missing))
    done: list[str] = []
    failed: list[tuple[str, str]] = []
    for reference in chosen:
        try:
            await house.write(_take_back if back else _give, account, reference, post, f"{key}-{reference}")
            done.append(reference)
        except TicketRefused as refused:
            failed.append((reference, sentence(words, refused.code)))
        except HTTPException:
            failed.append((reference, sentence(words, "ticket_unknown")))
    if back:
        kept = Undoable((), "", tuple(failed)) if failed else None
        return await listed(house, request, account, kept, words.plain("office.many_undone", len(done)))
    title = await house.service.read(_title, post)
    undo = Undoable(tuple(done), title[0] if words.language.code == "ur" else title[1], tuple(failed))
    return await listed(house, request, account, undo)


def _title(conn: Connection, post: str) -> tuple[str, str]:
    found = actors.posts(conn).get(post)
    return (found[0], found[1]) if found else ("", "")


def _give(conn: Connection, now: int, account: Account, reference: str, post: str, key: str) -> None:
    _do(conn, now, account, reference, lambda life, to: acts.Assign(post=post, account=to(post)), key)


def _take_back(conn: Connection, now: int, account: Account, reference: str, post: str, key: str) -> None:
    _do(conn, now, account, reference, lambda life, to: acts.TakeBack(), key)


def _given_by(conn: Connection, ticket_id: str) -> str:
    """Who gave it to the post that has it."""
    given = [step.actor for step in ticketing.history(conn, ticket_id) if isinstance(step.body, events.Assigned)]
    return given[-1] if given else ""


def _do(
    conn: Connection,
    now: int,
    account: Account,
    reference: str,
    made: Callable[[Life, Callable[[str], str]], acts.Act],
    key: str,
) -> None:
    ticket = found_in(conn, account, reference, now)
    life = ticketing.load(conn, ticket.id)
    chart, sides, ctx = standing.known(conn, account, life, now)
    act = made(life, lambda post: chart.account(post, now, life.about))
    if isinstance(act, acts.Assign) and (act.post not in chart.chairs or chart.chairs[act.post].office != life.office):
        raise TicketRefused("office_missing")
    if any(ticketing.known(conn, ticket.id, act, each.doer, key) for each in sides):
        return
    if isinstance(act, acts.TakeBack) and _given_by(conn, ticket.id) != account.id:
        raise TicketRefused("ticket_busy")  # somebody has given it to a post since; that is theirs to take back
    offer = standing.offer(life, act, sides, ctx)
    if offer is None:
        raise TicketRefused("ticket_step" if sides else "ticket_not_you")
    ticketing.act(conn, now, ticket.id, act, offer.doer, key=key)
