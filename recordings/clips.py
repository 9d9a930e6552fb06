"""The answer to one question as a short clip: from where the office began to speak until it was written down.

Whoever asked wants to hear what was promised, not the whole turn. A clip never leaves its chapter, so it is public only
where its chapter is; what was taken out of the chapter is silence in it, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from recordings.archive import Segment
from recordings.chapters import Chapter, Logged
from recordings.cutting import Span
from rooms import outcomes, turns

#: No clip is longer, so that it can be handed on over any line; in milliseconds.
MOST_MS: Final = 90_000
#: Of a chapter in which no office was given the floor, its end.
ELSE_MS: Final = 60_000
#: What was written down sooner than this after the office began belongs to what was said before it.
LEAST_MS: Final = 5_000


def answer(log: Iterable[Logged], chapter: Chapter, offices: Collection[str]) -> Span | None:
    """Where the answer is in a chapter; None where nothing was spoken, or nobody asked.

    Arguments:
        offices: the seats from which officials speak.
    """
    if not chapter.spoken or not chapter.questions:
        return None
    begun: list[int] = []
    noted: list[int] = []
    for at, event in log:
        if not chapter.starts_at <= at <= chapter.ends_at:
            continue
        match event:
            case turns.FloorGiven() if event.seat in offices:
                begun.append(at)
            case outcomes.OutcomeNoted() if event.question in chapter.questions:
                noted.append(at)
            case _:
                pass
    if not begun:
        return Span(max(chapter.starts_at, chapter.ends_at - ELSE_MS), chapter.ends_at)
    ends_at = noted[-1] if noted and noted[-1] >= begun[0] + LEAST_MS else chapter.ends_at
    # A long answer is cut where an official began anew, so that no sentence is torn if that can be helped.
    fits = [at for at in begun if ends_at - MOST_MS <= at < ends_at]
    return Span(fits[0] if fits else max(chapter.starts_at, ends_at - MOST_MS), ends_at)


def pieces(chapter: Iterable[Segment], clip: Span) -> tuple[Segment, ...]:
    """The segments of a clip: those of its chapter in which any of it is, so that no first word is lost."""
    return tuple(
        each
        for each in chapter
        if each.wall_ms < clip.ends_at and each.wall_ms + each.duration_us // 1_000 > clip.starts_at
    )
