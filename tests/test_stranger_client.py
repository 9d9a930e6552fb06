"""Somebody who read PROTOCOL.md, and nothing else of the project, can take part."""

from __future__ import annotations

import ast
import asyncio
import json
import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn

from kachehri import keys, staff
from kachehri.settings import Settings
from kachehri.store import Store, migrate
from kachehri.store import sessions as session_rows
from rooms.base import SYSTEM
from rooms.lifecycle import ScheduleSession, SeatPlan
from signaling.endpoint import LiveProtocol
from tests.web.conftest import founded
from web.app import create_app
from web.house import House

pytestmark = pytest.mark.anyio

CLIENT = Path(__file__).parent / "stranger_client.py"
LINES_MOST = 200
HOUR_MS = 3_600_000
PASSWORD = "a password that nobody guesses"


def test_the_stranger_is_short_and_knows_nothing_of_the_house() -> None:
    source = CLIENT.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LINES_MOST
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {each.name.split(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"websockets"}


async def test_a_stranger_plays_citizen_and_moderator(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'town.db'}"
    migrate(url)
    store = Store(url)
    founded(store)
    await asyncio.to_thread(staff.add, store, "stranger", "A Stranger", "moderator", PASSWORD)
    with store.write() as conn:
        now = store.now(conn)
        row = session_rows.create(
            conn,
            room_id="hall",
            title_ur="سماعت",
            title_en="Hearing",
            starts_at=now + HOUR_MS,
            ends_at=now + 3 * HOUR_MS,
            created_at=now,
        )
    store.close()
    keys.make(tmp_path / "key")
    plain = Settings()
    settings = replace(
        plain,
        database=replace(plain.database, url=url),
        secrets=replace(plain.secrets, key_file=tmp_path / "key"),
        bus=replace(plain.bus, socket=tmp_path / "bus.sock"),
        media=replace(plain.media, socket=tmp_path / "media.sock"),
    )
    app = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, ws=LiveProtocol, http="h11", log_config=None, lifespan="on"))
    listener = socket.create_server(("127.0.0.1", 0))
    running = asyncio.create_task(server.serve([listener]))
    while not server.started and not running.done():
        await asyncio.sleep(0.01)
    try:
        house: House = app.state.house
        seats = (SeatPlan(seat="official-1", kind="official"), SeatPlan(seat="citizen-1", kind="citizen"))
        schedule = ScheduleSession(
            title={"en": "Hearing"}, starts_at=now + HOUR_MS, ends_at=now + 3 * HOUR_MS, seats=seats
        )
        await house.service.submit(SYSTEM, row.id, schedule)
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(CLIENT), base, row.id, "stranger", PASSWORD),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0, err.decode()
        result = json.loads(out)
        live = await house.service.live(row.id)
        question = live.session.queue.questions[result["question"]]
        assert result["reference"] == question.reference and result["receipt"]
        assert result["balance"] == {"raised": 1, "tickets": 1}
        assert result["came"] == 2, "the line broke once, and she came back"
        assert question.was_answered
    finally:
        server.should_exit = True
        await running
        listener.close()
