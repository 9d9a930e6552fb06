"""WebVTT, written and read strictly (W3C WebVTT §4.1, "WebVTT file structure").

What is written here holds no markup: letters that would begin some are escaped, and a line break or an arrow in
somebody's words cannot begin a new cue. What is read may have identifiers, notes, styles and cue settings; times that
are broken are told with their line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

#: Cues and letters of one file; a whole day of captions is a tenth of it.
CUES_MOST: Final = 50_000
LETTERS_MOST: Final = 8_000_000
_TIME: Final = re.compile(r"(?:([0-9]{2,9}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})\Z")
_ARROW: Final = "-->"
_BLANK: Final = re.compile(r"[ \t]+")
_ENTITIES: Final = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": "\u00a0", "&lrm;": "\u200e", "&rlm;": "\u200f"}
_ENTITY: Final = re.compile("|".join(_ENTITIES))
#: What a text holds only where something has to be written in another way.
_SPECIAL: Final = re.compile(r"[\r\n\0&<>]")
#: Up to the next sign that could open one: a search for the end from each of many would take the square of them.
_TAG: Final = re.compile(r"<[^<>]*>")


class BadCaptions(ValueError):
    """A file that is no WebVTT. `code` is one of header, time, order, empty_time, text, many, encoding; `line` is 0
    where it is about all of it."""

    def __init__(self, code: str, line: int) -> None:
        super().__init__(f"{code} in line {line}")
        self.code = code
        self.line = line


@dataclass(frozen=True)
class Timed:
    """One cue; times in milliseconds from the beginning of the file."""

    starts_ms: int
    ends_ms: int
    text: str
    id: str = ""


def write(cues: Iterable[Timed], language: str) -> str:
    """A file of these cues, which come in the order in which they begin.

    Errors: `ValueError` for cues that no file can hold: they end before they begin, or begin before an earlier one.
    """
    parts = [f"WEBVTT\nKind: captions\nLanguage: {language}\n"]
    last = 0
    for cue in cues:
        if cue.starts_ms < last or cue.ends_ms <= cue.starts_ms:
            raise ValueError(f"a cue from {cue.starts_ms} to {cue.ends_ms} after one at {last}")
        last = cue.starts_ms
        text = _written(cue.text)
        if text:
            head = f"{cue.id}\n" if cue.id else ""
            parts.append(f"{head}{clock(cue.starts_ms)} {_ARROW} {clock(cue.ends_ms)}\n{text}\n")
    return "\n".join(parts)


def clock(ms: int) -> str:
    """A time as WebVTT has it: hours of at least two digits, and thousandths."""
    seconds, thousandths = divmod(ms, 1_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}"


def read(raw: bytes) -> list[Timed]:
    """The cues of a file.

    Errors: `BadCaptions`, with the number of the line.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadCaptions("encoding", 1) from None
    if len(text) > LETTERS_MOST:
        raise BadCaptions("many", 1)
    lines = lines_of(text)
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]) or any(_ARROW in each for each in lines[:1]):
        raise BadCaptions("header", 1)
    at = 1
    while at < len(lines) and lines[at]:  # metadata of the header
        if _ARROW in lines[at]:
            raise BadCaptions("header", at + 1)
        at += 1
    return read_cues(lines, at, _block)


def lines_of(text: str) -> list[str]:
    """A file's lines, however they end; a zero is no character in it (W3C WebVTT §6.1)."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").split("\n")


def read_cues(lines: list[str], at: int, read_block: Callable[[list[str], int], Timed | None]) -> list[Timed]:
    """What stands between empty lines from a line on. A block is read with the number of its first line.

    Errors: `BadCaptions` order, many; and those of the blocks.
    """
    found: list[Timed] = []
    while at < len(lines):
        if not lines[at]:
            at += 1
            continue
        first = at
        while at < len(lines) and lines[at]:
            at += 1
        cue = read_block(lines[first:at], first + 1)
        if cue is None:
            continue
        if found and cue.starts_ms < found[-1].starts_ms:
            raise BadCaptions("order", first + 1)
        found.append(cue)
        if len(found) > CUES_MOST:
            raise BadCaptions("many", first + 1)
    return found


def _block(lines: list[str], number: int) -> Timed | None:
    """A cue, or None for a note, a style or a region. `number` is that of the first line."""
    timing = next((n for n, line in enumerate(lines[:2]) if _ARROW in line), None)
    if timing is None:
        if re.match(r"(?:NOTE|STYLE|REGION)(?:[ \t]|\Z)", lines[0]):
            return None
        raise BadCaptions("time", number)
    begin, _, rest = lines[timing].partition(_ARROW)
    end, *_settings = _BLANK.split(rest.strip(" \t")) or [""]
    if not begin.endswith((" ", "\t")) or not rest.startswith((" ", "\t")):
        raise BadCaptions("time", number + timing)
    starts_ms, ends_ms = (_time(each.strip(" \t"), number + timing) for each in (begin, end))
    if ends_ms <= starts_ms:
        raise BadCaptions("empty_time", number + timing)
    words = lines[timing + 1 :]
    for n, line in enumerate(words, number + timing + 1):
        if _ARROW in line:
            raise BadCaptions("text", n)
    return Timed(starts_ms, ends_ms, _plain("\n".join(words)), lines[0] if timing else "")


def _time(written: str, line: int) -> int:
    found = _TIME.match(written)
    if found is None:
        raise BadCaptions("time", line)
    hours, minutes, seconds, thousandths = (int(each or 0) for each in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + thousandths


def _written(text: str) -> str:
    if not _SPECIAL.search(text):
        return text.strip()
    lines = [line.strip() for line in re.split(r"[\r\n\0]+", text)]
    return "\n".join(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in lines if line)


def _plain(text: str) -> str:
    return _ENTITY.sub(lambda each: _ENTITIES[each.group()], _TAG.sub("", text))
