"""The mix by hand: levels, the ceiling, people who come and go, and half the rate."""

from __future__ import annotations

import numpy as np
import pytest

from recordings.program.sound import BLOCK, CEILING, GATE, RATE, TARGET, Halver, Limiter, Mixer, Samples, Voice


def tone(seconds: float, amplitude: float, hertz: float = 440.0) -> list[Samples]:
    at = np.arange(round(seconds * RATE)) / RATE
    wave = (amplitude * np.sin(2 * np.pi * hertz * at)).astype(np.float32)
    return [wave[i : i + BLOCK] for i in range(0, len(wave), BLOCK)]


def rms(block: Samples) -> float:
    return float(np.sqrt(np.mean(block * block)))


@pytest.mark.parametrize("amplitude", [0.05, 0.14, 0.5])
def test_quiet_and_loud_voices_come_to_the_same_level(amplitude: float) -> None:
    voice = Voice()
    out = [voice.level(block) for block in tone(12, amplitude)]
    assert rms(out[-1]) == pytest.approx(TARGET, rel=0.05)
    edges = [abs(float(a[-1] - b[0])) for a, b in zip(out, out[1:], strict=False)]
    assert max(edges) < 0.06 * max(1.0, amplitude * 4)  # no steps beyond the wave's own


def test_a_whisper_is_raised_only_so_far_and_a_quiet_room_not_at_all() -> None:
    voice = Voice()
    out = [voice.level(block) for block in tone(12, 0.01)]
    assert rms(out[-1]) == pytest.approx(4 * 0.01 / 2**0.5, rel=0.05)
    room = Voice()
    noise = tone(5, GATE)
    assert rms([room.level(block) for block in noise][-1]) == pytest.approx(rms(noise[-1]), rel=1e-3)


def test_nothing_exceeds_the_ceiling_and_nothing_below_it_is_touched() -> None:
    limiter = Limiter()
    rng = np.random.default_rng(7)
    loud = [rng.normal(0, scale, BLOCK).astype(np.float32) for scale in rng.uniform(0.01, 2.0, 300)]
    out = [limiter.push(block) for block in loud]
    assert max(float(np.abs(block).max()) for block in out) <= CEILING + 1e-6
    calm = Limiter()
    quiet = tone(1, 0.5)
    heard = [calm.push(block) for block in quiet]
    np.testing.assert_array_equal(np.concatenate(heard[1:]), np.concatenate(quiet[:-1]))


def test_people_come_and_go() -> None:
    mixer = Mixer()
    silence = mixer.mix({})
    assert not silence.any()
    one, other = tone(1, 0.14, 300), tone(1, 0.14, 500)
    for a, b in zip(one, other, strict=True):
        mixer.mix({"official": a, "citizen": b})
    both = mixer.mix({"official": one[0]})
    assert rms(both) > 0.12  # the last block of two voices
    assert rms(mixer.mix({})) == pytest.approx(0.1, abs=0.02)
    assert not mixer.mix({}).any()
    assert mixer._voices == {}


def test_half_the_rate_keeps_a_voice_and_drops_what_would_be_folded_back() -> None:
    def through(hertz: float) -> float:
        halver = Halver()
        return rms(np.concatenate([halver.push(block) for block in tone(1, 0.5, hertz)][2:]))

    assert through(1_000) == pytest.approx(0.5 / 2**0.5, rel=0.01)
    assert through(6_000) == pytest.approx(0.5 / 2**0.5, rel=0.05)
    assert through(16_000) < 0.01
    assert len(Halver().push(np.zeros(BLOCK, np.float32))) == BLOCK // 2
