"""The moderator's page of the program: it says what the program says, and what was asked only once that answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import msgspec
import pytest

from kachehri.bus.memory import MemoryBus
from kachehri.store import Connection, audit
from recordings.program.telling import CUT_TOPIC, DUMP_TOPIC, STATUS_TOPIC, Doing
from rooms.base import Actor
from rooms.turns import TakeSeat
from tests.web.conftest import Town
from tests.web.test_staff import signed_in
from web import program_desk
from web.forms import new_key
from web.program_desk import MOST, ProgramDesk

pytestmark = pytest.mark.anyio
CHAIR = Actor("f" * 16, "chair", "account-chair")


@dataclass
class Studio:
    """A program that answers, or not."""

    bus: MemoryBus
    doing: Doing
    answers: bool = True

    def say(self, **new: object) -> None:
        self.doing = msgspec.structs.replace(self.doing, **new)
        self.bus.publish(STATUS_TOPIC + self.doing.session, msgspec.msgpack.encode(self.doing))

    def cut(self, _topic: str, seat: bytes) -> None:
        if self.answers:
            self.say(cut=seat.decode())

    def dump(self, _topic: str, _payload: bytes) -> None:
        if self.answers:
            self.say(withheld=self.doing.withheld + 1)


@pytest.fixture
async def bus() -> AsyncIterator[MemoryBus]:
    bus = MemoryBus()
    await bus.start()
    yield bus
    await bus.close()


@pytest.fixture
async def studio(town: Town, bus: MemoryBus) -> AsyncIterator[Studio]:
    """A live hearing with somebody on the stage, and a program of it."""
    session = await town.schedule(live=True)
    await town.service.submit(CHAIR, session, TakeSeat(seat="chair"), new_key())
    studio = Studio(bus, Doing(session, 1, "all", 0, 0.1, 0, "", 3, delay_ms=8_000))
    bus.subscribe(CUT_TOPIC, studio.cut)
    bus.subscribe(DUMP_TOPIC, studio.dump)
    desk = ProgramDesk(bus)
    before = town.app.state.house
    town.app.state.house = replace(before, program=desk)
    yield studio
    town.app.state.house = before
    desk.close()


async def test_it_says_when_none_is_made(town: Town, studio: Studio) -> None:
    phone = await signed_in(town, "moderator")
    path = f"/sessions/{studio.doing.session}/program"
    assert "No program is being made now" in (await phone.get(path)).text
    studio.say()
    assert "Stop it now" in (await phone.get(path)).text
    town.app.state.house = replace(town.app.state.house, program=None)
    assert (await phone.post(path, do="dump")).status_code == 400
    assert "No program is made here" in (await phone.get(path)).text


async def test_without_a_delay_a_warning_stands_where_the_button_would(town: Town, studio: Studio) -> None:
    phone = await signed_in(town, "moderator")
    for delay_ms in (0, 8_000):
        studio.say(delay_ms=delay_ms)
        page = (await phone.get(f"/sessions/{studio.doing.session}/program")).text
        assert ('<div id="unstopped">' in page, '<div id="unstopped" hidden>' in page) == (not delay_ms, bool(delay_ms))
        warning = page.partition('<div id="unstopped"')[2].partition('<form class="card stack" id="dump-form"')[0]
        assert "notice-warn" in warning and "nothing can be stopped" in warning


async def test_cut_follow_and_dump(town: Town, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await signed_in(town, "moderator")
    path = f"/sessions/{studio.doing.session}/program"
    studio.say(step="large_only")
    assert f'href="{path}"' in (await phone.get("/desk")).text
    page = (await phone.get(path)).text
    assert "only names stand beside" in page and "last <bdi>8</bdi> seconds" in page
    page = (await phone.post(path, seat="chair", do="")).text
    assert "The large picture is changed" in page and studio.doing.cut == "chair"
    page = (await phone.post(path, seat="", do="")).text
    assert "follows the turn again" in page and studio.doing.cut == ""
    page = (await phone.post(path, do="dump")).text
    assert "There will be silence instead" in page and studio.doing.withheld == 1
    assert (await phone.post(path, seat="nobody", do="")).status_code == 400
    monkeypatch.setattr(program_desk, "ANSWER_S", 0.05)
    studio.answers = False
    for fields in ({"do": "dump"}, {"seat": "chair", "do": ""}):
        await phone.get(path)
        assert "did not answer" in (await phone.post(path, **fields)).text


async def test_who_dumped_and_who_cut_stands_in_the_audit(
    town: Town, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await signed_in(town, "moderator")
    path = f"/sessions/{studio.doing.session}/program"
    studio.say()
    monkeypatch.setattr(program_desk, "ANSWER_S", 0.05)
    await phone.get(path)
    await phone.post(path, seat="chair", do="")
    await phone.post(path, do="dump")
    studio.answers = False
    await phone.post(path, seat="", do="")  # nobody followed, so nothing was done
    await phone.post(path, do="dump")  # it may have been done

    session = studio.doing.session

    def read(conn: Connection) -> list[tuple[str, dict[str, str] | None]]:
        rows = audit.listing(conn, actions=["program.dump", "program.cut"], before=None, limit=20)
        return [(row.action, row.body) for row, _ in rows if row.session_id == session]

    assert await town.service.read(read) == [
        ("program.dump", None),
        ("program.dump", None),
        ("program.cut", {"seat": "chair"}),
    ]
    office = await signed_in(town, "administrator")
    page = (await office.get("/audit?act=program.dump")).text
    assert page.count(session) == 2 and "Stopped what was said from going out</td>" in page


async def test_only_those_who_run_the_hearing(town: Town, studio: Studio) -> None:
    for role in ("official", "interpreter"):
        phone = await signed_in(town, role)
        assert (await phone.get(f"/sessions/{studio.doing.session}/program")).status_code == 403


async def test_a_program_that_fell_silent_is_away_and_nonsense_is_passed_over(
    bus: MemoryBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = ProgramDesk(bus)
    desk._said("", b"\xc1")
    for number in range(MOST + 5):
        desk._said("", msgspec.msgpack.encode(Doing(f"s{number}", 1, "all", 0, 0.0, 0, "", 0)))
    assert desk.doing("s0") is None
    assert desk.doing(f"s{MOST + 4}") is not None
    monkeypatch.setattr(program_desk, "AWAY_S", 0.0)
    assert desk.doing(f"s{MOST + 4}") is None
    desk.close()
