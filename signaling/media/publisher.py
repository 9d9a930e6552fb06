"""A publishing peer: what a speaker sends, sorted into a sound and a picture source by payload type.

The server chose the payload types, so no SSRC needs to be announced, and a retransmission is known by its type too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from signaling.media import rtcp
from signaling.media.estimate import Estimate
from signaling.media.gate import Verdict
from signaling.media.health import Health, Reading
from signaling.media.peer import Peer
from signaling.media.rtp import Rtp, parse, unwrap
from signaling.media.sdp import AUDIO_CLOCK, AUDIO_PT, RTX_PT, VIDEO_CLOCK, VIDEO_PT
from signaling.media.track import Kind, Source, Timebase

#: The SSRC under which the server itself reports; it sends no media of its own on a publishing peer.
OWN_SSRC = 1
#: A stream that starts anew sooner than this after its start is ignored, in seconds.
RESTART_S = 0.5
#: A missing packet is asked for again after this time or a round trip, in seconds.
NACK_S = 0.05


class Publisher(Peer):
    """A speaker's peer."""

    direction = "publish"

    def __init__(
        self, on_source: Callable[[Publisher], None], *args: Any, kbps: float | None = None, **named: Any
    ) -> None:
        super().__init__(*args, **named)
        self._on_source = on_source
        self.expects(AUDIO_PT, VIDEO_PT[self.codec], RTX_PT[self.codec])
        self._timebase = Timebase()
        #: What her line takes of pictures towards us; begins with what her browser said of her network.
        self.estimate = Estimate(kbps, self.made_at)
        self.health = Health()
        self._sent: tuple[int, float] = (0, self.made_at)
        self._video_kbps = 0.0
        self.sources: dict[Kind, Source] = {}
        #: Packets that came while the speaker had no seat, or was muted: never forwarded.
        self.held = 0
        self.packets: dict[Kind, int] = {"audio": 0, "video": 0}
        self.octets = 0
        self._counted_at = self.made_at
        #: Gets a copy of the sound while somebody behind the stage needs it (backroom.py).
        self.tap: Callable[[Rtp, int, float], None] | None = None

    def expects(self, audio: int | None, video: int | None, rtx: int | None) -> None:
        """Under which payload types the client sends; an encoder that made the offer has chosen them itself."""
        self._audio_pt, self._video_pt, self._rtx_pt = audio, video, rtx

    def rtp(self, data: bytes, now: float) -> None:
        self.heard(now)
        packet = parse(data)
        if packet is None:
            self.gate.drop(Verdict.MALFORMED)
            return
        payload_type = packet.payload_type
        again = False
        kind: Kind
        if payload_type == self._audio_pt:
            kind = "audio"
        elif payload_type == self._video_pt:
            kind = "video"
        elif payload_type == self._rtx_pt:
            kind, again = "video", True
        else:
            self.gate.drop(Verdict.UNKNOWN_CLASS)
            return
        if not self.gate.pace(kind == "video", len(data), now):
            return
        source = self.sources.get(kind)
        if again:
            inner = None if source is None else unwrap(packet, self._video_pt or 0, source.ssrc)
            if source is None or inner is None or source.restarts(inner):
                return
            packet = inner
        elif source is None or source.restarts(packet):
            if self.answer is None or not self.answer.active[kind == "video"]:
                self.gate.drop(Verdict.UNKNOWN_CLASS)
                return
            if source is not None and now - source.began < RESTART_S:
                return
            rate = AUDIO_CLOCK if kind == "audio" else VIDEO_CLOCK
            source = self.sources[kind] = Source(kind, rate, packet, now, self._timebase)
            self._on_source(self)
        ext = source.accept(packet, now, again)
        if ext is None:
            return
        self.packets[kind] += 1
        self.octets += len(packet.payload)
        if packet.level is not None and (source.level is None or packet.level < source.level):
            source.level = packet.level
        if packet.level is not None and (source.peak is None or packet.level < source.peak):
            source.peak = packet.level
        if self.tap is not None and kind == "audio":
            self.tap(packet, ext, now)
        if source.line is None:
            self.held += 1
            return
        source.line.forward(packet, ext, now)
        if source.missing or source.keyframe_wanted:
            self.ask(now)

    def rtcp(self, data: bytes, now: float) -> None:
        self.heard(now)
        for report in rtcp.parse(data).reports:
            for source in self.sources.values():
                if source.ssrc == report.ssrc:
                    source.report, source.report_at = report, now
                    self._timebase.learn(report.ntp, now)

    def ask(self, now: float) -> None:
        """Asks for what is missing and for a keyframe, as far as someone is watching."""
        rtt = self.wire.rtt or 0.0
        wait = max(NACK_S, 1.2 * rtt)
        for source in self.sources.values():
            if source.line is None:
                source.missing.clear()
                continue
            lost = source.to_ask(now, wait, rtt)
            if lost:
                self.wire.send_rtcp(rtcp.not_received(OWN_SSRC, source.ssrc, lost))
            if source.kind == "video" and source.ask_keyframe(now):
                self.wire.send_rtcp(rtcp.picture_loss(OWN_SSRC, source.ssrc))

    def report(self, now: float) -> None:
        """Receiver report and bandwidth limit (REMB), without which a browser stays at its starting rate."""
        if not self.sources:
            return
        sources = list(self.sources.values())
        blocks = [source.block(now) for source in sources]
        self._weigh(now)
        self.wire.send_rtcp(
            rtcp.receiver_report(OWN_SSRC, blocks)
            + rtcp.bitrate_limit(OWN_SSRC, round(self.cap_kbps * 1000), [source.ssrc for source in sources])
        )

    @property
    def cap_kbps(self) -> float:
        """Most that she may send of pictures."""
        kbps = self.estimate.kbps
        return self.settings.video_kbps if kbps is None else min(kbps, self.settings.video_kbps)

    def _weigh(self, now: float) -> None:
        """Takes what the last interval showed of her line into account."""
        video, audio = self.sources.get("video"), self.sources.get("audio")
        octets, since = self._sent
        self._sent = (0 if video is None else video.octets), now
        if video is not None and now > since:
            kbps = 8 * max(0, video.octets - octets) / (now - since) / 1000
            self._video_kbps += 0.5 * (kbps - self._video_kbps)
        lost, expected = (sum(part) for part in zip(*(s.window for s in self.sources.values()), strict=True))
        self.estimate.reported(lost, expected, self._video_kbps, now)
        steady = audio if audio is not None and now - audio.heard_at < 1.0 else video
        if steady is not None:
            # Sound comes evenly and browsers send it before any picture, so only the network can delay it.
            self.estimate.waited(1000 * steady.queue_s, self._video_kbps, now)
        self.estimate.rise(self._video_kbps, now)

    def look(self, now: float) -> None:
        """Says how her line is doing, by the word that the desk shows."""
        audio, rtt = self.sources.get("audio"), self.wire.rtt
        reading = Reading(
            loss=self.estimate.loss,
            rtt_ms=None if rtt is None else 1000 * rtt,
            jitter_ms=0.0 if audio is None else audio.jitter_ms,
            limit_kbps=self.estimate.kbps,
            silent_s=now - self.last,
        )
        self.health.look(reading, now)

    def take_counts(self, now: float) -> tuple[dict[Kind, int], float]:
        """Packets by kind, and bits of payload per second, since the last call."""
        seconds = max(now - self._counted_at, 0.001)
        counts, bits = self.packets, 8 * self.octets / seconds
        self.packets, self.octets, self._counted_at = {"audio": 0, "video": 0}, 0, now
        return counts, bits
