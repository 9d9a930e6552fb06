"""One consonant skeleton for a word, however it is written: سڑک, सड़क, "sarak" and "sadak" are all "srk".

Vowels are what writers agree on least: Urdu mostly leaves them out, Roman Urdu has no rules for them. So they go, and
consonants that sound alike, or that one script tells apart and another does not, become one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Nasal signs sound only before another consonant; at the end of a word writers leave them out. Those of Devanagari are
#: marks to a pattern and Urdu's is a letter, which therefore stands for all.
_NASAL: Final = "ں"
_TO_NASAL: Final = str.maketrans({"ं": _NASAL, "ँ": _NASAL})
_URDU: Final = {
    **dict.fromkeys("اآأإعءئؤیےىيہھةۂ", ""),
    "ب": "b", "پ": "p", "ت": "t", "ٹ": "t", "ط": "t", "ث": "s", "س": "s", "ص": "s", "ش": "s",
    "ج": "z", "ز": "z", "ذ": "z", "ض": "z", "ظ": "z", "ژ": "z", "چ": "c", "ح": "h", "ہ": "h", "ه": "h", "خ": "k",
    "د": "d", "ڈ": "d", "ر": "r", "ڑ": "r", "غ": "g", "گ": "g", "ف": "f", "ق": "k", "ک": "k", "ك": "k", "ل": "l",
    "م": "m", "ن": "n", _NASAL: "n", "و": "w",
}  # fmt: skip
_HINDI: Final = {
    "क": "k", "ख": "k", "ग": "g", "घ": "g", "ङ": "n", "च": "c", "छ": "c", "ज": "z", "झ": "z", "ञ": "n", "ट": "t",
    "ठ": "t", "ड": "d", "ढ": "d", "ण": "n", "त": "t", "थ": "t", "द": "d", "ध": "d", "न": "n", "प": "p", "फ": "f",
    "ब": "b", "भ": "b", "म": "m", "र": "r", "ल": "l", "व": "w", "श": "s", "ष": "s", "स": "s", "ह": "h", "य": "",
}  # fmt: skip
#: Two Latin letters for one sound, then one letter for two.
_LATIN: Final = (
    ("sch", "sk"), ("tch", "c"), ("ch", "c"), ("sh", "s"), ("kh", "k"), ("gh", "g"), ("th", "t"), ("dh", "d"),
    ("bh", "b"), ("ph", "f"), ("jh", "z"), ("ck", "k"), ("q", "k"), ("x", "ks"), ("j", "z"), ("v", "w"),
)  # fmt: skip
_SOFT_C: Final = re.compile(r"c(?=[eiy])")
_HARD_C: Final = re.compile(r"c(?!h)")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_TWICE: Final = re.compile(r"(.)\1+")
#: Vowel signs and other marks of Devanagari and Arabic that carry no consonant.
_MARKS: Final = frozenset({"Mn", "Mc"})


def words(text: str) -> list[str]:
    """The words of a text in small letters, without vowel signs."""
    return [bare for bare, _ in spelt(text)]


def spelt(text: str) -> list[tuple[str, str]]:
    """The words of a text without vowel signs, each with how it is written."""
    written = unicodedata.normalize("NFC", text).casefold()
    # A vowel sign is a mark as well: marks go before words are cut.
    kept = [
        (at, each) for at, each in enumerate(written.translate(_TO_NASAL)) if unicodedata.category(each) not in _MARKS
    ]
    found = []
    for match in _WORD.finditer("".join(each for _, each in kept)):
        begin = kept[match.start()][0]
        end = kept[match.end()][0] if match.end() < len(kept) else len(written)
        found.append((match.group(), written[begin:end].strip()))
    return found


def skeleton(word: str) -> str:
    """The consonants of a word as they sound; nothing where it has none."""
    if word.isascii():
        spelt = _HARD_C.sub("k", _SOFT_C.sub("s", word.replace("ch", "\0"))).replace("\0", "ch")
        for letters, sound in _LATIN:
            spelt = spelt.replace(letters, sound)
        sounds = "".join(each for each in spelt if each in "bcdfghklmnprstwz")
    else:
        sounds = "".join(_URDU.get(each) or _HINDI.get(each) or "" for each in word.rstrip(_NASAL))
    if not sounds:
        return ""
    # Only at the beginning do w and d sound for certain: w is a vowel in Urdu elsewhere, and d turns to r.
    first, rest = sounds[0], sounds[1:].replace("w", "").replace("d", "r")
    whole = _TWICE.sub(r"\1", first + rest)
    return whole[:-1] if len(whole) > 2 and whole.endswith("h") else whole
