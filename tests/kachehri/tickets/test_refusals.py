"""Every no has its sentence, and no sentence is for a no that nobody says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kachehri import tickets
from kachehri.i18n import words_for
from kachehri.tickets.refusals import REFUSALS

FOLDER = Path(tickets.__file__).parent
#: Where refusals of tickets are made.
SOURCES = (*FOLDER.glob("*.py"), *(FOLDER.parent / name for name in ("ticketing.py", "promises.py", "evidence.py")))


@pytest.mark.parametrize("language", ["en", "ur"])
def test_has_a_sentence_in_both_languages(language: str) -> None:
    words = words_for(language)
    assert not [code for code in REFUSALS if not words.has(f"refused.{code}")]
    shown = [words.plain(f"refused.{code}") for code in REFUSALS]
    assert all(len(each) > 6 for each in shown)


def test_every_code_that_is_raised_is_listed() -> None:
    raised = set()
    for path in SOURCES:
        source = path.read_text(encoding="utf-8")
        raised |= set(re.findall(r'TicketRefused\(\s*"(\w+)"', source))
        raised |= set(re.findall(r'need\(.*,\s*"(\w+)"\)', source))
    assert "transfer_limit" in raised and "ticket_busy" in raised
    assert not raised - set(REFUSALS)


def test_no_code_is_listed_that_nobody_raises() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES if path.name != "refusals.py")
    assert not [code for code in REFUSALS if f'"{code}"' not in source]
