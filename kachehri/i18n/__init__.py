"""Puts a reader's language on the screen: which language, its direction, its sentences, dates and digits.

May import: babel, markupsafe. Knows nothing of sessions, pages or the database.
Does not belong here: which sentence a page shows (web), what a rule refuses (rooms).
Start reading: languages.py for the choice, words.py for what a template calls.
"""

from kachehri.i18n.languages import DEFAULT, LANGUAGES, Language, negotiate
from kachehri.i18n.words import Words, words_for

__all__ = ["DEFAULT", "LANGUAGES", "Language", "Words", "negotiate", "words_for"]
