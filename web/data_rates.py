"""What following a hearing costs in data, as every page that names a figure tells it.

A figure is of what is really sent: packets on the wire with every header down to IP, for the one way of following that
it names. `source` says whether somebody counted or only reckoned; a reckoned figure errs on the high side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Follow = Literal["text", "sound", "picture"]
#: The same where a program is made (recordings/BROADCAST.md): two pictures to choose from, and nothing but HTTP.
ProgramFollow = Literal["text", "sound", "light", "full"]

#: 1 kbit/s for an hour: 1000 / 8 × 3600 bytes, in megabytes (10⁶ bytes).
MB_PER_KBPS_HOUR: Final = 0.45
#: Figures are told in steps of this many megabytes, rounded up: a plan of 100 MB must never run out sooner than told.
STEP_MB: Final = 5


@dataclass(frozen=True)
class Rate:
    """What one way of following receives and sends, on average over a hearing.

    kbps: thousands of bits a second, both directions together.
    """

    kbps: float
    source: Literal["counted", "reckoned"]

    @property
    def mb_per_hour(self) -> int:
        """Megabytes an hour, rounded up; 1 for anything below that."""
        exact = self.kbps * MB_PER_KBPS_HOUR
        return 1 if exact <= 1 else STEP_MB * math.ceil(exact / STEP_MB)


#: Counted by tests/bench/data.py, without a pause in speech: 0.27 MB in writing, 17.5 MB with sound, both with the
#: page's own socket, and 72.5 MB with Chromium's test picture.
_TEXT_KBPS: Final = 0.27 / MB_PER_KBPS_HOUR
_SOUND_KBPS: Final = 17.5 / MB_PER_KBPS_HOUR
#: A real camera fills its cap (`middle` in static/js/network.js), with a twelfth for headers, where the test picture
#: does not.
_PICTURE_KBPS: Final = 250 * 13 / 12 + _SOUND_KBPS

RATES: Final[dict[Follow, Rate]] = {
    "text": Rate(_TEXT_KBPS, "counted"),
    "sound": Rate(_SOUND_KBPS, "counted"),
    "picture": Rate(_PICTURE_KBPS, "reckoned"),
}


#: Of the program's renditions, down the line, with the page's own socket.
PROGRAM_RATES: Final[dict[ProgramFollow, Rate]] = {
    "text": Rate(_TEXT_KBPS, "counted"),
    "sound": Rate(14.5 / MB_PER_KBPS_HOUR, "reckoned"),
    "light": Rate(79 / MB_PER_KBPS_HOUR, "reckoned"),
    "full": Rate(208 / MB_PER_KBPS_HOUR, "reckoned"),
}
#: What it costs more to be nearer to the moment: a playlist and a piece three times a second.
NEAR: Final = Rate(14 / MB_PER_KBPS_HOUR, "reckoned")
#: The program without delay: Opus in frames of 20 ms, and the picture's own rate with a twelfth for headers.
_DIRECT_SOUND_KBPS: Final = 24 + 20
_DIRECT_PICTURES_KBPS: Final = {"full": 400, "light": 130}


def direct_rate(offered: Sequence[str]) -> Rate:
    """Of the program without delay, whose picture is the largest that is made here."""
    picture = max((_DIRECT_PICTURES_KBPS.get(each, 0) for each in offered), default=0)
    return Rate(_DIRECT_SOUND_KBPS + picture * 13 / 12, "reckoned")


def mb_per_hour(follow: Follow) -> int:
    """The figure that pages show."""
    return RATES[follow].mb_per_hour


def program_mb_per_hour(follow: ProgramFollow) -> int:
    """The same, of the program."""
    return PROGRAM_RATES[follow].mb_per_hour
