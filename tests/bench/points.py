"""A fixed errand, to be killed at each of its storage calls: a few commands of every kind, then the close.

`python -m tests.bench.points` is a nursery: for each line "FILE ACKS" on its standard input it forks a process for the
errand, so that Python's start is paid once, and answers with its process id. That process writes "ack NUMBER SEQ" into
the file ACKS after each acknowledgement. When nothing is left to do but the errand, it stops itself (SIGSTOP), so that
strace can be attached, and goes on at SIGCONT. The log file of SQLite is moved into the database every 40 pages, so
that these calls are among the counted ones too.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys

from kachehri.live import Announced
from kachehri.service import Service
from rooms import attendance, lifecycle, questions, turns
from rooms.base import SYSTEM, Actor, Command, Refused

from .house import MODERATORS, SESSION, citizen, service_on

DESK, SECOND = MODERATORS
NEW = 3
COMMANDS = 12
MARK = "errand"


def key(number: int) -> str:
    return f"errand-{number:018d}"


def errand(ready: list[str]) -> list[tuple[Actor, Command]]:
    """What is asked of the server, in order; `ready` are questions that were there before."""
    plan: list[tuple[Actor, Command]] = []
    for number in range(NEW):
        text = f"{MARK} {number}: the tap is dry"
        plan.append((citizen(number), questions.AskQuestion(text=text, name="Nasreen", phone="0300 1234567")))
    plan += [
        (citizen(5), questions.SupportQuestion(question=ready[0])),
        (DESK, questions.AdmitQuestion(question=ready[0])),
        (DESK, questions.ClassifyQuestion(question=ready[1], category="water")),
        (DESK, questions.MergeQuestion(question=ready[2], into=ready[0])),
        (DESK, questions.RefuseQuestion(question=ready[3], reason="spam")),
        (SECOND, questions.ConfirmRefusal(question=ready[3])),
        (DESK, turns.CallTurn(question=ready[0])),
        (DESK, attendance.BlockParticipant(participant=citizen(7).participant, reason="abuse", note="loud")),
    ]
    return plan


async def give(service: Service, acks: int, number: int, actor: Actor, command: Command) -> None:
    done = await service.submit(actor, SESSION, command, key(number))
    os.write(acks, f"ack {number} {done.seq}\n".encode())


async def run(path: str, acks: int) -> None:
    async with service_on(f"sqlite:///{path}") as service:
        with service.store.write() as conn:
            conn.exec_driver_sql("PRAGMA wal_autocheckpoint=40")
        live = await service.live(SESSION)
        ready = list(live.session.queue.questions)
        # The writer has its own copy, which a first command makes it load.
        try:
            await service.submit(SYSTEM, SESSION, lifecycle.StartSession())
        except Refused:
            pass
        ended = asyncio.Event()

        def told(announced: Announced) -> None:
            if live.session.phase in lifecycle.ENDED:
                ended.set()

        service.follow(told)
        plan = [*errand(ready), (DESK, lifecycle.CloseSession())]
        os.kill(os.getpid(), signal.SIGSTOP)
        for number, (actor, command) in enumerate(plan):
            await give(service, acks, number, actor, command)
        await ended.wait()
        os._exit(0)


def nursery() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: strace tells how they ended
    for line in sys.stdin:
        path, acks = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            # Yama lets only a parent attach otherwise (prctl(2), PR_SET_PTRACER, any process).
            ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)
            asyncio.run(run(path, os.open(acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)))
        print(child, flush=True)


if __name__ == "__main__":
    nursery()
