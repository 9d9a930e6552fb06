"""Which words of a ticket anybody may read: one rule, which every page and every interface asks.

What somebody wrote is hers, and a hearing hears it once; so nothing is public unless a person read the masked words and
let everybody read them. What is left without words is what the ticket is: its topic, place, state and dates.
"""

from __future__ import annotations


def public_words(masked: str | None, *, privacy: str, protected: bool, released_at: int | None) -> str | None:
    """The words for everybody, or None.

    Arguments:
        masked: without phone and ID numbers; None where nothing was written, or it was erased.
        privacy: the ticket's own; whatever it is but "public" keeps the words.
        protected: its topic is one of those that are never published.
        released_at: since when everybody may read them, in milliseconds; None: nobody has released them.
    """
    if privacy != "public" or protected or released_at is None:
        return None
    return masked or None
