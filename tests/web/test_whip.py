"""The door for studio equipment over HTTP: who is let in, what is refused and how, and what becomes of the seat."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from kachehri import equipment
from rooms.base import Actor
from rooms.lifecycle import CloseSession
from rooms.turns import ClearSeat, TakeSeat
from signaling.client.media import Clip, ClipTrack
from tests.signaling.media.conftest import CLIPS
from tests.web.account_holders import send, signed_in
from tests.web.conftest import Town
from tests.web.equipped import SDP, Equipped, make_key, media_process
from web.forms import new_key

pytestmark = pytest.mark.anyio
#: As FFmpeg writes it, shortened.
H264_ONLY = (
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 106\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:wxyz\r\na=ice-pwd:" + "q" * 24 + "\r\n"
    "a=fingerprint:sha-256 " + ":".join(["CD"] * 32) + "\r\na=setup:passive\r\na=mid:0\r\na=sendonly\r\na=rtcp-mux\r\n"
    "a=rtpmap:106 H264/90000\r\na=fmtp:106 packetization-mode=1;profile-level-id=42000c\r\n"
)


@pytest.fixture(scope="module", autouse=True)
async def media(town: Town, anyio_backend: str) -> AsyncIterator[None]:
    async with media_process(town):
        yield


class Studio(Equipped):
    """A hearing whose encoder has a key."""

    async def occupant(self) -> str:
        return (await self.town.service.live(self.session)).session.stage.seats["chair"].participant

    async def until_free(self) -> None:
        async def free() -> bool:
            return await self.occupant() == ""

        await self.town.until(free)


@pytest.fixture
async def studio(town: Town) -> Studio:
    session = await town.schedule(live=True)
    return Studio(town, session, await make_key(town, session), f"/whip/{session}/chair")


@pytest.fixture(scope="module")
def clip() -> Clip:
    return Clip.load(CLIPS / "water.webm")


class Sender:
    """A WHIP client of aiortc's: it offers, with its own payload types, and leaves the DTLS role to us."""

    def __init__(self, clip: Clip) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.connection.addTrack(ClipTrack("audio", clip.audio, 48_000, clip.seconds))
        self.connection.addTrack(ClipTrack("video", clip.video, 90_000, clip.seconds))

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return str(self.connection.localDescription.sdp)

    async def take(self, answer: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        async with asyncio.timeout(30):
            while self.connection.connectionState != "connected":
                await asyncio.sleep(0.01)


@pytest.fixture
async def sender(clip: Clip) -> AsyncIterator[Sender]:
    sender = Sender(clip)
    try:
        yield sender
    finally:
        await sender.connection.close()


async def test_an_encoder_sits_on_its_seat_until_it_deletes_its_session(studio: Studio, sender: Sender) -> None:
    answer = await studio.post(await sender.offer())
    assert answer.status_code == 201 and answer.headers["content-type"] == "application/sdp"
    location = answer.headers["location"]
    assert re.fullmatch(rf"{studio.path}/[0-9a-f]{{16}}", location)
    await sender.take(answer.text)
    participant = equipment.participant(studio.session, "chair")
    assert await studio.occupant() == participant

    async def there() -> bool:
        live = await studio.town.service.live(studio.session)
        return participant in live.session.attendance.staff

    await studio.town.until(there)
    for method in ("GET", "PATCH", "PUT"):
        other = await studio.client.request(method, location, headers=studio.bearer())
        assert other.status_code == 405
    assert (await studio.delete(location)).status_code == 200
    await studio.until_free()
    assert (await studio.delete(location)).status_code == 404


async def test_the_same_key_again_replaces_the_encoder_before(studio: Studio, sender: Sender, clip: Clip) -> None:
    first = await studio.post(await sender.offer())
    await sender.take(first.text)
    second = Sender(clip)
    try:
        answer = await studio.post(await second.offer())
        assert answer.status_code == 201
        await second.take(answer.text)
        async with asyncio.timeout(30):
            while sender.connection.connectionState != "closed":
                await asyncio.sleep(0.01)
        assert await studio.occupant() == equipment.participant(studio.session, "chair")
        await studio.delete(answer.headers["location"])
        await studio.until_free()
    finally:
        await second.connection.close()


async def test_taken_off_by_the_desk_the_encoder_is_told_by_its_line(studio: Studio, sender: Sender) -> None:
    answer = await studio.post(await sender.offer())
    await sender.take(answer.text)
    await studio.town.moderate(studio.session, ClearSeat(seat="chair", reason="technical"))
    async with asyncio.timeout(30):
        while sender.connection.connectionState != "closed":
            await asyncio.sleep(0.01)
    assert await studio.occupant() == ""


async def test_whoever_sits_there_is_not_pushed_off(studio: Studio, sender: Sender) -> None:
    chair = Actor("00000000000000c1", "chair", "acc")
    await studio.town.service.submit(chair, studio.session, TakeSeat(seat="chair"), new_key())
    refused = await studio.post(await sender.offer())
    assert (refused.status_code, refused.json()["code"]) == (409, "seat_taken")
    assert refused.headers["content-type"] == "application/problem+json" and "Somebody else" in refused.json()["title"]


async def test_what_is_refused_before_anybody_looks_at_the_offer(studio: Studio) -> None:
    offer = H264_ONLY
    keyless = await studio.client.post(studio.path, content=offer, headers=SDP)
    assert keyless.status_code == 401 and keyless.headers["www-authenticate"] == 'Bearer realm="whip"'
    wrong = await studio.post(offer, key="x" * 32)
    assert wrong.status_code == 401 and "invalid_token" in wrong.headers["www-authenticate"]
    elsewhere = await studio.client.post(
        f"/whip/{studio.session}/citizen", content=offer, headers={**SDP, **studio.bearer()}
    )
    assert elsewhere.status_code == 401
    other = await studio.post(offer, **{"content-type": "application/json"})
    assert other.status_code == 415 and other.headers["accept-post"] == "application/sdp"
    assert (await studio.post("v=0\r\n" + "a=x\r\n" * 5_000)).status_code == 413
    assert (await studio.post("v=0\r\n")).status_code == 400
    assert (await studio.post("\udcff".encode("utf-8", "surrogateescape").decode("latin-1"))).status_code == 400
    assert await studio.occupant() == ""


async def test_another_codec_than_the_hearing_s_is_a_plain_sentence(studio: Studio) -> None:
    refused = await studio.post(H264_ONLY)
    assert (refused.status_code, refused.json()["code"]) == (422, "media_codec")
    assert "codec" in refused.json()["title"]
    assert await studio.occupant() == ""


async def test_a_key_is_worth_nothing_when_it_is_taken_back(studio: Studio, sender: Sender) -> None:
    answer = await studio.post(await sender.offer())
    await sender.take(answer.text)
    phone = await signed_in(studio.town, "chair")
    await phone.get(f"/sessions/{studio.session}/equipment")
    await send(phone, f"/sessions/{studio.session}/equipment", "revoke", seat="chair")
    await studio.until_free()
    assert (await studio.post(H264_ONLY)).status_code == 401


async def test_a_key_ends_with_its_hearing(studio: Studio, sender: Sender) -> None:
    await studio.town.moderate(studio.session, CloseSession())
    refused = await studio.post(await sender.offer())
    assert (refused.status_code, refused.json()["code"]) == (403, "phase")


async def test_what_may_be_posted_is_said_to_every_origin(studio: Studio) -> None:
    told = await studio.client.options(studio.path, headers={"origin": "https://encoder.example"})
    assert told.status_code == 204 and told.headers["accept-post"] == "application/sdp"
    assert told.headers["access-control-allow-origin"] == "*"
    assert "location" in told.headers["access-control-expose-headers"]


async def test_whoever_shows_wrong_keys_is_slowed_and_the_right_one_is_not(studio: Studio) -> None:
    answers = [(await studio.post(H264_ONLY, key=f"{number:032}")).status_code for number in range(31)]
    assert answers[0] == 401 and answers[-1] == 429
    assert (await studio.post(H264_ONLY)).status_code == 422


async def test_the_page_is_for_those_who_run_the_hearing(town: Town) -> None:
    session = await town.schedule()
    for role in ("official", "clerk", "officer", "observer"):
        phone = await signed_in(town, role)
        assert (await phone.get(f"/sessions/{session}/equipment")).status_code == 403
