"""The one cleaner of every text that a person sends, before it is masked, kept or shown.

What it may not do is change honest Urdu, Hindi or Punjabi: joiners (U+200C, U+200D), vowel signs and one directional mark stay.
What it takes away: control characters, bidi overrides and isolates that make a line read differently from what it says
(Unicode UAX 9, the "Trojan Source" trick), invisible letters, floods of combining marks that paint over the neighbours.

The common text is recognised as clean in one or two microseconds; only the rest is worked on.
"""

import re

#: Combining marks that may stand on one letter. Vocalised Urdu needs three, Vedic and Quranic signs four.
MARKS_MAX = 4

# Letters, digits and punctuation of ASCII, Urdu (without vowel signs) and Hindi (without nukta): none of these is invisible, none
# composes with its neighbour under NFC, so a text of them is clean as it stands.
_PLAIN = re.compile(
    r"[\x21-\x7e]"
    r"(?:[\x20-\x7e\u060c\u061b\u061f\u0621-\u063a\u0641-\u064a\u0660-\u0669\u0671-\u06d4\u06f0-\u06f9\u0904-\u093b\u093d-\u0957"
    r"\u0960-\u0963\u0966-\u096f\u0964\u2018\u2019\u201c\u201d\u2013\u2014]*"
    r"[^\s])?".replace(r"[\x21-\x7e]", "", 1).replace(r"[^\s])?", ")")
)
