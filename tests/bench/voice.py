"""A voice-like signal: syllables of a voiced sound under a melody, in phrases with pauses between them.

It says nothing, but an encoder treats it as speech: it is loud and quiet as often and as fast as a voice is (syllables
at 4 Hz, phrases of 1.5 to 3.5 s, pauses of 0.4 to 1.2 s), and a little noise of a room is under it.
"""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Final

import numpy as np

RATE: Final = 48_000
SEED: Final = 20_260
#: Centres and widths of three resonances of an open vowel, in hertz.
FORMANTS: Final = ((700.0, 130.0), (1_220.0, 170.0), (2_600.0, 250.0))


def voice(path: Path, seconds: float = 61.0) -> Path:
    """Writes it as mono in 16 bits; Chromium plays it again and again."""
    draw = np.random.default_rng(SEED)
    count = int(seconds * RATE)
    loud = np.zeros(count)
    at = 0
    while at < count:
        phrase = int(draw.uniform(1.5, 3.5) * RATE)
        shape = np.sin(np.pi * 4.0 * np.arange(phrase) / RATE + draw.uniform(0, np.pi)) ** 2
        end = min(at + phrase, count)
        loud[at:end] = (0.15 + 0.85 * shape)[: end - at] * draw.uniform(0.6, 1.0)
        at = end + int(draw.uniform(0.4, 1.2) * RATE)
    moment = np.arange(count) / RATE
    pitch = 150.0 + 25.0 * np.sin(2 * np.pi * 0.4 * moment) + 8.0 * np.sin(2 * np.pi * 2.3 * moment)
    turned = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = np.zeros(count)
    for harmonic in range(1, 25):
        tone = harmonic * 150.0
        weight = sum(1.0 / (1.0 + ((tone - centre) / width) ** 2) for centre, width in FORMANTS) + 0.02
        sound += weight / harmonic**0.3 * np.sin(harmonic * turned)
    sound *= loud / np.abs(sound).max()
    sound += draw.normal(0.0, 0.0008, count)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(0.5 * sound, -1, 1) * 32_767).astype("<i2").tobytes())
    return path
