"""A caption file for a closed hearing, from a program that transcribes: looked at first, taken in, taken out again.

Works without a script: the file goes along in the second form.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit
from kachehri.i18n import Words
from kachehri.i18n.digits import western
from kachehri.live import Live
from kachehri.store import Connection, caption_files
from kachehri.store.tables import Account, CaptionFile
from recordings import caption_files as files
from recordings import replaying
from recordings.archive import Archive
from recordings.caption_files import Laid
from recordings.replaying import Replay
from recordings.webvtt import BadCaptions
from recordings.withheld import withheld
from web import forms, reading, replay_reading, uploads
from web.caption_shapes import CaptionFilePage, FileLine, HeldFile
from web.house import House, house_of, see
from web.pages.replay import stands_of
from web.staff import guarded

LANGUAGES: Final = ("ur", "en")
ZEROS: Final = ("hearing", "recording")
#: Lines of a file that are shown before it is taken in.
SHOWN: Final = 12


@dataclass(frozen=True)
class Asked:
    """What the form says of a file."""

    language: str
    zero: str
    offset: str
    key: str

    @property
    def offset_ms(self) -> int | None:
        """By how much the file's times are moved; None for what is no number of seconds within half a day."""
        text = western(self.offset).replace("\u2212", "-").strip() or "0"
        if not text.removeprefix("-").isdecimal() or not text.isascii() or len(text) > 6:
            return None
        return 1_000 * int(text) if abs(int(text)) <= files.OFFSET_MOST_S else None


def recorded_from(archive: Archive, session: str) -> int | None:
    """The instant at which the recording's time is zero, in Unix ms; None where nothing was recorded."""
    found = [archive.index(session, each).segments for each in archive.renditions(session)]
    firsts = [next((each for each in segments if each.placed), None) for segments in found]
    zeros = [each.wall_ms - each.starts_ms for each in firsts if each is not None]
    return min(zeros, default=None)


async def drawn(
    request: Request,
    live: Live,
    *,
    asked: Asked | None = None,
    errors: dict[str, str] | None = None,
    laid: Laid | None = None,
    content: bytes = b"",
    status: int = 200,
) -> Response:
    """The page of a closed hearing; with `laid` what the file would give."""
    house = house_of(request)
    words = house.words(request)
    session = live.session.id
    said = {"taken": "capfile.taken", "undone": "capfile.undone"}.get(request.query_params.get("said", ""), "")
    held = await house.service.read(caption_files.holding, session)
    began_at, dumped = 0, 0
    if laid is not None:
        began_at = (await times_of(house, live)).began_at
        spans = withheld(house.settings.recordings.folder / session)
        dumped = sum(replaying.is_dumped(each.starts_at, each.ends_at, spans) for each in laid.lines)
    lines = laid.lines if laid is not None else ()
    page = CaptionFilePage(
        session=reading.head(live, words),
        held=tuple(HeldFile(each.language, each.id, each.count, each.made_at) for each in held.values()),
        recorded=recorded_from(Archive(house.settings.recordings.folder), session) is not None,
        language=asked.language if asked is not None else words.language.code,
        zero=asked.zero if asked is not None else "hearing",
        offset=asked.offset if asked is not None else "",
        key=asked.key if asked is not None else forms.new_key(),
        said=words.plain(said) if said else "",
        errors=errors or {},
        lines=tuple(
            FileLine(replay_reading.clock(each.starts_at - began_at), each.starts_at, each.text)
            for each in lines[:SHOWN]
        ),
        count=len(lines),
        last_at=lines[-1].starts_at if lines else 0,
        outside=laid.outside if laid is not None else 0,
        dumped=dumped,
        hidden=laid.hidden if laid is not None else 0,
        content=base64.b64encode(content).decode() if lines else "",
    )
    return house.show(request, "staff/caption_file.html", page, status=status)


async def times_of(house: House, live: Live) -> Replay:
    return await house.service.read(replaying.heard, live, house.settings.recordings.folder)


@guarded("page.captions")
async def take(request: Request, account: Account) -> Response:
    """POST /sessions/{session}/captions/file: look at a file, and on a second look take it in."""
    house = house_of(request)
    words = house.words(request)
    session_id = request.path_params["session"]
    upload = await uploads.read(request, house.origins, most=2 * files.FILE_MOST)
    fields = upload.fields
    asked = Asked(
        fields.get("language", ""), fields.get("zero", ""), fields.get("offset", "")[:12], fields.get("key", "")
    )
    live = await house.service.live(session_id)
    if asked.language not in LANGUAGES or asked.zero not in ZEROS or len(asked.key) < 22 or stands_of(live):
        raise forms.FormRefused(400)
    again = fields.get("content", "")
    try:
        content = base64.b64decode(again, validate=True) if again else upload.files.get("file", b"")
    except ValueError:
        raise forms.FormRefused(400) from None
    offset_ms = asked.offset_ms
    if offset_ms is None:
        return await drawn(request, live, asked=asked, errors={"offset": words.plain("capfile.offset_bad")}, status=422)
    replay = await times_of(house, live)
    zero_at = replay.began_at
    if asked.zero == "recording":
        zero_at = recorded_from(Archive(house.settings.recordings.folder), session_id) or zero_at
    try:
        # One full of numbers takes seconds to mask; the hearing goes on meanwhile.
        laid = await asyncio.to_thread(_laid, content, zero_at + offset_ms, replay)
    except BadCaptions as bad:
        return await drawn(request, live, asked=asked, errors={"file": told(words, bad)}, status=422)
    if not again:
        return await drawn(request, live, asked=asked, laid=laid, content=content)
    await house.write(_keep, session_id, asked, laid, account)
    return see(f"/sessions/{session_id}/captions?said=taken")


def _laid(content: bytes, zero_at: int, replay: Replay) -> Laid:
    laid = files.lay(files.read(content), zero_at, replay.began_at, replay.ended_at)
    if not laid.lines:
        raise BadCaptions("outside", 0)
    return laid


def _keep(conn: Connection, now: int, session_id: str, asked: Asked, laid: Laid, account: Account) -> None:
    # Of the form's key: the same form, sent twice, is one file.
    id = hashlib.sha256(f"{session_id}/{asked.key}".encode()).hexdigest()[:16]
    row = CaptionFile(
        id=id,
        session_id=session_id,
        language=asked.language,
        lines=files.times(laid.lines),
        count=len(laid.lines),
        made_by=account.id,
        made_at=now,
    )
    if caption_files.add(conn, row, [(files.line_id(id, n), each.text) for n, each in enumerate(laid.lines)]):
        facts = {"language": asked.language, "count": str(row.count)}
        audit.record(conn, now, action="captions.take", subject=id, account=account.id, session=session_id, facts=facts)


@guarded("page.captions")
async def undo(request: Request, account: Account) -> Response:
    """POST /sessions/{session}/captions/undo: a file is out again, and what was there before it holds."""
    house = house_of(request)
    session_id = request.path_params["session"]
    fields = await forms.read(request, house.origins)

    def write(conn: Connection, now: int) -> None:
        id = fields.get("file", "")[:40]
        if not caption_files.undo(conn, session_id, id, account.id, now):
            raise HTTPException(404)
        audit.record(conn, now, action="captions.undo", subject=id, account=account.id, session=session_id)

    await house.write(write)
    return see(f"/sessions/{session_id}/captions?said=undone")


def told(words: Words, bad: BadCaptions) -> str:
    """What is wrong with a file, and where."""
    said = words.plain(f"capfile.bad.{bad.code}")
    return words.plain("capfile.at", None, line=bad.line, said=said) if bad.line else said
