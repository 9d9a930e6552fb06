"""What everybody may see of a complaint, and saying there "I have this too".

No name, no phone number and no words but those that somebody released (moderation/release.py) stand on these pages;
what was asked privately, and a protected matter, has no page. Whoever joins gets a number of her own and is counted
beside the balance of the hearing (kachehri/following.py).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import following
from kachehri.following import FollowRefused
from kachehri.i18n import Words
from kachehri.i18n.dates import whole_minutes
from kachehri.i18n.digits import only_digits
from kachehri.intake import normal_phone
from kachehri.keys import derive
from kachehri.store import Connection, district, public_tickets
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Follower, Ticket
from kachehri.ticketing import history
from kachehri.tickets.life import Life, replay
from kachehri.tickets.reference import References
from rooms.base import Refused
from web import clip_reading, forms, own_reading
from web.house import House, house_of, see
from web.own_reading import Names
from web.own_shapes import FollowPage, PublicTicketPage, Standing, TicketPicture, Told
from web.pages.track import misread
from web.render import Shell
from web.replay_shapes import ClipCard
from web.shapes import Link, MessagePage, TrackPage, TrackValues


class Public(NamedTuple):
    """One look at a complaint that everybody may see."""

    ticket: Ticket
    life: Life
    standing: Standing
    story: tuple[Told, ...]
    mine: str
    text: str


async def show(request: Request) -> Response:
    """GET /t/{reference}."""
    house = house_of(request)
    words = house.words(request)
    reference = only_digits(request.path_params["reference"][:32])
    found = await _public(house, request, reference)
    if found is None:
        return _unknown(house, request, reference)
    address = house.renderer.site.address
    page = PublicTicketPage(
        reference=reference,
        standing=found.standing,
        lead=own_reading.lead(found.standing, words, asker=False) if found.standing.state != "closed" else "",
        story=found.story,
        text=found.text,
        open=following.may_follow(found.ticket),
        mine=found.mine,
        picture=f"{address}/t/{reference}/share.png" if address else "",
        address=f"{address}/t/{reference}",
        clip=await _clip(house, found.ticket),
    )
    return house.show(request, "ticket.html", page)


async def _clip(house: House, ticket: Ticket) -> ClipCard | None:
    """The answer that was heard; why a part was kept back is for its asker."""
    if ticket.session_id is None or ticket.question_id is None:
        return None
    found = await clip_reading.clip_of(house, ticket.session_id, ticket.question_id)
    return replace(found, reason="") if found else None


def _unknown(house: House, request: Request, reference: str) -> Response:
    """A number that cannot be one says where to look; all others get the same answer, whether they exist or not."""
    words = house.words(request)
    wrong, marked = misread(reference, words, words.dates.local(house.now()).year)
    if not wrong:
        raise HTTPException(404)
    page = TrackPage(TrackValues(reference), {"reference": wrong}, misread=marked)
    return house.show(request, "track.html", page, status=404)


async def form(request: Request) -> Response:
    """GET /t/{reference}/follow."""
    house = house_of(request)
    reference = only_digits(request.path_params["reference"][:32])
    found = await _public(house, request, reference)
    if found is None:
        raise HTTPException(404)
    if found.mine:
        return see(found.mine)
    if not following.may_follow(found.ticket):
        return see(f"/t/{reference}")
    return house.show(request, "follow.html", FollowPage(reference, found.standing))


async def follow(request: Request) -> Response:
    """POST /t/{reference}/follow: counted once for each browser, however often it is sent."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    reference = only_digits(request.path_params["reference"][:32])
    found = await _public(house, request, reference)
    if found is None or found.ticket.session_id is None:
        raise HTTPException(404)
    values = {"phone": fields.get("phone", "").strip()[:64], "agree": fields.get("agree", "")}
    page = FollowPage(reference, found.standing, values)
    phone, wrong = _checked(values, words)
    if wrong:
        return house.show(request, "follow.html", replace(page, errors=wrong), status=422)
    visitor = house.visitors.of(request)
    address = request.client.host if request.client else ""
    participant = visitor.participant(found.ticket.session_id)
    try:
        house.asking.take(address, visitor.device)
        await house.visitors.admit(participant, address)
    except Refused as refused:
        told = words.plain("ask.slow", whole_minutes(int(refused.params.get("retry_ms", 60_000))))
        return house.show(request, "follow.html", replace(page, message=told), status=429)
    await house.visitors.join(
        participant, found.ticket.session_id, "citizen", device=visitor.device, language=words.language.code
    )

    def write(conn: Connection, now: int) -> Follower:
        ticket = ticket_rows.get(conn, found.ticket.id)
        assert ticket is not None  # tickets are never removed
        return following.follow(
            conn,
            now,
            ticket,
            participant,
            people=house.service.people,
            references=_references(house.masters[-1]),
            zone=words.dates.zone,
            phone=phone,
            language=words.language.code,
        )

    try:
        follower = await house.write(write)
    except FollowRefused as refused:
        told = words.plain(refused.code.replace("_", ".", 1))
        return house.show(request, "follow.html", replace(page, message=told), status=409)
    return house.visitors.keep(see(f"/q/{house.service.people.receipt(follower.id)}?new=1"), visitor)


async def picture(request: Request) -> Response:
    """GET /t/{reference}/share.png: the public facts as a picture to hand on."""
    house = house_of(request)
    words = house.words(request)
    reference = only_digits(request.path_params["reference"][:32])
    found = await _public(house, request, reference)
    if found is None:
        raise HTTPException(404)
    place = found.standing
    page = TicketPicture(
        reference=reference,
        topic=place.topic,
        area=place.area,
        word=words.plain(f"ticket.state.{place.state}"),
        office=place.office or words.plain("ticket.desk"),
        due_at=place.due_at,
        opened_at=place.opened_at,
        followers=place.followers,
        at=_today(house.now(), words),
        place=house.place.name(words.language.code),
        helpline=house.place.helpline,
        address=f"{house.renderer.site.address}/t/{reference}",
    )
    html = house.renderer.html(words.language.code, "papers/ticket.html", page, Shell("", "", "", page.helpline))
    drawn = await house.studio.draw(hashlib.sha256(html.encode()).hexdigest(), html, picture_style())
    if drawn is None:
        link = Link(words.plain("ticket.title"), f"/t/{reference}", "papers")
        told = MessagePage(words.plain("picture.failed"), (words.plain("picture.failed_more"),), (link,))
        return house.show(request, "message.html", told, status=503)
    return Response(drawn, media_type="image/png", headers={"cache-control": "private, no-cache"})


def _today(now: int, words: Words) -> int:
    """The start of the day, so that a picture is drawn once a day and not for every reader."""
    day = words.dates.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(day.timestamp() * 1000)


@cache
def picture_style() -> str:
    """The sheet of the picture of a complaint."""
    return (Path(__file__).parents[1] / "papers" / "ticket.css").read_text("utf-8")


@cache
def _references(master: bytes) -> References:
    return References(derive(master, "references"))


def _checked(values: dict[str, str], words: Words) -> tuple[str | None, dict[str, str]]:
    """The phone number, if one was given, and what is wrong with the form."""
    wrong: dict[str, str] = {}
    phone = None
    if values["phone"]:
        try:
            phone = normal_phone(values["phone"])
        except Refused:
            wrong["phone"] = words.plain("field.phone")
    if values["agree"] != "1":
        wrong["agree"] = words.plain("follow.need_agree")
    return phone, wrong


async def _public(house: House, request: Request, reference: str) -> Public | None:
    """What everybody may see of the complaint with this number, a follower's included; None where that is nothing."""
    words = house.words(request)
    towns = await house.districts.get()
    now, visitor = house.now(), house.visitors.of(request)

    def read(conn: Connection) -> Public | None:
        ticket = ticket_rows.by_reference(conn, reference)
        if ticket is None or ticket.privacy != "public":
            return None
        steps = history(conn, ticket.id)
        life = replay(ticket.id, steps)
        shown = public_tickets.one(conn, ticket.reference)
        if life.protected or shown is None:
            return None
        posts = {each.id: (each.title_ur, each.title_en) for each in district.posts(conn)}
        names = Names(words, towns, posts)
        parent = ticket_rows.get(conn, life.parent) if life.parent else None
        follows = ticket.reference if ticket.reference != reference else parent.reference if parent else ""
        count = ticket_rows.follower_count(conn, ticket.id)
        place = own_reading.standing(life, ticket, names, now, followers=count, follows=follows)
        mine = "" if visitor.cookie or not ticket.session_id else visitor.participant(ticket.session_id)
        own = following.standing(conn, ticket, mine) if mine else None
        link = f"/q/{house.service.people.receipt(own.id)}" if own else ""
        return Public(ticket, life, place, own_reading.story(steps, {}, names, "public"), link, shown.text or "")

    return await house.service.read(read)
