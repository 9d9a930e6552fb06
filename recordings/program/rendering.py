"""Makes one segment anew with silence and a slate in some of its spans, and with nothing else changed.

Pictures and sounds are decoded, replaced where they are taken out, and encoded as the program encodes them, so that the
head of their epoch fits; times, durations and numbers of samples stay, and so does whichever track is not touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from recordings.archive import RecordingError, Segment
from recordings.edition.plan import Plan, Spans
from recordings.edition.samples import Piece, all_pieces, packed, pieces_of, run_of, tracks_of, with_data
from recordings.program.bitstream import aac_configuration, avc_configuration, sample_of
from recordings.program.encode import AAC_FRAME, AAC_RATE, FULL, LIGHT, PictureEncoder, Rendition, SoundEncoder
from recordings.program.fragments import SEGMENT_US
from recordings.program.movie import Sample, fragment
from recordings.program.picture import Composer, Words
from recordings.program.scene import Scene
from recordings.program.sound import Samples

_RENDITIONS: Final = {each.name: each for each in (FULL, LIGHT)}
_VIDEO_CLOCK: Final = 90_000
#: Silence is encoded until the encoder has settled, in frames.
_SETTLED: Final = 8


@dataclass
class Renderer:
    """Renders segments of one session.

    Arguments:
        words: the sentences of the slates (process.slate_words).
        title: the session's, above the sentence.
    """

    words: Words
    title: str = ""
    _slate: VideoFrame | None = field(default=None, repr=False)

    def render(
        self,
        rendition: str,
        init: bytes,
        segment: Segment,
        data: bytes,
        plan: Plan,
        before: bytes | None = None,
        after: bytes | None = None,
    ) -> tuple[bytes, Segment]:
        """A whole segment with what its plan says: its bytes, and what its lines say.

        Arguments:
            before, after: the segments beside it in its epoch, so that sound goes on across the borders; None where
                there is none.

        Errors: `RecordingError` damaged (it cannot be decoded), other (its epoch was encoded in another way).
        """
        pieces, tracks = pieces_of(data, segment.parts), tracks_of(init)
        begun = _began_us(pieces, tracks)
        sound, picture = tracks.get(b"soun"), tracks.get(b"vide")
        if plan.silent and sound is not None:
            edges = [_edge(each, sound, last) for each, last in ((before, True), (after, False))]
            samples = _silenced(init, run_of(pieces, sound), _open_ended(plan.silent, segment), begun, *edges)
            pieces = with_data(pieces, sound, dict(enumerate(samples)), {})
        if plan.dark and picture is not None:
            made = self._darkened(rendition, init, run_of(pieces, picture), _open_ended(plan.dark, segment), begun)
            keys = {at: key for at, (_, key) in enumerate(made)}
            pieces = with_data(pieces, picture, {at: each for at, (each, _) in enumerate(made)}, keys)
        return packed(pieces, segment)

    def template(self, rendition: str, init: bytes) -> bytes:
        """One part with a keyframe's worth of slate, and silence (recordings/edition/blank.py).

        Errors: `RecordingError` other.
        """
        tracks, runs = tracks_of(init), []
        if (picture := tracks.get(b"vide")) is not None:
            shape = _shape(rendition)
            count = SEGMENT_US * shape.rate // 1_000_000
            encoded = _encoded(_encoder(init, shape), [self.slate()] * count)
            each = _VIDEO_CLOCK // shape.rate
            runs.append((picture, [Sample(at * each, each, *made) for at, made in enumerate(encoded)]))
        if (sound := tracks.get(b"soun")) is not None:
            _check_sound(init)
            packets = SoundEncoder().encode(np.zeros(AAC_FRAME * _SETTLED, np.float32))
            runs.append((sound, [Sample(0, AAC_FRAME, packets[-1].data, True)]))
        return fragment(1, runs)

    def slate(self) -> VideoFrame:
        """The picture that stands where something is withheld."""
        if self._slate is None:
            composer = Composer(self.words)
            composer.compose(Scene("withheld", self.title), {})
            self._slate = composer.frame()
        return self._slate

    def _darkened(
        self, rendition: str, init: bytes, samples: Sequence[Sample], dark: Spans, begun: int
    ) -> list[tuple[bytes, bool]]:
        encoder, frames = _encoder(init, _shape(rendition)), _pictures(init, samples)
        for at, sample in enumerate(samples):
            starts, ends = (each * 1_000_000 // _VIDEO_CLOCK - begun for each in (sample.starts, sample.ends))
            if any(start < ends and starts < end for start, end in dark):
                frames[at] = self.slate()
        return _encoded(encoder, frames)


def _shape(rendition: str) -> Rendition:
    if rendition not in _RENDITIONS:
        raise RecordingError("other", rendition)
    return _RENDITIONS[rendition]


def _began_us(pieces: Sequence[Piece], tracks: dict[bytes, int]) -> int:
    """The first moment of a segment: its picture's, or its sound's where there is none."""
    picture = tracks.get(b"vide")
    if picture is not None:
        return run_of(pieces, picture)[0].starts * 1_000_000 // _VIDEO_CLOCK
    return run_of(pieces, tracks[b"soun"])[0].starts * 1_000_000 // AAC_RATE


def _open_ended(spans: Spans, segment: Segment) -> Spans:
    """What reaches a border of the segment reaches beyond it: sound and picture do not begin at quite the same time."""
    ends = segment.duration_us
    far = 60_000_000
    return tuple((start - far if start <= 0 else start, end + far if end >= ends else end) for start, end in spans)


# --- sound


def _edge(data: bytes | None, track: int, last: bool) -> list[bytes]:
    """The sound of a neighbour that lies at the border: two runs, the first to fill the decoder's overlap."""
    if data is None:
        return []
    samples = run_of(all_pieces(data), track)
    return [each.data for each in (samples[-2:] if last else samples[:2])]


def _silenced(
    init: bytes, samples: Sequence[Sample], silent: Spans, begun: int, before: list[bytes], after: list[bytes]
) -> list[bytes]:
    """The sound, decoded, silenced and encoded: as many runs as before.

    A run reaches as far again beyond its end (it is laid over the next), so the runs at the borders are encoded
    together with what is beside them, or with silence where that is taken out, too.
    """
    _check_sound(init)
    heard = _sounds([*before, *(each.data for each in samples), *after])
    own = heard[len(before) : len(before) + len(samples)]
    nothing: Samples = np.zeros(AAC_FRAME, np.float32)
    for at, sample in enumerate(samples):
        moments = sample.starts * 1_000_000 / AAC_RATE - begun + np.arange(AAC_FRAME) * (1_000_000 / AAC_RATE)
        for start, end in silent:
            own[at][(moments >= start) & (moments < end)] = 0.0
    starts_us = samples[0].starts * 1_000_000 // AAC_RATE - begun
    ends_us = samples[-1].ends * 1_000_000 // AAC_RATE - begun
    first = nothing if not before or _in(silent, starts_us - 1) else heard[len(before) - 1]
    behind = nothing if not after or _in(silent, ends_us) else heard[len(before) + len(samples)]
    packets = SoundEncoder().encode(np.concatenate((first, *own, behind, nothing)))
    made = [each.data for each in packets[1 : 1 + len(samples)]]
    if len(made) != len(samples):
        raise RecordingError("damaged", "runs of sound are missing")
    return made


def _in(spans: Spans, at_us: int) -> bool:
    return any(start <= at_us < end for start, end in spans)


def _check_sound(init: bytes) -> None:
    if SoundEncoder().shape.configuration not in init:
        raise RecordingError("other", "its sound was encoded with other settings")


def _sounds(runs: Sequence[bytes]) -> list[Samples]:
    """Each run decoded. Errors: `RecordingError` damaged."""
    context = av.CodecContext.create("aac", "r")
    assert isinstance(context, AudioCodecContext)
    context.extradata = aac_configuration(AAC_RATE, 1)
    context.thread_count = 1
    made: list[Samples] = []
    try:
        for run in runs:
            made += [frame.to_ndarray()[0].astype(np.float32) for frame in context.decode(av.Packet(run))]
    except (av.FFmpegError, ValueError) as error:
        raise RecordingError("damaged", "sound that cannot be decoded") from error
    if len(made) != len(runs) or any(len(each) != AAC_FRAME for each in made):
        raise RecordingError("damaged", "runs of sound are missing")
    return made


# --- pictures


def _pictures(init: bytes, samples: Sequence[Sample]) -> list[VideoFrame]:
    """Each picture decoded. Errors: `RecordingError` damaged."""
    context = av.CodecContext.create("h264", "r")
    assert isinstance(context, VideoCodecContext)
    context.extradata = _avc(init)
    context.thread_count = 1
    context.options = {"flags": "+low_delay"}
    made: list[VideoFrame] = []
    try:
        for sample in samples:
            made += context.decode(av.Packet(sample.data))
        made += context.decode(None)
    except (av.FFmpegError, ValueError) as error:
        raise RecordingError("damaged", "pictures that cannot be decoded") from error
    if len(made) != len(samples):
        raise RecordingError("damaged", "pictures are missing")
    return made


def _avc(init: bytes) -> bytes:
    """The AVCDecoderConfigurationRecord of a head."""
    at = init.find(b"avcC")
    if at < 4:
        raise RecordingError("damaged", "a head without a picture")
    return init[at + 4 : at - 4 + int.from_bytes(init[at - 4 : at], "big")]


def _encoder(init: bytes, shape: Rendition) -> PictureEncoder:
    """One whose pictures go with this head. Errors: `RecordingError` other."""
    encoder = PictureEncoder(shape)
    if avc_configuration(encoder.shape.configuration) != _avc(init):
        raise RecordingError("other", "its pictures were encoded with other settings")
    return encoder


def _encoded(encoder: PictureEncoder, frames: Sequence[VideoFrame]) -> list[tuple[bytes, bool]]:
    """Pictures as samples, the first a keyframe. Errors: `RecordingError` damaged."""
    made = []
    for number, frame in enumerate(frames):
        made += [(sample_of(each.data), each.key) for each in encoder.encode(frame, number)]
    if len(made) != len(frames) or (made and not made[0][1]):
        raise RecordingError("damaged", "pictures are missing")
    return made
