"""Rules, and why something goes where it goes, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kachehri.i18n import Words
from kachehri.store.tables import Area, Category, Office, Post
from kachehri.tickets.chart import about_office
from kachehri.tickets.places import PICKED, TREES
from kachehri.tickets.routing import OTHER, Looked, Routed, Routing, Rule
from web.cards import AreaGroup, Choice
from web.icons import SHAPES
from web.topics import PICTURES


@dataclass(frozen=True)
class Names:
    """What everything is called in the reader's language."""

    words: Words
    offices: Mapping[str, Office]
    posts: Mapping[str, Post]
    areas: Mapping[str, Area]
    categories: Sequence[Category]

    def of(self, row: Office | Area | Category | Post | None) -> str:
        if row is None:
            return ""
        ur = self.words.language.code == "ur"
        if isinstance(row, Post):
            return (row.title_ur if ur else row.title_en) or row.id
        return (row.name_ur if ur else row.name_en) or row.id

    def topic(self, code: str) -> str:
        """What a question is about; what nobody knows is "something else"."""
        found = next((each for each in self.categories if each.code == code), None)
        return self.of(found) or self.words.plain(f"group.{OTHER}")

    def group(self, code: str) -> str:
        key = f"group.{code or OTHER}"
        return self.words.plain(key) if self.words.has(key) else code

    def place(self, area: str) -> str:
        return self.of(self.areas.get(area)) if area else self.words.plain("routing.everywhere")

    def place_of(self, code: str) -> str:
        return next((self.of(each) for each in self.areas.values() if each.code == code), "")

    def to(self, office: str, post: str = "") -> str:
        """An office, or a post of it, as where something goes."""
        name = self.of(self.offices.get(office)) or office
        if post not in self.posts:
            return name
        return self.joined("routing.to_post", post=self.of(self.posts[post]), office=name)

    def joined(self, key: str, **values: str) -> str:
        """A sentence that may consist of names alone, to stand in another: isolated in the reader's own direction,
        because the direction of names cannot be guessed from the signs between them (UAX #9, RLI and LRI).
        """
        mark = "\u2067" if self.words.language.direction == "rtl" else "\u2066"
        return f"{mark}{self.words.plain(key, None, **values)}\u2069"

    def subject(self, rule: Rule) -> str:
        if rule.category:
            return self.topic(rule.category)
        return self.words.plain("routing.all_of", group=self.group(rule.group))

    def says(self, rule: Rule, post: str | None = None) -> str:
        """A rule as a sentence."""
        to = self.to(rule.office, rule.post if post is None else post)
        return self.joined("routing.rule_of", topic=self.subject(rule), place=self.place(rule.area), to=to)

    # What a form offers

    def grouped(self) -> list[tuple[str, list[Category]]]:
        """Topics by their group, in the order in which they are offered."""
        found: dict[str, list[Category]] = {}
        for each in self.categories:
            found.setdefault(each.group_code or OTHER, []).append(each)
        return list(found.items())

    def topics(self) -> tuple[AreaGroup, ...]:
        return tuple(
            AreaGroup(self.group(group), tuple(Choice(each.code, self.of(each)) for each in mine))
            for group, mine in self.grouped()
        )

    def subjects(self) -> tuple[AreaGroup, ...]:
        """Each topic, and each group as a whole."""
        words = self.words
        return tuple(
            AreaGroup(
                self.group(group),
                (
                    Choice(f"g.{group}", words.plain("routing.all_of", group=self.group(group))),
                    *(Choice(f"c.{each.code}", self.of(each)) for each in mine),
                ),
            )
            for group, mine in self.grouped()
        )

    def places(self, trees: Sequence[str] = TREES) -> tuple[AreaGroup, ...]:
        """Places under the larger one around them, or under the name of their map."""
        groups: dict[tuple[str, str], list[Choice]] = {}
        for each in self.areas.values():
            if each.tree in trees:
                groups.setdefault((each.tree, each.parent_id or ""), []).append(Choice(each.id, self.of(each)))
        return tuple(
            AreaGroup(
                self.of(self.areas.get(parent)) or ("" if tree == PICKED else self.words.plain(f"lists.tree.{tree}")),
                tuple(choices),
            )
            for (tree, parent), choices in sorted(groups.items(), key=lambda each: TREES.index(each[0][0]))
        )

    def targets(self) -> tuple[AreaGroup, ...]:
        """Each office as a whole, and its posts."""
        whole = self.words.plain("routing.form.office")
        return tuple(
            AreaGroup(self.of(office), (Choice(f"o.{id}", f"{self.of(office)} ({whole})"), *self._posts(id, "p.")))
            for id, office in self.offices.items()
        )

    def abouts(self) -> tuple[AreaGroup, ...]:
        """Whom a complaint may be about."""
        found = []
        for id, office in self.offices.items():
            whole = self.words.plain("routing.about_office", office=self.of(office))
            found.append(AreaGroup(self.of(office), (Choice(about_office(id), whole), *self._posts(id, ""))))
        return tuple(found)

    def _posts(self, office: str, prefix: str) -> tuple[Choice, ...]:
        return tuple(
            Choice(prefix + each.id, self.of(each)) for each in self.posts.values() if each.office_id == office
        )


def picture(group: str) -> str:
    """The picture of a group of topics."""
    return PICTURES.get(group, group if group in SHAPES else OTHER)


def steps(routed: Routed, looked: Sequence[Looked], names: Names) -> tuple[tuple[bool, Markup], ...]:
    """Why something goes where it goes, one sentence for each that was looked at."""
    words = names.words
    said = []
    if not any(each.source == "rule" and each.verdict != "elsewhere" for each in looked):
        said.append((False, words.t("routing.step.rule.none")))
    for each in looked:
        key = f"routing.step.{each.source}.{each.verdict}"
        decided = each.verdict == "applies"
        if each.verdict == "elsewhere":
            said.append((False, words.t(key, each.number)))
        elif each.rule is not None:
            at = each.rule.since if each.verdict == "not_yet" else (each.rule.to or 1) - 1
            rule = names.says(each.rule, each.post)
            said.append((decided, words.t(key, rule=rule, day=words.dates.day(at or 0))))
        else:
            said.append((decided, words.t(key, to=names.to(each.office, each.post))))
    if routed.why == "nobody_else":
        said.append((False, words.t("routing.nobody_else")))
    return tuple(said)


def person(routed: Routed, routing: Routing, names: Names) -> str:
    """Who has it today, by name."""
    chart, words = routing.chart, names.words
    post = routed.post or chart.head(routed.office)
    if not post:
        return words.plain("routing.shared")
    sitter = chart.sitter(post, routing.at)
    if sitter is not None:
        return words.plain("routing.acts_for", name=sitter.name) if sitter.kind == "acting" else sitter.name
    up = next((each for each in chart.line(post)[1:] if chart.sitter(each, routing.at)), chart.lead)
    if not up or up == post:
        return words.plain("routing.nobody_at_all")
    return words.plain("routing.nobody_there", post=names.of(names.posts.get(up)))
