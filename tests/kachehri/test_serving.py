"""The processes: they start, answer, come back when they die, and end when told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from kachehri import keys, serving
from kachehri.settings import from_mapping
from kachehri.store import Store, StoreError, migrate
from tests.servers import until

# A page of three lines in place of `web.app`, which is tested where it lives. Spawned workers load this file as well.
PROGRAM = """
import os, sys
from pathlib import Path
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from kachehri import attached, serving

def create_app(settings):
    async def page(request):
        return PlainTextResponse(f"{os.getpid()} {request.url.scheme} {settings.limits.tick_ms}")
    return Starlette(routes=[Route("/", page)])

def companion(settings):
    assert attached.told_fence() >= 1
    Path(os.environ["BORN"]).open("a").write(f"{os.getpid()}\\n")
    attached.end_with_parent()
    import signal
    signal.pause()

serving.resolve = {serving.APPLICATION: create_app, serving.LIVE: "websockets"}.__getitem__

serving.Companion.COMMAND = (sys.executable, __file__, "media")

if __name__ == "__main__":
    from kachehri import plain
    from kachehri.settings import load
    if sys.argv[1:2] == ["media"]:
        companion(load())
    with plain.plainly():
        serving.serve(load())
"""


@contextmanager
def served(folder: Path, port: int, database: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    (folder / "program.py").write_text(PROGRAM)
    keys.make(folder / "key")
    migrate(database)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KACHEHRI_")}
    environment = {
        **clean,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "BORN": str(folder / "born"),
        "KACHEHRI_DATABASE_URL": database,
        "KACHEHRI_SECRETS_KEY_FILE": str(folder / "key"),
        "KACHEHRI_SERVER_PORT": str(port),
        "KACHEHRI_LIMITS_TICK_MS": "111",
        **more,
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, str(folder / "program.py")], env=environment, stderr=log)
    try:
        until(lambda: process.poll() is not None or answers(port))
        assert process.poll() is None, (folder / "log").read_text()
        yield process
    finally:
        process.terminate()
        process.wait(30)


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", timeout=30).status_code == 200
    except httpx.TransportError:
        return False


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def born(folder: Path) -> list[int]:
    return [int(line) for line in (folder / "born").read_text().split()] if (folder / "born").exists() else []


def test_one_worker_and_its_media_process(tmp_path: Path, port: int, sqlite_url: str) -> None:
    with served(tmp_path, port, sqlite_url, KACHEHRI_SERVER_TRUSTED_PROXIES="127.0.0.1") as process:
        answer = httpx.get(f"http://127.0.0.1:{port}/", headers={"X-Forwarded-Proto": "https"}, timeout=30)
        assert answer.text == f"{process.pid} https 111"
        assert "server" not in answer.headers
        until(lambda: len(born(tmp_path)) == 1)
        os.kill(born(tmp_path)[0], signal.SIGKILL)
        until(lambda: len(born(tmp_path)) == 2)
        process.terminate()
        assert process.wait(30) in (0, -signal.SIGTERM)
    assert not alive(born(tmp_path)[1])


def test_a_killed_server_leaves_no_media_process_behind(tmp_path: Path, port: int, sqlite_url: str) -> None:
    with served(tmp_path, port, sqlite_url) as process:
        until(lambda: len(born(tmp_path)) == 1)
        process.kill()
        process.wait(30)
        until(lambda: not alive(born(tmp_path)[0]))


def test_without_trust_a_forwarded_header_is_ignored(tmp_path: Path, port: int, sqlite_url: str) -> None:
    with served(tmp_path, port, sqlite_url):
        answer = httpx.get(f"http://127.0.0.1:{port}/", headers={"X-Forwarded-Proto": "https"}, timeout=30)
        assert " http " in answer.text


@pytest.mark.slow
def test_two_workers_share_one_port(tmp_path: Path, port: int, postgres_url: str, redis_url: str) -> None:
    more = {"KACHEHRI_SERVER_WORKERS": "2", "KACHEHRI_BUS_KIND": "redis", "KACHEHRI_BUS_URL": redis_url}
    with served(tmp_path, port, postgres_url, **more) as process:
        workers: set[int] = set()

        def both() -> bool:
            pid, _, tick = httpx.get(f"http://127.0.0.1:{port}/", timeout=30).text.split()
            assert tick == "111"
            workers.add(int(pid))
            return len(workers) == 2

        until(both)
        assert process.pid not in workers
    until(lambda: not any(map(alive, workers)))


def test_a_sqlite_file_has_one_server_at_a_time(tmp_path: Path, sqlite_url: str) -> None:
    keys.make(tmp_path / "key")
    migrate(sqlite_url)
    settings = from_mapping({"database": {"url": sqlite_url}, "secrets": {"key_file": str(tmp_path / "key")}})
    with serving.ready(settings):
        with pytest.raises(StoreError) as caught, serving.ready(settings):
            pass
        assert caught.value.code == "locked"
        store = Store(sqlite_url)  # reading, and a command of the administrator, are still welcome
        with store.write():
            pass
        store.close()
    with serving.ready(settings):
        pass
    (tmp_path / "key").unlink()
    keys.make(tmp_path / "key")
    with pytest.raises(StoreError, match="wrong_key"), serving.ready(settings):
        pass


def test_answers_are_not_held_back(tmp_path: Path) -> None:
    """asyncio turns Nagle's algorithm off only for sockets whose protocol says TCP; with it each answer waits 40 ms."""
    settings = from_mapping({"server": {"port": 0}})
    with serving.bind(settings) as listener:
        assert listener.proto == socket.IPPROTO_TCP
