"""The district as pages need it: what can be asked about, where, and which office answers, in both languages.

Read from the store at most once in half a minute: a new category appears soon enough, and no page waits for it.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from kachehri.i18n import Words
from kachehri.service import Service
from kachehri.store import Connection, district
from kachehri.store.tables import Area, Category, Office
from kachehri.tickets.places import PICKED
from web.cards import AreaGroup, Choice, TopicGroup
from web.icons import SHAPES

FRESH_S: Final = 30.0
#: A group's picture, where its name is not also the picture's.
PICTURES: Final = {"roads": "road", "town": "clean", "farming": "crops", "welfare": "people", "private": "lock"}
OTHER: Final = "other"


@dataclass(frozen=True)
class District:
    """One reading of the district."""

    categories: tuple[Category, ...]
    areas: tuple[Area, ...]
    offices: dict[str, Office]

    def topic(self, code: str | None, words: Words) -> str:
        """What a question is about; an unknown code is "something else"."""
        for category in self.categories:
            if category.code == code:
                return _named(category, words)
        return words.plain(f"group.{OTHER}")

    def topics(self, words: Words) -> dict[str, str]:
        names = {category.code: _named(category, words) for category in self.categories}
        return {OTHER: words.plain(f"group.{OTHER}")} | names

    def area(self, code: str | None, words: Words) -> str:
        return next((_named(area, words) for area in self.areas if area.code == code), "")

    def office(self, office_id: str | None, words: Words) -> str:
        """The office's name; the desk that sorts is not named, it has not decided yet."""
        office = self.offices.get(office_id or "")
        return "" if office is None or office.triage else _named(office, words)

    def host(self, office_id: str, words: Words) -> str:
        """The office that holds a hearing, whichever it is."""
        office = self.offices.get(office_id)
        return _named(office, words) if office else ""

    def groups(self, words: Words, heard: Collection[str] = ()) -> tuple[TopicGroup, ...]:
        """The picture grid: each group with its own list, always with a way out at the end.

        Arguments:
            heard: the categories that a hearing is restricted to; none named: all.
        """
        unsure = Choice(OTHER, words.plain("ask.unsure"))
        by_group: dict[str, list[Choice]] = {}
        for category in self.categories:
            if heard and category.code not in heard:
                continue
            by_group.setdefault(category.group_code or OTHER, []).append(Choice(category.code, _named(category, words)))
        if OTHER not in by_group:
            by_group[OTHER] = []
        groups = []
        for code, choices in by_group.items():
            if all(choice.id not in (OTHER, code) for choice in choices):
                choices = [*choices, unsure]
            key = f"group.{code}"
            name = words.plain(key) if words.has(key) else choices[0].name
            picture = PICTURES.get(code, code if code in SHAPES else OTHER)
            groups.append(TopicGroup(code, name, picture, tuple(choices)))
        return tuple(groups)

    def within(self, group: str, category: str) -> str:
        """The choice that goes with a group. Where none was made, or one was left over from another group, it is the
        group's general topic: the category that has the group's own code, as "other" has. A group without one needs a
        choice: "something else" would lose what was said, so there is none. What does not exist stays what it is.
        """
        if not group:
            return category
        groups = {OTHER: OTHER} | {each.code: each.group_code or OTHER for each in self.categories}
        left_over = category in groups and groups[category] not in (group, OTHER)
        if category and not left_over:
            return category
        return group if groups.get(group) == group else ""

    def keeps(self, group: str, category: str) -> bool:
        """Whether this is never shown in public, whatever else was ticked: a protected topic, or "not sure" under a
        picture that has no other topics. The picture of everything else says nothing by itself.
        """
        for each in self.categories:
            if each.code == category:
                return each.protected
        within = [each.protected for each in self.categories if (each.group_code or OTHER) == group]
        return group != OTHER and bool(within) and all(within)

    def places(self, words: Words) -> tuple[AreaGroup, ...]:
        """The smallest areas under the next larger one."""
        parents = {area.parent_id for area in self.areas}
        inside: dict[str, list[Choice]] = {}
        for area in self.areas:
            if area.id not in parents:
                inside.setdefault(area.parent_id or "", []).append(Choice(area.code, _named(area, words)))
        names = {area.id: _named(area, words) for area in self.areas}
        return tuple(AreaGroup(names.get(parent, ""), tuple(choices)) for parent, choices in inside.items())

    def category_codes(self, heard: Collection[str] = ()) -> set[str]:
        return {OTHER} | {each.code for each in self.categories if not heard or each.code in heard}

    def area_codes(self) -> set[str]:
        return {area.code for area in self.areas}


class Districts:
    """Keeps the last reading."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._read_at = -FRESH_S
        self._district = District((), (), {})

    def forget(self) -> None:
        """Somebody has just changed it here: the next page reads it anew."""
        self._read_at = -FRESH_S

    async def get(self) -> District:
        if time.monotonic() - self._read_at > FRESH_S:
            at = time.monotonic()
            # Marked as read only once it is: a database that fails must not leave half a minute without a district.
            self._district = await self._service.read(_read)
            self._read_at = at
        return self._district


def _read(conn: Connection) -> District:
    areas: list[Area] = []
    level: list[Area] = [area for area in district.areas(conn) if area.tree == PICKED]
    while level:
        areas += level
        level = [child for area in level for child in district.areas(conn, area.id)]
    offices = {office.id: office for office in district.offices(conn)}
    return District(tuple(district.categories(conn)), tuple(areas), offices)


def _named(row: Area | Category | Office, words: Words) -> str:
    return row.name_ur if words.language.code == "ur" else row.name_en
