"""Practice: two clicks to a hearing that does not count, with citizens that come by themselves, and only there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from kachehri.i18n import words_for
from kachehri.store import accounts
from tests.web.conftest import Phone, Town
from tests.web.test_staff import signed_in
from tests.web.town import open_town
from web.crowds import MOST, Errand
from web.lan import Address, papers

pytestmark = pytest.mark.anyio
EN = words_for("en")


async def begun(town: Town) -> tuple[str, Phone]:
    phone = await signed_in(town, "administrator")
    await phone.get("/practice")
    answer = await phone.post("/practice")
    assert answer.url.path.startswith("/mod/"), answer.text
    return answer.url.path.split("/")[2], phone


async def asked(town: Town, session: str, most: int) -> int:
    """How many questions there are, once there are that many."""
    live = await town.service.live(session)
    async with asyncio.timeout(60):
        while len(live.session.queue.questions) < most:
            await asyncio.sleep(0.05)
    return len(live.session.queue.questions)


async def test_who_practises_is_the_moderator_and_nobody_else_is_told(town: Town) -> None:
    session, phone = await begun(town)
    live = await town.service.live(session)
    assert live.session.lifecycle.practice and str(live.session.phase) == "scheduled"
    assert (await phone.get(f"/mod/{session}")).status_code == 200
    with town.service.store.read() as conn:
        account = accounts.by_login(conn, "the-administrator")
    assert account and await town.house.identity.role_in(account, session) == "moderator"
    assert await town.house.identity.role_in(account, await town.schedule()) == "administrator"
    public = town.phone("en")
    assert f"/s/{session}" not in (await public.get("/")).text
    assert EN.plain("practice.title") in (await public.get(f"/s/{session}")).text


@pytest.mark.slow
async def test_simulated_citizens_come_ask_and_go(town: Town) -> None:
    session, phone = await begun(town)
    path = f"/sessions/{session}/simulate"
    await phone.get(f"/sessions/{session}/edit")
    sent = await phone.post(path, do="start", count="۳")
    assert sent.status_code == 200 and EN.t("crowd.running", 3) in sent.text
    assert await asked(town, session, 3) == 3
    (process,) = town.house.crowds._here.values()
    await phone.get(f"/sessions/{session}/edit")
    again = await phone.post(path, do="start")
    assert again.status_code == 200 and town.house.crowds._here[session] is process, "one crowd at a time"
    home = await phone.post(path, do="stop")
    assert EN.plain("crowd.send") in home.text and town.house.crowds.running(session) == 0
    assert await asyncio.to_thread(process.wait, 10) == 0


@pytest.mark.slow
async def test_they_also_come_where_the_server_speaks_tls(tmp_path: Path) -> None:
    made = papers(tmp_path / "lan", [Address("127.0.0.1")])
    async with open_town(tmp_path, papers=made) as town:
        session = await town.schedule()
        errand = Errand(town.url, town.url, session, 2, ("water_none",))
        assert town.house.crowds.send(errand)
        assert await asked(town, session, 2) == 2


@pytest.mark.slow
async def test_they_go_by_themselves_and_there_is_room_for_two_crowds(town: Town) -> None:
    crowds = town.house.crowds
    sessions = [(await begun(town))[0] for _ in range(3)]
    errands = [Errand(town.url, town.url, session, 1, ("water_none",), 1) for session in sessions]
    assert [crowds.send(errand) for errand in errands] == [True, True, False]
    for session in sessions[:2]:
        assert await asyncio.to_thread(crowds._here[session].wait, 30) == 0
        assert crowds.running(session) == 0
    assert crowds.send(errands[2])
    crowds.stop(sessions[2])


async def test_never_in_a_hearing_that_counts(town: Town) -> None:
    session = await town.schedule()
    phone = await signed_in(town, "moderator")
    await phone.get("/desk")
    form = phone.fields("/staff/out")
    answer = await phone.client.post(
        f"/sessions/{session}/simulate", data={**form, "do": "start"}, headers={"origin": phone.origin}
    )
    assert answer.status_code == 403
    assert town.house.crowds.running(session) == 0


async def test_a_crowd_has_a_bound(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Errand] = []

    def note(errand: Errand) -> bool:
        sent.append(errand)
        return True

    monkeypatch.setattr(town.house.crowds, "send", note)
    session, phone = await begun(town)
    await phone.get(f"/sessions/{session}/edit")
    for typed in ("999", "0", "many", "", "²"):
        await phone.post(f"/sessions/{session}/simulate", do="start", count=typed)
    assert [errand.count for errand in sent] == [MOST, 1, 8, 8, 8]
    assert all(errand.categories == ("water_none",) and errand.base == town.url for errand in sent)
