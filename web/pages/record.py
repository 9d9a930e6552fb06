"""The record for people outside: a hearing's log to take along, and whether what a slip says is in it, unchanged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kachehri.guesses import Rule, TooMany, network
from kachehri.logs import logger
from kachehri.proof import checking, heads, latest, slips
from kachehri.proof.keeping import Keeping
from kachehri.proof.public_log import Writing
from kachehri.store import Connection, event_log, proof
from kachehri.tickets.reference import parse
from web import forms, reading
from web.house import House, house_of
from web.proof_shapes import Proven, VerifyPage
from web.shapes import MessagePage

#: Events read at a time; others are answered between two pages.
PAGE: Final = 2_000
#: Tries an hour from one network: a proof code cannot be guessed, but each try reads a whole log.
TRIES: Final = Rule("verify", 60, 60)


def keeping_of(request: Request) -> Keeping:
    keeping: Keeping = request.app.state.record
    return keeping


async def log(request: Request) -> Response:
    """GET /s/{session}/log: the public log, a line for each event. What does not hold is not signed anew."""
    house, signer = house_of(request), keeping_of(request).signer
    live = await house.service.live(request.path_params["session"])
    id, last = live.session.id, live.session.seq
    words = house.words(request)
    try:
        await house.service.read(slips.passed, "session", id, signer.public)
    except event_log.Broken as broken:
        _told(broken)
        page = MessagePage(words.plain("verify.title"), (words.plain("verify.broken"),), ())
        return house.show(request, "message.html", page, status=409)

    async def pieces() -> AsyncIterator[bytes]:
        writing = Writing(id, signer)
        yield writing.begin()
        while writing.count < last:
            most = min(PAGE, last - writing.count)
            rows = await house.service.read(event_log.after, id, writing.count, most)
            if not rows:
                break
            try:
                yield await asyncio.to_thread(writing.more, rows)
            except event_log.Broken as broken:
                _told(broken)
                return  # a file without an end is taken for none
        yield writing.end(house.now())

    headers = {"content-disposition": f'attachment; filename="{id}.jsonl"', "cache-control": "no-store"}
    return StreamingResponse(pieces(), media_type="application/x-ndjson", headers=headers)


async def form(request: Request) -> Response:
    """GET /verify: the form, and whether the latest stretch of the record holds, computed anew."""
    house = house_of(request)
    try:
        found = await house.service.read(latest.latest, keeping_of(request).signer.public)
    except event_log.Broken as broken:
        _told(broken)
        told = house.words(request).plain("verify.latest_broken")
        return house.show(request, "verify.html", await _page(request, house, message=told), status=409)
    return house.show(request, "verify.html", await _page(request, house, entries=found.entries if found else 0))


async def check(request: Request) -> Response:
    """POST /verify: a number and the proof code beside it."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    number, code = fields.get("number", "")[:64].strip(), fields.get("code", "")[:64].strip()
    reference = parse(number)
    errors = {}
    if reference is None:
        errors["number"] = words.plain("verify.number_wrong")
    if not checking.is_code(code):
        errors["code"] = words.plain("verify.code_wrong")
    if reference is None or errors:
        return house.show(request, "verify.html", await _page(request, house, number, code, errors), status=422)
    try:
        await house.write(_count, house, network(request.client.host if request.client else ""))
    except TooMany:
        told = words.plain("verify.tries")
        return house.show(request, "verify.html", await _page(request, house, number, code, message=told), status=429)
    try:
        found = await house.service.read(slips.find, reference, checking.bare(code), keeping_of(request).signer.public)
    except event_log.Broken as broken:
        _told(broken)
        told = words.plain("verify.broken")
        return house.show(request, "verify.html", await _page(request, house, number, code, message=told), status=409)
    if found is None:
        told = words.plain("verify.not_found")
        return house.show(request, "verify.html", await _page(request, house, number, code, message=told), status=404)
    live = await house.service.live(found.session)
    title = reading.head(live, words).title
    shown = Proven(reference, found.session, title, found.at, found.seq, found.signed_at)
    return house.show(request, "verify.html", await _page(request, house, number, code, proven=shown))


async def signed(request: Request) -> Response:
    """GET /heads.jsonl: a digest for each signed line, which says nothing of what is in the chains."""
    rows = await house_of(request).service.read(proof.heads)
    lines = [msgspec.json.encode({"n": row.n, "at": row.at, "digest": heads.digest(row.line)}) for row in rows]
    return Response(b"".join(line + b"\n" for line in lines), media_type="application/x-ndjson")


def _told(broken: event_log.Broken) -> None:
    logger(__name__).error("record.broken", session=broken.session_id, seq=broken.seq, way="!")


def _count(conn: Connection, now: int, house: House, place: str) -> None:
    house.identity.guesses.count(conn, TRIES, "verify", place, now)


async def _page(
    request: Request,
    house: House,
    number: str = "",
    code: str = "",
    errors: dict[str, str] | None = None,
    *,
    message: str = "",
    proven: Proven | None = None,
    entries: int = 0,
) -> VerifyPage:
    last = await house.service.read(proof.latest)
    at = last.at if last is not None else 0
    return VerifyPage(number, code, errors or {}, message, proven, keeping_of(request).signer.public, at, entries)
