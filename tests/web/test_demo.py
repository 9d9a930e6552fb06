"""`make demo` and `make demo-check` as a person starts them: processes, a terminal, and nothing left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from web import demo

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "kachehri")
OPEN_S, END_S = 60.0, 30.0
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/s/([a-z2-7]{8})/live")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


class Demo:
    """A demo on a state folder; its output goes to a file, as a terminal would show it."""

    def __init__(self, state: Path, output: Path) -> None:
        self.output = output
        with output.open("wb") as out:
            self.process = subprocess.Popen(
                (*COMMAND, "demo", "--state", str(state)), cwd=ROOT, stdout=out, stderr=out, start_new_session=True
            )

    @property
    def text(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    def opened(self) -> tuple[str, str]:
        """Wait for the addresses; the server's, and the session."""
        deadline = time.monotonic() + OPEN_S
        while time.monotonic() < deadline:
            found = ADDRESS.search(self.text)
            if found and "Ctrl-C ends everything" in self.text:
                return found.group(1), found.group(2)
            assert self.process.poll() is None, self.text
            time.sleep(0.1)
        raise AssertionError(self.text)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(END_S)


def servers(state: Path) -> list[int]:
    """Processes that were started for this folder and are still there."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if f"{state}/demo.toml".encode() in command:
                found.append(int(entry.name))
    return found


def gone(state: Path, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while servers(state) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not servers(state)


def test_the_check_holds_and_ends_with_one_json_line() -> None:
    done = subprocess.run((*COMMAND, "demo-check"), cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["citizens"] >= 30 and found["raised"] >= 20
    assert found["raised"] == found["tickets"] + found["followers"] + found["withdrawn"] + found["refused"]
    assert (found["followers"], found["withdrawn"], found["heard"], found["reconnected"]) == (1, 1, 3, 1)
    assert found["balanced"] is True and found["seats"] == 3
    assert found["audio_packets"] > 500 and found["video_frames_decoded"] > 100
    assert found["program_seconds"] >= 6 and found["chapters"] >= 4


def test_a_demo_opens_ends_and_begins_anew_on_the_same_folder(tmp_path: Path) -> None:
    state = tmp_path / "state"
    sessions = set()
    for turn in range(2):
        running = Demo(state, tmp_path / f"output{turn}")
        try:
            base, session = running.opened()
            sessions.add(session)
            with urllib.request.urlopen(f"{base}/s/{session}/live") as answer:
                assert answer.status == 200
            if turn == 0:
                again = Demo(state, tmp_path / "second")
                assert again.process.wait(END_S) == demo.EXIT_CANNOT
                assert "Another demo is running" in again.text and "ایک اور ڈیمو" in again.text
        finally:
            status = running.end()
        assert status == 0, running.text
        assert gone(state, 5.0)
        assert "Traceback" not in running.text and "something went wrong" not in running.text
    assert len(sessions) == 2


def test_no_password_is_the_same_twice_and_no_key_is_printed(tmp_path: Path) -> None:
    running = Demo(tmp_path / "state", tmp_path / "output")
    try:
        running.opened()
        passwords = re.findall(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b", running.text)
        assert len(passwords) == len(set(passwords)) == 5
        assert (tmp_path / "state" / "key").read_text().strip() not in running.text
        # What citizens write by mistake is no more for the terminal than for the public.
        assert "31104-0000000-1" not in running.text
    finally:
        # Killed without a chance to end anything: its server notices and ends by itself.
        running.end(signal.SIGKILL)
    assert gone(tmp_path / "state", 20.0)
