"""Lines without a network: what each watcher would receive, read back and checked number by number."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.media import forward, rtcp
from signaling.media.forward import Line, Outlet
from signaling.media.rtcp import Report
from signaling.media.rtp import Rtp, parse, unwrap
from signaling.media.track import Source, Timebase
from tests.signaling.media.packets import VP8_DELTA, VP8_KEY

LINE_SSRC, RTX_SSRC = 1_000, 2_000


class Screen(Outlet):
    """A watcher who keeps every packet."""

    __slots__ = ("got",)

    def __init__(self) -> None:
        self.got: list[Rtp] = []
        super().__init__(self.take)

    def take(self, data: bytes) -> None:
        packet = parse(data)
        assert packet is not None
        self.got.append(packet)

    @property
    def numbers(self) -> list[int]:
        return [packet.seq for packet in self.got if packet.payload_type != 97]


class Camera:
    """A publisher's stream, packet by packet."""

    def __init__(self, line: Line, seq: int, timestamp: int, ssrc: int = 7) -> None:
        self.line, self.seq, self.timestamp, self.ssrc = line, seq, timestamp, ssrc
        self.source: Source | None = None

    def make(self, key: bool = False, payload: bytes | None = None) -> Rtp:
        body = payload if payload is not None else VP8_KEY if key else VP8_DELTA
        kind = 96 if self.line.kind == "video" else 111
        packet = Rtp(1, kind, self.seq & 0xFFFF, self.timestamp & 0xFFFFFFFF, self.ssrc, body, None)
        self.seq += 1
        self.timestamp += self.line.clock_rate // 15
        return packet

    def send(self, packet: Rtp, now: float) -> None:
        if self.source is None:
            self.source = Source(self.line.kind, self.line.clock_rate, packet, now, Timebase())
        ext = self.source.accept(packet, now)
        if ext is not None and self.source.line is self.line:
            self.line.forward(packet, ext, now)

    def sit(self, now: float = 0.0) -> None:
        if self.source is None:
            self.send(self.make(), now)
        self.line.take(self.source)


@pytest.fixture
def video() -> Line:
    return Line("video", "vp8", 96, 90_000, LINE_SSRC, (97, RTX_SSRC))


@pytest.fixture
def audio() -> Line:
    return Line("audio", "vp8", 111, 48_000, LINE_SSRC, None)


def test_a_picture_begins_with_a_keyframe_and_number_one(video: Line) -> None:
    camera, screen = Camera(video, 65_000, 5), Screen()
    camera.sit()
    video.add(screen)
    for i in range(3):
        camera.send(camera.make(), i / 15)
    assert not screen.got and camera.source is not None and camera.source.keyframe_wanted
    camera.send(camera.make(key=True), 0.3)
    camera.send(camera.make(), 0.4)
    assert screen.numbers == [1, 2]
    assert {packet.ssrc for packet in screen.got} == {LINE_SSRC}
    assert not camera.source.keyframe_wanted


def test_everyone_counts_from_one_and_none_misses_a_packet(video: Line) -> None:
    camera, early, late = Camera(video, 65_500, 0), Screen(), Screen()
    camera.sit()
    video.add(early)
    camera.send(camera.make(key=True), 0.0)
    for i in range(99):
        camera.send(camera.make(), i / 15)
    video.add(late)
    camera.send(camera.make(), 7.0)
    camera.send(camera.make(key=True), 7.1)
    camera.send(camera.make(), 7.2)
    assert early.numbers == list(range(1, 104))
    assert late.numbers == [1, 2]


def test_the_next_speaker_goes_on_in_number_and_clock(video: Line) -> None:
    first, second, screen = Camera(video, 10, 999_999), Camera(video, 60_000, 4_000_000_000, 8), Screen()
    first.sit()
    video.add(screen)
    first.send(first.make(key=True), 1.0)
    first.send(first.make(), 1.1)
    second.send(second.make(), 1.2)
    second.sit()
    first.send(first.make(key=True), 1.3)
    second.send(second.make(), 1.4)
    assert screen.numbers == [1, 2], "nothing of the first any more, nothing of the second before a keyframe"
    second.send(second.make(key=True), 2.1)
    second.send(second.make(), 2.2)
    assert screen.numbers == [1, 2, 3, 4]
    steps = [b.timestamp - a.timestamp for a, b in zip(screen.got, screen.got[1:], strict=False)]
    assert steps == [6_000, 90_000, 6_000], "one second passed between them"


def test_a_packet_from_before_the_change_is_not_slipped_in(video: Line) -> None:
    camera, screen = Camera(video, 10, 0), Screen()
    camera.sit()
    video.add(screen)
    late = camera.make()
    camera.send(camera.make(key=True), 0.1)
    camera.send(late, 0.2)
    assert screen.numbers == [1]


def test_a_gap_stays_a_gap_until_it_is_filled(video: Line) -> None:
    camera, screen = Camera(video, 10, 0), Screen()
    camera.sit()
    video.add(screen)
    camera.send(camera.make(key=True), 0.0)
    lost = camera.make()
    camera.send(camera.make(), 0.2)
    camera.send(lost, 0.3)
    assert screen.numbers == [1, 3, 2]


def test_sound_is_heard_with_the_next_packet_and_goes_on_after_a_mute(audio: Line) -> None:
    voice, ear = Camera(audio, 5, 0), Screen()
    voice.sit()
    audio.add(ear)
    voice.send(voice.make(), 0.0)
    voice.send(voice.make(), 0.04)
    audio.take(None)
    for i in range(50):
        voice.send(voice.make(), 0.1 + i / 25)
    audio.take(voice.source)
    voice.send(voice.make(), 2.1)
    assert ear.numbers == [1, 2, 3]


def test_a_repeat_is_the_same_picture_as_a_retransmission(video: Line) -> None:
    camera, screen = Camera(video, 10, 0), Screen()
    camera.sit()
    video.add(screen)
    for i in range(5):
        camera.send(camera.make(key=i == 0, payload=None if i == 0 else VP8_DELTA + bytes([i])), i / 15)
    assert video.repeat(screen, 3, 1.0)
    again = screen.got[-1]
    assert (again.payload_type, again.ssrc, again.seq) == (97, RTX_SSRC, 1)
    inner = unwrap(again, 96, LINE_SSRC)
    assert inner is not None
    assert (inner.seq, inner.payload, inner.timestamp) == (3, screen.got[2].payload, screen.got[2].timestamp)
    assert not video.repeat(screen, 3, 1.01), "not twice in a moment"
    assert video.repeat(screen, 3, 1.1)
    assert not video.repeat(screen, 6, 1.1) and not video.repeat(screen, 65_535, 1.1)


def test_sound_is_repeated_as_the_same_packet(audio: Line) -> None:
    voice, sent = Camera(audio, 5, 0), list[bytes]()
    voice.sit()
    ear = Outlet(sent.append)
    audio.add(ear)
    for i in range(5):
        voice.send(voice.make(payload=bytes([i])), i / 25)
    assert audio.repeat(ear, 3, 0.3)
    assert sent[5] == sent[2], "byte for byte: the same number may not be encrypted twice with another content"
    assert not audio.repeat(ear, 3, 0.31) and not audio.repeat(ear, 9, 0.31)
    for i in range(forward.SOUND_CACHE):
        voice.send(voice.make(), 1 + i / 25)
    assert not audio.repeat(ear, 3, 9.0)


def test_what_was_lost_before_a_pause_is_not_repeated_after_it(video: Line) -> None:
    """The numbers of the pause were never hers: they would come in place of her own."""
    camera, screen = Camera(video, 10, 0), Screen()
    camera.sit()
    video.add(screen)
    for i in range(10):
        camera.send(camera.make(key=i == 0), i / 15)
    video.pause(screen)
    for i in range(20):
        camera.send(camera.make(), 1 + i / 15)
    video.add(screen)
    camera.send(camera.make(key=True), 3.0)
    assert screen.numbers[-1] == 11
    assert not video.repeat(screen, 9, 3.1)
    assert video.repeat(screen, 11, 3.1)


def test_a_late_packet_from_before_a_watchers_time_is_not_hers(video: Line) -> None:
    camera, early, late = Camera(video, 10, 0), Screen(), Screen()
    camera.sit()
    video.add(early)
    camera.send(camera.make(key=True), 0.0)
    delayed = camera.make()
    video.add(late)
    camera.send(camera.make(key=True), 0.2)
    camera.send(delayed, 0.3)
    camera.send(camera.make(), 0.4)
    assert early.numbers == [1, 3, 2, 4] and late.numbers == [1, 2]
    assert video.sent == 6


def test_repeats_are_bounded(video: Line) -> None:
    camera, screen = Camera(video, 10, 0), Screen()
    camera.sit()
    video.add(screen)
    for i in range(400):
        camera.send(camera.make(key=i == 0), i / 100)
    sent = sum(video.repeat(screen, seq, 4.0) for seq in range(1, 401))
    assert sent == forward.RTX_BURST
    assert not video.repeat(Screen(), 5, 9.0), "a watcher who has not begun has missed nothing"


def test_what_fell_out_of_the_cache_is_gone(video: Line) -> None:
    camera, screen = Camera(video, 10, 0), Screen()
    camera.sit()
    video.add(screen)
    for i in range(forward.CACHE + 10):
        camera.send(camera.make(key=i == 0), i / 100)
    assert not video.repeat(screen, 5, 9.0)
    assert video.repeat(screen, 15, 9.0)


def test_a_pause_leaves_no_gap(video: Line) -> None:
    camera, screen = Camera(video, 10, 0), Screen()
    camera.sit()
    video.add(screen)
    camera.send(camera.make(key=True), 0.0)
    camera.send(camera.make(), 0.1)
    video.pause(screen)
    for i in range(20):
        camera.send(camera.make(), 0.2 + i / 15)
    video.add(screen)
    camera.send(camera.make(), 2.0)
    camera.send(camera.make(key=True), 2.1)
    assert screen.numbers == [1, 2, 3]


def test_who_leaves_gets_nothing_more(video: Line) -> None:
    camera, screen, waiting = Camera(video, 10, 0), Screen(), Screen()
    camera.sit()
    video.add(screen)
    camera.send(camera.make(key=True), 0.0)
    video.add(waiting)
    video.remove(screen)
    video.remove(waiting)
    camera.send(camera.make(key=True), 0.1)
    assert screen.numbers == [1] and waiting.numbers == []


def test_the_clock_of_a_line_is_the_speakers(audio: Line) -> None:
    voice = Camera(audio, 5, 48_000)
    voice.sit()
    assert audio.clock_at(0.0) is None
    packet = voice.make()
    voice.send(packet, 10.0)
    assert voice.source is not None
    voice.source.report = Report(7, 100 << 32, packet.timestamp)
    voice.source.timebase.learn(100 << 32, 10.0)
    screen = Screen()
    audio.add(screen)
    voice.send(voice.make(), 10.067)
    step = screen.got[0].timestamp - 48_000 // 15
    assert audio.clock_at(10.0) == step
    assert audio.clock_at(10.5) == step + 24_000


def test_a_report_is_the_line_s_clock_and_the_watcher_s_own_count(audio: Line) -> None:
    voice, early, late = Camera(audio, 5, 48_000), Screen(), Screen()
    voice.sit()
    audio.add(early)
    assert audio.sender_report(early, "asma", 9.0, 9) == (b"", b""), "nobody knows her clock yet"
    packet = voice.make(payload=b"abc")
    voice.send(packet, 10.0)
    audio.add(late)
    voice.send(voice.make(payload=b"defgh"), 10.067)
    assert voice.source is not None
    voice.source.report = Report(7, 100 << 32, packet.timestamp)
    voice.source.timebase.learn(100 << 32, 10.0)
    ntp = 7 << 32
    for now in (10.5, 10.75):
        time = audio.clock_at(now)
        assert time is not None
        name = rtcp.source_description(LINE_SSRC, "asma")
        assert audio.sender_report(early, "asma", now, ntp) == (rtcp.sender_report(LINE_SSRC, ntp, time, 2, 8), name)
        assert audio.sender_report(late, "asma", now, ntp) == (rtcp.sender_report(LINE_SSRC, ntp, time, 1, 5), name)
    assert audio.sender_report(Screen(), "asma", 11.0, ntp) == (b"", b""), "she has not begun"


@given(
    st.lists(
        st.tuples(st.sampled_from(["speak", "key", "change", "mute", "watch", "leave", "lose"]), st.integers(0, 3)),
        max_size=80,
    )
)
def test_whatever_happens_numbers_rise_by_one_and_the_clock_never_runs_back(steps: list[tuple[str, int]]) -> None:
    line = Line("video", "vp8", 96, 90_000, LINE_SSRC, (97, RTX_SSRC))
    cameras = [Camera(line, 65_530 + i, 2**32 - 9_000 + i, 7 + i) for i in range(4)]
    for camera in cameras:
        camera.send(camera.make(), 0.0)
    screens: list[Screen] = []
    now, lost = 0.0, 0
    for what, who in steps:
        now += 1 / 15
        if what == "change":
            line.take(cameras[who].source)
        elif what == "mute":
            line.take(None)
        elif what == "watch":
            screens.append(Screen())
            line.add(screens[-1])
        elif what == "leave" and screens:
            line.remove(screens[who % len(screens)])
        elif what == "lose":
            cameras[who].make()
            lost += 1
        else:
            for camera in cameras:
                camera.send(camera.make(key=what == "key"), now)
    for screen in screens:
        numbers = [(b - a) & 0xFFFF for a, b in zip(screen.numbers, screen.numbers[1:], strict=False)]
        assert screen.numbers[:1] in ([], [1])
        assert all(1 <= step <= lost + 1 for step in numbers)
        times = [(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in zip(screen.got, screen.got[1:], strict=False)]
        assert all(0 < time < 90_000 * 60 for time in times)


def test_a_packet_on_the_wire_carries_the_send_time(audio: Line) -> None:
    sent: list[bytes] = []
    voice = Camera(audio, 5, 0)
    voice.sit()
    audio.add(Outlet(sent.append))
    voice.send(voice.make(payload=b"abc"), 2.5)
    head = struct.unpack_from("!BBHII", sent[0])
    assert head == (0x90, 0x80 | 111, 1, head[3], LINE_SSRC)
    assert sent[0][12:16] == b"\xbe\xde\x00\x01" and sent[0][16] == 0x32
    # 6.18 fixed point seconds, modulo 64
    assert int.from_bytes(sent[0][17:20], "big") == round(2.5 * (1 << 18))
    assert sent[0][20:] == b"abc"


def test_who_takes_a_seat_is_asked_for_a_keyframe(video: Line) -> None:
    first, second, screen = Camera(video, 10, 0), Camera(video, 500, 0, 8), Screen()
    first.sit()
    video.add(screen)
    first.send(first.make(key=True), 0.1)
    second.send(second.make(), 0.2)
    assert second.source is not None and not second.source.keyframe_wanted
    video.take(second.source)
    assert second.source.ask_keyframe(0.2) and not second.source.ask_keyframe(0.3)
    second.send(second.make(key=True), 0.4)
    assert not second.source.keyframe_wanted and not second.source.ask_keyframe(1.0)
