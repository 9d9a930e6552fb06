"""Reads a posted form: bounded, strict, and with digits of any script turned into ours where digits are meant.

Our own reader takes only what our own pages send (application/x-www-form-urlencoded, WHATWG URL §5): no files, no
nesting, at most 64 KiB, counted as it arrives.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from kachehri.audit import REASON_MOST
from kachehri.i18n import Words
from kachehri.i18n.digits import only_digits
from kachehri.intake import normal_phone
from rooms.base import Refused
from rooms.limits import NAME_MAX, QUESTION_MAX, VILLAGE_MAX
from rooms.text import clean
from web.security import CSRF_FIELD, CSRF_HEADER, is_forged
from web.shapes import AskValues

BODY_MOST: Final = 65_536
FIELDS_MOST: Final = 60
REFERENCE_DIGITS: Final = 10
PHONE_DIGITS: Final = 4


class FormRefused(Exception):
    """The request was not a form of ours: too big (413), unreadable (400) or made elsewhere (403)."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def new_key() -> str:
    """A key of 128 bits for one form: sent twice, it is carried out once."""
    return secrets.token_urlsafe(16)


async def body(request: Request) -> bytes:
    """The body of a request, refused as soon as it is too long."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_MOST:
            raise FormRefused(413)
        parts.append(part)
    return b"".join(parts)


async def read(request: Request, origins: frozenset[str] = frozenset()) -> dict[str, str]:
    """The fields of a form that was made on a page of ours, in this browser; the last value of a name counts."""
    return dict(await pairs(request, origins))


async def pairs(request: Request, origins: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """The same in the order of the form, where a name may stand several times."""
    raw = await body(request)
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise FormRefused(400)
    try:
        sent = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=FIELDS_MOST
        )
    except (ValueError, UnicodeDecodeError):
        raise FormRefused(400) from None
    token = dict(sent).get(CSRF_FIELD) or request.headers.get(CSRF_HEADER)
    if is_forged(request, token, origins):
        raise FormRefused(403)
    return [(name, written(value)) for name, value in sent if name != CSRF_FIELD]


def written(value: str) -> str:
    """A value without zero characters, which nobody types and no database that we know takes."""
    return value.replace("\0", "")


def why(fields: Mapping[str, str]) -> str:
    """The reason at the end of a form, for the list of acts; nothing where it is not given or cannot be read."""
    try:
        return clean(fields.get("why", "").strip()[:REASON_MOST], REASON_MOST, one_line=True)
    except Refused:
        return ""


def asked(fields: dict[str, str]) -> AskValues:
    """What somebody typed into the form for a question, untouched but for the ends."""
    return AskValues(
        group=fields.get("group", "")[:40],
        category=fields.get("category", "")[:40],
        text=fields.get("text", "").strip(),
        area=fields.get("area", "")[:40],
        name=fields.get("name", "").strip(),
        hide_name=fields.get("hide_name") == "1",
        phone=fields.get("phone", "").strip(),
        private=fields.get("private") == "1",
        village=fields.get("village", "").strip(),
        spoken=fields.get("spoken") == "1",
    )


def faults(values: AskValues, categories: Iterable[str], areas: Iterable[str], words: Words) -> dict[str, str]:
    """Field → sentence for everything that is wrong, all at once and in the order of the form."""
    found: dict[str, str] = {}
    if values.category not in set(categories):
        found["category"] = words.plain("field.exactly" if values.group and not values.category else "field.category")
    for name, limit, line in (("text", QUESTION_MAX, False), ("village", VILLAGE_MAX, True), ("name", NAME_MAX, True)):
        written = getattr(values, name)
        if not written and (name != "text" or values.spoken):
            continue
        try:
            clean(written, limit, one_line=line)
        except Refused as refused:
            found[name] = words.plain(f"field.{refused.code}", **{"limit": limit, "length": len(written)})
        except ValueError:
            found[name] = words.plain("field.text_empty")
    if values.area and values.area not in set(areas):
        found["area"] = words.plain("field.area")
    if values.phone:
        try:
            normal_phone(values.phone)
        except Refused:
            found["phone"] = words.plain("field.phone")
    if values.spoken and not values.text and values.category == "other" and not values.area and not values.village:
        found.setdefault("category", words.plain("refused.say_what"))
    order = ("category", "text", "area", "village", "name", "phone")
    return {name: found[name] for name in order if name in found}


def tracked(fields: dict[str, str], words: Words) -> tuple[str, str, dict[str, str]]:
    """The digits of a number, and those that prove it one's own, however they were written; and what is wrong with
    them. A whole phone number is as good as its end.
    """
    reference = only_digits(fields.get("reference", "")[:64])
    digits = only_digits(fields.get("digits", "")[:64])
    found: dict[str, str] = {}
    if len(reference) != REFERENCE_DIGITS:
        found["reference"] = words.plain("field.reference")
    if len(digits) < PHONE_DIGITS:
        found["digits"] = words.plain("track.either_field")
    return reference, digits, found
