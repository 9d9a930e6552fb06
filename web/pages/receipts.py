"""A question's own page, behind a secret link, and the slip that is printed of it.

The link is the key: whoever has it may read and withdraw, on any phone, without an account. Its secret is not stored;
the database knows a hash of it (kachehri/people.py).
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import segno
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri.i18n import Words
from kachehri.proof.public_log import spoken
from kachehri.proof.slips import code_of
from kachehri.store import questions as question_rows
from kachehri.store.questions import Asked
from rooms.base import Actor
from rooms.questions import WithdrawQuestion
from web import forms, promising, reading
from web.cards import MyQuestion, SessionCard
from web.house import House, house_of, see
from web.pages import ticket_citizen
from web.render import Shell
from web.shapes import Link, MessagePage, NumberPicture, ReceiptPage, SlipPage

#: States that share their sentence about what comes with another.
_NEXT: Final = {
    "refusing": "new",
    "held": "new",
    "deferred": "written",
    "unheard": "written",
    "not_taken": "written",
}


async def receipt(request: Request) -> Response:
    """The question's way through the hearing; after the close the complaint that it became."""
    house = house_of(request)
    words = house.words(request)
    held = await ticket_citizen.holder_of(house, request)
    if held.ticket is not None or held.asked is None:
        return await ticket_citizen.drawn(house, request, held)
    asked = held.asked
    live = await house.service.live(asked.session_id)
    district = await house.districts.get()
    card = reading.head(live, words)
    question = reading.one_of_mine(live, asked.id, house.service.people, district, words)
    address = house.renderer.site.address
    reference = words.grouped(asked.reference)
    page = ReceiptPage(
        question=question,
        token=request.path_params["token"],
        key=forms.new_key(),
        session=card,
        code=house.service.people.code(asked.id),
        fresh="sent" in request.query_params,
        next=outlook(question, card, words),
        share_text=words.plain("receipt.share_text", reference=reference),
        share_link=f"{address}/track",
        erased=not question.text and bool(live.session.queue.questions[asked.id].content),
        made_at=house.now(),
        sent_key=request.query_params.get("sent", "")[:32],
        promise=promising.noted(live, live.session.queue.questions[asked.id], district, words),
    )
    return house.show(request, "receipt.html", page)


async def slip(request: Request) -> Response:
    """For a shop's 58 mm printer, or a sheet of A6: the number, what it is about, and the link as a square to scan."""
    house = house_of(request)
    words = house.words(request)
    asked = await _asked(house, request)
    live = await house.service.live(asked.session_id)
    token = request.path_params["token"]
    district = await house.districts.get()
    page = SlipPage(
        session=reading.head(live, words),
        token=token,
        reference=asked.reference,
        topic=district.topic(asked.category, words),
        asked_at=asked.received_at,
        qr=square(f"{house.renderer.site.address}/q/{token}"),
        place=house.place.name(words.language.code),
        code=house.service.people.code(asked.id),
        proof=spoken(await house.service.read(code_of, asked.session_id, asked.id, asked.received_at)),
        paper="sheet" if request.query_params.get("paper") == "sheet" else "roll",
    )
    return house.show(request, "slip.html", page)


async def picture(request: Request) -> Response:
    """The number as a picture of a few kilobytes, for those who keep things in their phone's gallery."""
    house = house_of(request)
    words = house.words(request)
    asked = await _asked(house, request)
    live = await house.service.live(asked.session_id)
    page = NumberPicture(
        reference=asked.reference,
        title=reading.head(live, words).title,
        asked_at=asked.received_at,
        place=house.place.name(words.language.code),
        helpline=house.place.helpline,
        address=f"{house.renderer.site.address}/track",
    )
    shell = Shell(request.url.path, "", "", page.helpline)
    code = words.language.code
    html = house.renderer.html(code, "papers/number.html", page, shell)
    drawn = await house.studio.draw(hashlib.sha256(html.encode()).hexdigest(), html, picture_style())
    if drawn is None:
        told = MessagePage(
            words.plain("picture.failed"),
            (words.plain("picture.failed_more"),),
            (Link(words.plain("receipt.title"), f"/q/{request.path_params['token']}", "papers"),),
        )
        return house.show(request, "message.html", told, status=503)
    headers = {"content-disposition": f'inline; filename="{asked.reference}.png"', "cache-control": "private, no-cache"}
    return Response(drawn, media_type="image/png", headers=headers)


async def withdraw(request: Request) -> Response:
    """Only the asker may; who holds the link, holds the question."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    asked = await _asked(house, request)
    actor = Actor(asked.asker, "citizen")
    await house.service.submit(actor, asked.session_id, WithdrawQuestion(question=asked.id), fields.get("key", ""))
    return see(f"/q/{request.path_params['token']}")


@cache
def picture_style() -> str:
    """The sheet of the picture of a number."""
    return (Path(__file__).parents[1] / "papers" / "number.css").read_text("utf-8")


def outlook(question: MyQuestion, session: SessionCard, words: Words) -> str:
    """What happens next, in one sentence: nobody is left without it."""
    if session.practice and session.is_over:
        return words.plain("next_is.practice")
    return words.plain(f"next_is.{_NEXT.get(question.state, question.state)}")


def square(address: str) -> Markup:
    """A QR code (ISO/IEC 18004) as SVG without a style of its own: the content policy allows none."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(svgclass="qr", lineclass=None, border=2, omitsize=True))


async def _asked(house: House, request: Request) -> Asked:
    question = house.service.people.question_of(request.path_params["token"])
    asked = await house.service.read(question_rows.by_id, question) if question else None
    if asked is None:
        raise HTTPException(404)
    return asked
