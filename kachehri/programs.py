"""The program processes beside the server: one for each hearing that is live, started again when it dies.

Which hearings are live is looked up in the database, so that it does not matter who committed it. Each start is under a
lease of its own with a higher fence (kachehri/store/leases.py): whoever was replaced writes nothing any more. A program
that cannot run never holds up the hearing.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import Final

from kachehri import logs, plain
from kachehri.children import END_S, end
from kachehri.settings import Settings
from kachehri.store import Store, StoreError, leases, sessions

#: Seconds between looks at the children, and at the database.
WATCH_S, LOOK_S = 0.1, 0.5
#: Pauses before a program is started again, in seconds: the first time at once. One that has lived for STEADY_S begins
#: anew.
PAUSES_S: Final = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
STEADY_S: Final = 4.0
#: One that is no longer wanted has so long to end by itself once what waited has gone out, and then END_S to obey.
FAREWELL_S: Final = 10.0
#: Leases are renewed after a third of their time.
LEASE_MS, RENEW_S = 60_000, 20.0
#: While the database is away, the lease is renewed and a program is started no later than this after it is back.
AGAIN_S: Final = 1.0
#: Exit statuses of a program: it failed and is to be started again; it rests until its hearing is live again.
FAILED, RESTS = 4, 5
#: Programs of one machine; each takes a fifth of a core and more.
MOST: Final = 8


@dataclass(slots=True)
class _Child:
    """One hearing's program."""

    process: subprocess.Popen[bytes] | None = None
    held: leases.Held | None = None
    began: float = 0.0
    deaths: int = 0
    again: float = 0.0
    rests: bool = False
    unwanted: float | None = None
    renewed: float = 0.0


class Programs:
    """Looks after the programs in a thread of its own, until `close`."""

    COMMAND: tuple[str, ...] = (sys.executable, "-m", "kachehri", "program", "--attached")

    def __init__(self, settings: Settings) -> None:
        self._store = Store(settings.database.url)
        self._owner = socket.gethostname()
        self._farewell_s = FAREWELL_S + settings.program.delay_s
        self._children: dict[str, _Child] = {}
        self._phases: dict[str, str] = {}
        self._looked = -LOOK_S
        self._away = False
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="program-keeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends them all; what they have recorded is whole."""
        self._ending.set()
        self._thread.join()
        end(*(child.process for child in self._children.values() if child.process is not None))
        for child in self._children.values():
            self._release(child)
        self._store.close()

    def _keep(self) -> None:
        while not self._ending.wait(WATCH_S):
            try:
                self.look(time.monotonic())
            except Exception:  # the hearing goes on; the next look may find things better
                logs.logger(__name__).exception("programs.failed", way="!")

    def look(self, now: float) -> None:
        """Starts what is due at `now`, in seconds, and ends what is not wanted any more."""
        if now - self._looked >= LOOK_S:
            self._looked = now
            self._phases = self._live()
        for session, child in list(self._children.items()):
            self._reap(session, child, now)
        for session, phase in self._phases.items():
            child = self._children.setdefault(session, _Child())
            child.unwanted = None
            if phase == "live":
                child.rests = False
            elif child.rests or not child.began:
                continue  # a break: who was there goes on, nobody else begins
            if child.process is None and now >= child.again:
                self._start(session, child, now)
        for session, child in list(self._children.items()):
            if session not in self._phases:
                self._part(session, child, now)

    def _live(self) -> dict[str, str]:
        """The hearings that may have a program, with their phases. While the database is away, as before."""
        try:
            with self._store.read() as conn:
                found = sessions.listing(conn, phases=("live", "adjourned"), newest_first=True, limit=MOST)
            self._away = False
            return {row.id: row.phase for row in found}
        except StoreError as error:
            if not self._away:
                logs.logger(__name__).warning("programs.wait", code=error.code, way="!")
            self._away = True
            return self._phases

    def _start(self, session: str, child: _Child, now: float) -> None:
        try:
            held = self._take(session)
        except StoreError:
            child.again = now + AGAIN_S  # nobody writes without a lease; the others are looked after all the same
            return
        if held is None:
            child.again = now + PAUSES_S[-1]  # another machine makes it
            return
        child.held, child.began, child.renewed = held, now, now
        command = (*self.COMMAND, session, "--fence", str(held.fence))
        child.process = subprocess.Popen(command, stdin=subprocess.PIPE)
        logs.logger(__name__).info("program.started", session=session, pid=child.process.pid, attempt=child.deaths)

    def _reap(self, session: str, child: _Child, now: float) -> None:
        """Takes note of one that has ended; renews the lease of one that has not."""
        if child.process is None:
            return
        status = child.process.poll()
        if status is None:
            if now - child.renewed > RENEW_S and child.held is not None:
                child.renewed = now if self._renew(session, child, child.held) else now - RENEW_S + AGAIN_S
            return
        if child.process.stdin:
            child.process.stdin.close()
        child.process = None
        if status == RESTS:
            child.rests, child.again = True, now + LOOK_S
            return
        child.deaths = 0 if now - child.began > STEADY_S else child.deaths
        # What has to be changed around it first is not tried over and over.
        pause = PAUSES_S[-1] if status == plain.EXIT else PAUSES_S[min(child.deaths, len(PAUSES_S) - 1)]
        child.again = now + pause
        child.deaths += 1
        if session in self._phases:
            logs.logger(__name__).error("program.died", session=session, status=status, way="!")

    def _part(self, session: str, child: _Child, now: float) -> None:
        """Its hearing is over: it ends by itself, is told to, or is made to."""
        if child.process is None:
            self._release(child)
            del self._children[session]
        elif child.unwanted is None:
            child.unwanted = now
        elif now - child.unwanted > self._farewell_s + END_S:
            child.process.kill()
        elif now - child.unwanted > self._farewell_s:
            child.process.terminate()

    def _take(self, session: str) -> leases.Held | None:
        with self._store.write() as conn:
            return leases.take(conn, f"program/{session}", self._owner, "", self._store.now(conn), LEASE_MS)

    def _renew(self, session: str, child: _Child, held: leases.Held) -> bool:
        """False while the database is away.

        A lease that ran out meanwhile is taken again and its program goes on: the files let it write for as long as
        nobody has a higher fence there (recordings/archive/guard.py). If another machine was faster, it ends.
        """
        try:
            with self._store.write() as conn:
                now = self._store.now(conn)
                if leases.renew(conn, held, now, LEASE_MS):
                    return True
            child.held = self._take(session)
        except StoreError:
            return False
        if child.held is None and child.process is not None:
            logs.logger(__name__).warning("program.lease_lost", session=session, way="x")
            child.process.terminate()
        return True

    def _release(self, child: _Child) -> None:
        if child.held is None:
            return
        try:
            with self._store.write() as conn:
                leases.release(conn, child.held)
        except StoreError:
            pass  # it expires


def take(settings: Settings, session: str) -> int:
    """The fence of a program that a person starts by hand.

    Errors: `plain.Stop` while another machine makes it.
    """
    store = Store(settings.database.url)
    try:
        with store.write() as conn:
            now = store.now(conn)
            held = leases.take(conn, f"program/{session}", socket.gethostname(), "", now, LEASE_MS)
    finally:
        store.close()
    if held is None:
        raise plain.Stop("program_taken", session=session)
    return held.fence
