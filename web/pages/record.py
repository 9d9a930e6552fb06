"""The record for people outside: a hearing's log to take along, and whether what a slip says is in it, unchanged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kachehri.guesses import Rule, TooMany, network
from kachehri.proof import checking, heads
from kachehri.proof.keeping import Keeping
from kachehri.proof.public_log import ASKED, Writing, proof_of
from kachehri.store import Connection, event_log, proof
from kachehri.store import questions as question_rows
from kachehri.tickets.reference import parse
from rooms.questions import QuestionAsked
from rooms.session import decode_event
from web import forms, reading
from web.house import House, house_of
from web.proof_shapes import Proven, VerifyPage

#: Events read at a time; others are answered between two pages.
PAGE: Final = 2_000
#: Tries an hour from one network: a proof code cannot be guessed, but each try reads a whole log.
TRIES: Final = Rule("verify", 60, 60)


def keeping_of(request: Request) -> Keeping:
    keeping: Keeping = request.app.state.record
    return keeping


async def log(request: Request) -> Response:
    """GET /s/{session}/log: the public log, a line for each event."""
    house, signer = house_of(request), keeping_of(request).signer
    live = await house.service.live(request.path_params["session"])
    id, last = live.session.id, live.session.seq

    async def pieces() -> AsyncIterator[bytes]:
        writing = Writing(id, signer)
        yield writing.begin()
        while writing.count < last:
            most = min(PAGE, last - writing.count)
            rows = await house.service.read(event_log.after, id, writing.count, most)
            if not rows:
                break
            yield await asyncio.to_thread(writing.more, rows)
        yield writing.end(house.now())

    headers = {"content-disposition": f'attachment; filename="{id}.jsonl"', "cache-control": "no-store"}
    return StreamingResponse(pieces(), media_type="application/x-ndjson", headers=headers)


async def form(request: Request) -> Response:
    """GET /verify."""
    house = house_of(request)
    return house.show(request, "verify.html", await _page(request, house))


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
    if errors:
        return house.show(request, "verify.html", await _page(request, house, number, code, errors), status=422)
    try:
        await house.write(_count, house, network(request.client.host if request.client else ""))
    except TooMany:
        told = words.plain("verify.tries")
        return house.show(request, "verify.html", await _page(request, house, number, code, message=told), status=429)
    try:
        found = await house.service.read(_proven, reference, checking.bare(code))
    except event_log.Broken:
        told = words.plain("verify.broken")
        return house.show(request, "verify.html", await _page(request, house, number, code, message=told), status=409)
    if found is None:
        told = words.plain("verify.not_found")
        return house.show(request, "verify.html", await _page(request, house, number, code, message=told), status=404)
    session, asked_at, seq, signed_at = found
    live = await house.service.live(session)
    shown = Proven(reference or "", session, reading.head(live, words).title, asked_at, seq, signed_at)
    return house.show(request, "verify.html", await _page(request, house, number, code, proven=shown))


async def signed(request: Request) -> Response:
    """GET /heads.jsonl: a digest for each signed line, which says nothing of what is in the chains."""
    rows = await house_of(request).service.read(proof.heads)
    lines = [msgspec.json.encode({"n": row.n, "at": row.at, "digest": heads.digest(row.line)}) for row in rows]
    return Response(b"".join(line + b"\n" for line in lines), media_type="application/x-ndjson")


def code_of(conn: Connection, session_id: str, question: str, received_at: int) -> str:
    """The proof code of a question, for its slip; nothing where its event is not found."""
    for row in event_log.at_instant(conn, session_id, ASKED, received_at):
        event = decode_event(row.body)
        if isinstance(event, QuestionAsked) and event.question == question:
            return proof_of(row.body)
    return ""


def _proven(conn: Connection, reference: str, code: str) -> tuple[str, int, int, int] | None:
    """Session, instant and number of the event, and when an end behind it was signed; None for what is not there.

    Errors: `Broken` where the log itself does not hold.
    """
    asked = question_rows.by_reference(conn, reference)
    if asked is None:
        return None
    for row in event_log.at_instant(conn, asked.session_id, ASKED, asked.received_at):
        event = decode_event(row.body)
        if isinstance(event, QuestionAsked) and event.reference == reference and proof_of(row.body) == code:
            event_log.verify(conn, asked.session_id)
            return asked.session_id, row.at, row.seq, _signed_behind(conn, asked.session_id, row.seq)
    return None


def _signed_behind(conn: Connection, session_id: str, seq: int) -> int:
    """When an end of this log at `seq` or later was last signed, and is still the end that was signed."""
    for row in reversed(proof.heads(conn)):
        for end in heads.parsed(row.line).ends:
            if (end.kind, end.id) == ("session", session_id) and end.seq >= seq:
                found = proof.hash_at(conn, end.kind, end.id, end.seq)
                if found is None or found.hex() != end.hash:
                    raise event_log.Broken(session_id, end.seq, "it is not the step that was signed")
                return row.at
    return 0


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
) -> VerifyPage:
    last = await house.service.read(proof.latest)
    at = last.at if last is not None else 0
    return VerifyPage(number, code, errors or {}, message, proven, keeping_of(request).signer.public, at)
