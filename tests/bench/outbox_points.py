"""A fixed errand of the dispatcher, to be killed at each of its storage calls: send what is due, then take receipts.

`python -m tests.bench.outbox_points` is a nursery as in points.py: for each line "FILE URL HONOURS CLOCK" on its
standard input it forks a process, which stops itself (SIGSTOP) when nothing is left to do but the errand. All database
work is done by one thread, so that a point of one run is the same point of the next.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

from kachehri.notices import receipts
from kachehri.notices.dispatcher import Dispatcher
from kachehri.notices.gateway import Receipt
from kachehri.notices.sms import HttpSms
from kachehri.settings.tree import Sms
from kachehri.store import Store, sessions
from kachehri.store import notices as rows
from tests.kachehri.notices.town import TAKEN, NoticeTown

from .house import SESSION


def town_on(path: str, now: int) -> NoticeTown:
    """The town of a database, at a standing clock."""
    store = Store(f"sqlite:///{path}", clock=lambda: now)
    with store.read() as conn:
        session = sessions.get(conn, SESSION)
    assert session is not None
    return NoticeTown(store, session)


async def run(path: str, url: str, honours: str, now: int) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    town = town_on(path, now)
    with town.store.write() as conn:
        conn.exec_driver_sql("PRAGMA wal_autocheckpoint=40")
    gateway = HttpSms(Sms(url=url, taken=TAKEN, honours_key="yes" if honours == "yes" else "no"), timeout_s=5)
    dispatcher = Dispatcher(town.store, town.office({"sms": gateway}), name="errand")
    await asyncio.to_thread(town.states)
    os.kill(os.getpid(), signal.SIGSTOP)
    await dispatcher.drain()

    def told() -> None:
        with town.store.read() as conn:
            sent = [each.delivery.key for each in rows.listing(conn, ["sent"])]
        for key in sorted(sent):
            with town.store.write() as conn:
                receipts.take(conn, Receipt(key, "", "delivered"), now)

    await asyncio.to_thread(told)
    os._exit(0)


def nursery() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: strace tells how they ended
    for line in sys.stdin:
        path, url, honours, now = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            # Yama lets only a parent attach otherwise (prctl(2), PR_SET_PTRACER, any process).
            ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)
            asyncio.run(run(path, url, honours, int(now)))
        print(child, flush=True)


if __name__ == "__main__":
    nursery()
