"""Hides what identifies a person from a text before anyone but the desk may read it.

Found and hidden: national identity numbers (Pakistan's 13 digits, India's 12), telephone numbers, e-mail addresses and
IBANs, in every decimal digit script of Unicode (category Nd), mixed scripts too, whatever stands between the digits. A
reference number of this house is kept, because people must be able to name their own case. Money, dates, years and
measures are kept.

In doubt a number is hidden: the desk still reads the original, and a number once shown to thousands cannot be called
back.

Speed decides the order: most texts hold no digit at all and leave after one search; a text with digits leaves after a
second search unless at least nine digits stand together; `phonenumbers` (about 20 microseconds) is asked only about
what is then left.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from .ibans import HINT, ibans
from .numbers import GLUE, RUN, numbers

#: What stands in the place of something hidden; the same in every language and direction of writing.
MARK = "•••••"

#: Over so many lines before and behind one a number may go on.
NEAR = 3

_ANY = re.compile(r"[\d@\uff20]")
# RFC 5321 bounds the local part at 64 octets, which also bounds the search. Blanks around the sign are a disguise.
_LOCAL = rf"[\w.%+'{GLUE}\-]{{1,64}}"
_EMAIL = re.compile(
    rf"{_LOCAL}[ \t]{{0,3}}[@\uff20][ \t]{{0,3}}[\w{GLUE}\-]{{1,63}}(?:[ ]?[.\uff0e][ ]?[\w{GLUE}\-]{{2,63}}){{1,6}}"
)

_AT = re.compile("[@\uff20]")


class Masked(Struct, frozen=True):
    """A text that may be shown, and what was hidden in it: "email", "iban", "id_number", "phone", each once, sorted."""

    text: str
    kinds: tuple[str, ...] = ()


def mask(text: str) -> Masked:
    """Hide every number and address that identifies somebody."""
    return _cover(text, _hidden(text))


def mask_lines(lines: Sequence[str]) -> list[Masked]:
    """The same for lines that are read one behind the other: what goes on in the next one is hidden too."""
    made = []
    for n, line in enumerate(lines):
        before = "".join(f"{each} " for each in lines[max(0, n - NEAR) : n])
        found = _hidden(" ".join((before + line, *lines[n + 1 : n + 1 + NEAR])))
        starts, ends = len(before), len(before) + len(line)
        here = ((max(start, starts) - starts, min(end, ends) - starts, kind) for start, end, kind in found)
        made.append(_cover(line, [*_hidden(line), *(each for each in here if each[0] < each[1])]))
    return made


def _hidden(text: str) -> list[tuple[int, int, str]]:
    """What is to be hidden: from where to where, and what it is."""
    hidden: list[tuple[int, int, str]] = []
    if _ANY.search(text) is None:
        return hidden
    if "@" in text or "\uff20" in text:
        hidden += _emails(text)
    run = RUN.search(text)
    if (run is not None or "PK" in text) and HINT.search(text):
        hidden += ibans(text)
    while run is not None:
        hidden += numbers(text, run.start(), run.end())
        run = RUN.search(text, run.end())
    return hidden


def _cover(text: str, hidden: list[tuple[int, int, str]]) -> Masked:
    if not hidden:
        return Masked(text)
    parts: list[str] = []
    kinds = set()
    shown_to = 0
    for start, end, kind in sorted(hidden, key=lambda one: (one[0], -one[1])):
        if start >= shown_to:
            parts += (text[shown_to:start], MARK)
            kinds.add(kind)
        shown_to = max(shown_to, end)
    parts.append(text[shown_to:])
    return Masked("".join(parts), tuple(sorted(kinds)))


def _emails(text: str) -> Iterator[tuple[int, int, str]]:
    """Look around each sign only: a search from every letter would cost more than all the rest."""
    looked_to = 0
    for sign in _AT.finditer(text):
        at = sign.start()
        found = _EMAIL.search(text, max(looked_to, at - 68), at + 500)
        if found:
            looked_to = found.end()
            yield found.start(), found.end(), "email"
