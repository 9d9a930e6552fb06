"""Names for the ids of a chain: offices, posts, topics, and whoever did a step, by the post that was theirs then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kachehri.i18n import Words
from kachehri.store import Connection, actors
from kachehri.store.actors import Held, Named
from web.topics import District


@dataclass(frozen=True)
class Known:
    """What was read for the names of a page."""

    posts: Mapping[str, tuple[str, str, str]]
    accounts: Mapping[str, Named]
    held: Sequence[Held]

    @classmethod
    def read(cls, conn: Connection, ids: Iterable[str]) -> Known:
        wanted = {each for each in ids if each}
        return cls(actors.posts(conn), actors.accounts(conn, wanted), actors.held(conn, wanted))


@dataclass(frozen=True)
class Names:
    """Says them in one reader's language."""

    known: Known
    district: District
    words: Words

    def office(self, office_id: str | None) -> str:
        return self.district.host(office_id or "", self.words) or self.words.plain("office.gone")

    def post(self, post_id: str | None) -> str:
        """The title of a post; empty where there is none."""
        found = self.known.posts.get(post_id or "")
        return self._either(found[0], found[1]) if found else ""

    def post_of_office(self, post_id: str | None, office_id: str | None) -> str:
        """A post with its office, or the office alone."""
        found = self.known.posts.get(post_id or "")
        if not found:
            return self.office(office_id)
        return self.words.plain("office.post_in", post=self.post(post_id), office=self.office(found[2]))

    def who(self, actor: str, at: int) -> str:
        """Whoever did a step: the citizen, the clock, a program, or the post that an account held at the time."""
        if actor in ("citizen", "clock", "system"):
            return self.words.plain(f"office.by.{actor}")
        if actor.startswith("key/"):
            return self.words.plain("programs.by")
        account = self.known.accounts.get(actor)
        if account is None:
            return self.words.plain("office.by.staff")
        for held in self.known.held:
            if held.account_id == actor and held.from_at <= at and (held.to_at is None or at < held.to_at):
                return self.post(held.post_id)
        return self._either(account.title_ur, account.title_en) or account.name

    def _either(self, ur: str, en: str) -> str:
        first, second = (ur, en) if self.words.language.code == "ur" else (en, ur)
        return first or second
