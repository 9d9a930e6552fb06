"""The fixtures themselves: a test server that lies would make every other test worthless."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
import redis
from playwright.async_api import Browser

from tests.conftest import ManualClock
from tests.servers import Postgres, Redis, free_port

pytestmark = pytest.mark.anyio


def test_time_moves_only_by_hand_and_only_forward(clock: ManualClock) -> None:
    before = clock()
    assert clock.advance(250) == before + 250 == clock()
    with pytest.raises(ValueError):
        clock.advance(-1)


def test_a_free_port_is_none_that_is_lent_to_outgoing_connections() -> None:
    lent = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert all(free_port() < lent for _ in range(20))


def test_redis_comes_back_empty_on_the_same_port_after_a_kill(redis_server: Redis, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("k", "v")
    redis_server.kill()
    redis_server.start()
    with redis.Redis.from_url(redis_url) as client:
        assert client.get("k") is None


def test_postgres_keeps_what_was_committed_after_a_kill(postgres_server: Postgres, postgres_url: str) -> None:
    dsn = postgres_url.replace("+psycopg", "")
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    postgres_server.kill()
    postgres_server.start()
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]


async def test_the_browser_is_real(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content("<p dir=rtl>سلام</p>")
    assert await page.locator("p").evaluate("node => getComputedStyle(node).direction") == "rtl"
    await page.close()
