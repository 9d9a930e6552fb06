"""Reads a district from a file: its offices, areas, categories, rooms, and perhaps a hearing to announce.

The file is TOML, so that an office can write it by hand. What it says is checked as a whole, and every error is told at
once, in words that help to put it right. Writing it to the store is not done here.
"""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec

from rooms.base import Slug

from .tickets.places import PICKED, TREES

Days = Annotated[int, msgspec.Meta(ge=1, le=365, description="working days")]


class DistrictError(ValueError):
    """The file cannot be used; `errors` says everything that is wrong with it."""

    def __init__(self, path: Path, errors: list[str]) -> None:
        super().__init__(f"{path}: " + "; ".join(errors))
        self.errors = errors


class Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something with a code and a name in both languages."""

    code: Slug
    name_ur: str
    name_en: str


class OfficeEntry(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A department, or a part of the office in `parent`. Exactly one has `triage`."""

    parent: Slug | None = None
    triage: bool = False


class RoomEntry(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A standing place for hearings."""

    office: Slug


class AreaEntry(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place inside `parent`. Kinds are the district's own words, such as tehsil or union_council.

    Arguments:
        tree: the map on which it is drawn; people pick from "revenue".
        within: places of other maps in which it lies.
    """

    kind: Slug
    parent: Slug | None = None
    tree: str = PICKED
    within: tuple[Slug, ...] = ()


class PostEntry(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A post in an office. `holder` and `acting` are names; `login` is the account of whoever answers there."""

    office: Slug
    reports_to: Slug | None = None
    holder: str = ""
    acting: str = ""
    login: str = ""
    on_leave: bool = False


class RuleEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A category or a group of them, in a place or everywhere, goes to a post or to a whole office."""

    category: Slug = ""
    group: Slug = ""
    area: Slug = ""
    office: Slug = ""
    post: Slug = ""


class GroupEntry(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Categories that are offered together behind one picture."""

    icon: Slug


class CategoryEntry(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a grievance is about. Without an office it goes to the triage desk; protected is never shown in public;
    with `picture`, whoever says that it is solved shows one.
    """

    group: Slug
    icon: Slug
    office: Slug | None = None
    days: Days = 15
    protected: bool = False
    picture: bool = False
    keywords: tuple[str, ...] = ()


class HearingEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A hearing to announce. `minutes` is how long it is meant to last."""

    room: Slug
    number: Annotated[int, msgspec.Meta(ge=1)]
    title_ur: str
    title_en: str
    topic_ur: str = ""
    topic_en: str = ""
    languages: tuple[str, ...] = ("ur", "en")
    minutes: Annotated[int, msgspec.Meta(ge=5, le=600)] = 90


class District(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A district as its file has it, in the order of the file: parents before children."""

    code: Slug
    name_ur: str
    name_en: str
    offices: tuple[OfficeEntry, ...]
    rooms: tuple[RoomEntry, ...]
    areas: tuple[AreaEntry, ...]
    groups: tuple[GroupEntry, ...]
    categories: tuple[CategoryEntry, ...]
    session: HearingEntry | None = None
    posts: tuple[PostEntry, ...] = ()
    rules: tuple[RuleEntry, ...] = ()

    @property
    def triage(self) -> OfficeEntry:
        """The office that sorts what no rule can place."""
        return next(office for office in self.offices if office.triage)

    def area_path(self, code: str) -> tuple[str, ...]:
        """The codes of an area and all around it, the outermost first."""
        parents = {area.code: area.parent for area in self.areas}
        path: list[str] = []
        at: str | None = code
        while at is not None:
            path.insert(0, at)
            at = parents[at]
        return tuple(path)


def load_district(path: Path) -> District:
    """Read and check a district.

    Raises:
        DistrictError: with every error that was found.
    """
    try:
        district = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), District)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise DistrictError(path, [str(error)]) from error
    errors = list(_errors(district))
    if errors:
        raise DistrictError(path, errors)
    return district


def _errors(district: District) -> Iterable[str]:
    offices = {office.code for office in district.offices}
    groups = {group.code for group in district.groups}
    lists: dict[str, tuple[Named, ...]] = {
        "offices": district.offices,
        "rooms": district.rooms,
        "areas": district.areas,
        "groups": district.groups,
        "categories": district.categories,
        "posts": district.posts,
    }
    for name, entries in lists.items():
        codes = [entry.code for entry in entries]
        yield from (
            f"{name}: {code} occurs twice" for code in sorted({code for code in codes if codes.count(code) > 1})
        )
    desks = sum(office.triage for office in district.offices)
    if desks != 1:
        yield f"offices: exactly one needs triage = true, found {desks}"
    yield from _orphans("offices", district.offices)
    yield from _orphans("areas", district.areas)
    yield from _orphans("posts", district.posts)
    yield from _maps(district)
    yield from _lost(district, offices, groups)
    for room in district.rooms:
        if room.office not in offices:
            yield f"rooms: {room.code} names the unknown office {room.office}"
    for category in district.categories:
        if category.office is not None and category.office not in offices:
            yield f"categories: {category.code} names the unknown office {category.office}"
        if category.group not in groups:
            yield f"categories: {category.code} names the unknown group {category.group}"
    if district.session is not None and district.session.room not in {room.code for room in district.rooms}:
        yield f"session: names the unknown room {district.session.room}"


def _maps(district: District) -> Iterable[str]:
    trees = {area.code: area.tree for area in district.areas}
    for area in district.areas:
        if area.tree not in TREES:
            yield f"areas: {area.code} is on the unknown map {area.tree}"
        if area.parent is not None and trees.get(area.parent, area.tree) != area.tree:
            yield f"areas: {area.code} lies in {area.parent}, which is on another map"
        for within in area.within:
            if trees.get(within, area.tree) == area.tree:
                yield f"areas: {area.code} names {within}, which is no place of another map"


def _lost(district: District, offices: set[str], groups: set[str]) -> Iterable[str]:
    """What posts and rules name that is not there."""
    posts = {post.code: post.office for post in district.posts}
    for post in district.posts:
        if post.office not in offices:
            yield f"posts: {post.code} names the unknown office {post.office}"
    known = {
        "category": {each.code for each in district.categories},
        "group": groups,
        "area": {each.code for each in district.areas},
        "office": offices,
        "post": set(posts),
    }
    for number, rule in enumerate(district.rules, 1):
        for name, codes in known.items():
            if getattr(rule, name) and getattr(rule, name) not in codes:
                yield f"rules: rule {number} names the unknown {name} {getattr(rule, name)}"
        if bool(rule.category) == bool(rule.group):
            yield f"rules: rule {number} needs a category or a group, and not both"
        if not rule.office and not rule.post:
            yield f"rules: rule {number} goes nowhere"


def _orphans(name: str, entries: Iterable[OfficeEntry | AreaEntry | PostEntry]) -> Iterable[str]:
    seen: set[str] = set()
    for entry in entries:
        parent = entry.reports_to if isinstance(entry, PostEntry) else entry.parent
        if parent is not None and parent not in seen:
            yield f"{name}: {entry.code} stands before its parent {parent}, or the parent is missing"
        seen.add(entry.code)
