"""SubRip files (.srt) as programs that transcribe write them: a number, two times, words, an empty line.

There is no standard. Taken are both commas and points before the thousandths, one digit or more of hours, missing
numbers, and marks for weight, colour and place, which are dropped. Times that cannot be are told with their line.
"""

from __future__ import annotations

import re
from typing import Final

from recordings.webvtt import BadCaptions, Timed, lines_of, read_cues

_TIME: Final = re.compile(r"([0-9]{1,4}):([0-5]?[0-9]):([0-5]?[0-9])[,.]([0-9]{1,3})\Z")
_NUMBER: Final = re.compile(r"[0-9]{1,9}\Z")
_ARROW: Final = "-->"
#: HTML-like marks, and the `{\an8}` of others.
_MARK: Final = re.compile(r"</?[A-Za-z][^<>]*>|\{\\[^{}]*\}")


def read(text: str) -> list[Timed]:
    """The cues of a file.

    Errors: `BadCaptions`, with the number of the line.
    """
    # A line of blanks alone is an empty one here.
    lines = [line if line.strip() else "" for line in lines_of(text.removeprefix("\ufeff"))]
    return read_cues(lines, 0, _block)


def _block(lines: list[str], number: int) -> Timed:
    """A cue. `number` is that of the first line."""
    timing = 1 if _ARROW not in lines[0] and _NUMBER.match(lines[0].strip()) else 0
    if timing >= len(lines) or _ARROW not in lines[timing]:
        raise BadCaptions("time", number + min(timing, len(lines) - 1))
    begin, _, rest = lines[timing].partition(_ARROW)
    end = (rest.split() or [""])[0]  # some write where on the screen behind it
    starts_ms, ends_ms = (_ms(each.strip(), number + timing) for each in (begin, end))
    if ends_ms <= starts_ms:
        raise BadCaptions("empty_time", number + timing)
    words = lines[timing + 1 :]
    for n, line in enumerate(words, number + timing + 1):
        if _ARROW in line:
            raise BadCaptions("text", n)
    return Timed(starts_ms, ends_ms, _MARK.sub("", "\n".join(words)), lines[0].strip() if timing else "")


def _ms(written: str, line: int) -> int:
    found = _TIME.match(written)
    if found is None:
        raise BadCaptions("time", line)
    hours, minutes, seconds = (int(each) for each in found.groups()[:3])
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + int(found[4].ljust(3, "0"))
