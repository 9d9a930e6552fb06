"""One page of a long hearing at a time: as much of it as a phone on a slow line can take.

A page follows from the log alone, so a chapter stays on the page that it is on. Links name the chapter
(`/s/{session}/replay?c=57#c57`), never the page, and hold whatever is on a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from recordings.chapters import Chapter

#: Chapters on a page, and how much of what was spoken, in milliseconds: lines are most of a page's weight.
CHAPTERS: Final = 25
SPOKEN_MS: Final = 1_800_000


@dataclass(frozen=True)
class PageLink:
    """One page of a hearing: its number from 1, its chapters from first to last, and when the first begins."""

    at: int
    first: int
    last: int
    clock: str = ""


@dataclass(frozen=True)
class Window:
    """What is shown of a list: page `at` of as many as it takes; `first` to `last` of `total`."""

    at: int
    first: int
    last: int
    total: int
    pages: tuple[PageLink, ...] = ()
    more: bool = False

    @property
    def several(self) -> bool:
        """Whether there is another page."""
        return self.at > 1 or self.more


def pages_of(found: Sequence[Chapter]) -> list[range]:
    """The numbers of the chapters on each page."""
    pages: list[range] = []
    first, spoken = 1, 0
    for n, each in enumerate(found, 1):
        if n > first and (n - first >= CHAPTERS or spoken + each.duration_ms > SPOKEN_MS):
            pages.append(range(first, n))
            first, spoken = n, 0
        spoken += each.duration_ms
    return [*pages, range(first, len(found) + 1)] if found else []


def page_at(pages: Sequence[range], chapter: int, page: int) -> int:
    """The place of the page with this chapter; without such a chapter the page of this number, else the first."""
    for n, numbers in enumerate(pages):
        if chapter in numbers:
            return n
    return page - 1 if 1 <= page <= len(pages) else 0


def cut(total: int, page: int) -> Window:
    """Which of `total` results are shown on a page."""
    at = page if 1 <= page and (page - 1) * CHAPTERS < total else 1
    first = (at - 1) * CHAPTERS + 1
    last = min(total, at * CHAPTERS)
    return Window(at, first, last, total, more=last < total)
