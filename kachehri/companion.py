"""The media process beside the server: started with it, looked after, started again when it dies or hangs.

Each start has a lease of its own with a higher fence (kachehri/store/leases.py), so that whoever was replaced is
refused wherever it turns up. The stage never holds up the queue.
"""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from kachehri import logs, plain
from kachehri.children import END_S, end
from kachehri.settings import Settings
from kachehri.store import Store, StoreError, leases

#: Pauses before the process is started again, in seconds: the first time at once. A process that has lived for
#: STEADY_S begins anew.
PAUSES_S = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
STEADY_S = 4.0
#: It is asked every so many seconds whether it is alive, and has so long to answer once.
PING_S, ANSWER_S = 0.5, 1.0
#: It hangs when it has not answered for so long; at first it may take longer, while its parts are loaded.
HUNG_S, FIRST_S = 3.0, 15.0
#: A second one is loaded and waits from then on, so that nobody waits for it to load.
SPARE_S = 2.0
#: Lease of a machine's media process: it is renewed after a third of its time.
LEASE_MS, RENEW_S = 60_000, 20.0


class MediaLease:
    """This machine's right to run its media process.

    The name is the machine's, so a server that starts again takes the lease at once, with a higher fence.
    """

    def __init__(self, url: str, address: str) -> None:
        self._url, self._address = url, address
        self._owner = socket.gethostname()
        self._held: leases.Held | None = None
        self.fence = 0

    def take(self) -> int:
        """The next fence. Without the database it is counted on: the stage goes on, and order among ours is kept."""
        try:
            while True:
                self._held = self._write()
                if self._held is None or self._held.fence > self.fence:
                    break
            self.fence = self._held.fence if self._held is not None else self.fence + 1
        except StoreError as error:
            logs.logger(__name__).warning("media.lease_unwritten", cause=error.code)
            self._held = None
            self.fence += 1
        return self.fence

    def renew(self) -> None:
        """Say that we are still here. Who has lost the lease is refused by fence, whether it knows or not."""
        held = self._held
        if held is None:
            return
        store = Store(self._url)
        try:
            with store.write() as conn:
                if not leases.renew(conn, held, store.now(conn), LEASE_MS):
                    self._held = None
                    logs.logger(__name__).error("media.lease_lost", fence=held.fence, way="!")
        except StoreError:
            pass  # the next time; until then the row is only older
        finally:
            store.close()

    def _write(self) -> leases.Held | None:
        store = Store(self._url)
        try:
            with store.write() as conn:
                now = store.now(conn)
                return leases.take(conn, f"media/{self._owner}", self._owner, self._address, now, LEASE_MS)
        finally:
            store.close()


class Companion:
    """The media process: started with us, started again when it dies or hangs, ended with us.

    It holds the other end of a pipe that we never write to: when we are killed, the pipe ends and so does it.
    """

    COMMAND = (sys.executable, "-m", "kachehri.attached")

    def __init__(self, settings: Settings) -> None:
        self._path = settings.media.socket
        self._lease = MediaLease(settings.database.url, str(self._path.absolute()))
        self._ending = threading.Event()
        self._spare: subprocess.Popen[bytes] | None = None
        self._process = self._start()
        self._watch = threading.Thread(target=self._keep, name="media-keeper", daemon=True)
        self._watch.start()

    def _start(self) -> subprocess.Popen[bytes]:
        """The one that waits, or else a new one, is told to begin."""
        fence = b"%d\n" % self._lease.take()
        spare, self._spare = self._spare, None
        if spare is not None and _told(spare, fence):
            return spare
        process = self._load()
        _told(process, fence)
        return process

    def _load(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self.COMMAND, stdin=subprocess.PIPE)

    def _keep(self) -> None:
        log = logs.logger(__name__)
        deaths = 0
        while True:
            began = time.monotonic()
            status = self._until_dead(began)
            if self._ending.is_set():
                return
            log.error("media.died", status=status, way="!")
            deaths = 0 if time.monotonic() - began > STEADY_S else deaths
            if status == plain.EXIT or self._ending.wait(PAUSES_S[min(deaths, len(PAUSES_S) - 1)]):
                return
            deaths += 1
            if self._process.stdin:
                self._process.stdin.close()
            self._process = self._start()
            if self._ending.is_set():
                end(self._process)

    def _until_dead(self, began: float) -> int:
        """Waits for the end of the process, and brings it about when it hangs; returns its status."""
        heard, greeted, renewed = began, False, began
        end = os.pidfd_open(self._process.pid)
        try:
            while not select.select([end], [], [], PING_S)[0]:
                if answers(self._path):
                    heard, greeted = time.monotonic(), True
                    if heard - began > SPARE_S and (self._spare is None or self._spare.poll() is not None):
                        began, self._spare = heard, self._load()
                elif time.monotonic() - heard > (HUNG_S if greeted else FIRST_S) and not self._ending.is_set():
                    logs.logger(__name__).error("media.hangs", way="!")
                    self._process.kill()
                if time.monotonic() - renewed > RENEW_S:
                    renewed = time.monotonic()
                    self._lease.renew()
        finally:
            os.close(end)
        return self._process.wait()

    def close(self) -> None:
        self._ending.set()
        end(self._process)
        self._watch.join(END_S)
        if self._spare is not None:
            end(self._spare)


def _told(process: subprocess.Popen[bytes], fence: bytes) -> bool:
    """Tells a loaded process to begin; False when it is gone."""
    assert process.stdin is not None
    try:
        process.stdin.write(fence)
        process.stdin.flush()
    except OSError:
        process.wait()
    if process.poll() is None:
        return True
    with suppress(OSError):  # what it did not take goes nowhere
        process.stdin.close()
    return False


def answers(path: Path) -> bool:
    """Whether the media process is at work: it greets whoever comes to its socket."""
    with socket.socket(socket.AF_UNIX) as ping:
        ping.settimeout(ANSWER_S)
        try:
            ping.connect(str(path))
            return bool(ping.recv(1))
        except OSError:
            return False
