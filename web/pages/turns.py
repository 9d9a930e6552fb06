"""My turn: "you are next" and "on air". The forms work without a script, so that a written question can always be
read out.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kachehri.live import Live
from rooms.base import Command
from rooms.turns import FinishTurn, ReadOutTurn, ReadyTurn, WaitTurn
from web import forms, reading
from web.house import House, house_of, see
from web.live_shapes import CheckPage, TurnPage

_COMMANDS: dict[str, type[Command]] = {
    "ready": ReadyTurn,
    "wait": WaitTurn,
    "read_out": ReadOutTurn,
    "finish": FinishTurn,
}


async def turn(request: Request) -> Response:
    """Both addresses show the turn as it stands; whoever has none is told where to wait."""
    house = house_of(request)
    live = await house.service.live(request.path_params["session"])
    participant = house.visitors.of(request).participant(live.session.id)
    card = reading.head(live, house.words(request))
    mine = reading.turn_of(live, participant)
    on_stage = request.url.path.endswith("/stage")
    if mine is None:
        return house.show(request, "turn.html", TurnPage(card, participant, asked_stage=on_stage))
    question = live.session.queue.questions[mine.questions[0]]
    words, district = house.words(request), await house.districts.get()
    page = TurnPage(
        session=card,
        participant=participant,
        turn=mine.id,
        state=mine.state,
        seat=mine.seat,
        answer_by=mine.answer_by,
        ends_at=mine.ends_at,
        limit_ms=mine.limit_ms,
        now=house.now(),
        text=live.texts.get(question.content, ""),
        keys=(forms.new_key(), forms.new_key(), forms.new_key(), forms.new_key()),
        asked_stage=on_stage,
        carry=carried(house, live, mine.questions[0]),
        hall=bool(mine.seat) and live.session.stage.seat(mine.seat).kind == "hall",
        offices={each.code: district.host(each.id, words) for each in district.offices.values()},
        hold_ms=live.session.lifecycle.timing.seat_hold_ms,
        captions=reading.captions(reading.public(live), reading.own(live, participant, house.now())),
    )
    return house.show(request, "turn.html", page)


async def check(request: Request) -> Response:
    """The test of browser, line and microphone, before a turn comes."""
    house = house_of(request)
    live = await house.service.live(request.path_params["session"])
    participant = house.visitors.of(request).participant(live.session.id)
    asked = live.session.queue.asked_by.get(participant, [])
    page = CheckPage(reading.head(live, house.words(request)), carried(house, live, asked[-1]) if asked else "")
    return house.show(request, "check.html", page)


def carried(house: House, live: Live, question: str) -> str:
    """The address at which another browser of the same phone takes the place over: an in-app browser's cookie stays in
    it."""
    reference = live.session.queue.questions[question].reference
    return f"/continue?number={reference}&code={house.service.people.code(question)}"


async def act(request: Request) -> Response:
    """What a form of that page asks for."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    session_id = request.path_params["session"]
    kind = _COMMANDS.get(fields.get("do", ""))
    if kind is None or not fields.get("turn") or len(fields.get("key", "")) < 22:
        raise forms.FormRefused(400)
    command = kind(turn=fields["turn"])
    await house.submit_as(request, house.visitors.of(request), session_id, command, fields["key"])
    return see(f"/s/{session_id}/{'next' if fields['do'] in ('ready', 'read_out') else 'live'}")
