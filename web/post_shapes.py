"""What the pages about posts and who sits on them are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from web.cards import AreaGroup, Choice


@dataclass(frozen=True)
class PostRow:
    """A post in its office, with those of the same office that answer to it.

    Arguments:
        name: who answers on it today; empty where nobody does.
        kind: "holds" or "acting".
        since, until: when that began and when it ends, 0 where it does not.
        away: whose leave it is, until when.
        to: the post that has to act instead of an empty one.
        above: the post that it answers to, where that is in another office.
        login: whether that person can sign in.
    """

    id: str
    title: str
    name: str = ""
    kind: str = "holds"
    since: int = 0
    until: int = 0
    away: str = ""
    away_until: int = 0
    to: str = ""
    above: str = ""
    login: bool = False
    head: bool = False
    below: tuple[PostRow, ...] = ()


@dataclass(frozen=True)
class OfficePosts:
    id: str
    name: str
    triage: bool
    rows: tuple[PostRow, ...]


@dataclass(frozen=True)
class PostsPage:
    """`bare`: names of the offices without a post."""

    offices: tuple[OfficePosts, ...]
    bare: tuple[str, ...]
    total: int
    empty: int
    saved: str = ""
    undo: str = ""


@dataclass(frozen=True)
class PostingRow:
    """Somebody on a post. `now`: today, "later" not yet, "over" no more."""

    id: str
    name: str
    kind: str
    when: str
    since: int
    until: int
    login: str = ""


@dataclass(frozen=True)
class PostValues:
    """The form of a post as it was typed."""

    office: str = ""
    title_ur: str = ""
    title_en: str = ""
    reports_to: str = ""
    code: str = ""
    why: str = ""


@dataclass(frozen=True)
class TakeValues:
    """The form that puts somebody on a post, as it was typed; days are ISO 8601."""

    kind: str = "holds"
    name: str = ""
    account: str = ""
    since: str = ""
    until: str = ""
    why: str = ""


@dataclass(frozen=True)
class PostPage:
    """One post; without `id` a new one. `line`: who answers for its tickets when they are late, level by level."""

    values: PostValues
    offices: tuple[Choice, ...]
    above: tuple[AreaGroup, ...]
    id: str = ""
    title: str = ""
    office: str = ""
    row: PostRow | None = None
    postings: tuple[PostingRow, ...] = ()
    past: tuple[PostingRow, ...] = ()
    accounts: tuple[Choice, ...] = ()
    take: TakeValues = TakeValues()
    line: tuple[tuple[str, str], ...] = ()
    rules: int = 0
    today: str = ""
    saved: str = ""
    undo: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
