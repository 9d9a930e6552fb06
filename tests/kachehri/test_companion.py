"""The media process is looked after: it may die, hang and come back, each time with a higher fence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kachehri import companion
from kachehri.companion import Companion, MediaLease
from kachehri.settings import Settings, from_mapping
from kachehri.store import Store, leases
from tests.servers import until

#: A process that greets on its socket like the real one, and writes down who it is and under which fence.
GREETER = """
import os, socket, sys
path, book = sys.argv[1:]
fence = sys.stdin.readline().strip()
if not fence:
    sys.exit()
with open(book, "a") as file:
    file.write(f"{os.getpid()} {fence}\\n")
if os.path.exists(path):
    os.unlink(path)
door = socket.socket(socket.AF_UNIX)
door.bind(path)
door.listen()
while True:
    door.accept()[0].sendall(b"hello")
"""


def lived(book: Path) -> list[tuple[int, int]]:
    """Process and fence of each that was started so far."""
    if not book.exists():
        return []
    return [(int(pid), int(fence)) for pid, fence in (line.split() for line in book.read_text().splitlines())]


@pytest.fixture
def settings(tmp_path: Path, migrated_sqlite_url: str) -> Settings:
    return from_mapping({"database": {"url": migrated_sqlite_url}, "media": {"socket": str(tmp_path / "m.sock")}})


@pytest.fixture
def book(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the processes of a companion that runs during the test write themselves down."""
    found = tmp_path / "book"
    command = (sys.executable, "-c", GREETER, str(settings.media.socket), str(found))
    monkeypatch.setattr(Companion, "COMMAND", command)
    monkeypatch.setattr(companion, "SPARE_S", 0.5)
    monkeypatch.setattr(companion, "HUNG_S", 60.0)
    monkeypatch.setattr(companion, "FIRST_S", 60.0)
    monkeypatch.setattr(companion, "PING_S", 0.1)
    running = Companion(settings)
    try:
        until(lambda: companion.answers(settings.media.socket))
        yield found
    finally:
        running.close()
    assert all(not Path(f"/proc/{pid}").exists() for pid, _ in lived(found))


def test_killed_it_is_back_with_the_next_fence(book: Path, settings: Settings) -> None:
    for count in (1, 2):
        os.kill(lived(book)[-1][0], signal.SIGKILL)
        until(lambda count=count: len(lived(book)) == count + 1)  # type: ignore[misc]
        until(lambda: companion.answers(settings.media.socket))
    assert [fence for _, fence in lived(book)] == [1, 2, 3]


def test_one_that_hangs_is_ended_and_followed(book: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    [(pid, _)] = lived(book)
    os.kill(pid, signal.SIGSTOP)
    for patience in ("FIRST_S", "HUNG_S"):
        monkeypatch.setattr(companion, patience, 0.6)
    monkeypatch.setattr(companion, "ANSWER_S", 0.3)
    until(lambda: len(lived(book)) == 2)
    until(lambda: companion.answers(settings.media.socket))
    assert not Path(f"/proc/{pid}").exists()
    assert lived(book)[1][1] == 2


def test_another_waits_loaded_and_is_the_next(book: Path, settings: Settings) -> None:
    [(pid, _)] = lived(book)
    children = Path(f"/proc/self/task/{os.getpid()}/children")

    def others() -> set[int]:
        return {int(child) for task in children.parent.parent.glob("*/children") for child in task.read_text().split()}

    before = others()
    until(lambda: others() > before)
    (spare,) = others() - before
    assert len(lived(book)) == 1
    os.kill(pid, signal.SIGKILL)
    until(lambda: len(lived(book)) == 2)
    assert lived(book)[1] == (spare, 2)


def test_one_that_is_gone_before_it_is_told_leaves_nothing_open() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
    gone.wait()
    assert not companion._told(gone, b"1\n")
    assert gone.stdin is not None and gone.stdin.closed


def test_a_lease_outlives_the_server_that_took_it(settings: Settings) -> None:
    fences = [MediaLease(settings.database.url, "here").take() for _ in range(3)]
    assert fences == [1, 2, 3]
    store = Store(settings.database.url)
    with store.read() as conn:
        held = leases.holder(conn, f"media/{os.uname().nodename}", store.now(conn))
    store.close()
    assert held is not None and (held.fence, held.address) == (3, "here")


def test_renewing_keeps_the_lease_and_never_takes_it_back(settings: Settings) -> None:
    before, after = (MediaLease(settings.database.url, "here") for _ in range(2))
    before.take()
    before.renew()
    assert after.take() == 2
    before.renew()  # lost: only noted
    assert (before.take(), after.fence) == (3, 2)


def test_without_the_database_fences_are_counted_on(tmp_path: Path) -> None:
    lease = MediaLease(f"sqlite:///{tmp_path / 'nothing.db'}", "here")
    assert [lease.take(), lease.take()] == [1, 2]
    lease.renew()
    assert not (tmp_path / "nothing.db").exists()


def test_pauses_grow_to_a_bound() -> None:
    assert companion.PAUSES_S[0] == 0.0 and list(companion.PAUSES_S) == sorted(companion.PAUSES_S)
    assert companion.PAUSES_S[-1] <= 5.0
