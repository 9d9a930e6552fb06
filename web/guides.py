"""The guides of the help pages: which parts each has, and the picture beside a part.

The words are in the catalogue (`help.<guide>.<part>` and `…_more`), the pictures are taken by `make screenshots`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Part:
    """One step of a guide. `picture` is a file of static/help without its language; `wide` is a desk's."""

    name: str
    icon: str
    picture: str = ""
    wide: bool = False


GUIDES: Final[dict[str, tuple[Part, ...]]] = {
    "citizen": (
        Part("join", "arch", "session"),
        Part("ask", "ask", "ask"),
        Part("number", "papers", "receipt"),
        Part("line", "people", "place"),
        Part("speak", "mic", "next"),
        Part("follow", "find", "ticket"),
    ),
    "moderator": (
        Part("sit", "key"),
        Part("triage", "ask", "desk", wide=True),
        Part("line", "people"),
        Part("stage", "mic"),
        Part("outcome", "check"),
        Part("close", "flag"),
    ),
    "officer": (
        Part("sit", "mic", "official", wide=True),
        Part("hear", "sound"),
        Part("promise", "day"),
        Part("after", "list"),
    ),
    "clerk": (
        Part("setup", "gear", "setup", wide=True),
        Part("plan", "day", "plan", wide=True),
        Part("invite", "share"),
        Part("practice", "practice"),
        Part("open", "arch"),
        Part("register", "print", "register", wide=True),
    ),
}


@dataclass(frozen=True)
class HelpPage:
    """What /help shows: a guide, or all of them. pictures: the files that there are."""

    guide: str = ""
    pictures: frozenset[str] = frozenset()
    guides = GUIDES

    @property
    def parts(self) -> tuple[Part, ...]:
        return GUIDES[self.guide]
