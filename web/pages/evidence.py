"""Photographs of a ticket: taken in from an office, served to whoever may see them, and as nothing but pictures."""

from __future__ import annotations

import asyncio
import hashlib

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import evidence as pictures
from kachehri import own_ticket, standing, ticketing
from kachehri.evidence import EvidenceRefused
from kachehri.ids import new_id
from kachehri.store import Connection, evidence
from kachehri.store.tables import Account, Picture
from kachehri.tickets import acts
from kachehri.tickets.status import TicketRefused
from web import uploads
from web.errors import sentence
from web.house import house_of, see
from web.pages.ticket_page import drawn, reference_of
from web.staff import guarded
from web.ticket_cards import Back
from web.ticket_reading import found_in


@guarded("ticket.act")
async def picture(request: Request, account: Account) -> Response:
    """POST /tickets/{reference}/pictures."""
    house = house_of(request)
    words, reference = house.words(request), reference_of(request)
    upload = await uploads.read(request, house.origins, most=pictures.FILE_MOST)
    shown = upload.fields.get("shown") == "1"
    try:
        drawn_anew = await asyncio.to_thread(pictures.draw, upload.files.get("file", b""))
        await house.write(_keep_picture, account, reference, drawn_anew, shown)
    except EvidenceRefused as refused:
        told = words.plain(f"office.refused.{refused.code}")
    except TicketRefused as refused:
        told = sentence(words, refused.code)
    else:
        return see(f"/tickets/{reference}?did=add_evidence")
    back = Back("picture", {"shown": "1" if shown else ""}, (), {"picture-file": told}, status=422)
    return await drawn(house, request, account, back)


def _keep_picture(
    conn: Connection, now: int, account: Account, reference: str, drawn: pictures.Drawn, shown: bool
) -> None:
    ticket = found_in(conn, account, reference, now)
    digest = hashlib.sha256(drawn.content).digest()
    known = evidence.same(conn, ticket.id, digest)
    if known is not None:
        return
    if evidence.count(conn, ticket.id) >= pictures.PICTURES_MOST:
        raise EvidenceRefused("picture_many")
    life = ticketing.load(conn, ticket.id)
    row = Picture(
        id=new_id(now),
        ticket_id=ticket.id,
        at=now,
        account_id=account.id,
        shown=shown,
        width=drawn.width,
        height=drawn.height,
        sha256=digest,
        content=drawn.content,
    )
    act = acts.AddEvidence(attachment=row.id, shown=shown)
    _, sides, ctx = standing.known(conn, account, life, now)
    offer = standing.offer(life, act, sides, ctx)
    if offer is None or offer.why:
        raise TicketRefused(offer.why if offer else "ticket_not_you")
    evidence.add(conn, row)
    ticketing.act(conn, now, ticket.id, act, offer.doer)


@guarded("page.tickets")
async def shown_picture(request: Request, account: Account) -> Response:
    """GET /tickets/{reference}/pictures/{picture}: for whoever may see the ticket."""
    house = house_of(request)

    def read(conn: Connection) -> Picture | None:
        ticket = found_in(conn, account, reference_of(request), house.now())
        return evidence.get(conn, ticket.id, request.path_params["picture"][:64])

    return jpeg(await house.service.read(read))


async def citizens_picture(request: Request) -> Response:
    """GET /q/{token}/pictures/{picture}: what the office marked for her, with her receipt as the key."""
    house = house_of(request)
    question = house.service.people.question_of(request.path_params["token"])

    def read(conn: Connection) -> Picture | None:
        held = own_ticket.holder(conn, question) if question else None
        # Whoever came after the hearing to have it too follows what everybody sees, and pictures are not that.
        late = held is not None and held.follower is not None and held.asked is None
        ticket = held.ticket if held and not late else None
        found = evidence.get(conn, ticket.id, request.path_params["picture"][:64]) if ticket else None
        return found if found is not None and found.shown else None

    return jpeg(await house.service.read(read))


def jpeg(found: Picture | None) -> Response:
    """The bytes as nothing else than a picture, kept by nobody on the way."""
    if found is None:
        raise HTTPException(404)
    headers = {
        "content-security-policy": "default-src 'none'; sandbox",
        "content-disposition": f'inline; filename="{found.id}.jpg"',
        "cache-control": "private, no-store",
    }
    return Response(found.content, media_type="image/jpeg", headers=headers)
