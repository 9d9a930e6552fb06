"""Both languages at once: a paper is read by people who share one of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from kachehri.i18n import Words, words_for
from kachehri.i18n.dates import Dates
from web.topics import District


class Pair(NamedTuple):
    """The same words in Urdu and in English; either may be empty, and both are where nothing is to be said."""

    ur: str = ""
    en: str = ""


@dataclass(frozen=True)
class Both:
    """Speaks both languages. `ur` and `en` are what the templates' macros call."""

    ur: Words
    en: Words

    @classmethod
    def of(cls, zone: str) -> Both:
        return cls(words_for("ur", zone), words_for("en", zone))

    def __call__(self, key: str, count: int | None = None, **values: object) -> Pair:
        if count is None and not values:
            return _said(key)
        return Pair(self.ur.plain(key, count, **values), self.en.plain(key, count, **values))

    def each(self, say: Callable[[Words], str]) -> Pair:
        return Pair(say(self.ur), say(self.en))

    def day(self, at_ms: int) -> Pair:
        return self.each(lambda words: words.dates.day(at_ms))

    def when(self, at_ms: int) -> Pair:
        return self.each(lambda words: words.dates.when(at_ms))

    def date(self, iso: str) -> Pair:
        """A calendar day, from ISO 8601."""
        return self.each(lambda words: calendar(words.dates, iso))

    def stamp(self, at_ms: int) -> str:
        """Day and time in figures, the same in both: "05/01/2026 10:00"."""
        return self.en.dates.local(at_ms).strftime("%d/%m/%Y %H:%M")

    @staticmethod
    def runs(text: str) -> Literal["rtl", "ltr"]:
        """The direction of the first letter that has one (UAX #9, P2 and P3)."""
        for letter in text:
            match unicodedata.bidirectional(letter):
                case "R" | "AL":
                    return "rtl"
                case "L":
                    return "ltr"
        return "rtl"

    def topic(self, district: District, code: str | None) -> Pair:
        return self.each(lambda words: district.topic(code, words))

    def area(self, district: District, code: str | None) -> Pair:
        return self.each(lambda words: district.area(code, words))

    def office(self, district: District, office_id: str | None) -> Pair:
        return self.each(lambda words: district.host(office_id or "", words))


@cache
def _said(key: str) -> Pair:
    """A sentence without gaps is the same in every zone; a register says it ten thousand times."""
    return Pair(words_for("ur").plain(key), words_for("en").plain(key))


def calendar(dates: Dates, iso: str) -> str:
    """A day without its weekday, as papers write it; what is no day stays as it is."""
    try:
        year, month, day = (int(part) for part in iso.split("-"))
        return f"{day} {dates.month(month)} {year}"
    except (ValueError, KeyError):
        return iso
