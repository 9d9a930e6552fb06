"""What the plane does as time passes and when packets are lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from aiortc import RTCRtpReceiver
from av import Packet
from av.stream import Stream

from signaling.client.media import ClipTrack
from signaling.media import port, rtcp
from signaling.media.port import MediaRefused
from signaling.media.publisher import Publisher
from signaling.media.watcher import Watcher
from tests.signaling.media.people import SESSION, Hall, until
from tests.signaling.media.plane_hall import Shifted, clock, hall, peer_of, plane_of

__all__ = ["clock", "hall"]
pytestmark = pytest.mark.anyio


class TestSilence:
    async def test_a_line_that_went_dead_is_reported_once_and_closed_later(self, hall: Hall, clock: Shifted) -> None:
        phone = await hall.speaker("asma")
        await until(lambda: hall.told(port.Up))
        await phone.vanish()
        await asyncio.sleep(0.1)
        clock.ahead += 4.0
        await asyncio.sleep(0.4)
        assert not hall.told(port.Silent)
        clock.ahead += 1.0
        await until(lambda: hall.told(port.Silent, participant="asma"))
        clock.ahead += 10.0
        await asyncio.sleep(0.4)
        assert len(hall.told(port.Silent)) == 1 and not hall.told(port.Closed)
        clock.ahead += 20.0
        await until(lambda: hall.told(port.Closed, participant="asma", reason="timeout"))

    async def test_a_line_that_wakes_up_is_back(self, hall: Hall, clock: Shifted) -> None:
        await hall.speaker("asma")
        peer = peer_of(hall, "asma")
        peer.gate.checked.clear()  # as if nothing came through
        peer.last -= 6.0
        clock.ahead += 0.0
        plane_of(hall)._rounds.sweep(clock())
        assert hall.told(port.Silent, participant="asma")
        [pair] = peer.wire._connection._nominated.values()
        peer.gate.checked.add(pair.remote_addr)
        await until(lambda: hall.told(port.Back, participant="asma"))

    async def test_a_speaker_who_says_nothing_is_not_silent(self, hall: Hall, clock: Shifted) -> None:
        """No media at all, as with discontinuous transmission: answers to connectivity checks are signs of life."""
        speaker = await hall.speaker("asma")
        peer = peer_of(hall, "asma")
        assert isinstance(peer, Publisher)

        async def nothing(track: ClipTrack) -> Packet[Stream]:
            await asyncio.sleep(3600)
            raise AssertionError

        for track in (speaker.audio, speaker.video):
            assert track is not None
            track.recv = nothing.__get__(track)  # type: ignore[method-assign]
        await asyncio.sleep(0.3)
        packets = peer.sources["audio"].received
        for _ in range(16):
            clock.ahead += 0.5
            await until(lambda: clock() - peer.last < 2.3)
        assert peer.sources["audio"].received == packets
        assert not hall.told(port.Silent)


async def tried(clock: Shifted, reached: Callable[[], bool]) -> None:
    """Until the line carries it. A try fails on a machine with much else to do; the next comes later (test_triage)."""
    for _ in range(6):
        with suppress(TimeoutError):
            await until(reached)
            return
        clock.ahead += 10.0
    pytest.fail("the line stayed narrow")


class TestLoss:
    async def test_what_we_miss_from_a_speaker_is_asked_for(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        watcher = await hall.watcher("viewer")
        await hall.speaker("asma")
        await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
        await until(lambda: watcher.seats["citizen1"].video_frames > 5)
        peer = peer_of(hall, "asma")
        dice, arrive, lost, again = random.Random(4), peer.rtp, set[bytes](), set[bytes]()

        def lossy(data: bytes, now: float) -> None:
            kind = data[1] & 0x7F
            if kind == 97:  # what is sent again begins with the number that it had (RFC 4588, 4)
                words = 1 + int.from_bytes(data[14:16], "big") if data[0] & 0x10 else 0
                again.add(data[12 + 4 * words :][:2])
            if kind == 96 and dice.random() < 0.1:
                lost.add(data[2:4])
            else:
                arrive(data, now)

        monkeypatch.setattr(peer, "rtp", lossy)
        before = watcher.seats["citizen1"].video_frames
        await until(lambda: len(lost) > 8 and len(lost & again) > 0.8 * len(lost))
        await until(lambda: watcher.seats["citizen1"].video_frames > before + 20)

    async def test_on_a_weak_link_the_sound_comes_first(
        self, hall: Hall, clock: Shifted, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        watcher = await hall.watcher("viewer")
        await hall.speaker("asma")
        await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
        seen = watcher.seats["citizen1"]
        await until(lambda: seen.video_frames > 5)
        peer = peer_of(hall, "viewer")
        assert isinstance(peer, Watcher)
        # On a machine that has much else to do the line itself may look narrow at first, until the next try.
        await tried(clock, lambda: peer.link is not None and peer.link.sending() > 60)
        for kbps in (900, 40):
            peer.rtcp(rtcp.bitrate_limit(9, kbps * 1000, []), clock())
        assert peer.paused == {"citizen1"} and peer.estimate_kbps == 40
        assert (await hall.plane.stats(SESSION)).paused == 1
        await asyncio.sleep(0.4)
        pictures, sound = seen.video_frames, seen.audio_packets
        await until(lambda: seen.audio_packets > sound + 15)
        assert seen.video_frames == pictures
        clock.ahead += 10.0
        await tried(clock, lambda: seen.video_frames > pictures + 5 and not peer.paused)


async def test_lip_sync_reports_reach_the_watcher(hall: Hall) -> None:
    """Sender reports on both lines of the seat, on one wall clock."""
    watcher = await hall.watcher("viewer")
    await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    receivers: list[RTCRtpReceiver] = [t.receiver for t in watcher.connection.getTransceivers()[2:4]]

    async def reported() -> bool:
        for receiver in receivers:
            report = await receiver.getStats()
            if not any(entry.type == "remote-outbound-rtp" for entry in report.values()):
                return False
        return True

    async with asyncio.timeout(30):
        while not await reported():
            await asyncio.sleep(0.1)


async def test_a_speaker_is_told_how_it_arrives_and_how_much_she_may_send(hall: Hall) -> None:
    speaker = await hall.speaker("asma")

    async def reported() -> bool:
        report = await speaker.connection.getStats()
        return any(entry.type == "remote-inbound-rtp" for entry in report.values())

    async with asyncio.timeout(30):
        while not await reported():
            await asyncio.sleep(0.1)


async def test_how_a_line_does_is_one_word_beside_its_figures(hall: Hall, clock: Shifted) -> None:
    await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await hall.plane.seat(SESSION, 1, "citizen2", "nobody", 6)
    await until(lambda: hall.told(port.Seats) and len(hall.told(port.Seats)[-1].seats) == 2)
    her, nobody = hall.told(port.Seats)[-1].seats
    assert (her.grade, nobody.grade, her.estimate_kbps) == ("good", "gone", None)
    publisher = peer_of(hall, "asma")
    assert isinstance(publisher, Publisher)
    for _ in range(8):
        publisher.estimate.reported(40, 100, 200.0, clock())
    await until(lambda: hall.told(port.Seats)[-1].seats[0].grade == "bad")


async def test_who_says_that_her_network_is_slow_is_asked_for_little(hall: Hall) -> None:
    await hall.plane.offer(SESSION, "slow", "publish", None, "low")
    await hall.plane.offer(SESSION, "quick", "publish", None, "high")
    slow, quick = peer_of(hall, "slow"), peer_of(hall, "quick")
    assert isinstance(slow, Publisher) and isinstance(quick, Publisher)
    assert (slow.cap_kbps, quick.cap_kbps) == (100, quick.settings.video_kbps)
    with pytest.raises(MediaRefused):
        await hall.plane.offer(SESSION, "odd", "publish", None, "fast")  # type: ignore[arg-type]
