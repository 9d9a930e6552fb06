"""The one cleaner of every text that a person sends, before it is masked, kept or shown.

What it may not do is change honest Urdu, Hindi or Punjabi: joiners (U+200C, U+200D), vowel signs and directional marks
stay. What it takes away: control characters, bidi overrides and isolates that make a line read differently from what it
says (Unicode UAX 9), invisible letters, and floods of combining marks that paint over the neighbours.

The common text is recognised as clean in one or two microseconds; only the rest is worked on.
"""

import re
import unicodedata

from .base import Refused

#: Combining marks that may stand on one letter. Vocalised Urdu needs three, Vedic and Quranic signs four.
MARKS_MAX = 4
#: More characters than this that nobody can see, and a quarter of the text besides, are no accident of a keyboard.
UNSEEN_MAX = 8

# ASCII, Urdu without vowel signs, Hindi without nukta: nothing invisible, and nothing that composes with its neighbour
# under NFC (tested pair by pair), so that a text of them is clean as it stands. Hindi's signs come in small numbers.
_SIGNS = "\u0900-\u0903\u093a\u093b\u093e-\u094f\u0955-\u0957\u0962\u0963"
_PLAIN = re.compile(
    r"(?:[\n\x20-\x7e\u060c\u061b\u061f\u0621-\u063a\u0641-\u064a\u0660-\u0669\u0671-\u06d4\u06f0-\u06f9"
    r"\u0904-\u0939\u093d\u0950\u0960\u0961\u0964-\u097f\u2013\u2014\u2018\u2019\u201c\u201d]++"
    rf"|[{_SIGNS}]{{1,{MARKS_MAX}}}+(?![{_SIGNS}]))++"
)

_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# U+2800 is the blank of braille.
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]+")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls; tab and the breaks are handled before
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e"  # without a shape
    "\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
    "\u202a-\u202e\u2066-\u2069"  # bidi embeddings, overrides and isolates
    "\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # annotations, tags
    "\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff]"  # private use and noncharacters
)
_JOINERS = re.compile("[\u200c\u200d]+")
_DIRECTIONS = re.compile("([\u061c\u200e\u200f])[\u061c\u200e\u200f]+")
_LINE_ENDS = re.compile(" *\n *")
_GAPS = re.compile("\n{3,}")


def clean(text: str, limit: int, *, one_line: bool = False) -> str:
    """The text as everyone will see it, in Unicode's form NFC.

    Arguments:
        limit: the most characters it may have afterwards.
        one_line: for names and the like; breaks become blanks.

    Raises:
        Refused: `text_empty`, `text_too_long` or `text_unreadable`.
    """
    text = text.strip(" \n")  # the blank that keyboards add after a word must not send a text the long way
    if len(text) <= limit and _PLAIN.fullmatch(text) is not None and _is_tidy(text, one_line):
        return text
    if len(text) > 8 * limit + 1024:  # before any work is done on it
        raise Refused("text_too_long", limit=limit, length=len(text))
    text = _cleaned(text, one_line)
    if not any(unicodedata.category(letter)[0] in "LNPS" for letter in text):
        raise Refused("text_empty")
    if len(text) > limit:
        raise Refused("text_too_long", limit=limit, length=len(text))
    return text


def _is_tidy(text: str, one_line: bool) -> bool:
    """Whether blanks and breaks are as they should be, the ends being stripped already."""
    if "  " in text:
        return False
    return "\n" not in text or not (one_line or " \n" in text or "\n " in text or "\n\n\n" in text)


def _cleaned(text: str, one_line: bool) -> str:
    if _SURROGATE.search(text):
        raise Refused("text_unreadable")
    text = _BREAK.sub(" " if one_line else "\n", text)
    if one_line:
        text = text.replace("\n", " ")
    text = _SPACES.sub(" ", text)
    seen = _UNSEEN.sub("", text)
    unseen = len(text) - len(seen)
    if unseen > UNSEEN_MAX and 4 * unseen > len(text):
        raise Refused("text_unreadable")
    # Marks are counted before NFC too: putting thousands of them into canonical order would take quadratic time.
    few = _few_marks(seen)
    text = unicodedata.normalize("NFC", few)
    if text != few:
        text = _few_marks(text)
    text = _JOINERS.sub(_joined, _DIRECTIONS.sub(r"\1", text))
    return _GAPS.sub("\n\n", _LINE_ENDS.sub("\n", _SPACES.sub(" ", text))).strip(" \n")


def _few_marks(text: str) -> str:
    """Drop the marks of a letter beyond `MARKS_MAX`, and those that have no letter to stand on."""
    kept = []
    room = 0
    for letter in text:
        match "L" if letter.isalpha() or letter.isascii() else unicodedata.category(letter):
            case "Mn" | "Me":
                if not room:
                    continue
                room -= 1
            case "Cf":
                pass  # a joiner or a directional mark gives no new room
            case _:
                room = 0 if letter in " \n" else MARKS_MAX
        kept.append(letter)
    return "".join(kept)


def _joined(found: re.Match[str]) -> str:
    """Joiners shape the letters of many scripts; between ASCII letters they only make two names look like one."""
    start, end = found.span()
    around = found.string[max(0, start - 1) : start] + found.string[end : end + 1]
    return "" if around.isascii() else found.group()[:2]
