"""Words in the picture: any script and direction, each run of letters in a typeface that has them.

Shaping and the order of mixed directions are the layout engine's (HarfBuzz and FriBidi, through Pillow's `raqm`).
What our own typefaces lack is looked for among those of the machine; what nobody has is left out rather than boxed.
"""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from kachehri import fonts

Alpha = NDArray[np.uint8]
Direction = Literal["rtl", "ltr"]

#: Longest text that is drawn, in characters; a strip holds a fraction of it.
MOST_LETTERS: Final = 200
#: Runs of one text.
_MOST_RUNS: Final = 24
_RTL: Final = frozenset({"R", "AL"})
#: What has no script of its own: blanks, what is not seen, and marks that belong to the letter before them.
_PLAIN: Final = frozenset({"Zs", "Cf", "Mn", "Mc", "Me"})
_UNSEEN: Final = frozenset({"Zs", "Cf"})
#: No typeface has it.
_NO_LETTER: Final = "\U0010ffff"


def direction(text: str) -> Direction:
    """The direction of the first letter that has one (UAX #9, rules P2 and P3)."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in _RTL:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def alpha(text: str, size: int, width: int, *, bold: bool = False) -> Alpha:
    """The text in one line as coverage (0 to 255), cropped to its ink's width; smaller where it would not fit.

    Arguments:
        size: of the letters, in pixels; the line is twice as high, for scripts that hang and climb.
        width: the most that it may take.
    """
    text = " ".join(text[:MOST_LETTERS].split())
    if not text:
        return np.zeros((2 * size, 0), np.uint8)
    for points in (size, size * 7 // 8, size * 3 // 4):
        drawn = _line(text, points, bold)
        if drawn.shape[1] <= width:
            break
    return _fitted(drawn, 2 * size, width, direction(text))


def _fitted(drawn: Alpha, height: int, width: int, way: Direction) -> Alpha:
    """The line in the height asked for. What is still too long loses its end, never its beginning."""
    if drawn.shape[1] > width:
        drawn = drawn[:, -width:] if way == "rtl" else drawn[:, :width]
    found = np.zeros((height, drawn.shape[1]), np.uint8)
    top = (height - drawn.shape[0]) // 2
    found[max(0, top) : max(0, top) + min(height, drawn.shape[0])] = drawn[max(0, -top) : max(0, -top) + height]
    return found


def _line(text: str, size: int, bold: bool) -> Alpha:
    way = direction(text)
    pieces = []
    for run in _apart(_runs(text)[:_MOST_RUNS]):
        path = _file(run[0], bold)
        face, words = _face(path, size), "".join(letter for letter in run[1] if _has(path, letter))
        pieces.append((words, face, round(face.getlength(words, direction=direction_of(words, way)))))
    total = max(1, sum(width for _, _, width in pieces))
    image = Image.new("L", (total + size, 2 * size))
    draw = ImageDraw.Draw(image)
    at = total + size // 2 if way == "rtl" else size // 2
    for words, face, width in pieces:
        if way == "rtl":
            at -= width
        draw.text((at, size * 3 // 2 - size // 8), words, 255, face, "ls", direction=direction_of(words, way))
        if way == "ltr":
            at += width
    found: Alpha = np.asarray(image)
    inked = np.flatnonzero(found.any(axis=0))
    return found[:, inked[0] : inked[-1] + 1] if len(inked) else found[:, :0]


def direction_of(words: str, otherwise: Direction) -> Direction:
    """The direction of a run; of digits and marks alone, that of the line (for digits: left to right)."""
    if any(unicodedata.bidirectional(each) in _RTL for each in words):
        return "rtl"
    if any(unicodedata.bidirectional(each) in ("L", "EN", "AN") for each in words):
        return "ltr"
    return otherwise


def _runs(text: str) -> list[tuple[str, str]]:
    """The text in runs that one typeface has, with each typeface's script."""
    runs: list[tuple[str, str]] = []
    for letter in text:
        script = _script(letter)
        if script is None:
            if runs:  # spaces and marks stay with the letters before them
                runs[-1] = (runs[-1][0], runs[-1][1] + letter)
            continue
        if runs and runs[-1][0] == script:
            runs[-1] = (script, runs[-1][1] + letter)
        else:
            runs.append((script, letter))
    return runs


def _apart(runs: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The same, with the blank behind a run by itself: it goes the line's way, also behind a number that does not."""
    for script, words in runs:
        kept = words.rstrip(" ")
        yield script, kept
        if kept != words:
            yield script, words[len(kept) :]


def _script(letter: str) -> str | None:
    category = unicodedata.category(letter)
    if category in _PLAIN:
        return None
    if letter.isascii():
        return "LATIN"
    name = unicodedata.name(letter, "")
    script = name.split(" ", 1)[0].split("-", 1)[0]
    if letter.isalpha():
        return script
    if script in ("ARABIC", "EXTENDED"):
        return "ARABIC"
    # Digits and points of a script are in its typeface.
    return script if category[0] in "NP" and not _has(fonts.LATIN, letter) else "LATIN"


def _file(script: str, bold: bool) -> Path:
    if script == "ARABIC":
        return fonts.NASKH_BOLD if bold else fonts.NASKH
    if script == "LATIN":
        return fonts.LATIN_BOLD if bold else fonts.LATIN
    return _of_machine(script) or fonts.LATIN


@lru_cache(64)
def _of_machine(script: str) -> Path | None:
    """A typeface of the machine for another script, by fontconfig; asked once for each."""
    letter = next(
        (
            chr(code)
            for code in range(0x370, 0x3100)
            if chr(code).isalpha() and unicodedata.name(chr(code), "").startswith(script)
        ),
        "",
    )
    if not letter or not script.isalpha():
        return None
    try:
        asked = ["fc-match", "-f", "%{file}", f"sans:charset={ord(letter):x}"]
        found = Path(subprocess.run(asked, capture_output=True, text=True, timeout=5, check=True).stdout)
        face = ImageFont.truetype(str(found), 20, layout_engine=ImageFont.Layout.RAQM)
    except (OSError, subprocess.SubprocessError):
        return None
    return found if face.getmask(letter).getbbox() is not None else None


@lru_cache(64)
def _face(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.RAQM)


@lru_cache(2048)
def _has(path: Path, letter: str) -> bool:
    """Whether a typeface has a letter: then it is not drawn as what it has none for."""
    if unicodedata.category(letter) in _UNSEEN:
        return True
    drawn, none = (_alone(path).getmask(each) for each in (letter, _NO_LETTER))
    return drawn.size != none.size or bytes(drawn) != bytes(none)


@lru_cache(64)
def _alone(path: Path) -> ImageFont.FreeTypeFont:
    # Without shaping: a mark alone would be put on a circle of dots.
    return ImageFont.truetype(str(path), 20, layout_engine=ImageFont.Layout.BASIC)
