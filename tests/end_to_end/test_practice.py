"""A whole practice hearing on the program as it is started: citizens who come by themselves are called, heard and gone,
and nothing is left of it that would have to be answered.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from signaling.client import LiveClient
from tests.servers import free_port, until
from web.rehearsal.browser import Browser

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(240)]
LINK = re.compile(r"(http://127\.0\.0\.1:\d+)(/setup\?code=[a-z0-9-]+)")
PASSWORD = "tall grass by the canal"
CROWD = 5


async def test_a_practice_hearing_is_held_with_simulated_citizens_and_leaves_no_ticket(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KACHEHRI_")}
    command = [sys.executable, "-m", "kachehri", "serve", "--port", str(free_port())]
    environment = {**clean, "PYTHONPATH": str(Path(__file__).parents[2])}
    said, log = tmp_path / "said", tmp_path / "log"
    with said.open("wb") as out, log.open("wb") as err:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=out, stderr=err)
    try:
        until(lambda: bool(LINK.search(said.read_text())) or process.poll() is not None)
        link = LINK.search(said.read_text())
        assert link, log.read_text()
        clerk = Browser(link[1], "", "staff", language="en")
        page = await clerk.get(link[2])
        await clerk.send(page, page.form("password"), {"name": "Nasreen", "login": "nasreen", "password": PASSWORD})
        page = await clerk.get("/setup/offices")
        await clerk.send(page, page.form(action="/setup/offices"), {}, {"do": "usual"})
        page = await clerk.get("/practice")
        desk = await clerk.send(page, page.form("key", action="/practice"), {})
        clerk.session = desk.path.rpartition("/")[2]
        page = await clerk.get(f"/sessions/{clerk.session}/edit")
        await clerk.send(page, page.form("count"), {"count": str(CROWD)}, {"do": "start"})
        async with LiveClient(clerk) as client:
            await hold(client)
        page = await clerk.get(f"/s/{clerk.session}")
        assert page.status == 200
    finally:
        process.terminate()
        process.wait(30)
    kept = sqlite3.connect(tmp_path / "var" / "kachehri.db")
    assert kept.execute("SELECT count(*) FROM question").fetchone() == (CROWD,)
    assert kept.execute("SELECT (SELECT count(*) FROM ticket) + (SELECT count(*) FROM outbox)").fetchone() == (0,)
    kept.close()
    assert "Traceback" not in log.read_text()


async def hold(client: LiveClient) -> None:
    """As the moderator that she is here: let one of them be heard, then close."""

    def states() -> list[str]:
        return [turn["state"] for turn in client.view.get("turns", {}).values()]

    await client.send("session.open_doors")
    await client.send("session.start")
    await client.until(lambda: client.view.get("totals", {}).get("new", 0) == CROWD, 60)
    first = client.view["new"][0]
    question = first if isinstance(first, str) else first["id"]
    await client.send("question.admit", question=question)
    await client.send("turn.call", question=question)
    await client.until(lambda: "on_stage" in states(), 45)
    await client.until(lambda: "on_stage" not in states(), 60)  # she has spoken and gives the floor back
    await client.send("session.close")
    await client.until(lambda: client.view["session"]["phase"] == "closed")
    assert client.view["balance"]["raised"] == CROWD
