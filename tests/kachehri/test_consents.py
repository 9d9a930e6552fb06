"""The words that people agree to are kept, and who agreed to which."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kachehri import consents
from kachehri.consents import HEARING, Given, give, keep_wordings
from kachehri.i18n import LANGUAGES, Words, words_for
from kachehri.store import Store, people
from tests.databases import new_sqlite


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(new_sqlite(tmp_path / "kachehri.db"))
    yield found
    found.close()


def test_words_are_kept_once_and_again_when_they_change(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.write() as conn:
        for at in (1, 2):
            keep_wordings(conn, at)
        for code in LANGUAGES:
            found = people.wording(conn, HEARING, code)
            assert found and (found.version, found.created_at) == (1, 1)
            assert found.text == words_for(code).plain("consent")

    class Changed(Words):
        def plain(self, key: str, count: int | None = None, **values: object) -> str:
            return f"{key}, new"

    monkeypatch.setattr(consents, "words_for", lambda code: Changed(LANGUAGES[code], words_for(code).dates.zone))
    with store.write() as conn:
        keep_wordings(conn, 3)
        found = people.wording(conn, HEARING, "ur")
        assert found and (found.version, found.text) == (2, "consent, new")


def test_where_hearings_are_recorded_people_agree_to_that(store: Store) -> None:
    with store.write() as conn:
        keep_wordings(conn, 1)
        for at in (2, 3):
            keep_wordings(conn, at, recorded=True)
        found = people.wording(conn, HEARING, "ur")
        assert found and (found.version, found.text) == (2, words_for("ur").plain("consent_recorded"))
        keep_wordings(conn, 4)
        found = people.wording(conn, HEARING, "ur")
        assert found and (found.version, found.text) == (3, words_for("ur").plain("consent"))


def test_a_consent_is_recorded_once_for_each_wording(store: Store) -> None:
    with store.write() as conn:
        keep_wordings(conn, 1)
        for at in (5, 6):
            give(conn, at, [Given("p" * 16, "ab2cd3ef", "ur")])
        give(conn, 7, [Given("p" * 16, "ab2cd3ef", "en")])
        found = [(each.wording_id, each.given_at, each.given) for each in people.consents(conn, "p" * 16)]
        assert found == [("hearing-ur-1", 5, True), ("hearing-en-1", 7, True)]


def test_nobody_agrees_to_words_that_were_not_kept(store: Store) -> None:
    with store.write() as conn, pytest.raises(LookupError):
        give(conn, 1, [Given("p" * 16, "ab2cd3ef", "ur")])
