"""The glossary shows what people read: each pair of its last column stands under one name in both catalogues."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po

from kachehri import i18n, rulebook

PAGE = rulebook.ROOT / "kachehri" / "DESIGN.md"
LOCALE = Path(i18n.__file__).parent / "locale"


def sentences(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted((LOCALE / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            found |= {str(message.id): str(message.string) for message in read_po(file) if message.id}
    return found


def test_what_the_glossary_shows_is_on_the_screen() -> None:
    glossary = PAGE.read_text(encoding="utf-8").split("## Glossary")[1]
    rows = re.findall(r"^\| (.+?) \| .+ \| (.*?) ?\|$", glossary, re.MULTILINE)[2:]
    english, urdu = sentences("en"), sentences("ur")
    shown = {(sentence, urdu.get(name)) for name, sentence in english.items()}
    wrong = [word for word, pair in rows if pair and tuple(pair.split(" · ")) not in shown]
    assert len(rows) > 30 and not wrong
