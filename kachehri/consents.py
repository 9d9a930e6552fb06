"""What people agree to when they speak or ask, in the very words that they read.

The words come from the catalogue. They are kept whenever they change, so that years later it can be said what somebody
agreed to; a version that was shown is never altered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, NamedTuple

from .i18n import LANGUAGES, words_for
from .store import Connection, people
from .store.tables import Consent, ConsentWording

#: Taking part in a hearing: voice and question become public.
HEARING: Final = "hearing"
#: Following somebody else's complaint under a number of one's own.
FOLLOWING: Final = "following"
#: The sentence of each purpose, as pages show it.
SENTENCES: Final = {HEARING: "consent", FOLLOWING: "follow.consent"}
#: The same where hearings are broadcast and recorded.
RECORDED: Final = SENTENCES | {HEARING: "consent_recorded"}


class Given(NamedTuple):
    """Somebody agreed, on a page in this language."""

    participant: str
    session_id: str
    language: str


def keep_wordings(conn: Connection, now: int, *, recorded: bool = False) -> None:
    """Write down the words that pages show now, where they are not the last that were written down.

    Arguments:
        recorded: whether hearings are broadcast and recorded from now on.
    """
    for purpose, sentence in (RECORDED if recorded else SENTENCES).items():
        for code in LANGUAGES:
            text = words_for(code).plain(sentence)
            last = people.wording(conn, purpose, code)
            if last is not None and last.text == text:
                continue
            version = last.version + 1 if last else 1
            row = ConsentWording(
                id=f"{purpose}-{code}-{version}",
                purpose=purpose,
                language=code,
                version=version,
                text=text,
                created_at=now,
            )
            people.save_wording(conn, [row])


def give(conn: Connection, now: int, given: Iterable[Given], purpose: str = HEARING) -> None:
    """Record who agreed; once for each participant and wording, however often a form is sent."""
    rows: list[Consent] = []
    given = list(given)
    persons = people.persons_of(conn, [each.participant for each in given])
    for each in given:
        wording = people.wording(conn, purpose, each.language)
        if wording is None:
            raise LookupError(f"no words of {purpose!r} in {each.language!r}")
        rows.append(
            Consent(
                id=hashlib.sha256(f"{each.participant}/{wording.id}".encode()).hexdigest()[:16],
                wording_id=wording.id,
                session_id=each.session_id,
                participant_id=each.participant,
                person_id=persons.get(each.participant),
                given_at=now,
            )
        )
    people.consent(conn, rows)
