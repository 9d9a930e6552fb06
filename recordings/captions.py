"""Typed lines as timed text: when each stood on the screen, and which words are its last.

A line is known when it was sent and how long ago its typing began, which is about when it was said. It stands until the
next line of its language, and never longer than a few seconds after it was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from recordings.chapters import Logged
from rooms.captions import CaptionCorrected, CaptionsWithheld, CaptionTyped

#: A line that nobody follows with another stays this long.
STAYS_MS: Final = 7_000


@dataclass(frozen=True)
class Cue:
    """One line; `starts_at` and `ends_at` in milliseconds by the log's clock, `line` a content id. `imported`: it is of
    a file that was made afterwards, and nobody knows whose seat it came from."""

    id: str
    language: str
    line: str
    starts_at: int
    ends_at: int
    seat: str = ""
    corrected: bool = False
    imported: bool = False


def cues(log: Iterable[Logged]) -> tuple[Cue, ...]:
    """Every line as it reads at the end, in order; within a language none begins before the one before it has."""
    lines: dict[str, Cue] = {}
    sent: dict[str, int] = {}
    for at, event in log:
        match event:
            case CaptionTyped():
                began = max(0, at - event.took_ms)
                sent[event.caption] = at
                lines[event.caption] = Cue(
                    event.caption, event.language, event.line.id, began, at + STAYS_MS, event.seat
                )
            case CaptionCorrected(line=None):
                lines.pop(event.caption, None)
            case CaptionsWithheld():
                lines = {id: each for id, each in lines.items() if sent[id] < event.since}
            case CaptionCorrected() if event.caption in lines and event.line is not None:
                sent[event.caption] = at  # what was corrected a moment ago may say what was said a moment ago
                lines[event.caption] = replace(lines[event.caption], line=event.line.id, corrected=True)
            case _:
                pass
    timed = [each for language in _languages(lines) for each in _in_order(lines, language)]
    return tuple(sorted(timed, key=lambda each: (each.starts_at, each.id)))


def _languages(lines: Mapping[str, Cue]) -> list[str]:
    return sorted({each.language for each in lines.values()})


def _in_order(lines: Mapping[str, Cue], language: str) -> list[Cue]:
    """The cues of one language, each ending where the next begins."""
    mine = [each for each in lines.values() if each.language == language]
    for n in range(1, len(mine)):
        mine[n] = replace(mine[n], starts_at=max(mine[n].starts_at, mine[n - 1].starts_at + 1))
        mine[n - 1] = replace(mine[n - 1], ends_at=min(mine[n - 1].ends_at, mine[n].starts_at))
    return [replace(each, ends_at=max(each.ends_at, each.starts_at + 1)) for each in mine]
