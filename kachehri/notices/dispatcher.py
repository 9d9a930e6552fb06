"""Carries out what stands in the outbox. One runs in each process; leases and fences keep them apart.

For each task: ask the gateways about messages in doubt, note what is about to leave, send, note what came back. Between
the second and the fourth a process may die at any place; kachehri/notices/doubt.py says what follows from each.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar, cast

from kachehri.logs import logger
from kachehri.phone_codes import CODE
from kachehri.store import Connection, Store, StoreError, outbox
from kachehri.store.outbox import Claim

from .code_sending import begin_code
from .doubt import Said
from .fanning import KINDS, NOTICE, fan_out
from .gateway import Refused, Sent, Uncertain
from .office import PostOffice
from .sending import Begun, Job, begin, conclude, in_doubt, settle
from .table import Channel
from .tally import Tally

T = TypeVar("T")
#: How often a dispatcher with nothing to do looks again.
EVERY_S: Final = 2.0
#: Longer than all ways of one task together may take; whoever overstays finds a higher fence.
LEASE_MS: Final = 300_000
BATCH: Final = 20
#: Tasks on their way at once: a gateway that hangs must not hold up everybody behind it.
TOGETHER: Final = 8
ALL_KINDS: Final = (*KINDS, CODE)
#: How long to wait before what came back is written down once more.
WAITS_S: Final = (0.5, 2.0, 5.0)


class Dispatcher:
    """Sends for as long as it runs."""

    def __init__(self, store: Store, office: PostOffice, *, name: str = "") -> None:
        self._store, self._office = store, office
        self._name = name or secrets.token_hex(8)
        self._task: asyncio.Task[None] | None = None
        self.tally = Tally()
        self._log = logger(__name__)

    def start(self) -> None:
        """Begin, in the running loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """End. What is on its way is cut off, and found in doubt by whoever comes next; database work is waited for."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def drain(self) -> int:
        """Everything that is due now, once; returns how many tasks were looked at."""
        done = 0
        while claims := await self._claims():
            slots = asyncio.Semaphore(TOGETHER)
            async with asyncio.TaskGroup() as group:
                for claim in claims:
                    group.create_task(self._guarded(claim, slots))
            done += len(claims)
        return done

    async def _run(self) -> None:
        while True:
            try:
                await self.drain()
            except StoreError as error:
                self._log.warning("notices.wait", code=error.code)
            await asyncio.sleep(EVERY_S)

    async def _claims(self) -> list[Claim]:
        def look(conn: Connection, now: int) -> list[Claim]:
            return outbox.claim(conn, self._name, now, lease_ms=LEASE_MS, limit=BATCH, kinds=ALL_KINDS)

        def due() -> bool:
            with self._store.read() as conn:
                return outbox.any_due(conn, self._store.now(conn), ALL_KINDS)

        return await self._write(look) if await _thread(due) else []

    async def _guarded(self, claim: Claim, slots: asyncio.Semaphore) -> None:
        """One task; what goes wrong with it stays with it, and its lease lets it come again."""
        async with slots:
            try:
                await self._carry_out(claim)
            except StoreError as error:
                self._log.warning("notices.wait", code=error.code)
            except Exception:
                self._log.exception("notices.failed", way="!", kind=claim.kind)

    async def _carry_out(self, claim: Claim) -> None:
        if claim.kind == NOTICE:
            await self._write(lambda conn, now: fan_out(conn, self._office, claim, now))
            return
        if claim.kind == CODE:
            begun = await self._write(lambda conn, now: begin_code(conn, self._office, claim, now))
            await self._send(claim, begun)
            return
        said = await self._asked(claim)
        begun = await self._write(lambda conn, now: begin(conn, self._office, claim, now, said))
        if begun.jobs:
            await self._send(claim, begun)

    async def _asked(self, claim: Claim) -> dict[str, Said]:
        """What the gateways say of messages in doubt."""
        if claim.attempts <= 1:  # nobody has begun anything yet
            return {}
        said: dict[str, Said] = {}
        for row in await _thread(self._read_doubts, claim):
            gateway = self._office.gateways.get(cast(Channel, row[1]))
            if gateway is not None:
                said[row[0]] = await gateway.status(row[2], row[3])
        return said

    def _read_doubts(self, claim: Claim) -> list[tuple[str, str, str, str]]:
        with self._store.read() as conn:
            return [(row.id, row.channel, row.key, row.provider_id or "") for row in in_doubt(conn, claim)]

    async def _send(self, claim: Claim, begun: Begun) -> None:
        later = list(begun.later)
        for number, job in enumerate(begun.jobs, 1):
            result = await self._handed_over(job)
            self.tally.count(job.channel, result, job.cost)
            last = number == len(begun.jobs)

            def note(conn: Connection, now: int, job: Job = job, result: object = result, last: bool = last) -> None:
                at = settle(conn, job, now, cast(Sent, result))
                if at is not None:
                    later.append(at)
                if isinstance(result, Refused) and result.code == "gone" and job.channel == "push":
                    self._forget(conn, job, now)
                if last:
                    conclude(conn, self._office, claim, now, later)

            await self._surely(note)

    async def _handed_over(self, job: Job) -> Sent | Refused | Uncertain:
        try:
            return await self._office.gateways[job.channel].send(job.to, job.message, job.key)
        except (Refused, Uncertain) as error:
            return error

    def _forget(self, conn: Connection, job: Job, now: int) -> None:
        self._office.contacts.forget_push(conn, job.owner, str(json.loads(job.to)[0]), now)

    async def _surely(self, work: Callable[[Connection, int], None]) -> None:
        """Write down what came back, also where the database is busy just now: what is not written is in doubt."""
        for wait in WAITS_S:
            try:
                return await self._write(work)
            except StoreError as error:
                self._log.warning("notices.wait", code=error.code)
                await asyncio.sleep(wait)
        return await self._write(work)

    async def _write(self, work: Callable[[Connection, int], T]) -> T:
        def run() -> T:
            with self._store.write() as conn:
                return work(conn, self._store.now(conn))

        return await _thread(run)


async def _thread(work: Callable[..., T], *args: object) -> T:
    """Run in a thread, and wait for its end also when told to stop: whoever closes the store must not meet it there."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *args))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        with suppress(Exception):
            await running
        raise
