"""How a reader wants pages to look: colours, the face of Urdu letters, their size.

Her answer stands in cookies and the server writes it on `<html>`, so that a page comes as it was asked for: nothing
flashes, and letters and the height of their lines change together. Without an answer the phone decides the colours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

THEME_COOKIE: Final = "k_theme"
FACE_COOKIE: Final = "k_face"
TEXT_COOKIE: Final = "k_text"
#: Cookie by the name of its field, and what it may say; the first is what a reader has who never chose.
CHOICES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "theme": (THEME_COOKIE, ("auto", "light", "dark")),
    "face": (FACE_COOKIE, ("naskh", "nastaliq")),
    "text": (TEXT_COOKIE, ("usual", "large", "largest")),
}


@dataclass(frozen=True)
class Look:
    theme: str = "auto"
    face: str = "naskh"
    text: str = "usual"

    @classmethod
    def of(cls, cookies: Mapping[str, str]) -> Look:
        """What the reader chose; a cookie that says anything else says nothing."""
        chosen = {}
        for field, (cookie, choices) in CHOICES.items():
            said = cookies.get(cookie, "")
            chosen[field] = said if said in choices else choices[0]
        return cls(**chosen)


@dataclass(frozen=True)
class LookPage:
    """What /look shows. kilobytes: what the Nastaliq face costs a phone, once."""

    look: Look
    next: str
    kilobytes: int
    choices = CHOICES
