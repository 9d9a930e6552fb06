"""Finding words in what was asked and said, however they are written: سڑک, सड़क and "sarak" find each other.

A word is found by its consonants (kachehri/likeness/folding.py); what has none, such as a number or a single vowel, by
itself. Every word of what is looked for must be there, in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from kachehri.i18n.digits import only_digits
from kachehri.likeness.folding import skeleton, words

#: Letters of what somebody looks for; the rest is left out.
QUERY_MOST: Final = 120
_TOKEN: Final = re.compile(r"\S+")
_NUMBER: Final = re.compile(r"\d")
#: Different words that are remembered with how they sound: about 10 MB.
_KNOWN: Final = 32_768


class Piece(NamedTuple):
    """A run of a text, and whether it is what was looked for."""

    text: str
    found: bool


def folded(text: str) -> frozenset[str]:
    """The words of a text as they are compared."""
    return frozenset[str]().union(*map(_sounds, _TOKEN.findall(text)))


@lru_cache(maxsize=_KNOWN)
def _sounds(token: str) -> frozenset[str]:
    """The same of what stands between two blanks. A hearing has few different words: each is folded once. They are
    remembered without where they stood, so nothing of what somebody said is kept.
    """
    sounds = {skeleton(word) or word for word in words(token)}
    return frozenset(sounds | {only_digits(token)}) if _NUMBER.search(token) else frozenset(sounds)


class Query:
    """What somebody looks for."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()[:QUERY_MOST]
        self._wanted = folded(self.text)
        self._long = tuple(each for each in self._wanted if len(each) > 1)
        #: Which of them each word begins that was looked at, for as long as this is looked for.
        self._begun: dict[str, frozenset[str]] = {}
        #: Those that begin none, which are most.
        self._idle: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._wanted)

    def fits(self, texts: Iterable[str]) -> bool:
        """Whether every word is somewhere in these texts, whole or as the beginning of a longer one."""
        if not self:
            return False
        left = set(self._wanted)
        for text in texts:
            for token in set(text.split()) - self._idle:
                begun = self._begins(token)
                if begun:
                    left -= begun
                    if not left:
                        return True
        return False

    def _begins(self, token: str) -> frozenset[str]:
        begun = self._begun.get(token)
        if begun is None:
            near = [word for word in _sounds(token) if word in self._wanted or word.startswith(self._long)]
            if not near:
                self._idle.add(token)
                return frozenset()
            begun = frozenset(wanted for wanted in self._wanted if any(_begins(word, wanted) for word in near))
            self._begun[token] = begun
        return begun

    def marked(self, text: str) -> tuple[Piece, ...]:
        """The text in runs, those that were looked for marked; together they are the text."""
        runs: list[Piece] = []
        at = 0
        for token in _TOKEN.finditer(text):
            if self._wanted and self._begins(token.group()):
                runs += (Piece(text[at : token.start()], False), Piece(token.group(), True))
                at = token.end()
        runs.append(Piece(text[at:], False))
        return tuple(run for run in runs if run.text)


def _begins(word: str, wanted: str) -> bool:
    """One consonant is no beginning: it would find half the language."""
    return word == wanted or (len(wanted) > 1 and word.startswith(wanted))
