"""Finds what may be a number that somebody said digit by digit, so that whoever reviews a recording listens there.

The masker hides numbers that are written as one. A captioner may have written "three four two zero one", in any
language of the district, or four digits and then four others: those are left readable, because most are harmless. Here
they are only pointed at, and nothing is decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .masking import MARK

#: Digits in a row from which it may be somebody's number, said as words or written.
SAID_LEAST: Final = 4
WRITTEN_LEAST: Final = 6

#: As captioners write them: English, Urdu, Urdu in Latin letters, Punjabi, Saraiki, Sindhi, Pashto, Hindi.
_SAID: Final = frozenset(
    """
    zero oh one two three four five six seven eight nine double triple
    صفر زیرو ایک دو تین چار پانچ چھ چھے چھہ سات آٹھ نو ڈبل ٹرپل
    sifar sifr zeero ek aik do teen tin char chaar panch paanch che chay chhe chhay saat sat aath ath nau no dabal
    اک تن پنج ست اٹھ نوں ڈو ترے
    هڪ ھڪ ٻه ٻہ ٽي پنج ڇهه ڇھ ست اٺ
    یو دوه درې څلور پنځه شپږ اووه اته نهه
    शून्य एक दो तीन चार पाँच पांच छह छः सात आठ नौ
    """.split()
)
_TOKEN: Final = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f:]+[^\W_]*)*")


def suspects(text: str) -> list[tuple[int, int]]:
    """Where a number may have been said: what the masker hid, and runs of digits in words or figures."""
    hidden = [(found.start(), found.end()) for found in re.finditer(re.escape(MARK), text)]
    return sorted([*hidden, *_runs(text)])


def _runs(text: str) -> Iterator[tuple[int, int]]:
    start = end = said = digits = 0
    for token in _TOKEN.finditer(text):
        word = token.group()
        figures = len(word) if word.isdecimal() else 0
        if not figures and word.lower() not in _SAID:
            if _is_many(said, digits):
                yield start, end
            said = digits = 0
            continue
        if not said and not digits:
            start = token.start()
        end = token.end()
        said, digits = said + (not figures), digits + figures
    if _is_many(said, digits):
        yield start, end


def _is_many(said: int, digits: int) -> bool:
    """Words and figures may stand mixed: each word is a digit."""
    return said + digits >= (SAID_LEAST if said else WRITTEN_LEAST)
