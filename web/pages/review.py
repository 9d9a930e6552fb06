"""One chapter before everybody may hear it: a moderator listens, reads along, and cuts out moments and words.

What is marked is nobody's to hear from that moment on, also before the files agree with it, so a chapter can be
released while marks still wait. What was cut out can be put back as long as the sealed original is kept.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Final, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit, taken_words
from kachehri.live import Live
from kachehri.store import Connection, content, redactions, replays
from kachehri.store.tables import Account, RedactedWords, Redaction
from kachehri.taken_words import Changed
from moderation.masking import mask
from recordings import replaying
from recordings.replaying import Replay, Told
from recordings.search import Query
from rooms.base import Refused
from rooms.limits import NOTE_MAX
from rooms.text import clean
from web import forms, reading, replay_reading, review_reading
from web.errors import sentence
from web.house import House, house_of, see
from web.pages import releases
from web.pages.replay import only_number, stands_of
from web.review_shapes import ReviewPage
from web.staff import guarded

#: What the address says after a form, and the sentence for it.
SAID: Final = {
    "mark": "review.marked",
    "undo": "review.undone",
    "hide": "review.hidden",
    "show": "review.shown",
}
#: A cut that is shorter is a slip of the hand, and nobody hears a difference; in milliseconds.
LEAST_MS: Final = 100


class Found(NamedTuple):
    """One look at a chapter and what was done to it."""

    told: Told
    replay: Replay
    texts: dict[str, str]
    marks: list[Redaction]
    taken: list[RedactedWords]
    asked: tuple[tuple[str, str], ...]
    held: bool


@guarded("page.releases")
async def show(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/chapters/{n}/review; `from` and `to` fill the form, `text` opens one for ticking."""
    asked = request.query_params
    values = {name: asked[name][:64] for name in ("from", "to", "text") if name in asked}
    said = SAID.get(asked.get("said", ""), "")
    return await drawn(request, said=said, values=values)


async def drawn(
    request: Request,
    *,
    said: str = "",
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    house = house_of(request)
    words, towns = house.words(request), await house.districts.get()
    live, found = await look(house, request)
    told, session, values = found.told, live.session.id, values or {}
    link = link_of(session, told.n)
    texts = review_reading.texts_of(told, found.texts)
    picked = values.get("text", "")
    archive = house.broadcasting.archive if house.broadcasting else None
    page = ReviewPage(
        session=reading.head(live, words),
        chapter=replay_reading.chapter(told, found.replay, session, towns, words, Query(""), found.asked),
        link=link,
        key=forms.new_key(),
        texts=texts,
        sounds=await asyncio.to_thread(review_reading.sounds, archive, session, told, link) if archive else (),
        marks=review_reading.marks_of(told, found.marks, house.now(), held=found.held),
        taken=review_reading.taken_of(found.taken, texts),
        picking=review_reading.picking(picked, found.texts[picked]) if picked in found.texts else None,
        said=words.plain(said) if said else "",
        values=values,
        errors=errors or {},
        before=told.n - 1 if any(each.n == told.n - 1 and each.question for each in found.replay.chapters) else 0,
        after=told.n + 1 if told.n < found.replay.total else 0,
    )
    answer = house.show(request, "staff/review.html", page, status=status)
    answer.headers["cache-control"] = "no-store"
    return answer


def link_of(session: str, n: int) -> str:
    return f"/sessions/{session}/chapters/{n}"


async def look(house: House, request: Request) -> tuple[Live, Found]:
    """The chapter that the address names. Errors: 404 where there is none to decide on."""
    live = await house.service.live(request.path_params["session"])
    if stands_of(live):
        raise HTTPException(404)
    await releases.told(house, live.session.id)
    n = only_number(request.path_params["n"])

    def read(conn: Connection) -> Found | None:
        folder = house.settings.recordings.folder
        replay = replaying.replay(conn, live, folder, everything=True, only={n - 1, n, n + 1})
        told = next((each for each in replay.chapters if each.n == n and each.question and not each.hidden), None)
        if told is None:
            return None
        id = live.session.id
        every = content.texts(conn, id)
        texts = {text.id: every[text.id] for text in review_reading.texts_of(told, every)}
        asked = tuple((row.kind, row.text) for row in replays.requests(conn, id) if row.key == told.chapter.key)
        marks, held = redactions.of_session(conn, id), redactions.held(conn, id) is not None
        return Found(told, replay, texts, marks, redactions.words_of(conn, id), asked, held)

    found = await house.service.read(read)
    if found is None:
        raise HTTPException(404)
    return live, found


@guarded("page.releases")
async def act(request: Request, account: Account) -> Response:
    """POST /sessions/{session}/chapters/{n}/review: `do` is mark, undo, hide, show, release or keep."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    live, found = await look(house, request)
    do, id = fields.get("do", ""), fields.get("id", "")[:80]
    key, link = found.told.chapter.key, link_of(live.session.id, found.told.n)
    if do in ("mark", "hide", "release", "keep"):
        reason, wrong = _reason(house, request, fields.get("reason", ""), needed=do != "release")
        if wrong:
            return await _again(request, fields, {f"reason-{'keep' if do == 'keep' else do}": wrong})
    if do in ("release", "keep"):
        await releases.settle(house, account, live.session.id, key, do, reason)
        return see(releases.chapter_link(live.session.id, do, key))
    if do == "mark":
        return await _mark(request, account, live, found, fields, reason)
    if do == "hide":
        return await _hide(request, account, live, found, fields, reason)
    changed: Changed | None = None
    if do == "undo":
        if not await house.write(_undo, id, live.session.id, account.id):
            return await _again(request, fields, {"marks": house.words(request).plain("review.too_late")}, 409)
    elif do == "show":
        changed = await house.write(_show, id, live.session.id, account.id)
    else:
        raise forms.FormRefused(400)
    if changed is not None:
        house.service.reword(live.session.id)
    return see(f"{link}/review?said={do}#{'marks' if do == 'undo' else 'words'}")


def _reason(house: House, request: Request, typed: str, *, needed: bool) -> tuple[str, str]:
    """The masked reason, and what is wrong with it."""
    words = house.words(request)
    try:
        return (mask(clean(typed, NOTE_MAX)).text if typed.strip() or needed else ""), ""
    except Refused as refused:
        if refused.code == "text_empty":
            return "", words.plain("review.need_reason")
        return "", sentence(words, refused.code, {"field": "reason", "limit": NOTE_MAX, **(refused.params or {})})


async def _again(request: Request, fields: Mapping[str, str], errors: Mapping[str, str], status: int = 422) -> Response:
    """The page with what was typed, and what is wrong with it."""
    values = {name: text[:600] for name, text in fields.items() if name != "form_token"}
    return await drawn(request, values=values, errors=errors, status=status)


async def _mark(
    request: Request, account: Account, live: Live, found: Found, fields: Mapping[str, str], reason: str
) -> Response:
    house = house_of(request)
    words, chapter = house.words(request), found.told.chapter
    times = {name: review_reading.moment(fields.get(name, "")) for name in ("from", "to")}
    wrong = {name: words.plain("review.bad_time") for name, at in times.items() if at is None}
    since, until = times["from"] or 0, min(times["to"] or 0, chapter.duration_ms)
    if not wrong and until - since < LEAST_MS:
        long = replay_reading.clock(chapter.duration_ms)
        wrong["to"] = words.plain("review.bad_span", long=long)
    sound, picture = fields.get("sound") == "1", fields.get("picture") == "1"
    if not sound and not picture:
        wrong["sound"] = words.plain("review.bad_what")
    if wrong:
        return await _again(request, fields, wrong)
    id = hashlib.sha256(f"{live.session.id}/{fields.get('key', '')}".encode()).hexdigest()[:16]

    def write(conn: Connection, now: int) -> None:
        if redactions.one(conn, id) is not None:
            return
        row = Redaction(
            id=id,
            session_id=live.session.id,
            starts_at=chapter.starts_at + since,
            ends_at=chapter.starts_at + until,
            sound=sound,
            picture=picture,
            reason=reason,
            made_by=account.id,
            made_at=now,
        )
        redactions.add(conn, row)
        facts = {"from": replay_reading.clock(since), "to": replay_reading.clock(until)}
        audit.record(
            conn,
            now,
            action="recording.mark",
            subject=chapter.key,
            reason=reason,
            account=account.id,
            session=live.session.id,
            facts=facts,
        )

    await house.write(write)
    return see(f"{link_of(live.session.id, found.told.n)}/review?said=mark#marks")


def _undo(conn: Connection, now: int, id: str, session: str, account: str) -> bool:
    row = redactions.one(conn, id)
    if row is None or row.session_id != session or not redactions.undo(conn, id, account, now):
        return False
    audit.record(conn, now, action="recording.unmark", subject=id, reason=row.reason, account=account, session=session)
    return True


async def _hide(
    request: Request, account: Account, live: Live, found: Found, fields: Mapping[str, str], reason: str
) -> Response:
    house = house_of(request)
    words, text_id = house.words(request), fields.get("text", "")[:64]
    text = found.texts.get(text_id)
    if text is None:
        raise forms.FormRefused(400)
    ticked = {int(name[1:]) for name in fields if name[:1] == "w" and name[1:].isdecimal() and len(name) < 6}
    now = review_reading.digest_of(review_reading.words_of(text))
    if ticked and fields.get("of", now) != now:
        # Somebody took other words out meanwhile: the numbers mean others, and the right ones would stay public.
        unticked = {name: typed for name, typed in fields.items() if not name[1:].isdecimal()}
        return await _again(request, unticked, {"quote": words.plain("review.bad_words")}, 409)
    quotes = [*review_reading.quotes(text, ticked), *filter(None, [fields.get("quote", "").strip()[:600]])]

    def write(conn: Connection, now: int) -> Changed | None:
        changed = taken_words.take_out(conn, live.session.id, text_id, quotes, reason, account.id, now)
        if changed is not None:
            audit.record(
                conn,
                now,
                action="words.take_out",
                subject=text_id,
                reason=reason,
                account=account.id,
                session=live.session.id,
                facts={"places": str(changed.places)},
            )
        return changed

    changed = await house.write(write)
    if changed is None:
        return await _again(request, fields, {"quote": words.plain("review.bad_words")})
    house.service.reword(live.session.id)
    return see(f"{link_of(live.session.id, found.told.n)}/review?said=hide#words")


def _show(conn: Connection, now: int, id: str, session: str, account: str) -> Changed | None:
    changed = taken_words.give_back(conn, session, id)
    if changed is not None:
        subject = changed.text_id
        audit.record(conn, now, action="words.give_back", subject=subject, account=account, session=session)
    return changed
