"""The configuration of nginx that we ship, in a real nginx: a thousand phones are one request, and nobody is told more
than the server would tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.bench import broadcast
from tests.bench.on_air import OnAir, on_air
from tests.bench.painted import instant
from tests.nginx import Nginx

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[OnAir]:
    async with on_air(tmp_path_factory.mktemp("air")) as found:
        yield found


@pytest.fixture(scope="module")
def front(air: OnAir) -> Iterator[Nginx]:
    server = Nginx(air.origin)
    server.start()
    yield server
    server.close()


@pytest.fixture
async def client(front: Nginx) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=front.url, headers={"accept-encoding": "identity"}, timeout=30) as made:
        yield made


async def test_readers_of_one_rendition_are_one_reader_to_the_server(air: OnAir, front: Nginx) -> None:
    """A small sample of `make bench NAME=broadcast`."""
    async with air.program("light"):
        await air.until("light", 1)
        found = await broadcast.crowd(air, front, clients=40, parts=6)
    assert found["refused"] == {} and found["requests"] == 40 * 14
    assert found["requests_per_origin_request"] >= 20, found


async def kept(air: OnAir) -> str:
    """A program of ten seconds that is there and does not go on; where its rendition is."""
    air.session = await air.town.schedule(live=True)
    await asyncio.to_thread(instant, air.door.archive.folder, air.session, ["light"], 11, air.town.house.now())
    return f"{air.base}/light/"


async def test_made_up_queries_reach_nobody(air: OnAir, front: Nginx, client: httpx.AsyncClient) -> None:
    base = await kept(air)
    first = await client.get(base + "000001.m4s")
    reached = front.upstream()
    for query in ("?a=1", "?a=2", "?_HLS_msn=x", "?_HLS_part=1", "?%0a"):
        assert (await client.get(base + "000001.m4s" + query)).content == first.content
    assert front.upstream() == reached
    assert (await client.get(base + "live.m3u8?_HLS_msn=x&b=7")).status_code == 200


async def test_two_of_a_directive_cannot_put_another_answer_in_the_cache(
    air: OnAir, front: Nginx, client: httpx.AsyncClient
) -> None:
    base = await kept(air)
    answers = [
        await client.get(base + f"live.m3u8?_HLS_msn=1&_HLS_msn={other}&_HLS_part=0&_HLS_part=9") for other in (9, 5)
    ]
    assert [each.status_code for each in answers] == [200, 200], "the first is what counts, for the key and the server"
    assert front.requests()["HIT"] > 0


async def test_neither_cookie_nor_language_nor_place_makes_another_copy(
    air: OnAir, front: Nginx, client: httpx.AsyncClient
) -> None:
    base = await kept(air)
    before = front.upstream()
    for headers in ({}, {"cookie": "k_lang=en"}, {"accept": "text/html"}, {"origin": "https://elsewhere.example"}):
        answer = await client.get(base + "live.m3u8", headers=headers)
        assert answer.status_code == 200 and "set-cookie" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert front.upstream() - before <= 2, "a playlist is kept for a second"
    squeezed = await client.get(base + "live.m3u8", headers={"accept-encoding": "gzip"})
    assert squeezed.headers["content-encoding"] == "gzip" and squeezed.text.startswith("#EXTM3U")


async def test_a_piece_of_a_piece_is_cut_by_the_cache(air: OnAir, client: httpx.AsyncClient) -> None:
    base = await kept(air)
    whole = await client.get(base + "000002.m4s")
    part = await client.get(base + "000002.m4s", headers={"range": "bytes=100-199"})
    assert part.status_code in (200, 206)
    if part.status_code == 206:
        assert part.content == whole.content[100:200]


async def test_refusals_are_the_servers_own(air: OnAir, front: Nginx, client: httpx.AsyncClient) -> None:
    base = await kept(air)
    before = front.upstream()
    for _ in range(5):
        assert (await client.get(base + "000099.m4s")).status_code == 404
    assert front.upstream() - before <= 2, "what is not there yet is asked for once a second"
    for path, status in {
        base.replace(air.session, "nowhere") + "live.m3u8": 403,
        base + "live.m3u8?_HLS_msn=99999": 400,
        base + "000099.m4s": 404,
        base + "..%2f..%2f..%2fmaster.m3u8": 404,
        base + "../../../../etc/passwd": 404,
        "/b/nobody/nowhere/light/live.m3u8": 403,
    }.items():
        answer = await client.get(path)
        assert answer.status_code == status and len(answer.content) < 20_000, path


async def test_a_server_that_is_away_is_said_to_be(air: OnAir) -> None:
    alone = Nginx("127.0.0.1:1")
    alone.start()
    try:
        async with httpx.AsyncClient(base_url=alone.url, timeout=30) as client:
            assert (await client.get(f"{air.base}/light/live.m3u8")).status_code == 502
    finally:
        alone.close()
