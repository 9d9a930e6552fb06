"""The languages a page can be read in, and how one is chosen for a reader.

The choice is a visible word on every page, never hidden behind a globe: where the switch is hidden, most readers
who want another language never find it. Direction comes from here and from nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class Language:
    """One interface language; `code` is a BCP 47 tag, `name` is what its own readers call it."""

    code: str
    name: str
    direction: Literal["rtl", "ltr"]


DEFAULT: Final = "ur"
LANGUAGES: Final[dict[str, Language]] = {
    "ur": Language("ur", "اردو", "rtl"),
    "en": Language("en", "English", "ltr"),
}


def negotiate(chosen: str | None, accepted: str | None, default: str = DEFAULT) -> Language:
    """The reader's own choice first, then what the browser asks for, then what the office speaks: Urdu, unless it said
    otherwise.

    `accepted` is an Accept-Language field (RFC 9110 §12.5.4). Phones sold in Pakistan are set to English far more often
    than their owners read English, so English is taken from the browser only where it does not also list Urdu.
    """
    if chosen in LANGUAGES:
        return LANGUAGES[chosen]
    asked = [code for code in _preferences(accepted or "") if code in LANGUAGES]
    if not asked:
        return LANGUAGES[default]
    return LANGUAGES[DEFAULT if DEFAULT in asked else asked[0]]


def _preferences(field: str) -> list[str]:
    """Primary subtags by falling weight; a malformed weight counts as refused, and q=0 means "not this one"."""
    weighted: list[tuple[float, str]] = []
    for part in field.split(",")[:16]:
        tag, _, parameter = part.strip().partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            weight = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            weight = 0.0
        if tag and weight > 0:
            weighted.append((weight, tag.split("-")[0].strip().lower()))
    return [code for _, code in sorted(weighted, key=lambda pair: -pair[0])]
