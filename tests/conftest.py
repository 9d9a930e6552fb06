"""What every test may ask for: a clock moved by hand, free ports, and real servers (tests/servers.py)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, async_playwright, expect

from kachehri.store import migrate
from tests.databases import Lent, new_sqlite
from tests.servers import CHROMIUM_FLAGS, SOON_MS, Postgres, Redis, free_port, require

# How long an example takes, and how long it takes to draw one, is the machine's business. The same examples each time:
# the same code gives the same answer. `pytest --hypothesis-profile=exploring` looks for others.
settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("exploring", settings.get_profile("same"), derandomize=False)
settings.load_profile("same")
expect.set_options(timeout=SOON_MS)
# The usual formatter of a log nobody has set up draws every local of every frame: seconds for each fault provoked here.
for _last in structlog.get_config()["processors"]:
    if isinstance(_last, structlog.dev.ConsoleRenderer):
        _last.exception_formatter = structlog.dev.plain_traceback

# 2026-01-05 10:00 in Karachi (UTC+5), a Monday: a working day in the demo's calendar. Milliseconds since the epoch.
MONDAY_MS = 1_767_589_200_000


class ManualClock:
    """Time that moves only when a test says so. Call it for the present, in milliseconds since the epoch."""

    def __init__(self, now: int = MONDAY_MS) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def advance(self, ms: int) -> int:
        if ms < 0:
            raise ValueError("time does not run backwards")
        self.now += ms
        return self.now


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """uvicorn, aiortc and our own endpoint are asyncio code: trio would test nothing that runs."""
    return "asyncio"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    require("redis-server")
    server = Redis()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """An empty Redis. A test that kills or stops the server brings it back itself."""
    redis_server.flush()
    return redis_server.url


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    require("postgres")
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """A database of its own for this test, empty, as `postgresql+psycopg://…`."""
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'kachehri.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database in turn, for suites that both must pass."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def postgres_lent(postgres_server: Postgres) -> Lent:
    url = postgres_server.create()
    migrate(url)
    return Lent(postgres_server, url)


@pytest.fixture
def migrated_postgres_url(postgres_lent: Lent) -> Iterator[str]:
    yield postgres_lent.take()
    postgres_lent.give_back()


@pytest.fixture
def migrated_sqlite_url(tmp_path: Path) -> str:
    return new_sqlite(tmp_path / "migrated.db")


@pytest.fixture(params=["sqlite", "postgres"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of each kind, for this test alone."""
    url: str = request.getfixturevalue(f"migrated_{request.param}_url")
    return url


@pytest.fixture(scope="module")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    """Chromium without a screen. Mark the test `browser`; grant the microphone with `context.grant_permissions`."""
    path = require("chromium")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        try:
            yield chromium
        finally:
            await chromium.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for the browser is a browser test; files with tests that may take longest come first.

    How long a test may take says its `timeout`. With the longest first, no worker is left with one of them when the
    others have nothing more to do.
    """
    allowed: dict[str, float] = {}
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        file, mark = item.location[0], item.get_closest_marker("timeout")
        allowed[file] = max(allowed.get(file, 0), mark.args[0] if mark and mark.args else 0)
    items.sort(key=lambda item: -allowed[item.location[0]])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was left out is said aloud at the end."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.section("LEFT OUT", yellow=True)
        for report in skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.line(f"{report.nodeid}: {reason}")
