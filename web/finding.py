"""Finds questions for the desk: by words, by number, by what they are about, where and how they came.

Searching looks at every question that the session has, not only at the windows of the live view; it reads words in a
thread, because a session may hold ten thousand. Urdu is typed with Arabic keyboards too, so letters that look alike
are one letter here; static/js/staff/folding.js folds in the same way.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rooms.limits import WINDOW
from rooms.queue import Question
from rooms.session import Session
from rooms.views import Texts

#: Arabic forms of letters that Urdu writes otherwise; digits of both scripts; what joins or stretches letters.
_LETTERS: Final = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ے": "ی",
        "ك": "ک",
        "ه": "ہ",
        "ة": "ہ",
        "ۃ": "ہ",
        "ھ": "ہ",
        "ـ": "",
        "\u200c": "",
        "\u200d": "",
    }
    | {chr(0x660 + n): str(n) for n in range(10)}
    | {chr(0x6F0 + n): str(n) for n in range(10)}
)
_WORD: Final = re.compile(r"[^\W_]+")
#: So many digits of a number are enough to look for it.
_DIGITS_LEAST: Final = 4
_TEXT_MOST: Final = 200
_KEPT_MOST: Final = 40_000
SORTS: Final = ("arrival", "supports")
CHANNELS: Final = ("web", "live", "kiosk", "phone", "desk")
KINDS: Final = ("grievance", "question", "suggestion", "information", "praise")


@dataclass(frozen=True)
class Wanted:
    """What the desk asked to see. Empty fields mean "any"."""

    text: str = ""
    topic: str = ""
    area: str = ""
    channel: str = ""
    kind: str = ""
    private: bool = False
    sort: str = "arrival"

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Wanted:
        """From an address or a form; what does not exist is as good as empty."""
        return cls(
            text=fields.get("q", "").strip()[:_TEXT_MOST],
            topic=fields.get("topic", "")[:40],
            area=fields.get("area", "")[:40],
            channel=fields.get("channel", "") if fields.get("channel", "") in CHANNELS else "",
            kind=fields.get("kind", "") if fields.get("kind", "") in KINDS else "",
            private=fields.get("private") == "1",
            sort=fields.get("sort", "") if fields.get("sort", "") in SORTS else "arrival",
        )

    @property
    def filters(self) -> int:
        """How many filters are set; words and order are none."""
        return sum(map(bool, (self.topic, self.area, self.channel, self.kind, self.private)))

    @property
    def is_plain(self) -> bool:
        """Whether this is the list as the live view has it."""
        return not self.text and not self.filters and self.sort == "arrival"


@dataclass(frozen=True)
class Found:
    """The first of what was found, and how many there are in all."""

    ids: tuple[str, ...] = ()
    total: int = 0


def fold(text: str) -> str:
    """Words as they are compared: without vowel signs, in small letters, one letter for all of its forms."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(each for each in plain if not unicodedata.combining(each)).translate(_LETTERS)


class Finder:
    """Remembers folded words, so that the second letter typed costs less than the first."""

    def __init__(self) -> None:
        #: With a hash of what was folded: words may be taken out of a text later, or given back.
        self._folded: dict[tuple[str, str, str], tuple[int, str]] = {}

    async def find(
        self,
        session: Session,
        texts: Texts,
        wanted: Wanted,
        list: str,
        groups: Mapping[str, str],
        within: Mapping[str, str],
    ) -> Found:
        """What fits: in the open list, or among all questions when words are looked for.

        Arguments:
            groups: category → group of topics.
            within: area → its path of codes, from the top, each followed by a slash.
        """
        queue = session.queue
        states = tuple(queue.index) if wanted.text else (list,)
        ids = (each for state in states for _, each in queue.index.get(state, ()))
        questions = [q for q in (queue.questions[each] for each in ids) if _fits(q, wanted, groups, within)]
        if wanted.text:
            questions = await asyncio.to_thread(self._matching, questions, dict(texts), wanted.text)
        newest = bool(wanted.text) or list in ("merged", "not_taken")
        if wanted.sort == "supports":
            questions.sort(key=lambda q: (-_weight(session, q), q.asked_at))
        else:
            questions.sort(key=lambda q: q.asked_at, reverse=newest)
        return Found(tuple(q.id for q in questions[:WINDOW]), len(questions))

    def _matching(self, questions: Iterable[Question], texts: Texts, text: str) -> list[Question]:
        typed = fold(text)
        digits = re.sub(r"\D", "", typed)
        if len(digits) >= _DIGITS_LEAST and not re.sub(r"[\d\s-]", "", typed):
            return [question for question in questions if digits in question.reference]
        words = _WORD.findall(typed)
        if len(self._folded) > _KEPT_MOST:
            self._folded = {}
        found = []
        for question in questions:
            parts = (question.content, question.name, question.village)
            said = " ".join(texts.get(each, "") for each in parts)
            known = self._folded.get(parts)
            if known is None or known[0] != hash(said):
                known = self._folded[parts] = hash(said), fold(said)
            here = known[1]
            # Erased words are found no more, although they are remembered here until they are crowded out.
            if all(word in here for word in words) and all(not each or each in texts for each in parts):
                found.append(question)
        return found


def _fits(q: Question, wanted: Wanted, groups: Mapping[str, str], within: Mapping[str, str]) -> bool:
    return not wanted.filters or (
        (not wanted.topic or groups.get(q.category, "other") == wanted.topic)
        and (not wanted.area or f"/{wanted.area}/" in f"/{within.get(q.area, '')}")
        and (not wanted.channel or q.channel == wanted.channel)
        and (not wanted.kind or q.kind == wanted.kind)
        and (not wanted.private or q.private)
    )


def _weight(session: Session, q: Question) -> int:
    """People behind a question: those who said "me too", and those who asked the same."""
    return q.supports + len(session.queue.followers.get(q.id, ()))
