"""People behind the stage, with ends that take notes and no network."""

from __future__ import annotations

from typing import Any

import pytest

from signaling.media.backroom import Backroom, Tap
from signaling.media.port import MediaRefused, Private
from signaling.media.rtp import Rtp

FRAME = 1_920  # 40 ms


def sound(number: int, who: int = 77, level: int | None = 20, payload: bytes = b"voice") -> Rtp:
    return Rtp(0, 111, number & 0xFFFF, number * FRAME, who, payload, level)


class Phone:
    """One end of a private line; `got` is whose voice came when."""

    def __init__(self, participant: str) -> None:
        self.participant = participant
        self.got: list[tuple[Any, int, float]] = []

    def send(self, voice: object, packet: Rtp, ext: int, now: float) -> None:
        self.got.append((voice, ext, now))

    def report(self, now: float, wall: float) -> None: ...


class Microphone:
    """A publishing peer."""

    def __init__(self) -> None:
        self.tap: Tap | None = None

    def speak(self, number: int, now: float, who: int = 77, level: int | None = 20) -> None:
        if self.tap is not None:
            self.tap(sound(number, who, level), number, now)


class Room:
    def __init__(self, *people: str) -> None:
        self.seated: set[str] = set()
        self.microphones = {name: Microphone() for name in people}
        self.told: list[Private] = []
        self.back = Backroom("s", self.seated.__contains__, self.microphones.get, self.told.append)
        self.phones = {name: Phone(name) for name in (*people, "moderator", "other")}
        for phone in self.phones.values():
            self.back.join(phone)

    def got(self, name: str) -> list[Any]:
        return [voice for voice, _, _ in self.phones[name].got]

    @property
    def said(self) -> list[str]:
        return [report.state for report in self.told]


def refusal(call: Any, *given: Any) -> str:
    with pytest.raises(MediaRefused) as refused:
        call(*given)
    return refused.value.code
