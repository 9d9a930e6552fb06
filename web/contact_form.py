"""The form in which somebody says how to be told: what stands in it, and what is read from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from kachehri.i18n import LANGUAGES, Words
from kachehri.notices.contacts import Contact, email, without_push
from kachehri.notices.timing import Hours
from web.notice_shapes import ContactPage

#: Hours that can be chosen: when children are at school, after work, and so on.
STRETCHES: Final = ((9, 12), (12, 15), (15, 18), (18, 21))


def page(
    contact: Contact,
    words: Words,
    house: Hours,
    *,
    path: str,
    back: str,
    citizen: bool,
    phone: bool = False,
    saved: bool = False,
    errors: Mapping[str, str] | None = None,
    typed: str | None = None,
) -> ContactPage:
    """The form as it now stands.

    Arguments:
        typed: an address that was none, to be mended.
    """
    anything = words.plain("contact.hours_any", opens=hour(house.opens, words), closes=hour(house.closes, words))
    some = [
        (f"{a}-{b}", words.plain("contact.hours_some", opens=hour(a, words), closes=hour(b, words)), "")
        for a, b in STRETCHES
    ]
    hours = f"{contact.opens}-{contact.closes}" if contact.hours else ""
    return ContactPage(
        path=path,
        back=back,
        citizen=citizen,
        phone=phone,
        sms=contact.sms,
        plain=contact.plain,
        push=citizen and contact.push is not None,
        email=contact.email if typed is None else typed,
        language=contact.language or words.language.code,
        hours=hours,
        choices=(("", anything, ""), *some),
        saved=saved,
        errors=errors or {},
    )


def hour(number: int, words: Words) -> str:
    """An hour of the day as people say it."""
    at = datetime(2026, 1, 1, number, tzinfo=words.dates.zone)
    return words.dates.clock(int(at.timestamp() * 1000))


def read(before: Contact, fields: Mapping[str, str], words: Words, *, citizen: bool) -> tuple[Contact, dict[str, str]]:
    """What the form says, upon what stood before; and what is wrong with it."""
    typed = fields.get("email", "").strip()
    address = email(typed) if typed else ""
    errors = {} if address is not None else {"email": words.plain("contact.email_wrong")}
    stretch = next((each for each in STRETCHES if fields.get("hours") == f"{each[0]}-{each[1]}"), (0, 0))
    language = fields.get("language", "")
    after = msgspec.structs.replace(
        before, email=address or "", language=language if language in LANGUAGES else before.language
    )
    if citizen:
        after = msgspec.structs.replace(
            after, sms="sms" in fields, plain="plain" in fields, opens=stretch[0], closes=stretch[1]
        )
        # Only a form that asked about it can take it back.
        if "push_asked" in fields and "push" not in fields:
            after = without_push(after)
    return after, errors
