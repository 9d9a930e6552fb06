"""`make demo` and `make demo-check`: a hearing on this machine, for a person to try or for a machine to verify.

Each demo begins anew in its state folder (database, key, accounts and the hearing are made again); what is kept is the
certificate authority of `LAN=1`, so that a phone trusts it once. Ctrl-C ends every process that was started.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from kachehri.notices.simulator import Simulator, simulator
from rooms.lifecycle import Timing
from signaling.client import Ended, RefusedError
from signaling.client.entrance import NoEntry
from web import demo_data, lan
from web.rehearsal import founding, script, server
from web.rehearsal.browser import Unexpected
from web.rehearsal.hearing import Hearing
from web.rehearsal.on_air import offered
from web.rehearsal.telling import Stage
from web.rehearsal.verify import Outcome, verify
from web.rehearsal.watching import Stranger

STATE = Path("var/demo")
#: What a demo leaves behind and the next one removes.
REMAINS = ("kachehri.db*", "key", "server.log", server.RECEIPTS, server.RECORDINGS)
#: Written before everything else and removed after it: a folder without it was not made by a demo, and is left alone.
MARK = "demo.toml"
#: How long the three calls may take before the check gives up, in seconds.
CALLS_S = 45.0
EXIT_FAILED, EXIT_CANNOT = 1, 2
#: What a segment costs in a demo, in hundredths.
SEGMENT_PRICE = 250
#: What a hearing may run into when the server does not do as it should.
TROUBLE = (Unexpected, RefusedError, Ended, NoEntry, TimeoutError, OSError)


def main(lan: bool = False, state: Path | None = None) -> int:
    """Run a demo until Ctrl-C."""
    return _until_told(_demo(lan, state or STATE))


def check() -> int:
    """Run the demo without a person and verify it; the last line is one JSON object."""
    return _until_told(_check())


def _until_told(work: object) -> int:
    async def run() -> int:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        # A closed terminal and `kill` end the demo as Ctrl-C does: in order, with nothing left running.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        try:
            return int(await task)
        except asyncio.CancelledError:
            return 0

    return asyncio.run(run())


def _topics() -> dict[str, str]:
    return {entry.code: f"{entry.name_en} · {entry.name_ur}" for entry in demo_data.district().categories}


@contextmanager
def alone(state: Path) -> Iterator[None]:
    """The sole use of a state folder, swept clean.

    Raises:
        BlockingIOError: another demo has it (flock(2)).
        FileExistsError: it holds a database or key that no demo made.
    """
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (state / "lock").open("wb") as claim:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remains = [path for pattern in REMAINS for path in state.glob(pattern)]
        if remains and not (state / MARK).exists():
            raise FileExistsError(remains[0])
        for path in (*remains, state / MARK):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        yield


@asynccontextmanager
async def hall(state: Path, where: server.Where, acts: script.Script, stage: Stage) -> AsyncIterator[Hearing]:
    """A founded district, its server, and a cast that has not come in yet."""
    async with simulator(honours_key=True, price=SEGMENT_PRICE) as gateway:
        async with _founded(state, where, acts, stage, gateway) as hearing:
            yield hearing


@asynccontextmanager
async def _founded(
    state: Path, where: server.Where, acts: script.Script, stage: Stage, gateway: Simulator
) -> AsyncIterator[Hearing]:
    district = demo_data.district()
    house = server.Server(state, where, district.name_ur, gateway, program=True)
    now = time.time_ns() // 1_000_000
    stage.step("founding")
    founded = await founding.found(house.settings, district, now, timing=Timing(), starts_in_ms=0)
    house.session = founded.session
    stage.step("server")
    try:
        async with house:
            hearing = Hearing(where, founded, acts, stage.report)
            try:
                yield hearing
            finally:
                stage.step("leaving")
                await hearing.leave()
    except TROUBLE:
        stage.log(house.tail())
        raise


async def _demo(phones: bool, state: Path) -> int:
    stage = Stage(_topics())
    try:
        with alone(state):
            if not phones:
                return await _live(stage, state, server.here(), None)
            hosts = lan.addresses()
            if not hosts:
                stage.cannot("no_network")
                return EXIT_CANNOT
            papers = lan.papers(state / "lan", hosts)
            offer = lan.AuthorityOffer(papers.authority, hosts[0])
            try:
                return await _live(stage, state, server.network(hosts[0], papers), offer.url)
            finally:
                offer.close()
    except BlockingIOError:
        stage.cannot("running", state=state)
        return EXIT_CANNOT
    except FileExistsError as error:
        stage.cannot("foreign", path=error.args[0])
        return EXIT_CANNOT
    except TROUBLE as error:
        stage.problem(stage.trouble(error))
        return EXIT_FAILED


async def _live(stage: Stage, state: Path, where: server.Where, authority: str | None) -> int:
    async with hall(state, where, script.DEMO, stage) as hearing:
        stage.step("cast")
        await hearing.gather()
        await hearing.start()
        stage.open(hearing, authority)
        await hearing.closed()
        stage.balance(hearing.desk.view)
        await asyncio.Event().wait()  # pages, receipts and tickets stay until Ctrl-C
    return 0


async def _check() -> int:
    began = time.monotonic()
    stage = Stage(_topics(), brief=True)
    found = Outcome()
    with tempfile.TemporaryDirectory(prefix="kachehri-check-") as folder:
        try:
            async with hall(Path(folder), server.here(), script.CHECK, stage) as hearing:
                found = await _rehearse(hearing, stage)
        except TROUBLE as error:
            found.problems.append(stage.trouble(error))
    found.seconds = round(time.monotonic() - began, 1)
    for problem in found.problems:
        stage.problem(problem)
    print(json.dumps(found.line(), ensure_ascii=False), flush=True)
    return EXIT_FAILED if found.problems else 0


async def _rehearse(hearing: Hearing, stage: Stage) -> Outcome:
    """The script of the check, each part waited for, none merely given time."""
    stage.step("cast")
    await hearing.gather()
    stranger = Stranger(hearing.browser())
    await stranger.enter()
    try:
        stage.step("hearing")
        await hearing.start()
        keys = hearing.script.called
        await hearing.until("spoke", *keys, timeout=CALLS_S)
        await hearing.until("all_asked", "", timeout=CALLS_S)
        await hearing.until("withdrawn", *(each.key for each in hearing.script.asking if each.withdraws), timeout=10)
        await hearing.until("merged", *(each.key for each in hearing.script.asking if each.same_as), timeout=10)
        heard = [await offered(hearing.browser(), way) for way in ("sound", "light", "full")]
        stage.step("closing")
        await hearing.close()
        await stranger.client.until(lambda: "balance" in stranger.client.view)
        stage.step("verifying")
        return await verify(hearing, stranger, heard)
    finally:
        await stranger.leave()


if __name__ == "__main__":
    sys.exit(check())
