"""The moderator's page of the program: who is large, how the making goes, and the dump key. Works without a script.

What a moderator does to the program is written down with her account (kachehri/audit.py): a dump before it is asked
for, because what was not answered may have been done; a cut once the program has said that it follows.
"""

from __future__ import annotations

from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit
from kachehri.logs import logger
from kachehri.store import Connection
from kachehri.store.tables import Account
from recordings.program.following import facts_of
from web import forms, reading
from web.data_rates import direct_rate
from web.dumping import dump
from web.house import House, house_of, see
from web.logins import staff_participant
from web.program_shapes import ProgramPage, ProgramSeat
from web.staff import guarded

DONE: Final = ("cut", "floor", "dumped", "unheard")


@guarded("page.program")
async def show(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/program."""
    house = house_of(request)
    words = house.words(request)
    live = await house.service.live(request.path_params["session"])
    doing = house.program.doing(live.session.id) if house.program is not None else None
    cut = doing.cut if doing is not None else ""
    facts = facts_of(live.session, live.texts, {}, cut)
    # The picture has one language; whoever chooses reads her own.
    public = reading.seats(reading.public(live), await house.districts.get(), words)
    names = {card.id: card.name for card in public}
    seats = tuple(
        ProgramSeat(each.seat, names.get(each.seat) or each.name, each.kind, each.seat == cut)
        for each in facts.sitting
        if each.kind not in ("interpreter", "signer")
    )
    done = request.query_params.get("done", "")
    page = ProgramPage(
        session=reading.head(live, words),
        enabled=house.program is not None,
        made=doing is not None,
        step=doing.step if doing is not None else "",
        slate=doing.slate if doing is not None else "",
        delay_s=doing.delay_ms // 1000 if doing is not None else 0,
        withheld=doing.withheld if doing is not None else 0,
        preview_rate=direct_rate(house.broadcasting.offered).mb_per_hour if house.broadcasting is not None else 0,
        participant=staff_participant(live.session.id, account),
        follows=not any(each.large for each in seats),
        seats=seats,
        done=done if done in DONE else "",
    )
    return house.show(request, "staff/program.html", page)


@guarded("page.program")
async def act(request: Request, account: Account) -> Response:
    """POST /sessions/{session}/program: `seat` is made large, or none; or what waits is dumped."""
    house = house_of(request)
    live = await house.service.live(request.path_params["session"])
    session_id = live.session.id
    fields = await forms.read(request, house.origins)
    if house.program is None:
        raise forms.FormRefused(400)
    if fields.get("do") == "dump":
        logger(__name__).warning("program.dump_asked", session=session_id, way="<")
        await noted(house, account, "program.dump", session_id)
        heard, done = await dump(house, request, account, session_id), "dumped"
    else:
        seat = fields.get("seat", "")
        if seat and seat not in live.session.stage.seats:
            raise forms.FormRefused(400)
        heard, done = await house.program.cut(session_id, seat), "cut" if seat else "floor"
        if heard:
            await noted(house, account, "program.cut", session_id, seat)
    return see(f"/sessions/{session_id}/program?done={done if heard else 'unheard'}")


async def noted(
    house: House, account: Account, action: Literal["program.dump", "program.cut"], session_id: str, seat: str = ""
) -> None:
    """Who did it stands in the audit; `seat` is the one that is large from now on."""

    def write(conn: Connection, now: int) -> None:
        facts = {"seat": seat} if seat else None
        audit.record(conn, now, action=action, subject=session_id, session=session_id, account=account.id, facts=facts)

    await house.write(write)
