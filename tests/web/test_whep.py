"""The door for players over HTTP: who may see the program, what she is sent, and what is refused and how."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from aiortc import MediaStreamTrack, RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from rooms.lifecycle import CloseSession
from signaling.media.tap_server import tap_path
from tests.signaling.media.maker import Maker
from tests.web.account_holders import signed_in
from tests.web.conftest import Town
from tests.web.equipped import SDP, Equipped, make_key, media_process

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module", autouse=True)
async def media(town: Town, anyio_backend: str) -> AsyncIterator[None]:
    async with media_process(town):
        yield


class Player:
    """A player of aiortc's: it offers to receive, with its own payload types."""

    def __init__(self, *kinds: str) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.frames = {"audio": 0, "video": 0}
        self._tasks: list[asyncio.Task[None]] = []
        for kind in kinds:
            self.connection.addTransceiver(kind, "recvonly")
        self.connection.on("track", lambda track: self._tasks.append(asyncio.ensure_future(self._watch(track))))

    async def _watch(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                await track.recv()
                self.frames[track.kind] += 1
        except MediaStreamError:
            pass

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return str(self.connection.localDescription.sdp)

    async def take(self, answer: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await self.until("connected")

    async def until(self, state: str) -> None:
        async with asyncio.timeout(30):
            while self.connection.connectionState != state:
                await asyncio.sleep(0.01)

    async def until_it_plays(self, *kinds: str) -> None:
        async with asyncio.timeout(30):
            while not all(self.frames[kind] > 10 for kind in kinds):
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        await self.connection.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)


@pytest.fixture
async def player() -> AsyncIterator[Player]:
    player = Player("audio", "video")
    try:
        yield player
    finally:
        await player.close()


class Hall(Equipped):
    """A hearing whose screens have a key."""

    @property
    def tap(self) -> Path:
        return tap_path(self.town.settings.media.socket)


@pytest.fixture
async def hall(town: Town) -> Hall:
    session = await town.schedule(live=True)
    return Hall(town, session, await make_key(town, session), f"/s/{session}/whep")


async def until_made(hall: Hall, offer: str) -> httpx.Response:
    """Its answer, once the program has been noticed."""
    async with asyncio.timeout(30):
        while (answer := await hall.post(offer)).status_code == 409:
            await asyncio.sleep(0.05)
    return answer


async def test_a_player_is_sent_the_program_until_it_deletes_its_session(hall: Hall, player: Player) -> None:
    offer = await player.offer()
    nothing = await hall.post(offer)
    assert (nothing.status_code, nothing.json()["code"], nothing.headers["retry-after"]) == (
        409, "media_no_program", "5",
    )  # fmt: skip
    async with Maker(hall.tap, session=hall.session) as maker:
        answer = await until_made(hall, offer)
        assert answer.status_code == 201 and answer.headers["content-type"] == "application/sdp"
        location = answer.headers["location"]
        assert re.fullmatch(rf"{hall.path}/[0-9a-f]{{16}}", location)
        assert "a=sendonly" in answer.text and "a=recvonly" not in answer.text
        await player.take(answer.text)
        await player.until_it_plays("audio", "video")
        for method in ("GET", "PATCH", "PUT"):
            other = await hall.client.request(method, location, headers=hall.bearer())
            assert other.status_code == 405
        assert (await hall.delete(location)).status_code == 200
        await player.until("closed")
        async with asyncio.timeout(30):
            while maker.direct.watched:
                await asyncio.sleep(0.02)
        assert (await hall.delete(location)).status_code == 404


async def test_only_sound_where_only_that_is_wanted_or_made(hall: Hall) -> None:
    listener, screen = Player("audio"), Player("audio", "video")
    try:
        async with Maker(hall.tap, session=hall.session):
            await listener.take((await until_made(hall, await listener.offer())).text)
            await listener.until_it_plays("audio")
        async with Maker(hall.tap, "sound", session=hall.session):
            sound = listener.frames["audio"]
            async with asyncio.timeout(30):  # on the same connection
                while listener.frames["audio"] < sound + 20:
                    await asyncio.sleep(0.02)
            answer = await hall.post(await screen.offer())
            assert "m=audio 9 " in answer.text and "m=video 0 " in answer.text
    finally:
        await listener.close()
        await screen.close()


async def test_what_is_refused_before_anybody_looks_at_the_offer(hall: Hall, player: Player) -> None:
    offer = await player.offer()
    keyless = await hall.client.post(hall.path, content=offer, headers=SDP)
    assert keyless.status_code == 401 and keyless.headers["www-authenticate"] == 'Bearer realm="whep"'
    assert keyless.json()["code"] == "no_player_key" and "Bearer" in keyless.json()["title"]
    wrong = await hall.post(offer, key="x" * 32)
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_player_key")
    assert "invalid_token" in wrong.headers["www-authenticate"]
    other = await hall.town.schedule(live=True)
    elsewhere = await hall.client.post(f"/s/{other}/whep", content=offer, headers={**SDP, **hall.bearer()})
    assert elsewhere.status_code == 401
    staff = await signed_in(hall.town, "moderator")  # a login alone opens nothing here
    assert (await staff.client.post(hall.path, content=offer, headers=SDP)).status_code == 401
    media_type = await hall.post(offer, **{"content-type": "application/json"})
    assert media_type.status_code == 415 and media_type.headers["accept-post"] == "application/sdp"
    assert (await hall.post("v=0\r\n" + "a=x\r\n" * 5_000)).status_code == 413


async def test_an_offer_that_cannot_be_answered_is_a_plain_sentence(hall: Hall, player: Player) -> None:
    offer = await player.offer()
    async with Maker(hall.tap, session=hall.session):
        first = await until_made(hall, offer)
        await hall.delete(first.headers["location"])
        for text, status, code in (
            (re.sub(r"H264/90000", "VP9/90000", offer), 422, "player_codec"),
            (offer.replace("a=recvonly", "a=sendonly"), 422, "player_no_tracks"),
            ("v=0\r\n", 400, "media_answer_invalid"),
        ):
            refused = await hall.post(text)
            assert (refused.status_code, refused.json()["code"]) == (status, code)
            assert refused.json()["title"] != refused.json()["code"]
            assert refused.headers["content-type"] == "application/problem+json"


async def test_a_key_taken_back_or_a_hearing_over_ends_it(hall: Hall, player: Player) -> None:
    async with Maker(hall.tap, session=hall.session):
        await player.take((await until_made(hall, await player.offer())).text)
        key = await make_key(hall.town, hall.session, "chair")
        await player.until("closed")
        assert (await hall.post("v=0\r\n")).status_code == 401
        await hall.town.moderate(hall.session, CloseSession())
        late = await hall.post("v=0\r\n", key=key)
        assert (late.status_code, late.json()["code"]) == (403, "phase")


async def test_a_key_taken_back_while_the_offer_is_answered_opens_nothing(
    hall: Hall, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    equipment, keys = hall.town.app.state.equipment, list[str]()
    follow = equipment.follow

    async def overtaken(session: str, seat: str, offer: str) -> object:
        keys.append(await make_key(hall.town, session, "chair"))
        return await follow(session, seat, offer)

    async with Maker(hall.tap, session=hall.session) as maker:
        offer = await player.offer()
        first = await until_made(hall, offer)
        await hall.delete(first.headers["location"])
        monkeypatch.setattr(equipment, "follow", overtaken)
        refused = await hall.post(offer)
        assert (refused.status_code, refused.json()["code"], len(keys)) == (401, "wrong_player_key", 1)
        assert (await equipment.plane.stats(hall.session)).program == 0 and not maker.direct.watched


async def test_what_may_be_posted_is_said_to_every_origin(hall: Hall) -> None:
    told = await hall.client.options(hall.path, headers={"origin": "https://player.example"})
    assert told.status_code == 204 and told.headers["accept-post"] == "application/sdp"
    assert told.headers["access-control-allow-origin"] == "*"
