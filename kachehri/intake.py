"""Words on their way in: cleaned, masked and sealed before any rule or reader sees them.

The original goes into `content` under the key of the person who said it; the log only gets a pointer with a salted
digest (SHA-256 over 16 random bytes and the words), so that erasing a person leaves every chain whole.
"""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple, Protocol

import phonenumbers

from moderation.masking import mask
from rooms.base import Command, ContentRef, Refused
from rooms.limits import CAPTION_MAX, NAME_MAX, NOTE_MAX, QUESTION_MAX, VILLAGE_MAX
from rooms.questions import AskQuestion
from rooms.text import clean

from .draws import random_bytes
from .ids import new_id
from .store.content import Kept

LIMITS = {
    "text": QUESTION_MAX,
    "name": NAME_MAX,
    "village": VILLAGE_MAX,
    "note": NOTE_MAX,
    "rule": NOTE_MAX,
    "line": CAPTION_MAX,
}
ONE_LINE = frozenset({"name", "village", "line"})


class Seal(Protocol):
    """Seals words under one person's key."""

    person_id: str | None

    def seal(self, content_id: str, words: bytes) -> bytes | None:
        """The sealed bytes, bound to the row that they will stand in."""


class Taken(NamedTuple):
    """What became of a command's words."""

    refs: Mapping[str, ContentRef]
    rows: list[Kept]
    texts: dict[str, str]


NOTHING = Taken({}, [], {})


def take(command: Command, session_id: str, seal: Seal, now: int) -> Taken:
    """Clean, mask and seal the words of a command.

    Errors: `Refused` with `text_empty`, `text_too_long` or `text_unreadable` and the name of the field, or `malformed`.
    """
    if not command.texts:
        return NOTHING
    if isinstance(command, AskQuestion) and any(mask(code).text != code for code in (command.category, command.area)):
        # Codes are shown to everyone and stand in the log for ever: a number of a person has no place in them.
        raise Refused("malformed")
    refs: dict[str, ContentRef] = {}
    rows: list[Kept] = []
    texts: dict[str, str] = {}
    # Whoever will say it need not write it.
    required = "text" if isinstance(command, AskQuestion) and not command.spoken else ""
    for field in command.texts:
        raw: str = getattr(command, field)
        if not raw and field != required:
            continue
        try:
            words = clean(raw, LIMITS[field], one_line=field in ONE_LINE)
        except Refused as refused:
            if refused.code == "text_empty" and field != required:
                continue
            raise Refused(refused.code, **{**refused.params, "field": field}) from None
        public = mask(words).text
        salt = random_bytes(16)
        content_id = new_id(now)
        raw_words = words.encode()
        refs[field] = ContentRef(content_id, hashlib.sha256(salt + raw_words).hexdigest())
        sealed = seal.seal(content_id, raw_words)
        rows.append(Kept(content_id, session_id, seal.person_id, field, sealed, public, salt, now))
        texts[content_id] = public
    return Taken(refs, rows, texts)


def phone_of(command: Command, region: str = "PK") -> str | None:
    """The phone number of a question in the form E.164, if one was given.

    Errors: `Refused("phone_unreadable")`.
    """
    if not isinstance(command, AskQuestion) or not command.phone.strip():
        return None
    return normal_phone(command.phone, region)


def normal_phone(written: str, region: str = "PK") -> str:
    """A phone number in the form E.164 from whatever somebody wrote, in any digit script."""
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        raise Refused("phone_unreadable") from None
    if not phonenumbers.is_possible_number(number):
        raise Refused("phone_unreadable")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
