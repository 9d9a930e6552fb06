"""The programs are looked after: one for each live hearing, each start with a higher fence. Time by hand."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from kachehri import plain, programs
from kachehri.programs import AGAIN_S, FAREWELL_S, LOOK_S, PAUSES_S, RENEW_S, RESTS, STEADY_S, Programs
from kachehri.settings import Settings, from_mapping
from kachehri.store import Store, StoreError, leases, sessions
from tests.bench.house import SESSION, add_session, found
from tests.servers import until

#: A program that writes itself down and lives until it is told otherwise; its exit status is in a file.
PROGRAM = """
import os, signal, sys, time
book, session = sys.argv[1:3]
fence = sys.argv[sys.argv.index("--fence") + 1]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with open(book, "a") as file:
    file.write(f"{os.getpid()} {session} {fence}\\n")
while not os.path.exists(f"{book}.{session}"):
    time.sleep(0.01)
status = open(f"{book}.{session}").read()
os.unlink(f"{book}.{session}")
sys.exit(int(status))
"""


class Desk:
    """Programs that are driven by hand, and the hearings they are for."""

    def __init__(self, book: Path, settings: Settings) -> None:
        self.book, self.settings = book, settings
        self.programs = Programs(settings)
        self.programs._ending.set()  # its thread ends; the test looks instead, with its own clock
        self.programs._thread.join()
        self.now = 1_000.0
        self.store = Store(settings.database.url)

    def phase(self, phase: str, session: str = SESSION) -> None:
        with self.store.write() as conn:
            sessions.project(conn, session, phase=phase, starts_at=0, ends_at=1, deadline=None)

    def look(self, later: float = LOOK_S) -> None:
        self.now += later
        self.programs.look(self.now)

    def begun(self) -> list[tuple[int, str, int]]:
        """Process, session and fence of each that was started so far."""
        if not self.book.exists():
            return []
        rows = [line.split() for line in self.book.read_text().splitlines()]
        return [(int(pid), session, int(fence)) for pid, session, fence in rows]

    def fences(self) -> list[int]:
        return [fence for _, _, fence in self.begun()]

    def until_begun(self, count: int) -> None:
        until(lambda: len(self.begun()) == count)

    def ends(self, status: int, session: str = SESSION) -> None:
        """The program of a session ends with this status, and it is noticed."""
        process = self.programs._children[session].process
        assert process is not None
        whole = Path(f"{self.book}.{session}.new")  # it may look between the making of a file and its first byte
        whole.write_text(str(status))
        whole.rename(f"{self.book}.{session}")
        process.wait(30)
        self.look(0.0)


def gone(*_: object) -> Callable[[], None]:
    """What a store says while its database is away."""
    raise StoreError("unreachable")


def held_until(desk: Desk) -> int:
    """When the lease of the program ends; 0 when nobody holds it."""
    with desk.store.read() as conn:
        found = leases.holder(conn, f"program/{SESSION}", desk.store.now(conn))
    return found.expires_at if found is not None else 0


def expire(desk: Desk) -> None:
    """The lease runs out."""
    with desk.store.write() as conn:
        now = desk.store.now(conn)
        held = leases.holder(conn, f"program/{SESSION}", now)
        assert held is not None and leases.renew(conn, held, now, -1)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    url = f"sqlite:///{tmp_path / 'house.db'}"
    found(url)
    book = tmp_path / "book"
    monkeypatch.setattr(Programs, "COMMAND", (sys.executable, "-c", PROGRAM, str(book)))
    desk = Desk(book, from_mapping({"database": {"url": url}}))
    try:
        yield desk
    finally:
        desk.programs.close()
        desk.store.close()
    assert all(not Path(f"/proc/{pid}").exists() for pid, _, _ in desk.begun())


def test_only_a_live_hearing_has_a_program(desk: Desk) -> None:
    for phase in ("scheduled", "doors_open", "adjourned", "closed"):
        desk.phase(phase)
        desk.look()
    assert desk.programs._children.get(SESSION) is None or desk.programs._children[SESSION].process is None
    desk.phase("live")
    desk.look()
    desk.until_begun(1)
    desk.phase("adjourned")
    desk.look()
    assert desk.programs._children[SESSION].process is not None
    assert desk.fences() == [1]


def test_two_hearings_have_two(desk: Desk) -> None:
    add_session(desk.store, "other234")
    desk.phase("live")
    desk.phase("live", "other234")
    desk.look()
    desk.until_begun(2)
    assert {session for _, session, _ in desk.begun()} == {SESSION, "other234"}


def test_one_that_was_killed_is_back_at_once_and_one_that_keeps_dying_less_and_less_often(desk: Desk) -> None:
    desk.phase("live")
    desk.look()
    desk.until_begun(1)
    process = desk.programs._children[SESSION].process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    desk.look(0.0)
    desk.until_begun(2)
    for pause in PAUSES_S[1:4]:
        desk.ends(1)
        count = len(desk.begun())
        desk.look(pause * 0.9)
        assert desk.programs._children[SESSION].process is None
        desk.look(pause * 0.2)
        desk.until_begun(count + 1)
    desk.now += STEADY_S + 1
    desk.ends(1)
    desk.until_begun(6)
    assert desk.fences() == [1, 2, 3, 4, 5, 6]


def test_what_has_to_be_changed_around_it_first_is_not_tried_over_and_over(desk: Desk) -> None:
    desk.phase("live")
    desk.look()
    desk.until_begun(1)
    desk.ends(plain.EXIT)
    desk.look(PAUSES_S[-1] * 0.9)
    assert desk.programs._children[SESSION].process is None
    desk.look(PAUSES_S[-1])
    desk.until_begun(2)


def test_one_that_rests_begins_again_when_the_hearing_goes_on(desk: Desk) -> None:
    desk.phase("live")
    desk.look()
    desk.until_begun(1)
    desk.phase("adjourned")
    desk.look()
    desk.ends(RESTS)
    for _ in range(20):
        desk.look(10.0)
    assert desk.fences() == [1]
    desk.phase("live")
    desk.look()
    desk.until_begun(2)


def test_at_the_close_it_ends_by_itself_or_is_told_to(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.phase("live")
    desk.look()
    desk.until_begun(1)
    desk.phase("closed")
    desk.look()
    desk.look(FAREWELL_S - 1)
    process = desk.programs._children[SESSION].process
    assert process is not None and process.poll() is None
    desk.look(2)
    process.wait(30)
    desk.look()
    desk.look()
    assert SESSION not in desk.programs._children
    with desk.store.write() as conn:  # another machine may have it at once
        now = desk.store.now(conn)
        held = leases.take(conn, f"program/{SESSION}", "another", "", now, 1_000)
    assert held is not None and held.fence == 2


def test_with_a_safety_delay_it_has_that_much_longer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    url = {"url": desk.settings.database.url}
    patient = Programs(from_mapping({"database": url, "program": {"delay_s": 10}}))
    patient._ending.set()
    patient._thread.join()
    desk.phase("live")
    patient.look(desk.now)
    desk.until_begun(1)
    process, told = patient._children[SESSION].process, []
    assert process is not None
    monkeypatch.setattr(process, "terminate", lambda: told.append(desk.now))
    desk.phase("closed")
    try:
        for later, count in ((0.0, 0), (FAREWELL_S + 9, 0), (2.0, 1)):
            desk.now += LOOK_S + later
            patient.look(desk.now)
            assert len(told) == count, "what waits goes out first"
    finally:
        patient.close()


def test_while_another_machine_makes_it_nothing_is_started(desk: Desk) -> None:
    with desk.store.write() as conn:
        now = desk.store.now(conn)
        leases.take(conn, f"program/{SESSION}", "another", "", now, 60_000)
    desk.phase("live")
    desk.look()
    assert desk.begun() == []
    with pytest.raises(plain.Stop, match="program_taken"):
        programs.take(desk.settings, SESSION)


def test_its_lease_is_renewed(desk: Desk) -> None:
    desk.phase("live")
    desk.look()
    desk.until_begun(1)

    def held() -> int:
        with desk.store.read() as conn:
            found = leases.holder(conn, f"program/{SESSION}", desk.store.now(conn))
        assert found is not None
        return found.expires_at

    before = held()
    desk.look(RENEW_S + 1)
    assert held() > before


def test_trouble_with_the_database_ends_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.phase("live")
    desk.look()
    desk.until_begun(1)

    monkeypatch.setattr(desk.programs._store, "read", gone)
    for _ in range(5):
        desk.look(FAREWELL_S)
    process = desk.programs._children[SESSION].process
    assert process is not None and process.poll() is None


def test_a_program_that_dies_while_the_database_is_away_holds_nobody_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_session(desk.store, "other234")
    desk.phase("live")
    desk.phase("live", "other234")
    desk.look()
    desk.until_begun(2)
    with monkeypatch.context() as patched, capture_logs() as told:
        for name in ("read", "write"):
            patched.setattr(desk.programs._store, name, gone)
        desk.ends(1)
        desk.ends(1, "other234")
        for _ in range(30):
            desk.look(1.0)
        assert len(desk.begun()) == 2, "nobody writes without a lease"
    assert [line["event"] for line in told].count("programs.wait") == 1, "said once, not twice a second"
    desk.look(AGAIN_S + 0.1)
    desk.until_begun(4)
    assert {(session, fence) for _, session, fence in desk.begun()[2:]} == {(SESSION, 2), ("other234", 2)}


def test_a_lease_is_renewed_as_soon_as_the_database_is_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.phase("live")
    desk.look()
    desk.until_begun(1)
    before = held_until(desk)
    with monkeypatch.context() as patched:
        patched.setattr(desk.programs._store, "write", gone)
        desk.look(RENEW_S + 1)
    assert held_until(desk) == before
    desk.look(AGAIN_S + 0.1)
    assert held_until(desk) > before


def test_a_lease_that_ran_out_meanwhile_is_taken_again_and_the_program_goes_on(desk: Desk) -> None:
    desk.phase("live")
    desk.look()
    desk.until_begun(1)
    expire(desk)
    assert held_until(desk) == 0
    desk.look(RENEW_S + 1)
    process = desk.programs._children[SESSION].process
    assert held_until(desk) > 0 and process is not None and process.poll() is None
    with desk.store.write() as conn:
        taken = leases.take(conn, f"program/{SESSION}", "another", "", desk.store.now(conn), 60_000)
    assert taken is None, "no other machine breaks in"


def test_a_program_whose_lease_another_machine_took_ends(desk: Desk) -> None:
    desk.phase("live")
    desk.look()
    desk.until_begun(1)
    process = desk.programs._children[SESSION].process
    assert process is not None
    expire(desk)
    with desk.store.write() as conn:
        taken = leases.take(conn, f"program/{SESSION}", "another", "", desk.store.now(conn), 60_000)
    assert taken is not None
    desk.look(RENEW_S + 1)
    assert process.wait(10) == 0
    for _ in range(5):
        desk.look(PAUSES_S[-1])
    assert len(desk.begun()) == 1
