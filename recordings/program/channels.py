"""An interpreter's channel: her voice over the floor's, which is turned down to a fifth while she speaks.

Nothing of a channel goes back into the floor's mix. An empty or muted seat leaves the floor as it is, so nobody who
follows a channel misses any of the hearing. Everything is in blocks of 20 ms, as on the floor (sound.py).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from recordings.program.encode import SoundEncoder
from recordings.program.fragments import EncodedPacket
from recordings.program.sound import Halver, Limiter, Samples, Voice

#: What the floor is turned down to (-14 dB): who was spoken to is still heard, and does not cover the interpreter.
DUCKED: Final = 0.2
#: In root mean square (-45 dB): quieter is her room and her breath, which must not turn the floor down.
SPEAKS: Final = 0.0056
#: Blocks until the floor is down: 100 ms.
ATTACK: Final = 5
#: Blocks for which it stays down behind her last word, 800 ms: between two sentences it does not pump.
HOLD: Final = 40
#: Blocks until it is up again: 300 ms.
RISE: Final = 15


class Ducking:
    """The floor's gain under one interpreter. It runs in straight lines from block to block, without steps."""

    def __init__(self) -> None:
        self.gain = 1.0
        self._left = 0  # blocks for which the floor stays down

    def follow(self, floor: Samples, hers: Samples | None) -> Samples:
        """The floor's block as it is heard under hers; None: nothing comes from her seat."""
        speaks = hers is not None and float(np.dot(hers, hers)) / len(hers) > SPEAKS * SPEAKS
        down = speaks or self._left > 0
        self._left = HOLD if speaks else max(0, self._left - 1)
        before = self.gain
        self.gain = max(DUCKED, before - (1 - DUCKED) / ATTACK) if down else min(1.0, before + (1 - DUCKED) / RISE)
        if before == self.gain:
            return floor if before == 1.0 else floor * np.float32(before)
        return floor * np.linspace(before, self.gain, len(floor), dtype=np.float32)


class ChannelMaker:
    """One channel's mix and its encoder, from the block on with which it begins. Its sound stands with the floor's.

    Arguments:
        starts_us: that block's beginning in program time.
    """

    def __init__(self, starts_us: int) -> None:
        self.encoder = SoundEncoder(starts_us)
        self._voice, self._ducking = Voice(), Ducking()
        self._limiter, self._halver = Limiter(), Halver()

    def make(self, floor: Samples, hers: Samples | None) -> list[EncodedPacket]:
        """The next block. `floor` is the sum of who is heard there, before its limiter."""
        mixed = self._ducking.follow(floor, hers)
        if hers is None:
            self._voice = Voice()  # the next one who speaks here may be another
        else:
            mixed = mixed + self._voice.level(hers)
        return self.encoder.encode(self._halver.push(self._limiter.push(mixed)))
