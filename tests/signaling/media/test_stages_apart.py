"""Two sessions' stages in one plane: whatever happens in both at once, no packet crosses."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from signaling.media.peer import Peer
from signaling.media.plane import Plane
from signaling.media.port import Direction, MediaRefused, MediaSettings
from signaling.media.publisher import Publisher
from signaling.media.sdp import AUDIO_PT, VIDEO_PT, Answer
from tests.signaling.media.packets import VP8_KEY, rtp

#: The same names in both sessions, so that whatever asks by a name alone is found out.
SESSIONS = ("morning", "evening")
SEATS = ("citizen1", "citizen2")
PEOPLE = ("asma", "bilal", "chand")

session = st.sampled_from(SESSIONS)
person = st.sampled_from(PEOPLE)
seat = st.sampled_from(SEATS)
STEPS = st.one_of(
    st.tuples(st.just("join"), session, person, st.sampled_from(["publish", "watch"])),
    st.tuples(st.just("part"), session, person),
    st.tuples(st.just("sit"), session, seat, st.none() | person),
    st.tuples(st.just("mute"), session, seat, st.booleans()),
    st.tuples(st.just("speak"), session, person),
    st.tuples(st.just("tick"), session),
    st.tuples(st.just("reopen"), session),
)


@dataclass
class Town:
    """A plane whose peers have no sockets: what a watcher is sent is kept, by session and participant."""

    plane: Plane = field(default_factory=lambda: Plane(MediaSettings(addresses=("127.0.0.1",), backend="direct")))
    got: dict[tuple[str, str], list[bytes]] = field(default_factory=dict)
    seq: int = 0
    now: float = 0.0

    async def join(self, session: str, who: str, direction: Direction) -> None:
        peer = self.plane._offering.make(self.plane._stage(session), who, direction, None)
        sent = self.got.setdefault((session, who), [])
        wire: Any = peer.wire
        wire.send_rtp, wire.send_rtcp = sent.append, lambda data: None
        lines = 2 if direction == "publish" else 2 * len(SEATS)
        peer.answer = Answer("u", "p", (), (True,) * lines)
        self.plane._peers[peer.name] = peer
        peer.up = True
        self.plane.peer_up(peer)

    def _peers(self, session: str, who: str) -> list[Peer]:
        return [p for p in self.plane._peers.values() if (p.session, p.participant) == (session, who)]

    async def part(self, session: str, who: str) -> None:
        await self.plane.leave(session, who)

    async def sit(self, session: str, seat: str, who: str | None) -> None:
        self.seq += 1
        await self.plane.seat(session, 1, seat, who, self.seq)

    async def mute(self, session: str, seat: str, muted: bool) -> None:
        self.seq += 1
        await self.plane.mute(session, 1, seat, muted, self.seq)

    async def speak(self, session: str, who: str) -> None:
        """Packets of sound and picture that carry the name of their session and of who sent them."""
        for peer in self._peers(session, who):
            if not isinstance(peer, Publisher):
                continue
            for number in range(3):
                self.seq += 1
                mark = f"<{session}/{who}>".encode()
                self.now += 0.7
                sound = rtp(AUDIO_PT, self.seq, 960 * self.seq, ssrc=11, payload=mark, marker=False)
                picture = rtp(VIDEO_PT["vp8"], self.seq, 3000 * self.seq, ssrc=12, payload=VP8_KEY + mark)
                for data in (sound, picture) if number else (sound,):
                    peer.rtp(data, self.now)

    async def tick(self, session: str) -> None:
        self.now += 0.3
        self.plane.tick(self.now)

    async def reopen(self, session: str) -> None:
        await self.plane.close(session, 1)
        await self.plane.open(session, 1, SEATS)


async def play(steps: list[tuple[Any, ...]]) -> Town:
    town = Town()
    try:
        for name in SESSIONS:
            await town.plane.open(name, 1, SEATS)
        for what, *given in steps:
            try:
                await getattr(town, what)(*given)
            except MediaRefused:
                pass
    finally:
        await town.plane.stop()
    return town


def check(town: Town) -> int:
    """How many packets arrived; every one from its own session."""
    for (name, _), packets in town.got.items():
        for packet in packets:
            assert f"<{name}/".encode() in packet, (name, packet)
    return sum(map(len, town.got.values()))


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_no_packet_crosses(steps: list[tuple[Any, ...]]) -> None:
    check(asyncio.run(play(steps)))


def test_packets_do_arrive() -> None:
    """Or the property above would hold of silence."""
    steps: list[tuple[Any, ...]] = []
    for name in SESSIONS:
        steps += [
            ("join", name, "asma", "publish"),
            ("join", name, "bilal", "watch"),
            ("sit", name, "citizen1", "asma"),
            ("speak", name, "asma"),
            ("speak", name, "asma"),
        ]
    town = asyncio.run(play(steps))
    assert check(town) > 0 and all(town.got[name, "bilal"] for name in SESSIONS)


def test_a_peer_is_not_found_through_another_session() -> None:
    async def wrong_door() -> tuple[str, bool]:
        town = Town()
        for name in SESSIONS:
            await town.plane.open(name, 1, SEATS)
        await town.join("morning", "asma", "watch")
        [peer] = town._peers("morning", "asma")
        try:
            await town.plane.answer("evening", "asma", peer.name, "v=0")
        except MediaRefused as refused:
            code = refused.code
        await town.plane.leave("evening", "asma", peer.name)
        still = not peer.ended
        await town.plane.stop()
        return code, still

    assert asyncio.run(wrong_door()) == ("media_unknown_peer", True)


def test_above_its_share_a_session_keeps_its_sound_and_the_other_session_everything() -> None:
    async def too_much() -> list[tuple[bool, bool]]:
        town = Town()
        for name in SESSIONS:
            await town.plane.open(name, 1, SEATS)
            await town.join(name, "asma", "publish")
            await town.join(name, "bilal", "watch")
            await town.sit(name, "citizen1", "asma")
            await town.speak(name, "asma")
        morning = town.plane._stage("morning")
        morning.spend(100.0, 1)
        await town.speak("morning", "asma")
        morning.spend(100.1, 1)
        lines = [town.plane._stage(name).seats["citizen1"] for name in SESSIONS]
        found = [(seat.audio.source is not None, seat.video.source is not None) for seat in lines]
        await town.plane.stop()
        return found

    assert asyncio.run(too_much()) == [(True, False), (True, True)]
