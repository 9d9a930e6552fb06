"""What somebody sends who means harm: it changes nothing for others, and nobody is answered with more than was sent."""

from __future__ import annotations

import asyncio
import os
import random
import socket
from contextlib import suppress

import pylibsrtp
import pytest
from aioice import stun

from signaling.client.media import Speaker
from signaling.media import port
from signaling.media.gate import Verdict
from tests.signaling.media.people import SESSION, Hall, until
from tests.signaling.media.plane_hall import clock, hall, peer_of, plane_of

__all__ = ["clock", "hall"]
pytestmark = pytest.mark.anyio


class TestHarm:
    async def test_odd_datagrams_in_mid_speech_change_nothing(self, hall: Hall) -> None:
        watcher = await hall.watcher("viewer")
        await hall.speaker("asma")
        await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
        seen = watcher.seats["citizen1"]
        await until(lambda: seen.video_frames > 3)
        targets = [("127.0.0.1", peer.wire.candidates[0].port) for peer in plane_of(hall)._peers.values()]
        dice = random.Random(1)
        heads = [b"", b"\x00\x01", b"\x01\x01", b"\x16\xfe\xff", b"\x15\xfe\xfd", b"\x80\x60", b"\x80\xc9", b"\x47"]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for i in range(2_000):
                data = dice.choice(heads) + dice.randbytes(dice.choice((0, 1, 12, 30, 200)))
                sender.sendto(data, targets[i % 2])
                if i % 20 == 0:
                    await asyncio.sleep(0.005)
        sound, pictures = seen.audio_packets, seen.video_frames
        await until(lambda: seen.audio_packets > sound + 10 and seen.video_frames > pictures + 10)
        dropped = (await hall.plane.stats(SESSION)).dropped
        assert dropped["unchecked_source"] > 500 and dropped["too_short"] > 100

    async def test_odd_datagrams_during_setup_change_nothing(self, hall: Hall) -> None:
        speaker = Speaker(hall.clip)
        hall.people.append(speaker)
        offer = await hall.plane.offer(SESSION, "asma", "publish")
        target = ("127.0.0.1", peer_of(hall, "asma").wire.candidates[0].port)
        answer = await speaker.answer(offer.sdp)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for _ in range(20):
                sender.sendto(b"\x16\xfe\xff" + bytes(60), target)
                sender.sendto(b"\x15\xfe\xfd" + bytes(12), target)
                sender.sendto(b"", target)
            await hall.plane.answer(SESSION, "asma", offer.peer, answer)
            for _ in range(100):
                sender.sendto(b"\x16\xfe\xff" + os.urandom(60), target)
                sender.sendto(b"", target)
                await asyncio.sleep(0.001)
        await until(lambda: hall.told(port.Up, participant="asma"))

    async def test_nobody_is_answered_with_more_than_was_sent(self, hall: Hall) -> None:
        await hall.plane.offer(SESSION, "asma", "publish")
        peer = peer_of(hall, "asma")
        target = ("127.0.0.1", peer.wire.candidates[0].port)
        ufrag, _ = peer.wire.local
        sent = received = 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            for i in range(60):
                request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
                if i % 3:
                    request.attributes["USERNAME"] = f"{ufrag}:{'x' * (i % 7 + 1)}"
                if i % 3 == 2:
                    request.attributes["PRIORITY"] = i
                    request.attributes["ICE-CONTROLLED"] = i
                    request.add_message_integrity(b"wrong")
                data = bytes(request)
                sent += len(data)
                sender.sendto(data, target)
                await asyncio.sleep(0.005)
                while True:
                    try:
                        answer = sender.recv(2_000)
                    except BlockingIOError:
                        break
                    received += len(answer)
                    assert len(answer) <= len(data)
        assert received <= sent
        assert not peer.gate.checked

    async def test_a_watcher_who_sends_media_is_not_forwarded(self, hall: Hall) -> None:
        watcher = await hall.watcher("viewer")
        await hall.watcher("mallory")
        await hall.plane.seat(SESSION, 1, "citizen1", "mallory", 5)
        sender = hall.people[-1].connection.getTransceivers()[0].sender.transport
        for i in range(50):
            await sender._send_rtp(b"\x80\x6f" + i.to_bytes(2, "big") + bytes(8) + b"sound")
        await asyncio.sleep(0.3)
        assert watcher.seats["citizen1"].audio_packets == 0

    async def test_malformed_media_from_a_speaker_is_dropped_and_the_rest_goes_on(self, hall: Hall) -> None:
        watcher = await hall.watcher("viewer")
        speaker = await hall.speaker("asma")
        await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
        seen = watcher.seats["citizen1"]
        await until(lambda: seen.video_frames > 3)
        transport = speaker.connection.getTransceivers()[0].sender.transport
        dice = random.Random(2)
        for i in range(300):
            head = bytes([dice.choice((0x80, 0x90, 0xB0, 0xBF)), dice.choice((96, 97, 111, 200, 201, 205, 206, 100))])
            data = head + dice.randbytes(10) + dice.randbytes(dice.randrange(60))
            with suppress(pylibsrtp.Error):  # what she cannot encrypt, she cannot send
                await transport._send_rtp(data)
            if i % 20 == 0:
                await asyncio.sleep(0.01)
        await transport._send_rtp(b"\xa0\x6f" + bytes(10) + b"short\xff")  # more padding than packet
        sound = seen.audio_packets
        await until(lambda: seen.audio_packets > sound + 10)
        counts = peer_of(hall, "asma").gate.counts
        assert counts[Verdict.UNKNOWN_CLASS] > 0 and counts[Verdict.MALFORMED] > 0

    async def test_too_fast_is_cut(self, hall: Hall) -> None:
        speaker = await hall.speaker("asma")
        transport = speaker.connection.getTransceivers()[0].sender.transport
        for i in range(600):
            await transport._send_rtp(b"\x80\x60" + i.to_bytes(2, "big") + bytes(8) + bytes(1_000))
            if i % 50 == 0:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.1)
        assert peer_of(hall, "asma").gate.counts[Verdict.TOO_FAST] > 100
