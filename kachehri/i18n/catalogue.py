"""Reads the sentences of one language from its gettext files.

The `.po` files are the only form kept: they are compiled in memory at start-up (about 20 ms a language), so a
translator changes a text file and nothing else, and no compiled file can go stale beside its source. Message ids are
dotted names, not English sentences: English is a translation like any other and can be corrected without breaking Urdu.
"""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES: Final = Path(__file__).parent / "locale"


class UnknownMessage(LookupError):
    """A page asked for a sentence that no catalogue has: a fault of the program, found by its tests."""


def source_files(code: str) -> list[Path]:
    """All message files of a language; a part of the product may keep its sentences in a file of its own."""
    return sorted((LOCALES / code / "LC_MESSAGES").glob("*.po"))


@cache
def read(code: str) -> Catalog:
    """The merged catalogue of a language, as Babel holds it (tests compare keys and placeholders with it)."""
    merged = Catalog(locale=code)
    for path in source_files(code):
        with path.open("rb") as stream:
            part = read_po(stream, locale=code, abort_invalid=True)
        for message in part:
            if message.id:
                if message.id in merged:
                    raise ValueError(f"{path.name} says {message.id!r} again")
                merged[message.id] = message
    return merged


@cache
def translations(code: str) -> gettext.GNUTranslations:
    """The compiled catalogue, ready for look-ups."""
    compiled = BytesIO()
    write_mo(compiled, read(code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def has(code: str, key: str) -> bool:
    return translations(code).gettext(key) != key


def sentence(code: str, key: str, count: int | None = None) -> str:
    """The sentence named `key`; with `count`, the plural form that the language's rule picks."""
    compiled = translations(code)
    text = compiled.gettext(key) if count is None else compiled.ngettext(key, key, count)
    if text == key:
        raise UnknownMessage(f"no sentence {key!r} in {code!r}")
    return text
