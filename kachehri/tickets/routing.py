"""Which office answers for a question, and why, in words that can be shown. Pure.

Rule 1: what is most specific decides: the topic in this very place, in the places around it from the nearest outwards,
then the topic's group likewise, then the office that answers for the topic everywhere, then the desk that sorts.
Rule 2: an unknown category, or one whose office is gone, goes to the desk that sorts: people place what rules cannot,
and a close never waits for them.
Rule 3: nothing goes to whom it complains about, nor to whoever answers to them; it goes to the one above them.

Places lie in several trees at once, since the districts of power lines and police stations are not those of the
revenue office; all that surround a place count, the nearest first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from .chart import Chart

#: "hearing": the hearing itself named the office, which stands above every rule; which post of it, its rules say.
#: "around": to the one above whom it complains about. "concerned" and "nobody_else": only the desk that sorts is left,
#: or not even that.
Why = Literal[
    "hearing",
    "rule",
    "category",
    "around",
    "no_category",
    "unknown_category",
    "no_office",
    "office_gone",
    "concerned",
    "nobody_else",
]
Source = Literal["hearing", "rule", "category", "around", "triage"]
#: What became of one that was looked at; "later": it fits as well, but something before it decided.
Verdict = Literal["applies", "later", "not_yet", "over", "office_gone", "concerned", "none", "elsewhere"]
OTHER: Final = "other"


class Route(Struct, frozen=True):
    """Where a category leads. `office` is None where only people can decide."""

    category: str
    office: str | None
    protected: bool = False
    group: str = ""


class Rule(NamedTuple):
    """A topic, or a group of topics, in a place or everywhere, goes to an office and perhaps to one post of it.

    Arguments:
        category, group: one of the two.
        area: a place by id; empty: everywhere.
        since, to: from and until which instant, in milliseconds; None: without such a limit.
    """

    id: str
    office: str
    post: str = ""
    category: str = ""
    group: str = ""
    area: str = ""
    since: int | None = None
    to: int | None = None


class Routed(Struct, frozen=True):
    """An office and the reason. `why` names a sentence in the catalogue of translations, `category` fills it in."""

    office: str
    why: Why
    category: str
    protected: bool = False
    post: str = ""
    rule: str = ""

    @property
    def by_rule(self) -> bool:
        """Whether the hearing or a rule decided; otherwise the triage desk has to."""
        return self.why in ("hearing", "rule", "category", "around")


class Looked(NamedTuple):
    """One that was looked at on the way to an office, and what became of it.

    Arguments:
        rule: of a rule, what it says.
        number: how many rules were passed over that are for other places.
    """

    source: Source
    verdict: Verdict
    office: str = ""
    post: str = ""
    rule: Rule | None = None
    number: int = 0


@dataclass(frozen=True)
class Routing:
    """The rules in force at an instant.

    Arguments:
        routes: for each category its office.
        offices: the offices that are open for work.
        triage: the office that sorts.
        around: for each place, by its code, the ids of itself and of all that surround it, the nearest first.
        chart: the posts, to know who answers to whom.
        at: the instant, in milliseconds.
    """

    routes: Mapping[str, Route]
    offices: Collection[str]
    triage: str
    rules: tuple[Rule, ...] = ()
    around: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    chart: Chart = field(default_factory=lambda: Chart((), (), {}, ""))
    at: int = 0

    def route(self, category: str, named: str = "", *, area: str = "", about: str = "") -> Routed:
        """The office for a question, or the triage desk and why.

        Arguments:
            named: the office that the hearing sent it to, if it did; one that is gone since counts for nothing.
            area: where, by code.
            about: the post or office that it complains about.
        """
        found = next(each for each in self._chain(category, named, area, about) if each.verdict == "applies")
        known = self.routes.get(category)
        why: Why = found.source if found.source != "triage" else self._why(category, about)
        return Routed(
            found.office,
            why,
            category,
            known is not None and known.protected,
            found.post,
            found.rule.id if found.rule else "",
        )

    def explain(
        self, category: str, named: str = "", *, area: str = "", about: str = ""
    ) -> tuple[Routed, tuple[Looked, ...]]:
        """The same, with all that was looked at, in order."""
        looked: list[Looked] = []
        decided = False
        for each in self._chain(category, named, area, about):
            if decided and each.source in ("around", "triage"):
                continue  # a way out that nobody needs
            looked.append(each._replace(verdict="later") if decided and each.verdict == "applies" else each)
            decided = decided or each.verdict == "applies"
        elsewhere = self._elsewhere(category, area)
        if elsewhere:
            looked.append(Looked("rule", "elsewhere", number=elsewhere))
        return self.route(category, named, area=area, about=about), tuple(looked)

    def group_of(self, category: str) -> str:
        """The group of a topic; what nobody knows is "other"."""
        known = self.routes.get(category)
        return (known.group if known else "") or OTHER

    def _chain(self, category: str, named: str, area: str, about: str) -> Iterator[Looked]:
        """All that could decide, the most specific first; the last one always applies."""
        shunned = False
        for each in self._candidates(category, named, area, about):
            shunned = shunned or each.verdict == "concerned"
            yield each
        closed = self.chart.concerns(self.triage, "", about)
        if shunned or closed:
            office, post = self.chart.around(about)
            if office in self.offices:
                yield Looked("around", "applies", office, post)
        if closed:
            yield Looked("triage", "concerned", self.triage)
        yield Looked("triage", "applies", self.triage)

    def _candidates(self, category: str, named: str, area: str, about: str) -> Iterator[Looked]:
        if named:
            post = self._post_in(named, category, area, about)
            yield Looked("hearing", self._verdict(named, post, about), named, post)
        places = self.around.get(area, ())
        group = self.group_of(category)
        for place in places:
            yield from self._rules(self._by_category, category, place, about)
        for place in places:
            yield from self._rules(self._by_group, group, place, about)
        yield from self._rules(self._by_category, category, "", about)
        known = self.routes.get(category)
        if known is not None and known.office is not None:
            yield Looked("category", self._verdict(known.office, "", about), known.office)
        else:
            yield Looked("category", "none")
        yield from self._rules(self._by_group, group, "", about)

    def _post_in(self, office: str, category: str, area: str, about: str) -> str:
        """The post of an office that its own rules name; nothing where they leave that to the office."""
        found = (each for each in self._candidates(category, "", area, about) if each.office == office)
        return next((each.post for each in found if each.verdict == "applies"), "")

    def _rules(self, index: dict[tuple[str, str], list[Rule]], topic: str, place: str, about: str) -> Iterator[Looked]:
        for rule in index.get((topic, place), ()):
            post = rule.post if rule.post in self.chart.chairs else ""
            verdict: Verdict = self._verdict(rule.office, post, about)
            if rule.since is not None and self.at < rule.since:
                verdict = "not_yet"
            elif rule.to is not None and self.at >= rule.to:
                verdict = "over"
            yield Looked("rule", verdict, rule.office, post, rule)

    def _verdict(self, office: str, post: str, about: str) -> Verdict:
        if office not in self.offices:
            return "office_gone"
        return "concerned" if about and self.chart.concerns(office, post, about) else "applies"

    def _why(self, category: str, about: str) -> Why:
        """Why only the desk that sorts is left."""
        if self.chart.concerns(self.triage, "", about):
            return "nobody_else"
        known = self.routes.get(category)
        if known is not None and known.office is not None:
            return "concerned" if known.office in self.offices else "office_gone"
        if not category or category == OTHER:
            return "no_category"
        return "unknown_category" if known is None else "no_office"

    def _elsewhere(self, category: str, area: str) -> int:
        here = {*self.around.get(area, ()), ""}
        group = self.group_of(category)
        fits = (rule for rule in self.rules if rule.category == category or (rule.group and rule.group == group))
        return sum(rule.area not in here for rule in fits if category)

    @cached_property
    def _by_category(self) -> dict[tuple[str, str], list[Rule]]:
        return _index((rule.category, rule) for rule in self.rules)

    @cached_property
    def _by_group(self) -> dict[tuple[str, str], list[Rule]]:
        return _index((rule.group, rule) for rule in self.rules if not rule.category)


def _index(rules: Iterable[tuple[str, Rule]]) -> dict[tuple[str, str], list[Rule]]:
    found: dict[tuple[str, str], list[Rule]] = {}
    for topic, rule in rules:
        if topic:
            found.setdefault((topic, rule.area), []).append(rule)
    for same in found.values():
        # Of two for the same, the one that began last; by id where they began together.
        same.sort(key=lambda rule: (-(rule.since or 0), rule.id))
    return found
