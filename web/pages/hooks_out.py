"""Programs of others that are told of steps of tickets; and the door through which a gateway gives its receipts."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit
from kachehri.audit import Act
from kachehri.notices import receipts
from kachehri.store import Connection
from kachehri.store import notices as rows
from kachehri.store.tables import Account, Hook
from web import forms
from web.house import house_of
from web.notice_shapes import HookRow, HooksPage
from web.staff import guarded

URL_MOST = 500


@guarded("page.hooks")
async def show(request: Request, account: Account) -> Response:
    """GET /hooks-out."""
    return await draw(request)


@guarded("page.hooks")
async def act(request: Request, account: Account) -> Response:
    """POST /hooks-out."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    hooks, id = house.notices.hooks, fields.get("hook", "")[:64]
    match fields.get("do"):
        case "add":
            url = fields.get("url", "").strip()
            if len(url) > URL_MOST or not hooks.takes(url):
                return await draw(request, url=url[:URL_MOST], errors={"url": words.plain("hooks.url_wrong")})

            def add(conn: Connection, now: int) -> str:
                secret = hooks.add(conn, url, account.id, now)
                made = next(each for each in reversed(rows.hooks(conn)) if each.url == url)
                noted(conn, now, "hook.add", account, made)
                return secret

            return await draw(request, secret=await house.write(add))
        case "rotate":

            def rotate(conn: Connection, now: int) -> str | None:
                fresh = hooks.rotate(conn, id, now)
                if fresh:
                    noted(conn, now, "hook.rotate", account, rows.hook(conn, id))
                return fresh

            again = await house.write(rotate)
            return await draw(request, secret=again or "")
        case "disable" | "enable" as what:
            state = "disabled" if what == "disable" else "active"

            def switch(conn: Connection, now: int) -> None:
                hook = rows.hook(conn, id)
                if hook is not None and hook.state != state:
                    hooks.switch(conn, id, state, now)
                    noted(conn, now, "hook.disable" if what == "disable" else "hook.enable", account, hook)

            await house.write(switch)
            return await draw(request)
        case "replay":
            recipient = house.notices.office.recipient(f"hook:{id}")

            def replay(conn: Connection, now: int) -> None:
                found = rows.of_recipient(conn, recipient, ["failed"])
                for row in found:
                    receipts.decide(conn, row.id, "again", account.id, now)
                if found:
                    noted(conn, now, "hook.again", account, rows.hook(conn, id))

            await house.write(replay)
            return await draw(request, message=words.plain("hooks.replayed"))
    raise forms.FormRefused(400)


def noted(conn: Connection, now: int, act: Act, account: Account, hook: Hook | None) -> None:
    """Who did what to which program: of its address the host alone, since the rest may be a secret of theirs."""
    if hook is not None:
        facts = {"host": urlsplit(hook.url).hostname or ""}
        audit.record(conn, now, action=act, subject=hook.id, account=account.id, facts=facts)


async def draw(
    request: Request, *, url: str = "", secret: str = "", message: str = "", errors: dict[str, str] | None = None
) -> Response:
    house = house_of(request)
    office = house.notices.office

    def read(conn: Connection) -> list[tuple[Hook, Counter[str]]]:
        states = ["waiting", "sending", "unknown", "failed"]
        return [
            (hook, Counter(row.state for row in rows.of_recipient(conn, office.recipient(f"hook:{hook.id}"), states)))
            for hook in rows.hooks(conn)
        ]

    found = await house.service.read(read)
    page = HooksPage(
        rows=tuple(
            HookRow(
                id=hook.id,
                url=hook.url,
                active=hook.state == "active",
                gone=hook.why == "gone",
                since=hook.changed_at,
                waiting=sum(states.values()) - states["failed"],
                failed=states["failed"],
            )
            for hook, states in found
        ),
        url=url,
        secret=secret,
        message=message,
        errors=errors or {},
    )
    return house.show(request, "staff/hooks.html", page)


async def receipt(request: Request) -> Response:
    """POST /hooks/sms/{secret}: what a gateway says of a message. The answer says nothing of what we know."""
    house = house_of(request)
    if not house.notices.knows(request.path_params["secret"]):
        raise HTTPException(404)
    fields = {**request.query_params, **read_fields(await forms.body(request))}
    await house.write(lambda conn, now: house.notices.take_receipt(conn, now, fields))
    return Response(status_code=204)


def read_fields(raw: bytes) -> dict[str, str]:
    """The fields of a form or of a flat JSON object; nothing of anything else."""
    try:
        if raw.lstrip().startswith(b"{"):
            said = msgspec.json.decode(raw, type=dict[str, Any])
            return {name: forms.written(str(value)) for name, value in said.items() if isinstance(value, str | int)}
        sent = parse_qsl(raw.decode("ascii"), max_num_fields=forms.FIELDS_MOST)
        return {name: forms.written(value) for name, value in sent}
    except (msgspec.DecodeError, ValueError, UnicodeDecodeError):
        return {}
