"""Who of the staff opened, took out or destroyed what, and why: for administrators, newest first, without an end."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri.audit import ACTS
from kachehri.store import Connection
from kachehri.store import audit as rows
from kachehri.store.tables import Account, Audit
from web.audit_shapes import ActRow, AuditPage
from web.house import house_of
from web.staff import guarded

PAGE: Final = 50


@guarded("page.audit")
async def show(request: Request, account: Account) -> Response:
    """GET /audit."""
    house = house_of(request)
    words = house.words(request)
    act = request.query_params.get("act", "")
    act = act if act in ACTS else ""
    before = position(request.query_params.get("before", ""))

    def read(conn: Connection) -> list[tuple[Audit, str]]:
        return rows.listing(conn, actions=[act] if act else [], before=before, limit=PAGE + 1)

    found = await house.service.read(read)
    last = found[PAGE - 1][0] if len(found) > PAGE else None
    page = AuditPage(
        rows=tuple(
            ActRow(
                at=row.at,
                act=row.action if words.has(f"audit.act.{row.action}") else "",
                who=who,
                subject=words.grouped(row.subject) if _is_reference(row.subject) else row.subject,
                link=f"/tickets/{row.subject}" if _is_reference(row.subject) else "",
                reason=row.reason,
                facts=_facts(row),
            )
            for row, who in found[:PAGE]
        ),
        act=act,
        acts=tuple(each for each in ACTS if words.has(f"audit.act.{each}")),
        earlier=f"{last.at}.{last.id}" if last else "",
        begun=before is not None,
    )
    return house.show(request, "staff/audit.html", page)


def _facts(row: Audit) -> tuple[str, ...]:
    """What is told besides the reason. Of a posting there are ids and instants, by which it can be undone."""
    return () if row.action.startswith("posting.") else tuple((row.body or {}).values())


def _is_reference(subject: str) -> bool:
    """Whether it is a number of a ticket; versions of the calendar and the rules are shorter."""
    return subject.isascii() and subject.isdigit() and len(subject) == 10


def position(text: str) -> tuple[int, str] | None:
    """Where the last page ended; anything else begins anew."""
    at, _, id = text.partition(".")
    return (int(at), id[:64]) if at.isascii() and at.isdigit() and len(at) < 17 and id else None
