"""Cuts encoded pictures and sound into parts and segments (RFC 8216bis §4.4.4.9, ISO/IEC 23000-19).

A fragment is a part. Parts end at the border of a picture and are as long as the part target allows: at 15, 12, 9, 6
and 3 pictures a second a third of a second exactly, so that none but a segment's last is shorter than 85 % of it. A
segment begins with a picture that needs no other; the encoder makes one every `segment_us`, and where it is late the
segment goes on, since a player can begin nowhere else.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from .bitstream import aac_configuration, avc_configuration, sample_of
from .movie import Sample, TrackHead, aac_entry, avc_entry, fragment, head

Kind = Literal["video", "audio"]

#: The part target in microseconds: five pictures of 15 a second or four of 12, and no rounding beyond it.
PART_US: Final = 333_334
SEGMENT_US: Final = 2_000_000
#: Without a picture a segment is longer: nobody waits for the next one to see anything (plain HLS).
SOUND_SEGMENT_US: Final = 4_000_000
#: The last of a segment apart, no part is shorter than this share of the part target.
LEAST_SHARE: Final = 0.85
#: How long a full part waits for sound that is still in the encoder.
PATIENCE_US: Final = 200_000
#: Ticks a second of the picture's clock; 15, 12 and 25 divide it.
_VIDEO_CLOCK: Final = 90_000
#: Instants come in whole microseconds; what lies this close together is the same instant.
_SAME_US: Final = 2_000
#: A longer hole in the leading track ends the part before it. Sound beside a picture is bridged, however long.
_HOLE_US: Final = 100_000
_DAY_US: Final = 86_400_000_000
_VIDEO: Final = 1
_AUDIO: Final = 2
#: Sound that waits for a picture which never comes is not kept for ever.
_WAITING_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class VideoShape:
    """H.264 without reordered pictures. `configuration`: the encoder's extradata, as annex B or as avcC."""

    width: int
    height: int
    configuration: bytes


@dataclass(frozen=True, slots=True)
class AudioShape:
    """AAC-LC. `configuration`: the AudioSpecificConfig; empty: made here."""

    rate: int = 24_000
    channels: int = 1
    configuration: bytes = b""
    bits_per_second: int = 24_000


@dataclass(frozen=True, slots=True)
class EncodedPacket:
    """What an encoder made of one picture or run of sound; times in microseconds of program time.

    Arguments:
        data: H.264 with start codes (annex B), or one AAC frame without ADTS.
        key: it needs no other; sound always does without.
    """

    kind: Kind
    data: bytes
    pts_us: int
    duration_us: int
    key: bool = True


@dataclass(frozen=True, slots=True)
class Fragment:
    """One part. `last`: its segment ends with it."""

    data: bytes
    duration_us: int
    independent: bool
    starts_us: int
    last: bool

    @property
    def starts_ms(self) -> int:
        return self.starts_us // 1_000


class _Line:
    """The samples of one track that are not in a fragment yet, without an overlap.

    Arguments:
        bridged_us: a hole up to this long is bridged: what is before it stands until what is behind it.
    """

    def __init__(self, number: int, timescale: int, bridged_us: int) -> None:
        self.number, self._timescale, self._bridged_us = number, timescale, bridged_us
        self.samples: deque[Sample] = deque()
        self.ends = 0

    def ticks(self, us: int) -> int:
        return (us * self._timescale + 500_000) // 1_000_000

    def us(self, ticks: int) -> int:
        return (ticks * 1_000_000 + self._timescale // 2) // self._timescale

    def add(self, pts_us: int, duration_us: int, data: bytes, key: bool) -> bool:
        """False for what lies before something that is there: it is left out."""
        starts = self.ticks(pts_us)
        if abs(starts - self.ends) <= self.ticks(_SAME_US):
            starts = self.ends
        if starts < self.ends or pts_us < 0:
            return False
        if self.samples and self.ends < starts <= self.ends + self.ticks(self._bridged_us):
            held = self.samples[-1]
            self.samples[-1] = Sample(held.starts, starts - held.starts, held.data, held.key)
        self.samples.append(Sample(starts, max(1, self.ticks(duration_us)), data, key))
        self.ends = self.samples[-1].ends
        return True

    def take(self, count: int) -> list[Sample]:
        return [self.samples.popleft() for _ in range(count)]


class Fragmenter:
    """One rendition of one epoch: packets in, parts out.

    Arguments:
        video: None for sound alone.
        audio: None for a picture alone.
        part_us, segment_us: the targets, in microseconds.
    """

    def __init__(
        self,
        video: VideoShape | None,
        audio: AudioShape | None,
        *,
        part_us: int = PART_US,
        segment_us: int = 0,
    ) -> None:
        if video is None and audio is None:
            raise ValueError("there is neither picture nor sound")
        self._part_us = part_us
        self._segment_us = segment_us or (SEGMENT_US if video is not None else SOUND_SEGMENT_US)
        self._lines: dict[Kind, _Line] = {}
        tracks = []
        if video is not None:
            entry = avc_entry(video.width, video.height, avc_configuration(video.configuration))
            tracks.append(TrackHead(_VIDEO, _VIDEO_CLOCK, entry, video.width, video.height))
            self._lines["video"] = _Line(_VIDEO, _VIDEO_CLOCK, _HOLE_US)
        if audio is not None:
            configuration = audio.configuration or aac_configuration(audio.rate, audio.channels)
            entry = aac_entry(audio.rate, audio.channels, configuration, audio.bits_per_second)
            tracks.append(TrackHead(_AUDIO, audio.rate, entry))
            self._lines["audio"] = _Line(_AUDIO, audio.rate, _HOLE_US if video is None else _DAY_US)
        self._lead = self._lines["video" if video is not None else "audio"]
        self._beside = self._lines["audio"] if len(self._lines) == 2 else None
        self._pictures = video is not None
        self._init = head(tracks)
        self._sequence = 0
        self._segment = -1  # where the segment began, in ticks of the lead
        #: Packets that lay before others, or before the first picture one can begin with.
        self.left_out = 0

    def init(self) -> bytes:
        """The head: what a player reads once."""
        return self._init

    def write(self, packet: EncodedPacket) -> list[Fragment]:
        """Take one packet; the parts that are full now, mostly none."""
        line = self._lines.get(packet.kind)
        if line is None:
            raise ValueError(f"there is no {packet.kind} here")
        data = sample_of(packet.data) if packet.kind == "video" else packet.data
        key = packet.key or packet.kind == "audio"
        begins = line is not self._lead or self._segment >= 0 or key
        if not data or not begins or not line.add(packet.pts_us, packet.duration_us, data, key):
            self.left_out += 1
            return []
        if self._segment < 0 and line is self._lead:
            self._segment = line.samples[0].starts
        if self._beside is not None and len(self._beside.samples) > _WAITING_MOST:
            self._beside.samples.popleft()
            self.left_out += 1
        return list(self._full())

    def flush(self) -> list[Fragment]:
        """The program ends: the parts that are left; the last of them ends its segment."""
        made = list(self._full(ending=True))
        if self._lead.samples:
            made.append(self._make(len(self._lead.samples), last=True, rest=True))
        return made

    def _full(self, *, ending: bool = False) -> Iterable[Fragment]:
        while (found := self._border(ending)) is not None:
            count, last = found
            ends = self._lead.us(self._lead.samples[count - 1].ends)
            if not ending and self._beside is not None and self._beside.us(self._beside.ends) < ends:
                if self._lead.us(self._lead.ends) < ends + PATIENCE_US:
                    return
            yield self._make(count, last=last)

    def _border(self, ending: bool) -> tuple[int, bool] | None:
        """How many samples the next part has, and whether its segment ends there; None while it is not full."""
        lead = self._lead
        if not lead.samples:
            return None
        begins, part, segment = lead.samples[0].starts, lead.ticks(self._part_us), lead.ticks(self._segment_us)
        for count, sample in enumerate(lead.samples):
            if not count:
                continue
            hole = sample.starts != lead.samples[count - 1].ends
            if sample.key and sample.starts - self._segment + sample.duration // 2 >= segment:
                return count, True
            if hole or sample.ends - begins > part:
                return count, False
        newest = lead.samples[-1]
        if newest.ends - self._segment + newest.duration // 2 >= segment:
            # The segment is long enough. Sound ends it here; with pictures the next one tells whether it does.
            return None if self._pictures or ending else (len(lead.samples), True)
        if newest.ends + newest.duration - begins > part and not ending:
            return len(lead.samples), False
        return None

    def _make(self, count: int, *, last: bool, rest: bool = False) -> Fragment:
        lead = self._lead
        samples = lead.take(count)
        runs = [(lead.number, samples)]
        ends = samples[-1].ends
        beside = self._beside
        if beside is not None:
            until = lead.us(ends)
            number = sum(1 for sample in beside.samples if rest or beside.us(sample.starts) < until)
            if number:
                runs.append((beside.number, beside.take(number)))
        self._sequence += 1
        starts_us = lead.us(samples[0].starts)
        if last:
            self._segment = ends
        data = fragment(self._sequence, runs)
        return Fragment(data, lead.us(ends) - starts_us, samples[0].key, starts_us, last)
