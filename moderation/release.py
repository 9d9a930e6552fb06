"""Which words of a ticket anybody may read: one rule, which every page and every interface asks.

A moderator may also take some words out of a text: a mark stands there instead, in the one public text that all readers
get, so no page has to know of it.

What somebody wrote is hers, and a hearing hears it once; so nothing is public unless a person read the masked words and
let everybody read them. What is left without words is what the ticket is: its topic, place, state and dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

#: What stands where words were taken out; the same in every language and direction of writing.
TAKEN: Final = "▒▒▒"


class Hole(NamedTuple):
    """Words that are taken out: where they begin in the whole text, and what they are."""

    at: int
    quote: str


def public_words(masked: str | None, *, privacy: str, protected: bool, released_at: int | None) -> str | None:
    """The words for everybody, or None.

    Arguments:
        masked: without phone and ID numbers; None where nothing was written, or it was erased.
        privacy: the ticket's own; whatever it is but "public" keeps the words.
        protected: its topic is one of those that are never published.
        released_at: since when everybody may read them, in milliseconds; None: nobody has released them.
    """
    if privacy != "public" or protected or released_at is None:
        return None
    return masked or None


def without(whole: str, holes: Iterable[Hole]) -> str:
    """A text without these words; those that are not there, or overlap others, change nothing."""
    made: list[str] = []
    shown_to = 0
    for at, quote in sorted(holes):
        if at >= shown_to and quote and whole.startswith(quote, at):
            made += (whole[shown_to:at], TAKEN)
            shown_to = at + len(quote)
    return "".join((*made, whole[shown_to:]))


def whole_of(text: str, holes: Iterable[Hole]) -> str:
    """The text from which these words were taken out: the way back from `without`."""
    made, read_to = "", 0
    for at, quote in sorted(holes):
        mark = read_to + at - len(made)
        if mark < read_to or not text.startswith(TAKEN, mark):
            continue
        made += text[read_to:mark] + quote
        read_to = mark + len(TAKEN)
    return made + text[read_to:]


def found(whole: str, quote: str, holes: Iterable[Hole]) -> Iterator[Hole]:
    """Every place of these words in a text, as words of their own, that is not taken out yet."""
    taken = [range(at, at + len(known)) for at, known in holes]
    for match in re.finditer(rf"(?<!\w){re.escape(quote)}(?!\w)", whole) if quote else ():
        if not any(match.start() < each.stop and each.start < match.end() for each in taken):
            yield Hole(match.start(), quote)
