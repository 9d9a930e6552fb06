"""After a hearing is announced: whom to tell and how; the poster and the words to be read out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kachehri.i18n import LANGUAGES, Words, words_for
from kachehri.live import Live
from kachehri.store import sessions
from kachehri.store.tables import Account
from rooms.base import Refused
from web import reading
from web.house import House, house_of
from web.pages.receipts import square
from web.plan_shapes import AnnouncedPage, PosterPage
from web.staff import guarded


def shown_address(house: House, request: Request) -> str:
    """What is printed on posters: the announced address, else the one that this reader came by."""
    return house.place.address if house.place.announced else str(request.base_url).rstrip("/")


@guarded("page.schedule")
async def announced(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/announced."""
    house = house_of(request)
    words = house.words(request)
    live = await house.service.live(request.path_params["session"])
    url = f"{shown_address(house, request)}/s/{live.session.id}"
    scripts = {code: await script(house, live, words_for(code, house.place.timezone), url) for code in LANGUAGES}
    page = AnnouncedPage(
        session=reading.head(live, words),
        url=url,
        qr=square(url),
        script_ur=scripts["ur"],
        script_en=scripts["en"],
        https=url.startswith("https://"),
        local="//127." in url or "//localhost" in url,
        running=house.crowds.running(live.session.id),
    )
    return house.show(request, "staff/announced.html", page)


async def script(house: House, live: Live, words: Words, url: str) -> str:
    """What is read out in the mosque or on the radio, in one language; numbers and names as they are spoken."""
    life = live.session.lifecycle
    office = await host(house, live, words) or house.place.name(words.language.code)
    said = words.plain(
        "script.words",
        office=office,
        title=reading.title(life.title, words),
        when=words.dates.when(life.starts_at),
        address=url.partition("//")[2],
    )
    return f"{said} {words.plain('script.helpline', phone=house.place.helpline)}" if house.place.helpline else said


async def host(house: House, live: Live, words: Words) -> str:
    row = await house.service.read(sessions.get, live.session.id)
    if row is None:
        raise Refused("session_unknown")
    return (await house.districts.get()).host(row.office_id, words)


@guarded("page.schedule")
async def poster(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/poster: one sheet of A4, in both languages, for a wall."""
    house = house_of(request)
    live = await house.service.live(request.path_params["session"])
    life = live.session.lifecycle
    url = f"{shown_address(house, request)}/s/{live.session.id}"
    both = {code: words_for(code, house.place.timezone) for code in LANGUAGES}
    page = PosterPage(
        session=reading.head(live, house.words(request)),
        titles={code: reading.title(life.title, words) for code, words in both.items()},
        whens={code: words.dates.when(life.starts_at) for code, words in both.items()},
        offices={code: house.place.name(code) for code in both},
        dos={code: words.plain("poster.do") for code, words in both.items()},
        url=url.partition("//")[2],
        qr=square(url),
        helpline=house.place.helpline,
    )
    return house.show(request, "staff/poster.html", page)
