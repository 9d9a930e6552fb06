"""Asking a question in two steps, write and check, without a script: the form is its own memory.

One key belongs to one form from its first page to the last, so a weak line, an impatient finger or the back button
never files a question twice.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kachehri.consents import Given
from kachehri.i18n import Words
from kachehri.i18n.dates import whole_minutes
from kachehri.live import Live
from kachehri.logs import logger
from kachehri.store import StoreError
from moderation.masking import mask
from rooms.base import Refused
from rooms.questions import AskQuestion
from web import errors, forms, reading
from web.cards import SessionCard
from web.house import House, house_of, see
from web.pages.citizen import hides_name, host
from web.pages.home import coming_cards
from web.shapes import AskCheckPage, AskClosedPage, AskPage, AskValues
from web.topics import District

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{22,32}\Z")
#: Refusals that a person can answer by changing the form; the field that the sentence stands at.
_AT_FIELD: Final = {
    "text_empty": "text",
    "text_too_long": "text",
    "text_unreadable": "text",
    "phone_unreadable": "phone",
    "say_what": "category",
    "category_unknown": "category",
}
_STEPS: Final = ("check", "send")


async def form(request: Request) -> Response:
    """Step one, empty."""
    house = house_of(request)
    live = await house.service.live(request.path_params["session"])
    card = reading.head(live, house.words(request), await host(house, request, live))
    if not card.takes_questions:
        return await closed(house, request, card)
    participant = house.visitors.of(request).participant(card.id)
    if reading.own(live, participant, house.now()).barred:
        raise Refused("barred")
    values = AskValues(hide_name=hides_name(request))
    return _form(house, request, live, card, await house.districts.get(), values, {}, forms.new_key())


async def post(request: Request) -> Response:
    """From step one to step two, back again, or off to the house."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    live = await house.service.live(request.path_params["session"])
    card = reading.head(live, words)
    district = await house.districts.get()
    key = fields.get("key", "")
    key = key if _KEY.match(key) else forms.new_key()
    values = forms.asked(fields)
    category = district.within(values.group, values.category)
    values = replace(values, category=category)
    if not card.takes_questions:
        return await closed(house, request, card, values)
    heard = live.session.lifecycle.categories
    found = forms.faults(values, district.category_codes(heard), district.area_codes(), words)
    step = fields.get("step", "check")
    if found or step not in _STEPS:
        return _form(house, request, live, card, district, values, found if step != "edit" else {}, key)
    if step == "check":
        topic, area = district.topic(values.category, words), district.area(values.area, words)
        masked = mask(values.text).text != values.text
        page = AskCheckPage(card, key, values, topic, area, masked, _private(values, district))
        return house.show(request, "ask_check.html", page)
    return await _send(house, request, live, card, district, values, key, words)


async def _send(
    house: House,
    request: Request,
    live: Live,
    card: SessionCard,
    district: District,
    values: AskValues,
    key: str,
    words: Words,
) -> Response:
    command = AskQuestion(
        category=values.category,
        area=values.area,
        village=values.village,
        spoken=values.spoken,
        text=values.text,
        name=values.name,
        hide_name=values.hide_name,
        private=_private(values, district),
        phone=values.phone,
        channel="web",
    )
    visitor = house.visitors.of(request)
    try:
        try:
            house.asking.take(request.client.host if request.client else "", visitor.device)
            await house.consenting.give(Given(visitor.participant(card.id), card.id, words.language.code))
            question = await house.submit_as(request, visitor, card.id, command, key)
        except StoreError as error:  # the words are still in our hands: they go back into the form, not away
            logger(__name__).error("question.storage", code=error.code, way="!")
            raise Refused("storage") from None
    except Refused as refused:
        if refused.code == "phase":
            return await closed(house, request, card, values)
        # The key was spent on another text: this is another question, and gets a key of its own.
        key = forms.new_key() if refused.code == "key_conflict" else key
        said = {_AT_FIELD.get(refused.code, "send"): _sentence(words, refused)}
        return _form(house, request, live, card, district, values, said, key, errors.status_of(refused.code))
    receipt = f"/q/{house.service.people.receipt(question)}?sent={key}"
    if request.headers.get("accept") == "application/json":  # static/js/send.js, which goes there by itself
        return house.visitors.keep(JSONResponse({"to": receipt}), visitor)
    return house.visitors.keep(see(receipt), visitor)


def _private(values: AskValues, district: District) -> bool:
    """Whether it goes off as private. Her form keeps her own tick alone: she may still change what it is about."""
    return values.private or district.keeps(values.group, values.category)


def _sentence(words: Words, refused: Refused) -> str:
    """Why it was not taken; whoever was too quick reads how long to wait."""
    if refused.code == "slow_down" and refused.params.get("retry_ms"):
        return words.plain("ask.slow", whole_minutes(int(refused.params["retry_ms"])))
    return errors.sentence(words, refused.code, refused.params)


def _form(
    house: House,
    request: Request,
    live: Live,
    card: SessionCard,
    district: District,
    values: AskValues,
    found: dict[str, str],
    key: str,
    status: int = 422,
) -> Response:
    words = house.words(request)
    groups = district.groups(words, live.session.lifecycle.categories)
    page = AskPage(card, key, groups, district.places(words), values, found)
    return house.show(request, "ask.html", page, status=status if found else 200)


async def closed(house: House, request: Request, card: SessionCard, values: AskValues | None = None) -> Response:
    """Asking is over here: say so, keep what was written, and show the next hearing that takes it."""
    coming = await coming_cards(house, house.words(request))
    following = next((each for each in coming if each.id != card.id), None)
    page = AskClosedPage(card, forms.new_key(), values or AskValues(), following)
    return house.show(request, "ask_closed.html", page, status=409)
