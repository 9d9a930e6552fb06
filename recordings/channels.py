"""The interpreters' sound channels: which seat speaks into which, and in what language. Pure; knows no codec.

Each interpreter's seat is a channel, numbered as the seats stand in the hearing's plan. A channel is a rendition of its
own, `sound-1`, `sound-2`: the floor's sound with her voice over it (recordings/program/channels.py). Languages are
those of the house's settings, seat by seat, as tags of RFC 5646.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

#: Each channel costs an encoder for as long as the program runs; seats beyond have none.
MOST: Final = 4
#: An interpreter says it later than it was said, in milliseconds: what is taken out of a hearing is taken out of her
#: channel for so long behind it, too.
LAG_MS: Final = 10_000
_NAME: Final = re.compile(r"sound-([1-9])\Z")
#: What readers call a language themselves: whoever needs a channel finds it in her own letters. By RFC 5646.
NAMES: Final = {
    "ur": "اردو",
    "en": "English",
    "pnb": "پنجابی",
    "skr": "سرائیکی",
    "ps": "پښتو",
    "sd": "سنڌي",
    "bal": "بلوچی",
    "brh": "براہوئی",
    "hno": "ہندکو",
    "khw": "کھوار",
    "scl": "شینا",
    "bft": "بلتی",
    "ks": "کٲشُر",
    "ar": "العربية",
    "fa": "فارسی",
    "prs": "دری",
    "zh": "中文",
}


@dataclass(frozen=True, slots=True)
class Channel:
    """What one interpreter's seat is heard on. `language` is empty where the house names none for this seat."""

    number: int
    seat: str
    language: str = ""

    @property
    def rendition(self) -> str:
        return rendition_of(self.number)

    @property
    def name(self) -> str:
        """The language in its own words; the tag of one that has none here, empty where none is known."""
        return NAMES.get(self.language, self.language)


def channels(seats: Iterable[tuple[str, str]], languages: Sequence[str] = ()) -> tuple[Channel, ...]:
    """The channels of a hearing.

    Arguments:
        seats: each seat's id and kind, as they were planned.
        languages: of the interpreters' seats, the first seat's first.
    """
    interpreting = [seat for seat, kind in seats if kind == "interpreter"][:MOST]
    spoken = [*languages, *[""] * MOST]
    return tuple(Channel(number, seat, spoken[number - 1]) for number, seat in enumerate(interpreting, 1))


def rendition_of(number: int) -> str:
    """The rendition of a channel."""
    return f"sound-{number}"


def number_of(rendition: str) -> int:
    """The channel of a rendition; 0 for one that is none."""
    found = _NAME.match(rendition)
    number = int(found[1]) if found is not None else 0
    return number if number <= MOST else 0
