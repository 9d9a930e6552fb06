"""A program process that was taken over says what it likes up the tap: the media process goes on."""

from __future__ import annotations

import pytest

from signaling.media import port
from signaling.media.forward import DIRECT
from signaling.media.stage import Stage
from signaling.media.tap import MAX_AT_US, MAX_SOUND, Attach, DirectFrame
from signaling.media.tap_server import _Reader

KEY = (b"\x67\x42\xc0\x1e", b"\x68\xce", b"\x65" + bytes(2_000))


class Pipe:
    """A connection that takes everything."""

    def write(self, data: bytes) -> None: ...

    def is_closing(self) -> bool:
        return False


def sent(*frames: DirectFrame) -> int:
    """How many packets of these frames go out; and afterwards the stage can still report."""
    reports: list[port.Report] = []
    stage = Stage("aaaabbbb", 1, ("chair",), "vp8", reports.append, DIRECT)
    reader = _Reader(Attach("aaaabbbb", "picture"), Pipe())  # type: ignore[arg-type]
    reader.join(stage, 0.0)
    for frame in frames:
        reader.send(frame, 1.0)
    return stage.program.audio.packets + stage.program.video.packets


@pytest.mark.parametrize(
    "frame",
    [
        DirectFrame("video", 1_000, True, (*KEY, b"")),
        DirectFrame("video", 1_000, True, (b"",)),
        DirectFrame("video", 1_000, True, ()),
        DirectFrame("video", 2**63, True, KEY),
        DirectFrame("video", MAX_AT_US + 1, True, KEY),
        DirectFrame("audio", -1, True, (b"sound",)),
        DirectFrame("audio", 1_000, True, (bytes(MAX_SOUND + 1),)),
        DirectFrame("audio", 1_000, True, (b"sound", b"")),
    ],
)
def test_what_cannot_be_sent_is_left_out_and_the_next_goes_out(frame: DirectFrame) -> None:
    good = (DirectFrame("video", 40_000, True, KEY), DirectFrame("audio", 40_000, True, (b"sound",)))
    assert sent(frame) == 0 and sent(frame, *good) == sent(*good) > 0
