"""Which chapters of a hearing everybody may read and hear: a moderator looks at each, and says so or keeps it back.

What nobody has looked at three days after the close stands first in the list, with the post that answers for it.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit
from kachehri.appointments import roles_in
from kachehri.i18n import LANGUAGES, words_for
from kachehri.store import Connection, district, redactions, replays, sessions
from kachehri.store.replays import Waiting
from kachehri.store.tables import Account, Post, RecordingHold, Redaction
from moderation.masking import mask
from moderation.roles import allows
from recordings import replaying
from recordings.outlines import outline
from recordings.replaying import Replay, Told
from recordings.search import Query
from rooms.base import Refused, Role
from rooms.limits import NOTE_MAX
from rooms.text import clean
from web import forms, reading, replay_reading, replay_window
from web.errors import sentence
from web.house import House, house_of, see
from web.pages import holding
from web.pages.replay import only_number, stands_of
from web.replay_shapes import ReleasesPage, ReplayChapter, WaitingPage, WaitingRow
from web.replay_window import Window, cut
from web.staff import guarded

DAY_MS: Final = 86_400_000
#: After this long the post that answers for it is named.
LATE_MS: Final = 3 * DAY_MS
#: Hearings whose chapters are written down when somebody looks; the rest comes with the next look.
TOLD_AT_ONCE: Final = 20
STATES: Final = {"release": "released", "keep": "kept"}
SAID: Final = {"release": "releases.released", "keep": "releases.kept", "voice": "withdrawn.said"}
ACTS: Final[dict[str, audit.Act]] = {"release": "chapter.release", "keep": "chapter.keep"}


@guarded("page.releases")
async def waiting(request: Request, account: Account) -> Response:
    """GET /releases: hearings with chapters that wait for somebody."""
    house = house_of(request)
    words, now = house.words(request), house.now()
    for session_id in await house.service.read(replays.untold, TOLD_AT_ONCE):
        await told(house, session_id)
    rows, posts, kept, withdrawn = await house.service.read(_waiting, account)
    towns = await house.districts.get()
    page = WaitingPage(
        tuple(
            WaitingRow(
                session_id=row.session_id,
                title=reading.title({"ur": row.title_ur, "en": row.title_en}, words),
                office=towns.host(row.office_id, words),
                starts_at=row.starts_at,
                new=row.new,
                requests=row.requests,
                days=max(0, now - row.oldest_at) // DAY_MS,
                late=now - row.oldest_at > LATE_MS,
                post=_title(head_of(posts, row.office_id), words.language.code),
            )
            for row in rows
        ),
        tuple(holding.held(row, reading.title(title, words), words, now) for row, title in kept),
        tuple((id, reading.title(title, words)) for id, title in withdrawn),
    )
    return house.show(request, "staff/releases.html", page)


Title = dict[str, str]


def _waiting(
    conn: Connection, account: Account
) -> tuple[list[Waiting], list[Post], list[tuple[RecordingHold, Title]], list[tuple[str, Title]]]:
    """What waits in the hearings of which this account is a moderator; which recordings of those are kept; and in which
    somebody is heard who withdrew her words.
    """
    rows, held = replays.waiting(conn, None), redactions.holds(conn)
    withdrawn = list(dict.fromkeys(id for id, _ in redactions.withdrawn(conn)))
    roles = roles_in(conn, account, {*held, *withdrawn, *(row.session_id for row in rows)})
    mine = [row for row in rows if may_decide(roles.get(row.session_id))]
    titles: dict[str, Title] = {}
    for id in {*held, *withdrawn}:
        if may_decide(roles.get(id)) and (session := sessions.get(conn, id)) is not None:
            titles[id] = {"ur": session.title_ur, "en": session.title_en}
    kept = sorted((row for id, row in held.items() if id in titles), key=lambda row: row.review_on)
    return (
        mine,
        district.posts(conn),
        [(row, titles[row.session_id]) for row in kept],
        [(id, titles[id]) for id in withdrawn if id in titles],
    )


def may_decide(role: Role | None) -> bool:
    return role is not None and allows(role, "page.releases", own=False)


def head_of(posts: list[Post], office: str) -> Post | None:
    """The post at the head of an office: the first that answers to none of the same office."""
    own = {post.id for post in posts if post.office_id == office and post.retired_at is None}
    return next((post for post in posts if post.id in own and post.reports_to not in own), None)


def _title(post: Post | None, language: str) -> str:
    return "" if post is None else post.title_ur if language == "ur" else post.title_en


async def told(house: House, session_id: str) -> None:
    """Write the chapters of a closed hearing down, if nobody has."""
    live = await house.service.live(session_id)

    def write(conn: Connection, now: int) -> None:
        replaying.keep(conn, live)

    await house.write(write)


@guarded("page.releases")
async def show(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/chapters: one page, of a number or with a chapter; else the first with one that waits."""
    words = house_of(request).words(request)
    said = SAID.get(request.query_params.get("said", ""), "")
    return await drawn(request, said=words.plain(said) if said else "")


async def drawn(
    request: Request, *, said: str = "", wrong: str = "", error: str = "", typed: str = "", status: int = 200
) -> Response:
    house = house_of(request)
    words, towns = house.words(request), await house.districts.get()
    live = await house.service.live(request.path_params["session"])
    card = reading.head(live, words)
    if stands_of(live):
        return house.show(request, "staff/chapters.html", ReleasesPage(card, ready=False), status=status)
    await told(house, live.session.id)

    place = wrong or request.query_params.get("c", "")
    at = only_number(request.query_params.get("p", ""))

    def read(conn: Connection) -> tuple[Replay, list[int], Window, dict[str, list[tuple[str, str]]], bool, set[str]]:
        asked: dict[str, list[tuple[str, str]]] = {}
        for row in replays.requests(conn, live.session.id):
            asked.setdefault(row.key, []).append((row.kind, row.text))
        held = redactions.held(conn, live.session.id) is not None
        withdrawn = {key for _, key in redactions.withdrawn(conn, live.session.id)}
        found = [(n, each.key) for n, each in enumerate(outline(conn, live).chapters, 1) if each.questions]
        found.sort(key=lambda each: each[1] not in withdrawn)
        keys = [key for _, key in found]
        open_keys = {*replays.undecided(conn, live.session.id), *withdrawn, *asked}
        waits = (n for n, key in enumerate(keys) if key in open_keys)
        first = keys.index(place) if place in keys else next(waits, 0)
        window = cut(len(keys), at or first // replay_window.CHAPTERS + 1)
        shown = [n for n, _ in found[window.first - 1 : window.last]]
        folder = house.settings.recordings.folder
        replay = replaying.replay(conn, live, folder, everything=True, only=shown)
        return replay, shown, window, asked, held, withdrawn

    replay, numbers, window, asked, held, withdrawn = await house.service.read(read)

    def chapter(each: Told) -> ReplayChapter:
        found = replay_reading.chapter(each, replay, live.session.id, towns, words, Query(""))
        return replace(found, asked=tuple(asked.get(found.key, ())), withdrawn=found.key in withdrawn)

    told_of = {each.n: each for each in replay.chapters}
    page = ReleasesPage(
        session=card,
        chapters=tuple(chapter(told_of[n]) for n in numbers),
        window=window,
        said=said,
        wrong=wrong,
        error=error,
        typed=typed,
        held=held,
    )
    return house.show(request, "staff/chapters.html", page, status=status)


@guarded("page.releases")
async def decide(request: Request, account: Account) -> Response:
    """POST /sessions/{session}/chapters: `do` is release or keep; to keep one back needs a reason. Or it is voice: the
    chapter of somebody who withdrew her words is taken out of the recording.
    """
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    session_id = request.path_params["session"]
    live = await house.service.live(session_id)
    do, key, reason = fields.get("do", ""), fields.get("chapter", "")[:64], fields.get("reason", "")
    if do not in (*STATES, "voice") or stands_of(live):
        raise forms.FormRefused(400)
    if do == "voice":
        await house.write(_take_out, session_id, key, account.id)
        return see(chapter_link(session_id, "voice", key))
    try:
        kept = clean(reason, NOTE_MAX) if reason.strip() or do == "keep" else ""
    except Refused as refused:
        more = {"field": "reason", "limit": NOTE_MAX, **(refused.params or {})}
        wrong = (
            words.plain("releases.need_reason") if refused.code == "text_empty" else sentence(words, refused.code, more)
        )
        return await drawn(request, wrong=key, error=wrong, typed=reason, status=422)
    await told(house, session_id)
    await settle(house, account, session_id, key, do, mask(kept).text)
    return see(chapter_link(session_id, do, key))


def chapter_link(session: str, did: str, key: str) -> str:
    """To a chapter on its page, after something was decided on it."""
    return f"/sessions/{session}/chapters?said={did}&c={quote(key)}#{quote(key)}"


def _take_out(conn: Connection, now: int, session: str, key: str, account: str) -> None:
    """All of a chapter, once somebody withdrew the words in it. Pressed twice, it is one redaction."""
    row = replays.one(conn, session, key)
    if row is None or (session, key) not in redactions.withdrawn(conn, session):
        return
    # One that was put back does not stand in the way of the next.
    mark = f"{session}/{key}/voice/{len(redactions.of_session(conn, session))}"
    reason = " / ".join(words_for(code).plain("withdrawn.reason") for code in LANGUAGES)
    redactions.add(
        conn,
        Redaction(
            id=hashlib.sha256(mark.encode()).hexdigest()[:16],
            session_id=session,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            reason=reason,
            made_by=account,
            made_at=now,
        ),
    )
    audit.record(conn, now, action="recording.mark", subject=key, reason=reason, account=account, session=session)


async def settle(house: House, account: Account, session_id: str, key: str, do: str, reason: str) -> None:
    """Release a chapter or keep it back, with a masked reason. Errors: 404 where there is no such chapter."""

    def write(conn: Connection, now: int) -> None:
        if not replays.decide(conn, session_id, key, STATES[do], reason, account.id, now):
            raise HTTPException(404)
        audit.record(conn, now, action=ACTS[do], subject=key, reason=reason, account=account.id, session=session_id)

    await house.write(write)
