"""Who holds which post, and whom it answers to. Pure.

Rule 1: lines run between posts, since people are moved and posts stay.
Rule 2: somebody who acts stands before the holder; a holder on leave counts as absent.
Rule 3: an empty post falls through to the one it answers to, and at the end stands the lead of the desk that sorts, so
that nothing waits before an empty chair. A line that was drawn in a circle by mistake ends where it began.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final, Literal, NamedTuple

Holding = Literal["holds", "acting", "away"]
#: The levels to which a late ticket is raised, one superior each.
LEVELS: Final = (1, 2, 3)
_OFFICE: Final = "office/"


class Chair(NamedTuple):
    """A post as the rules see it; `above` is the post that it answers to."""

    id: str
    office: str
    above: str = ""


class Sitter(NamedTuple):
    """Somebody on a post from an instant to another, in milliseconds; `to` None: until further notice.

    Arguments:
        kind: "holds" it, is "acting" for whoever holds it, or is its holder who is "away".
        account: with which it can be worked on; empty where only a name is known.
    """

    post: str
    name: str
    account: str = ""
    kind: Holding = "holds"
    since: int = 0
    to: int | None = None

    def at(self, now: int) -> bool:
        """Whether it is in force at an instant."""
        return self.since <= now and (self.to is None or now < self.to)


def about_office(office: str) -> str:
    """How a ticket says that it complains about a whole office; a post is named by its id alone."""
    return _OFFICE + office


def office_about(about: str) -> str:
    """The office that is complained about; empty when it is a post."""
    return about.removeprefix(_OFFICE) if about.startswith(_OFFICE) else ""


class Chart:
    """All posts of a house and who sits on them.

    Arguments:
        chairs: the posts in use.
        sitters: everybody who was, is or will be on one.
        offices: for each office in use the one above it, or nothing.
        triage: the desk that sorts.
    """

    def __init__(
        self, chairs: Iterable[Chair], sitters: Iterable[Sitter], offices: dict[str, str], triage: str
    ) -> None:
        self.chairs = {each.id: each for each in chairs}
        self.offices = offices
        self.triage = triage
        self._sitters: dict[str, list[Sitter]] = {}
        self._of: dict[str, list[str]] = {}
        self._heads: dict[str, str] = {}
        for sitter in sitters:
            self._sitters.setdefault(sitter.post, []).append(sitter)
        for chair in self.chairs.values():
            self._of.setdefault(chair.office, []).append(chair.id)

    # Who

    def sitter(self, post: str, now: int) -> Sitter | None:
        """Who answers on this very post at an instant: the one who acts, else its holder unless away."""
        here = [each for each in self._sitters.get(post, ()) if each.at(now)]
        acting = [each for each in here if each.kind == "acting"]
        if acting:
            return max(acting, key=_latest)
        if self.away(post, now) is not None:
            return None
        held = [each for each in here if each.kind == "holds"]
        return max(held, key=_latest) if held else None

    def away(self, post: str, now: int) -> Sitter | None:
        """Whoever is on leave from this very post at an instant."""
        return next((each for each in self._sitters.get(post, ()) if each.kind == "away" and each.at(now)), None)

    def account(self, post: str, now: int, about: str = "") -> str:
        """The account that has to act for a post: its own, or the next one up the line that has somebody with one.

        Arguments:
            about: what a ticket complains about; those concerned are passed over.
        """
        for each in self._upwards(post):
            found = self.sitter(each, now)
            if found is not None and found.account and not self.answers_to(each, about):
                return found.account
        return ""

    def posts_of(self, account: str, now: int) -> tuple[str, ...]:
        """The posts that an account answers on at an instant, its own before those it acts on."""
        found = [
            (s.kind != "holds", post) for post in self.chairs if (s := self.sitter(post, now)) and s.account == account
        ]
        return tuple(post for _, post in sorted(found)) if account else ()

    # The line

    def line(self, post: str) -> tuple[str, ...]:
        """A post and all above it, the nearest first."""
        found: dict[str, None] = {}
        at = post
        while at in self.chairs and at not in found:
            found[at] = None
            at = self.chairs[at].above
        return tuple(found)

    def head(self, office: str) -> str:
        """The post that leads an office: the one of which nobody above is in the same office."""
        found = self._heads.get(office)
        if found is None:
            found = self._heads[office] = self._head(office)
        return found

    def _head(self, office: str) -> str:
        mine = self._of.get(office, ())
        tops = [post for post in mine if not any(self.chairs[each].office == office for each in self.line(post)[1:])]
        # Of several, the one to whom most of the office answers; then by id, so that it is always the same.
        return max(sorted(tops or mine), key=lambda top: sum(top in self.line(post) for post in mine), default="")

    @cached_property
    def lead(self) -> str:
        """The post that leads the desk that sorts; empty where the desk has none."""
        return self.head(self.triage)

    def above(self, post: str, office: str, level: int, now: int, about: str = "") -> str:
        """The post that becomes accountable at a level: the first, second or third superior who is there.

        Arguments:
            post: where the ticket lies; without one the head of its office is the first to answer.
            about: what the ticket complains about; nobody concerned becomes accountable.

        Returns:
            The lead of the desk that sorts where the line is shorter; empty where there is nobody at all.
        """
        free = [each for each in self._superiors(post, office) if not self.answers_to(each, about)]
        filled = [each for each in free if self.sitter(each, now) is not None]
        if len(filled) >= level:
            return filled[level - 1]
        if self.lead and not self.answers_to(self.lead, about):
            return self.lead
        return (filled or free or [""])[-1]

    def level_over(self, account: str, post: str, office: str, now: int, about: str = "") -> int | None:
        """Where an account stands to a ticket: 0 at its own post or office, 1 to 3 above it, None elsewhere."""
        mine = set(self.posts_of(account, now))
        if post in mine or (not post and any(self.chairs[each].office == office for each in mine)):
            return 0
        over = (level for level in LEVELS if self.above(post, office, level, now, about) in mine)
        return next(over, None)

    def _superiors(self, post: str, office: str) -> tuple[str, ...]:
        if post in self.chairs:
            return self.line(post)[1:]
        for each in self._larger(office):
            if head := self.head(each):
                return self.line(head)
        return ()

    def _upwards(self, post: str) -> Iterator[str]:
        yield from self.line(post)
        if self.lead and self.lead not in self.line(post):
            yield from self.line(self.lead)

    def _larger(self, office: str) -> Iterator[str]:
        """An office and those it is a part of."""
        seen: set[str] = set()
        while office in self.offices and office not in seen:
            seen.add(office)
            yield office
            office = self.offices[office]

    # Whom it concerns

    def answers_to(self, post: str, about: str) -> bool:
        """Whether a post is the one complained about, sits in the office complained about, or answers to either."""
        if not about:
            return False
        office = office_about(about)
        if office:
            return any(office in self._larger(self.chairs[each].office) for each in self.line(post))
        return about in self.line(post)

    def concerns(self, office: str, post: str, about: str) -> bool:
        """Whether a ticket must not lie here. An office sees what lies with it, so that the office of a post that is
        complained about is out as well, unless it goes by name to one above that post.
        """
        if not about:
            return False
        whole = office_about(about)
        if whole:
            return whole in self._larger(office) or (bool(post) and self.answers_to(post, about))
        if about not in self.chairs:
            return False
        if post:
            return self.answers_to(post, about) or (
                self.chairs[about].office == office and post not in self.line(about)
            )
        head = self.head(office)
        return self.chairs[about].office == office or (bool(head) and self.answers_to(head, about))

    def around(self, about: str) -> tuple[str, str]:
        """The office and post above what is complained about: of a post its superior, of an office the larger one's
        head or the superior of its own. Empty where nobody is above.
        """
        office = office_about(about)
        start = self.head(office) if office else about
        for post in self.line(start)[1:]:
            if not self.concerns(self.chairs[post].office, post, about):
                return self.chairs[post].office, post
        for larger in list(self._larger(office or (self.chairs[about].office if about in self.chairs else "")))[1:]:
            head = self.head(larger)
            if not self.concerns(larger, head, about):
                return larger, head
        return "", ""


def _latest(sitter: Sitter) -> tuple[int, str, str]:
    return sitter.since, sitter.account, sitter.name
