"""A protected matter is taken back only after a call, with the asker's code, and not by its own office."""

from __future__ import annotations

import pytest

from kachehri.store import audit
from kachehri.tickets import acts as a
from tests.web.conftest import Town
from tests.web.own_ticket import TRIAGE, Own, do, life_of, offered, own, posts, ticket_of
from tests.web.test_lobby import has
from tests.web.test_tickets import officer

__all__ = ["posts"]
pytestmark = pytest.mark.anyio
PROTECTED = (TRIAGE, a.Classify(category="water_none", days=7, protected=True))


async def hidden(town: Town) -> tuple[Own, str, str]:
    """A protected complaint with its number and code."""
    mine = await own(town)
    do(town, mine.ticket, PROTECTED)
    return mine, ticket_of(town, mine.ticket).reference, town.service.people.code(mine.question)


async def test_taken_back_with_her_code_and_written_down(town: Town) -> None:
    mine, reference, code = await hidden(town)
    assert offered((await mine.phone.get(mine.path)).text, mine.path) == {"call_back"}
    desk = await officer(town, None, "moderator")
    path = f"/tickets/{reference}/called"
    assert path in (await desk.get(f"/tickets/{reference}")).text
    assert has((await desk.get(path)).text, "called.alone", "called.pressed", "called.code")
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    fields = {"reason": "She moved away", "sure": "1"}
    assert (await desk.post(path, code=wrong, **fields)).status_code == 404
    assert (await desk.post(path, code=code, reason="", sure="1")).status_code == 422
    assert (await desk.post(path, code=code, reason="She moved away")).status_code == 422
    assert life_of(town, mine.ticket).state == "routed"
    assert (await desk.post(path, code=code, **fields)).status_code == 200
    life = life_of(town, mine.ticket)
    assert (life.state, life.basis) == ("closed", "citizen_withdrew")
    with town.service.store.read() as conn:
        (row,) = [each for each in audit.of_subject(conn, reference) if each.action == "ticket.call_back"]
    assert row.reason == "She moved away"
    assert (await desk.get(path)).status_code == 404, "it is over"


async def test_its_own_office_and_those_without_the_role_are_no_help(town: Town) -> None:
    mine, reference, code = await hidden(town)
    path = f"/tickets/{reference}/called"
    clerk = await officer(town, "water", "clerk")
    assert (await clerk.get(path)).status_code == 404 and path not in (await clerk.get(f"/tickets/{reference}")).text
    assert (await (await officer(town, "water")).get(path)).status_code == 403
    open_one = await own(town)
    desk = await officer(town, None, "moderator")
    assert (await desk.get(f"/tickets/{ticket_of(town, open_one.ticket).reference}/called")).status_code == 404
    assert life_of(town, mine.ticket).state == "routed" and code
