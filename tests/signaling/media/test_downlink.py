"""One person's line, packet by packet and without a network: what she is sent when it is narrow."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signaling.media.downlink import Downlink, Downlinks, Rates
from signaling.media.forward import Line
from signaling.media.pacing import Pacer
from signaling.media.stage import Stage
from signaling.media.valve import Valve
from signaling.media.watcher import _Way
from tests.signaling.media.packets import VP8_DELTA
from tests.signaling.media.test_forward import LINE_SSRC, RTX_SSRC, Camera, Screen

BODY = VP8_DELTA + bytes(900)


def video(ssrc: int = LINE_SSRC) -> Line:
    return Line("video", "vp8", 96, 90_000, ssrc, (97, RTX_SSRC + ssrc))


class Person:
    """As much of a watcher as a downlink needs; her screens keep what they get."""

    participant = "viewer"
    link: Downlink | None = None

    def __init__(self, lines: dict[str, Line]) -> None:
        self.now = 0.0
        self.screens = {seat: Screen() for seat in lines}
        self.ways = {seat: _Way(line, self.screens[seat], seat) for seat, line in lines.items()}
        self.pictures = frozenset(lines)
        for seat, line in lines.items():
            line.add(self.screens[seat])

    @property
    def paused(self) -> frozenset[str]:
        return frozenset() if self.link is None else self.link.paused

    def show(self, paused: frozenset[str]) -> None:
        for seat, way in self.ways.items():
            way.set(mine=False, held=seat in paused)

    def pace(self, pacer: Pacer[Valve] | None) -> None:
        for way in self.ways.values():
            if way.valve is not None:
                way.valve.open()
            way.valve = None if pacer is None else Valve(way.line, way.outlet, pacer, lambda: self.now)

    def overflowed(self) -> list[str]:
        return [seat for seat, way in self.ways.items() if way.valve is not None and way.valve.shut]


class Scene:
    """Some seats with cameras, and one person who watches them."""

    def __init__(self, seats: int = 1, kbps: float | None = None) -> None:
        self.lines = {f"seat{i}": video(100 + i) for i in range(seats)}
        self.cameras = {seat: Camera(line, 10, 0, 7 + i) for i, (seat, line) in enumerate(self.lines.items())}
        for camera in self.cameras.values():
            camera.sit()
        self.person = Person(self.lines)
        self.links = Downlinks(self.lines.items)
        self.now = 0.0
        self.links.join(self.person, kbps, 0.0)  # type: ignore[arg-type]

    @property
    def link(self) -> Downlink:
        assert self.person.link is not None
        return self.person.link

    def play(self, seconds: float, sizes: int = 1, fps: int = 15) -> None:
        """Each camera sends a picture of `sizes` packets `fps` times a second, with a keyframe when one is wanted."""
        for frame in range(round(seconds * fps)):
            for camera in self.cameras.values():
                key = camera.source is not None and camera.source.keyframe_wanted
                for part in range(sizes):
                    packet = camera.make(key=key and not part, payload=None if key and not part else BODY)
                    camera.send(packet, self.now)
            for _ in range(3):
                self.now += 1 / fps / 3
                self.person.now = self.now
                self.links.flush(self.now)
            if frame % fps == fps - 1:
                self.links.look(self.now)
                self.link.decide(self.now)

    def remb(self, *figures: float) -> None:
        for kbps in figures:
            self.link.limited(kbps, self.now)


def steps(screen: Screen) -> set[int]:
    numbers = screen.numbers
    return {(b - a) & 0xFFFF for a, b in zip(numbers, numbers[1:], strict=False)}


def test_rates_count_headers_and_rise_at_once() -> None:
    line, rates = video(), Rates()
    rates.look([("a", line)], 0.0)
    line.packets, line.octets = 10, 9_420
    rates.look([("a", line)], 1.0)
    assert rates.kbps["a"] == pytest.approx(80.0)
    rates.look([("a", line)], 2.0)
    assert 50 < rates.kbps["a"] < 60


def test_a_wide_line_has_no_valve_at_all() -> None:
    scene = Scene()
    scene.play(3)
    scene.remb(400, 420)
    [way] = scene.person.ways.values()
    assert way.valve is None and scene.link.pacer is None and steps(scene.person.screens["seat0"]) == {1}


def test_a_narrow_line_loses_the_least_important_picture_and_keeps_the_other() -> None:
    scene = Scene(2)
    scene.play(3)
    demand = scene.link.sending()
    scene.remb(2 * demand, 0.6 * demand)
    assert scene.link.paused == {"seat1"} and scene.links.paused() == 1
    before = len(scene.person.screens["seat0"].got)
    scene.play(2)
    assert len(scene.person.screens["seat0"].got) - before > 25
    assert steps(scene.person.screens["seat0"]) == {1}


def test_a_picture_returns_with_a_keyframe_and_without_a_gap() -> None:
    scene = Scene()
    scene.play(3)
    scene.remb(400, 40)
    assert scene.link.paused == {"seat0"}
    got = len(scene.person.screens["seat0"].got)
    scene.play(5)
    assert len(scene.person.screens["seat0"].got) == got
    scene.play(8)
    screen = scene.person.screens["seat0"]
    assert len(screen.got) > got + 30 and steps(screen) == {1}
    assert screen.got[got].payload[2:5] == b"\x9d\x01\x2a", "the first of the new run starts a keyframe"


def test_a_keyframe_too_large_for_the_line_is_given_up_and_its_numbers_are_used_again() -> None:
    scene = Scene(kbps=120.0)
    scene.play(2)
    screen = scene.person.screens["seat0"]
    before = len(screen.got)
    scene.play(0.3, sizes=40)
    assert scene.link.paused == {"seat0"}
    assert len(screen.got) - before < 25
    scene.play(12)
    assert len(screen.got) - before > 30 and steps(screen) == {1}


def test_a_line_without_trouble_for_long_is_free_again() -> None:
    scene = Scene(kbps=110.0)
    link: Any = scene.link
    assert link.pacer is not None
    scene.play(60)
    assert link.pacer is None and steps(scene.person.screens["seat0"]) == {1}


def test_retransmissions_pass_the_valve_within_bounds() -> None:
    scene = Scene(kbps=60.0)
    scene.play(4, sizes=1, fps=5)
    line, screen = scene.lines["seat0"], scene.person.screens["seat0"]
    assert line.repeat(screen, screen.numbers[-1], scene.now)
    assert screen.got[-1].payload_type == 97
    sent = 0
    for seq in screen.numbers[:-1]:
        before = len(screen.got)
        line.repeat(screen, seq, scene.now)
        sent += len(screen.got) - before
    assert 0 < sent < 6, "the queue of a narrow line is not filled with them"


def test_a_new_picture_is_looked_at_closely_and_then_left_alone() -> None:
    scene = Scene()
    viewer: Any = scene.person
    assert scene.links.to_ping(0.0) == [viewer]
    assert scene.links.to_ping(0.1) == []
    scene.play(8)
    pings = sum(bool(scene.links.to_ping(scene.now + i / 40)) for i in range(80))
    assert pings == 0
    scene.link.travelled(30.0, None, scene.now)
    scene.link.travelled(400.0, None, scene.now)
    assert scene.links.to_ping(scene.now + 0.4) == [viewer], "a late answer is checked at once"
    scene.link.travelled(420.0, None, scene.now + 0.5)
    assert scene.link.paused == {"seat0"}


def test_who_has_no_peer_left_has_no_downlink() -> None:
    scene = Scene(kbps=50.0)
    person: Any = scene.person
    scene.links.part(person)
    assert scene.links.to_ping(9.0) == [] and scene.links.paused() == 0
    scene.links.flush(9.0)
    other = Person(scene.lines)
    scene.links.join(other, None, 10.0)  # type: ignore[arg-type]
    assert other.link is not None and other.link.estimate.kbps is None, "what was known of the old line is forgotten"


EVENTS = st.tuples(st.sampled_from(["play", "big", "remb", "loss", "rtt"]), st.floats(20, 900), st.integers(1, 12))


@settings(deadline=None, max_examples=60)
@given(st.lists(EVENTS, max_size=25), st.integers(1, 3))
def test_whatever_the_line_does_numbers_have_no_gap_and_runs_begin_with_a_keyframe(
    events: list[tuple[str, float, int]], seats: int
) -> None:
    scene = Scene(seats)
    for what, value, size in events:
        if what == "play":
            scene.play(1)
        elif what == "big":
            scene.play(0.2, sizes=size)
        elif what == "remb":
            scene.remb(value)
        elif what == "loss":
            scene.link.reported(size * 8, 100, scene.now)
        else:
            scene.link.travelled(value, None, scene.now)
    for seat, screen in scene.person.screens.items():
        assert steps(screen) <= {1}, seat
        assert screen.numbers[:1] in ([], [1])


def test_who_has_the_floor_comes_first_then_who_spoke_last_then_the_order_of_the_seats() -> None:
    stage = Stage("hearing1", 1, ("chair", "citizen", "guest", "signer"), "vp8")
    assert stage.importance() == ["chair", "citizen", "guest", "signer"]
    stage.spoke_last = "guest"
    assert stage.importance()[0] == "guest"
    stage.give_floor("citizen", 5)
    stage.give_floor(None, 4)  # an older word, come late
    assert stage.importance() == ["citizen", "guest", "chair", "signer"]
