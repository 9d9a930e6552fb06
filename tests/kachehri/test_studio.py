"""Pictures are small, right in Urdu, kept, and never the server's own work."""

from __future__ import annotations

import asyncio
import struct

import pytest

from kachehri.papers import studio
from kachehri.papers.studio import Studio

pytestmark = pytest.mark.anyio
STYLE = "@page { size: 180px 90px; margin: 8px } body { font-family: 'K Latin', 'K Naskh' }"


def page(words: str) -> str:
    return f"<!doctype html><html lang=ur dir=rtl><body><p>{words}</p>"


def size(png: bytes) -> tuple[int, int]:
    """Width and height from the header (PNG, IHDR)."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


async def test_a_picture_is_drawn_once_and_the_child_lives_on() -> None:
    drawing = Studio()
    try:
        first = await drawing.draw("a", page("پانی"), STYLE)
        assert first and size(first) == (360, 180) and len(first) < 4_000
        child = drawing._child
        assert await drawing.draw("a", "not even looked at", STYLE) is first
        second = await drawing.draw("b", page("بجلی"), STYLE)
        assert second and second != first and drawing._child is child
        together = await asyncio.gather(*(drawing.draw("c", page("گیس"), STYLE) for _ in range(3)))
        assert together[0] and together[0] is together[1] is together[2]
    finally:
        await drawing.close()
    assert child is not None and child.returncode is not None


async def test_it_opens_nothing_from_elsewhere_and_outlives_a_bad_page() -> None:
    drawing = Studio()
    try:
        reached = asyncio.Event()
        server = await asyncio.start_server(lambda _r, _w: reached.set(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        await drawing.draw(
            "x", page(f"<img src='http://127.0.0.1:{port}/a.png'><img src='file:///etc/hostname'>"), STYLE
        )
        assert await drawing.draw("y", page("پانی"), STYLE), "the next one is drawn all the same"
        assert not reached.is_set()
        server.close()
        await server.wait_closed()
    finally:
        await drawing.close()


async def test_where_nothing_can_be_drawn_the_answer_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "COMMAND", ("/bin/false",))
    drawing = Studio()
    assert await drawing.draw("a", page("پانی"), STYLE) is None
    await drawing.close()
