"""Which office answers for a question, and why, in words that can be shown.

An unknown category, or one whose office is gone, goes to the triage desk: people sort what rules cannot, and a close
never waits for them.
"""

from collections.abc import Collection, Mapping
from typing import Literal

from msgspec import Struct

#: "hearing": the hearing itself named the office, which stands above every rule.
Why = Literal["hearing", "category", "no_category", "unknown_category", "no_office", "office_gone"]


class Route(Struct, frozen=True):
    """Where a category leads. `office` is None where only people can decide."""

    category: str
    office: str | None
    protected: bool = False


class Routed(Struct, frozen=True):
    """An office and the reason. `why` names a sentence in the catalogue of translations, `category` fills it in."""

    office: str
    why: Why
    category: str
    protected: bool = False

    @property
    def by_rule(self) -> bool:
        """Whether the hearing or a rule decided; otherwise the triage desk has to."""
        return self.why in ("hearing", "category")


class Routing(Struct, frozen=True):
    """The rule in force: categories, the offices that exist, and the desk for everything else.

    Arguments:
        routes: for each category its office.
        offices: the offices that are open for work.
        triage: the office that sorts.
    """

    routes: Mapping[str, Route]
    offices: Collection[str]
    triage: str

    def route(self, category: str, named: str = "") -> Routed:
        """The office for a category, or the triage desk and why.

        Arguments:
            named: the office that the hearing sent it to, if it did; one that is gone since counts for nothing.
        """
        if named in self.offices:
            known = self.routes.get(category)
            return Routed(named, "hearing", category, known is not None and known.protected)
        if not category or category == "other":
            return Routed(self.triage, "no_category", category)
        found = self.routes.get(category)
        if found is None:
            return Routed(self.triage, "unknown_category", category)
        if found.office is None:
            return Routed(self.triage, "no_office", category, found.protected)
        if found.office not in self.offices:
            return Routed(self.triage, "office_gone", category, found.protected)
        return Routed(found.office, "category", category, found.protected)
