"""The live page: the hearing itself, complete before any script runs."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from recordings.channels import channels
from rooms.questions import SupportQuestion
from rooms.session import Session
from web import forms, reading
from web.channel_shapes import sounds
from web.data_rates import PROGRAM_RATES, RATES, Follow, ProgramFollow
from web.house import House, house_of, see
from web.live_shapes import LivePage, ProgramBox

#: Set by the lobby's form, and by static/js/follow.js.
FOLLOW_COOKIE: Final = "k_follow"
_YEAR_S: Final = 31_536_000


async def live(request: Request) -> Response:
    """The hearing itself, complete before any script runs."""
    house = house_of(request)
    words = house.words(request)
    replica = await house.service.live(request.path_params["session"])
    district = await house.districts.get()
    visitor = house.visitors.of(request)
    participant = visitor.participant(replica.session.id)
    seen, own = reading.public(replica), reading.own(replica, participant, house.now())
    waiting = seen.totals.get("admitted", 0)
    page = LivePage(
        session=reading.head(replica, words),
        participant=participant,
        topic_names=district.topics(words),
        mine=tuple(
            reading.my_question(question, replica, house.service.people, district, words) for question in own.questions
        ),
        line=reading.line(seen, {question.id for question in own.questions}, district, words),
        more=max(0, waiting - len(seen.line)),
        seats=reading.seats(seen, district, words),
        waiting=waiting,
        heard=reading.heard(seen),
        barred="removed" if own.removed else "blocked" if own.barred else "",
        barred_reason=own.barred,
        balance=reading.balance(replica.session),
        key=forms.new_key(),
        follow=chosen(request),
        present=replica.session.attendance.present,
        moved_away=visitor.moved_away(replica.session.id),
        captions=reading.captions(seen, own),
        program=program(house, request, replica.session),
    )
    response = house.show(request, "live.html", page)
    if page.program and request.query_params.get("follow") == page.program.follow:
        # Chosen by a link, without a script; a script changes it too, so it must be able to read it: no `httponly`.
        secure = house.renderer.site.https
        response.set_cookie(
            FOLLOW_COOKIE, page.program.follow, max_age=_YEAR_S, samesite="lax", secure=secure, path="/"
        )
    return response


def program(house: House, request: Request, session: Session) -> ProgramBox | None:
    """The program, as this browser follows it."""
    if house.broadcasting is None:
        return None
    door = house.broadcasting
    base = door.base(session.id, "live", house.now())
    follow = chosen_program(request, door.offered)
    seats = [(seat.id, seat.kind) for seat in session.stage.seats.values()]
    on = {each.rendition for each in door.channels(session.id, seats)}
    # An interpreter is heard without a picture; whoever looks has the hearing's own sound.
    wanted = request.query_params.get("sound", "") if follow == "sound" else ""
    choice = sounds(channels(seats, door.interpreted), on, wanted)
    return ProgramBox(base, follow, door.begun(session.id), door.offered, door.direct, choice)


def chosen_program(request: Request, offered: tuple[str, ...]) -> ProgramFollow:
    """What a link asks for, or what was chosen before; who chose the picture elsewhere gets the small one."""
    for kept in (request.query_params.get("follow", ""), request.cookies.get(FOLLOW_COOKIE, "")):
        wanted = "light" if kept == "picture" else kept
        if wanted in PROGRAM_RATES and wanted in ("text", *offered):
            return wanted
    return "sound"


def chosen(request: Request) -> Follow:
    """How this browser follows; sound where nothing was chosen, or nothing of ours."""
    kept = request.cookies.get(FOLLOW_COOKIE, "")
    return kept if kept in RATES else "sound"


async def support(request: Request) -> Response:
    """ "I have this too", without a script: counted once for each browser, and only counted."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    session_id = request.path_params["session"]
    command = SupportQuestion(question=fields.get("question", ""))
    await house.submit_as(request, house.visitors.of(request), session_id, command, fields.get("key", ""))
    return see(f"/s/{session_id}/live#queue")
