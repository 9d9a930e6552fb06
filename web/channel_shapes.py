"""The choice of a sound on the live page: the hearing's own, or an interpreter's."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from recordings.channels import Channel

#: The floor's own sound, which is what everybody hears who chose nothing.
ORIGINAL = "sound"


@dataclass(frozen=True)
class SoundChoice:
    """One interpreter's channel.

    Arguments:
        name: what readers of its language call it; empty where the house names none.
        on: somebody has sat on its seat, so that there is something to hear.
    """

    rendition: str
    seat: str
    number: int
    language: str = ""
    name: str = ""
    on: bool = True


@dataclass(frozen=True)
class SpokenFile:
    """A chapter as one interpreter's channel has it. `mb`: what it weighs, in megabytes."""

    rendition: str
    number: int
    language: str
    name: str
    mb: str


@dataclass(frozen=True)
class Sounds:
    """What the plan has of them, and which one is chosen."""

    choices: tuple[SoundChoice, ...] = ()
    chosen: str = ORIGINAL

    @property
    def on(self) -> bool:
        return any(each.on for each in self.choices)


def sounds(planned: Iterable[Channel], on: Set[str], wanted: str) -> Sounds:
    """The choice of one page.

    Arguments:
        planned: a channel for each interpreter's seat.
        on: the renditions that can be heard by now.
        wanted: what the address asks for; anything that is not on is answered with the original.
    """
    choices = tuple(
        SoundChoice(each.rendition, each.seat, each.number, each.language, each.name, each.rendition in on)
        for each in planned
    )
    return Sounds(choices, wanted if wanted in on else ORIGINAL)
