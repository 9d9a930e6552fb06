"""One seat's camera and microphone, and one rendition's pictures, as the program drives them."""

from __future__ import annotations

from av.video.frame import VideoFrame

from recordings.program.decode import Pictures, Sounds
from recordings.program.encode import SEGMENT_S, PictureEncoder, Rendition
from recordings.program.feed import Feed
from recordings.program.fragments import EncodedPacket
from recordings.program.sound import RATE
from recordings.program.speech import Speech

#: Before anything that happened.
NEVER = -1e12


class Camera:
    """A seat's picture."""

    def __init__(self, hold_ms: int) -> None:
        self.feed, self.decoder = Feed(90_000, hold_ms), Pictures()
        self.picture: VideoFrame | None = None
        self.seen = self.asked = NEVER

    def forget(self) -> None:
        """Another person is seen from now on."""
        self.picture, self.seen = None, NEVER
        self.decoder.skip()


class Microphone:
    """A seat's sound."""

    def __init__(self, at: int, hold_ms: int) -> None:
        self.feed, self.decoder, self.speech = Feed(RATE, hold_ms), Sounds(), Speech(at)

    def forget(self) -> None:
        """Another person is heard from now on."""
        self.speech = Speech(self.speech.at)


class Maker:
    """A rendition's picture encoder and the number of its next picture. `wanted`: somebody who watches without delay
    needs a picture that needs no other."""

    def __init__(self, rendition: Rendition, starts_us: int) -> None:
        self.encoder, self.rate = PictureEncoder(rendition, starts_us), rendition.rate
        self.number = 0
        self.every = 1
        self.wanted = False
        self._key = 0  # the last one that needs no other

    def make(self, frame: VideoFrame, every: int) -> list[EncodedPacket]:
        """The next picture, or nothing where the load asks for fewer; how many changes with a segment."""
        number = self.number
        self.number += 1
        begins = number % (SEGMENT_S * self.rate) == 0
        if begins:
            self.every = every
        if number % self.every:
            return []
        between = self.wanted and comes_between(number, self._key, self.rate)
        if begins or between:
            self.wanted, self._key = False, number
        return self.encoder.encode(frame, number, self.every, key=between)

    def due(self, since: float) -> bool:
        return self.number * 1000 / self.rate < since


def comes_between(number: int, last: int, rate: int) -> bool:
    """Whether a keyframe that was asked for is made now, rather than the one that begins the next segment. At most one
    a second, because it is many times the size of its neighbours and lies in the recording too; and none in the last
    half second of a segment, when the next is soon there anyway. It begins no segment (fragments.py).

    Arguments:
        number, last: of this picture and of the last keyframe.
        rate: pictures a second.
    """
    return number - last >= rate and -number % (SEGMENT_S * rate) > rate // 2
