"""The program's door: what players fetch, how long caches may keep it, and who is sent away."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kachehri.bus.memory import MemoryBus
from kachehri.live import Live
from kachehri.settings import Settings
from kachehri.store import redactions
from kachehri.store.tables import Redaction
from recordings.announce import BusAnnouncements
from recordings.edition import Basis, Edition
from recordings.grants import grant
from rooms.lifecycle import CloseSession
from tests.web.broadcast_studio import Studio, get, studio_in
from tests.web.conftest import Town
from web.broadcasting import Broadcasting, broadcasting, sealing_keys

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def studio(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with studio_in(town, tmp_path_factory.mktemp("recordings")) as made:
        yield made


async def test_a_playlist_leads_to_its_pieces(town: Town, studio: Studio) -> None:
    session = await town.schedule(live=True)
    studio.fill(session, "light", 3, 2)
    base = studio.base(session) + "/light/"
    answer = await get(town, base + "live.m3u8")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert answer.headers["cache-control"] == "public, max-age=1" and "set-cookie" not in answer.headers
    lines = answer.text.splitlines()
    names = [line for line in lines if line and not line.startswith("#")]
    assert names == ["000000.m4s", "000001.m4s", "000002.m4s"]
    whole = await get(town, base + names[1])
    assert whole.text == "".join(f"light 1.{index};" for index in range(6))
    assert whole.headers["cache-control"] == "public, max-age=60, immutable"
    assert whole.headers["content-type"] == "video/mp4"
    assert (await get(town, base + "000001.4.m4s")).text == "light 1.4;"
    assert (await get(town, base + "000003.1.m4s")).text == "light 3.1;"
    assert (await get(town, base + "init-1.mp4")).content.startswith(b"....avcC")
    for answer in (whole, await get(town, base + "live.m3u8")):
        assert "access-control-allow-origin" not in answer.headers, "no other site reads it"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert sum(len(name) + len(value) + 4 for name, value in answer.headers.items()) < 330


async def test_the_master_playlist_offers_what_is_written(town: Town, studio: Studio) -> None:
    session = await town.schedule(live=True)
    path = studio.base(session) + "/master.m3u8"
    early = await get(town, path)
    assert early.status_code == 404 and early.headers["cache-control"] == "public, max-age=1"
    studio.fill(session, "full", 1)
    for number in range(2):
        studio.track(session, "sound").part(
            b"s" * 100, duration_us=4_000_000, independent=True, starts_ms=number * 4_000, wall_ms=0, last=True
        )
    text = (await get(town, path)).text
    assert "full/live.m3u8" in text and "sound/live.m3u8" in text and "light" not in text
    assert 'CODECS="avc1.42c01e,mp4a.40.2",RESOLUTION=640x360' in text


async def test_a_reload_waits_until_the_part_is_there(town: Town, studio: Studio) -> None:
    session = await town.schedule(live=True)
    studio.fill(session, "light", 2, 1)
    path = studio.base(session) + "/light/live.m3u8?_HLS_msn=2&_HLS_part=1"
    waiting = [asyncio.ensure_future(get(town, path)) for _ in range(5)]
    hinted = asyncio.ensure_future(get(town, studio.base(session) + "/light/000002.1.m4s"))
    await town.until(lambda: _same(studio.door.waiters, 6))
    assert not any(task.done() for task in [*waiting, hinted])
    BusAnnouncements(studio.bus).part(session, studio.part(session, "light", 2, 1))
    for answer in await asyncio.gather(*waiting):
        assert answer.status_code == 200 and '"000002.1.m4s"' in answer.text
        assert answer.headers["cache-control"] == "public, max-age=12"
    assert (await hinted).text == "light 2.1;"
    assert studio.door.waiters == 0


async def _same(found: int, wanted: int) -> bool:
    return found == wanted


async def test_what_is_there_is_not_waited_for(town: Town, studio: Studio) -> None:
    session = await town.schedule(live=True)
    studio.fill(session, "light", 2, 1)
    base = studio.base(session) + "/light/live.m3u8"
    for query in ("?_HLS_msn=1", "?_HLS_msn=2&_HLS_part=0", "?_HLS_msn=0&_HLS_part=77"):
        assert (await get(town, base + query)).headers["cache-control"] == "public, max-age=12", query


async def test_bad_directives_are_refused_at_once(town: Town, studio: Studio) -> None:
    session = await town.schedule(live=True)
    studio.fill(session, "light", 2, 1)
    base = studio.base(session) + "/light/live.m3u8"
    for query in (
        "?_HLS_part=1",
        "?_HLS_msn=x",
        "?_HLS_msn=-1",
        "?_HLS_msn=5",
        "?_HLS_msn=2&_HLS_part=60",
        "?_HLS_msn=99999999999",
        "?_HLS_msn=2&_HLS_part=%D9%A1",
    ):
        answer = await get(town, base + query)
        assert answer.status_code == 400 and not answer.content, query
        assert answer.headers["cache-control"] == "no-store"


async def test_a_wait_ends(town: Town, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.pages.broadcast.patience_s", lambda _shape: 0.1)
    session = await town.schedule(live=True)
    studio.fill(session, "light", 1, 1)
    answer = await get(town, studio.base(session) + "/light/live.m3u8?_HLS_msn=1&_HLS_part=1")
    assert answer.status_code == 503 and answer.headers["retry-after"] == "1"
    assert (await get(town, studio.base(session) + "/light/000001.1.m4s")).status_code == 404
    monkeypatch.setattr("web.pages.broadcast.patience_s", lambda _shape: 20.0)
    monkeypatch.setattr("web.pages.broadcast.MOST_WAITING", 0)
    answer = await get(town, studio.base(session) + "/light/live.m3u8?_HLS_msn=1&_HLS_part=1")
    assert answer.status_code == 503, "so many wait that no more may"


async def test_playlists_are_squeezed(town: Town, studio: Studio) -> None:
    session = await town.schedule(live=True)
    studio.fill(session, "light", 12, 1)
    path = studio.base(session) + "/light/live.m3u8"
    async with town.phone().client.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers["vary"] == "accept-encoding" and len(raw) < 600
    assert gzip.decompress(raw).startswith(b"#EXTM3U")


async def test_who_has_no_grant_is_sent_away(town: Town, studio: Studio) -> None:
    session, other = await town.schedule(live=True), await town.schedule(live=True)
    studio.fill(session, "light", 2)
    now = town.house.now()
    good = studio.base(session)
    refused = {
        good.replace(session, other): 403,
        f"/b/{grant(b'x' * 32, session, 'live', now)}/{session}": 403,
        f"/b/{grant(studio.door.keys[0], session, 'live', now - 48 * 3_600_000)}/{session}": 403,
        f"/b/nobody/{session}": 403,
        f"/b/%00/{session}": 403,
        f"{studio.door.base('nowhere', 'live', now)}": 404,
    }
    for base, status in refused.items():
        answer = await get(town, base + "/light/live.m3u8")
        assert answer.status_code == status and answer.content == b"", base
        page = await get(town, base + "/light/live.m3u8", accept="text/html", **{"accept-language": "ur"})
        assert page.status_code == status and 'lang="ur"' in page.text and 'dir="rtl"' in page.text


async def test_no_name_leads_out_of_the_folder(town: Town, studio: Studio) -> None:
    session = await town.schedule(live=True)
    studio.fill(session, "light", 2)
    (studio.archive.folder / "secret.mp4").write_text("what nobody may read")
    base = studio.base(session)
    for name in (
        "light/fence",
        "light/000000.parts",
        "light/..%2f..%2fsecret.mp4",
        "light/%2e%2e",
        "light/init-01.mp4",
        "light/init-1.mp4%0a",
        "light/init-2.mp4",
        "light/0.m4s",
        "light/000009.m4s",
        "light/000001.6.m4s",
        "light/000001.999.m4s",
        "light/replay.m3u8",
        "..%2fsecret.mp4/live.m3u8",
        "light%00/live.m3u8",
        "4k/live.m3u8",
        "../../secret.mp4",
    ):
        answer = await get(town, f"{base}/{name}")
        assert answer.status_code == 404 and "nobody may" not in answer.text, name


async def test_a_hearing_that_is_over_ends_its_playlist_and_then_its_door(
    town: Town, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await town.schedule(live=True)
    studio.fill(session, "light", 2, 1)
    base = studio.base(session) + "/light/"
    assert "ENDLIST" not in (await get(town, base + "live.m3u8")).text
    await town.moderate(session, CloseSession())
    ended = (await get(town, base + "live.m3u8?_HLS_msn=2&_HLS_part=1")).text
    assert ended.endswith("#EXT-X-ENDLIST\n"), "and whoever waits is told at once"
    assert (await get(town, base + "000001.m4s")).status_code == 200
    monkeypatch.setattr(studio.door, "delay_ms", 10_000)
    waiting = (await get(town, base + "live.m3u8")).text
    assert "ENDLIST" not in waiting, "with a safety delay the last words are still on their way"
    late = await town.schedule(live=True)
    studio.began_ms -= 200_000
    studio.fill(late, "light", 2, 1)
    studio.began_ms += 200_000
    await town.moderate(late, CloseSession())
    base = studio.base(late) + "/light/"
    for name in ("live.m3u8", "000001.m4s", "000001.0.m4s"):
        assert (await get(town, base + name)).status_code == 404, "heard again only when it is released"


@pytest.mark.parametrize("closed", [False, True])
async def test_what_is_taken_out_of_the_last_seconds_is_a_gap_and_goes_out_no_more(
    town: Town, studio: Studio, closed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.taken_out.FRESH_S", -1.0)
    session = await town.schedule(live=True)
    for rendition in ("light", "sound"):
        studio.fill(session, rendition, 4, 2)
    base, began = studio.base(session), studio.began_ms
    if closed:
        await town.moderate(session, CloseSession())
    pieces = [f"{base}/{rendition}/000002.m4s" for rendition in ("light", "sound")]
    assert [(await get(town, piece)).status_code for piece in pieces] == [200, 200]

    def mark(sound: bool, since_ms: int = 4_500) -> None:
        at = began + since_ms
        row = Redaction(
            id=f"{session}{since_ms}{sound}",
            session_id=session,
            starts_at=at,
            ends_at=at + 500,
            sound=sound,
            made_by="a",
            made_at=1,
        )
        with town.service.store.write() as conn:
            redactions.add(conn, row)

    mark(sound=False)
    assert [(await get(town, piece)).status_code for piece in pieces] == [404, 200], "of a sound no picture is taken"
    mark(sound=True)
    assert [(await get(town, piece)).status_code for piece in pieces] == [404, 404]
    assert (await get(town, f"{base}/light/000002.0.m4s")).status_code == 404
    assert (await get(town, f"{base}/light/000001.m4s")).status_code == 200
    shown = (await get(town, f"{base}/light/live.m3u8")).text
    assert shown.count("#EXT-X-GAP\n") == 1 and "#EXT-X-GAP\n#EXTINF:2.000,\n000002.m4s\n" in shown
    assert "DISCONTINUITY" not in shown and "000003.m4s" in shown
    if not closed:
        assert '000002.0.m4s",INDEPENDENT=YES,GAP=YES\n' in shown and '000003.0.m4s",INDEPENDENT=YES\n' in shown
        mark(True, 8_100)
        assert (await get(town, f"{base}/light/000004.0.m4s")).status_code == 404, "also what still grows"
    with town.service.store.write() as conn:
        redactions.forget(conn, session)
    assert [(await get(town, piece)).status_code for piece in pieces] == [200, 200]


async def test_what_was_said_long_ago_is_not_fetched_again(town: Town, studio: Studio) -> None:
    session = await town.schedule(live=True)
    studio.fill(session, "light", 70)
    base = studio.base(session) + "/light/"
    assert (await get(town, base + "000069.m4s")).status_code == 200
    assert (await get(town, base + "000015.m4s")).status_code == 200
    assert (await get(town, base + "000005.m4s")).status_code == 404
    assert (await get(town, base + "000005.0.m4s")).status_code == 404


async def test_a_clock_that_was_set_back_opens_nothing_again(
    town: Town, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await town.schedule(live=True)
    studio.fill(session, "light", 70)
    monkeypatch.setattr(studio, "began_ms", studio.began_ms - 3_600_000)
    for number in (70, 71):
        for index in range(6):
            studio.part(session, "light", number, index)
    base = studio.base(session) + "/light/"
    assert (await get(town, base + "000069.m4s")).status_code == 200
    assert (await get(town, base + "000005.m4s")).status_code == 404, "it is long over, whatever the clock says now"
    ahead = await town.schedule(live=True)
    monkeypatch.setattr(studio, "began_ms", studio.began_ms + 2 * 3_600_000)
    studio.fill(ahead, "light", 3)
    base = studio.base(ahead) + "/light/"
    assert (await get(town, base + "000002.m4s")).status_code == 200
    await town.moderate(ahead, CloseSession())
    assert (await get(town, base + "000002.m4s")).status_code == 404, "nor for an hour after the close"


async def test_a_replay_is_as_long_as_the_hearing_and_holds_what_was_released(
    town: Town, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await town.schedule(live=True)
    studio.fill(session, "light", 6, 1)
    base = studio.door.base(session, "replay", town.house.now()) + "/light/"
    assert (await get(town, base + "replay.m3u8")).status_code == 404, "nothing before the close"
    began = studio.began_ms
    released = [(began + 3_700, began + 8_300)]

    async def edition(_door: Broadcasting, _service: object, live: Live, _told: object = None) -> Edition:
        return Edition(studio.archive, live.session.id, Basis(tuple(released)))

    monkeypatch.setattr(Broadcasting, "edition", edition)
    found = await get(town, base + "replay.m3u8")
    assert found.headers["cache-control"] == "public, max-age=60"
    assert [line for line in found.text.splitlines() if line.endswith("m4s")] == [f"{n:06}.m4s" for n in range(6)]
    for number in (2, 3):
        answer = await get(town, f"{base}{number:06}.m4s")
        assert answer.text.startswith(f"light {number}.0;") and "max-age=60" in answer.headers["cache-control"]
    for name in ("000001.m4s", "000004.m4s", "000002.3.m4s", "live.m3u8", "000006.0.m4s", "000009.m4s"):
        assert (await get(town, base + name)).status_code == 404, name
    released.clear()
    for name in ("replay.m3u8", "000002.m4s"):
        assert (await get(town, base + name)).status_code == 404, "what is taken back is gone at once"


async def test_without_a_program_there_is_no_door(town: Town) -> None:
    session = await town.schedule(live=True)
    key = sealing_keys(town.house.masters)[0]
    path = f"/b/{grant(key, session, 'live', town.house.now())}/{session}/light/live.m3u8"
    before = town.app.state.house
    town.app.state.house = replace(before, broadcasting=None)
    try:
        assert (await get(town, path)).status_code == 404
    finally:
        town.app.state.house = before


def test_the_door_is_there_where_a_program_is_made() -> None:
    settings = Settings()
    assert broadcasting(settings, MemoryBus(), [b"m" * 32]) is None, "off unless somebody turned it on"
    made = {}
    for renditions in ("all", "light", "sound"):
        on = replace(settings, program=replace(settings.program, enabled="yes", renditions=renditions, delay_s=7))
        door = broadcasting(on, MemoryBus(), [b"m" * 32])
        assert door is not None and door.delay_ms == 7_000
        made[renditions] = door.offered
        door.waiting.close()
    assert made == {"all": ("sound", "light", "full"), "light": ("sound", "light"), "sound": ("sound",)}


async def test_the_page_offers_what_is_made(town: Town, studio: Studio) -> None:
    session = await town.schedule(live=True)
    phone = town.phone("en")
    studio.door.offered = ("sound", "light")
    try:
        text = (await phone.get(f"/s/{session}/live?follow=full")).text
        assert 'data-follow="light"' in text and 'data-follow="full"' not in text
        assert "<audio" not in text and "<video" not in text, "nothing has been written yet"
        studio.fill(session, "light", 2)
        for number in range(3):
            text = (await phone.get(f"/s/{session}/live?follow=light")).text
            assert "<video" not in text and "data-begun" not in text, "a player would begin with less than it needs"
            studio.track(session, "sound").part(
                b"s", duration_us=4_000_000, independent=True, starts_ms=number * 4_000, wall_ms=0, last=True
            )
        answer = await phone.get(f"/s/{session}/live?follow=light")
        assert f'<video controls playsinline preload="none" src="{studio.base(session)}/light/live.m3u8"' in answer.text
        assert phone.client.cookies["k_follow"] == "light"
        assert "<video" in (await phone.get(f"/s/{session}/live")).text, "it is remembered"
        lobby = (await phone.get(f"/s/{session}")).text
        assert re.search(r'name="follow" value="light"[^>]* checked', lobby) and 'value="full"' not in lobby
        joined = await phone.post(f"/s/{session}/join", follow="sound")
        assert joined.status_code == 200 and phone.client.cookies["k_follow"] == "sound"
    finally:
        studio.door.offered = ("sound", "light", "full")
