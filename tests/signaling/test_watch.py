"""Whoever of the staff is connected is looked at again and again, and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection

import msgspec
import pytest

from kachehri.store import StoreError
from rooms.base import Role
from signaling import codes
from signaling.passes import Bearer, Pass
from signaling.watch import EVERY_MS, Held, Watch
from tests.signaling.hand import SESSION, House, Listener
from tests.signaling.test_hub import Stand

pytestmark = pytest.mark.anyio

M, C, K = House.person(9), House.person(1), House.person(2)
LOGIN, OTHER = b"l" * 32, b"o" * 32


def staff(participant: str, role: Role, login: bytes) -> Listener:
    line = Listener(participant, role)
    line.bearer = msgspec.structs.replace(line.bearer, account=f"acc-{login[:1].decode()}", login=login)
    line.held = {participant: line.bearer}
    return line


class Watched:
    """A hub that is watched; `roles` is what the database would say."""

    def __init__(self) -> None:
        self.stand = Stand()
        self.roles: dict[Held, Role] = {(LOGIN, SESSION): "moderator", (OTHER, SESSION): "clerk"}
        self.asked: list[set[Held]] = []
        self.broken = False
        self.gate: asyncio.Event | None = None
        self.watch = Watch(self.stand.hub, self.stand.clock, self._ask)
        self.watch.start()

    async def _ask(self, held: Collection[Held]) -> dict[Held, Role]:
        self.asked.append(set(held))
        found = dict(self.roles)
        if self.gate is not None:
            await self.gate.wait()
        if self.broken:
            raise StoreError("locked")
        return {each: role for each, role in found.items() if each in held}

    async def pass_time(self, ms: int = EVERY_MS) -> None:
        self.stand.clock.advance(ms)
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    made = Watched()
    yield made
    made.watch.stop()
    await made.stand.hub.stop()


async def test_one_question_for_everybody_and_none_for_citizens(watched: Watched) -> None:
    citizen = await watched.stand.join(Listener(C))
    await watched.pass_time()
    assert watched.asked == []
    lines = [await watched.stand.join(staff(M, "moderator", LOGIN)), await watched.stand.join(staff(K, "clerk", OTHER))]
    await watched.pass_time()
    assert watched.asked == [{(LOGIN, SESSION), (OTHER, SESSION)}]
    assert [line.shut_for for line in (citizen, *lines)] == [None] * 3
    for line in lines:
        watched.stand.hub.leave(line)
    await watched.pass_time()
    assert len(watched.asked) == 1, "they went, and nobody is left to ask about"


@pytest.mark.parametrize("now", [None, "observer"])
async def test_who_lost_login_or_role_is_out_at_the_next_look(watched: Watched, now: Role | None) -> None:
    gone = await watched.stand.join(staff(M, "moderator", LOGIN))
    stays = await watched.stand.join(staff(K, "clerk", OTHER))
    await watched.pass_time()
    del watched.roles[LOGIN, SESSION]
    if now is not None:
        watched.roles[LOGIN, SESSION] = now
    await watched.pass_time(EVERY_MS - 1)
    assert gone.shut_for is None
    await watched.pass_time(1)
    assert [line.shut_for for line in (gone, stays)] == [codes.SIGNED_OUT, None]


async def test_what_is_told_is_looked_at_at_once(watched: Watched) -> None:
    line = await watched.stand.join(staff(M, "moderator", LOGIN))
    watched.roles.clear()
    watched.watch.told("acc-l")
    await watched.pass_time(0)
    assert line.shut_for == codes.SIGNED_OUT
    early = Pass(Bearer(SESSION, M, "moderator", "acc-l", LOGIN), watched.stand.clock.now() + 29_000, "n")
    assert watched.stand.hub.outlived(early), "a pass from before opens nothing"


async def test_what_is_told_during_a_look_gets_a_look_of_its_own(watched: Watched) -> None:
    line = await watched.stand.join(staff(M, "moderator", LOGIN))
    watched.gate = asyncio.Event()
    await watched.pass_time()
    watched.roles.clear()
    watched.watch.told("acc-l")
    watched.gate.set()
    await watched.pass_time(0)
    assert line.shut_for == codes.SIGNED_OUT and len(watched.asked) == 2


async def test_a_database_that_does_not_answer_throws_nobody_out(watched: Watched) -> None:
    line = await watched.stand.join(staff(M, "moderator", LOGIN))
    watched.broken = True
    await watched.pass_time()
    assert line.shut_for is None
    watched.broken = False
    watched.roles.clear()
    await watched.pass_time()
    assert line.shut_for == codes.SIGNED_OUT
