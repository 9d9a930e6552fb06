"""What is found does not depend on where a text is cut, or on what was looked for before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kachehri.i18n.digits import only_digits
from kachehri.likeness.folding import skeleton, words
from recordings import search
from recordings.search import Query, folded

LETTERS = st.text(alphabet="اآبپتٹثجچحخدڈرڑسشکگلمنںوہھءیے ئًَُِّ०१सड़क़ंख abcdchkhsarak'’-_0123۴۵٤\u00a0\u200c\n", max_size=40)


def whole(text: str) -> frozenset[str]:
    """As a text is folded that is not cut into what stands between blanks."""
    numbers = {only_digits(token) for token in text.split() if any(each.isdigit() for each in token)}
    return frozenset({skeleton(word) or word for word in words(text)} | numbers)


@given(LETTERS)
def test_words_sound_the_same_alone_and_in_a_text(text: str) -> None:
    assert folded(text) == whole(text)


@given(st.lists(LETTERS, max_size=4), LETTERS)
def test_is_found_where_every_word_is_somewhere(texts: list[str], wanted: str) -> None:
    have = frozenset[str]().union(*map(whole, texts))
    asked = folded(wanted.strip())
    said = bool(asked) and all(
        any(word == each or (len(each) > 1 and word.startswith(each)) for word in have) for each in asked
    )
    assert Query(wanted).fits(texts) == said


def test_a_word_is_compared_once_however_often_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    begins = search._begins

    def counting(word: str, wanted: str) -> bool:
        nonlocal compared
        compared += 1
        return begins(word, wanted)

    monkeypatch.setattr(search, "_begins", counting)
    query = Query("motor somwar")
    assert not query.fits(["ٹینکر روز آئے گا", "موٹر"] * 500) and query.fits(["ٹینکر", "motor", "somwar"])
    assert 0 < compared < 30
