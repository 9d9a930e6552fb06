"""Used passes are remembered for as long as they could be used again."""

from __future__ import annotations

from kachehri.bus.backoff import MOST_S, pause
from kachehri.bus.nonces import Nonces


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_nonce_is_forgotten_when_its_time_is_over() -> None:
    clock = Seconds()
    nonces = Nonces(clock=clock)
    assert nonces.burn("a", 30)
    clock.now += 29.9
    assert not nonces.burn("a", 30)
    clock.now += 0.1
    assert nonces.burn("a", 30)
    assert not nonces.burn("a", 30)


def test_a_full_memory_refuses_instead_of_forgetting() -> None:
    clock = Seconds()
    nonces = Nonces(most=3, clock=clock)
    assert all(nonces.burn(name, 30) for name in "abc")
    assert not nonces.burn("d", 30)
    assert not nonces.burn("a", 30)
    clock.now += 30
    assert nonces.burn("d", 30)
    assert len(nonces._until) == 1


def test_different_lifetimes() -> None:
    clock = Seconds()
    nonces = Nonces(clock=clock)
    assert nonces.burn("long", 60) and nonces.burn("short", 10)
    clock.now += 20
    assert nonces.burn("short", 10)
    assert not nonces.burn("long", 60)


def test_pauses_grow_to_a_second_and_never_shrink_to_nothing() -> None:
    assert all(0.02 < pause(failures) <= MOST_S for failures in range(50) for _ in range(20))
