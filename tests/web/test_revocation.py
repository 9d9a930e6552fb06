"""A live socket closes after whatever ended it: here, in another process, or by hand in the database."""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from kachehri import staff
from kachehri.logins import name_of
from kachehri.store import accounts, appointments
from kachehri.store.tables import Appointment
from signaling.client import LiveClient
from signaling.client.entrance import WebEntrance
from tests.web.conftest import Town

pytestmark = pytest.mark.anyio
PASSWORD = "tall-grass-by-the-canal"
#: Another program with the database open, without any of our code.
BY_HAND = """
import sqlite3, sys, time
base = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
base.execute(sys.argv[2], sys.argv[3:])
print(time.time())
"""


@dataclass
class Member:
    """Somebody of the staff with a live connection."""

    id: str
    login: str
    client: LiveClient


async def by_hand(town: Town, statement: str, *values: str) -> float:
    """Change a row from another process; when that was, in seconds since the epoch."""
    path = town.service.store.path or ""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", BY_HAND, path, statement, *values, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return float(out)


async def seated(town: Town, session: str, role: str = "moderator", *, appointed: bool = False) -> Member:
    login = f"{role}-{secrets.token_hex(4)}"
    made = staff.add(town.service.store, login, login, "officer" if appointed else role, PASSWORD)
    if appointed:
        with town.service.store.write() as conn:
            appointments.appoint(conn, Appointment(session_id=session, account_id=made.id, role=role, at=1))
    entrance = WebEntrance(town.url, session, "staff")
    await entrance.sign_in(login, PASSWORD)
    return Member(made.id, login, LiveClient(entrance))


async def ended(client: LiveClient) -> float:
    """When the connection was ended for good, in seconds since the epoch."""
    async with asyncio.timeout(30):
        while client.ended is None:
            await asyncio.sleep(0.005)
    return time.time()


WAYS = {
    "login revoked": "UPDATE login SET revoked_at = 1 WHERE account_id = ?",
    "login over": "UPDATE login SET expires_at = 1 WHERE account_id = ?",
    "account shut": "UPDATE account SET disabled_at = 1 WHERE id = ?",
    "another role": "UPDATE account SET role = 'observer' WHERE id = ?",
    "another office": "UPDATE account SET office_id = 'water' WHERE id = ?",
    "appointment over": "UPDATE appointment SET ended_at = 1 WHERE account_id = ?",
    "row gone": "DELETE FROM login WHERE account_id = ?",
}


@pytest.mark.parametrize("way", WAYS)
async def test_whatever_is_changed_by_hand_ends_that_connection(town: Town, way: str) -> None:
    session = await town.schedule()
    one, other = await seated(town, session, appointed=way == "appointment over"), await seated(town, session, "clerk")
    citizen = LiveClient(WebEntrance(town.url, session))
    async with one.client, other.client, citizen:
        changed = await by_hand(town, WAYS[way], one.id)
        took = await ended(one.client) - changed
        print(f"{way}: {took * 1000:.0f} ms")  # how often it is looked at: tests/signaling/test_watch.py
        assert other.client.ended is None and citizen.ended is None


async def test_what_the_house_ends_itself_is_over(town: Town) -> None:
    session = await town.schedule()
    identity = town.house.identity

    async def sign_out(member: Member) -> None:
        await identity.sign_out_everywhere(member.id)

    async def disable(member: Member) -> None:
        await identity.disable(member.id)

    async def change(member: Member) -> None:
        await identity.change_role(member.id, "observer")

    acts: tuple[Callable[[Member], Awaitable[None]], ...] = (sign_out, disable, change)
    for act in acts:
        member = await seated(town, session)
        async with member.client:
            await act(member)
            await ended(member.client)


async def test_one_login_of_several_ends_and_the_others_stay(town: Town) -> None:
    session = await town.schedule()
    one = await seated(town, session)
    entrance = WebEntrance(town.url, session, "staff")
    await entrance.sign_in(one.login, PASSWORD)
    async with one.client, LiveClient(entrance) as second:
        with town.service.store.read() as conn:
            first = accounts.logins(conn, one.id, town.service.store.now(conn))[-1]
        assert await town.house.identity.logins.end_one(one.id, name_of(first))
        await ended(one.client)
        # A whole answer later the other one is still there: what ended the first was looked at for both.
        third = await seated(town, session)
        async with third.client:
            await by_hand(town, WAYS["login over"], third.id)
            await ended(third.client)
        assert second.ended is None
