"""The mix: who speaks is added up in blocks of 20 ms, each levelled out first, and the sum is kept below full scale.

Everything is mono float32 at 48,000 samples a second, where 1.0 is full scale. No time is read here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE: Final = 48_000
BLOCK: Final = 960
#: What a speaker is brought to while she speaks, as root mean square: -20 dB below full scale.
TARGET: Final = 0.1
#: Quieter than this is a room, not a voice (-50 dB): it is not made louder.
GATE: Final = 0.003
#: How far a voice is moved at most: a whisper is not made a shout, nor noise a voice.
LEAST_GAIN, MOST_GAIN = 0.25, 4.0
#: A block's share in the measure of a voice, and in the change of her gain: about 0.5 s and 1 s.
_MEASURE, _CHANGE = 0.04, 0.02
#: The sum never goes above this (-1 dB).
CEILING: Final = 0.89
#: The limiter gives back so much of its gain with each block: from half to full in about 0.3 s.
_RELEASE: Final = 1.05


class Voice:
    """One speaker's level. Her gain moves slowly and without steps."""

    def __init__(self) -> None:
        self.gain = 1.0
        self._power = 0.0

    def level(self, block: Samples) -> Samples:
        """The block at the common level."""
        power = float(np.dot(block, block)) / len(block)
        before = self.gain
        if power > GATE * GATE:
            share = _MEASURE if self._power else 1.0
            self._power += share * (power - self._power)
            wanted = min(MOST_GAIN, max(LEAST_GAIN, TARGET / self._power**0.5))
            self.gain += _CHANGE * (wanted - self.gain)
        if abs(self.gain - before) < 1e-6:
            return block * np.float32(self.gain)
        return block * np.linspace(before, self.gain, len(block), dtype=np.float32)


class Limiter:
    """Holds one block back, so that the gain is down before the peak comes: what leaves never exceeds `CEILING`.

    The gain runs in a straight line between the blocks' edges, and at each edge it suits both sides.
    """

    def __init__(self) -> None:
        self._held: Samples = np.zeros(BLOCK, np.float32)
        self._fits = 1.0  # greatest gain that the held block takes
        self._gain = 1.0

    def push(self, block: Samples) -> Samples:
        """The block before this one."""
        peak = float(np.abs(block).max(initial=0.0))
        fits = min(1.0, CEILING / peak) if peak > 0 else 1.0
        after = min(self._fits, fits, self._gain * _RELEASE)
        held, before = self._held, self._gain
        self._held, self._fits, self._gain = block, fits, after
        if before == after == 1.0:
            return held
        return held * np.linspace(before, after, len(held), dtype=np.float32)


class Mixer:
    """The speakers of one program; they come and go by themselves."""

    def __init__(self) -> None:
        self._voices: dict[str, Voice] = {}
        self._limiter = Limiter()

    def mix(self, blocks: Mapping[str, Samples]) -> Samples:
        """One block of everybody who is heard, 20 ms after it was given (the limiter's look ahead)."""
        return self.limit(self.add(blocks))

    def add(self, blocks: Mapping[str, Samples]) -> Samples:
        """Everybody who is heard, levelled and added up, before the limiter."""
        for gone in self._voices.keys() - blocks.keys():
            del self._voices[gone]
        total = np.zeros(BLOCK, np.float32)
        for seat, block in blocks.items():
            voice = self._voices.get(seat)
            if voice is None:
                voice = self._voices[seat] = Voice()
            total += voice.level(block)
        return total

    def limit(self, total: Samples) -> Samples:
        """The block before this one, below the ceiling."""
        return self._limiter.push(total)


def _half_band(taps: int = 31) -> Samples:
    """A low-pass at a quarter of the rate: a sinc under a Hamming window, which sums to one."""
    middle = taps // 2
    at = np.arange(taps) - middle
    filtered = np.sinc(at / 2) * np.hamming(taps)
    taken: Samples = (filtered / filtered.sum()).astype(np.float32)
    return taken


class Halver:
    """From 48,000 to 24,000 samples a second, which is as much as a voice needs (AAC-LC at 24 kbit/s)."""

    def __init__(self) -> None:
        self._filter = _half_band()
        self._before: Samples = np.zeros(len(self._filter) - 1, np.float32)

    def push(self, block: Samples) -> Samples:
        """Half as many samples."""
        joined = np.concatenate((self._before, block))
        self._before = joined[-(len(self._filter) - 1) :]
        filtered: Samples = np.convolve(joined, self._filter, "valid")[::2].astype(np.float32, copy=False)
        return filtered
