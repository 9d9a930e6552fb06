"""Looks at the program of a hearing as a stranger would: by the ways of the live page, and by its replay afterwards."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Final

from web.rehearsal.browser import Browser

#: Seconds of program that a playlist offers at the least, and how often it is looked at, each second.
ENOUGH_S: Final = 6.0
TRIES: Final = 20
_PLAYER: Final = re.compile(r'<(?:audio|video) [^>]*src="([^"]+\.m3u8)"')
_LASTS: Final = re.compile(r"^#EXTINF:([\d.]+)", re.MULTILINE)
_FILES: Final = re.compile(r"^(?:#EXT-X-MAP:URI=\"([^\"]+)\".*|([^#\s]+\.m4s))$", re.MULTILINE)


@dataclass(frozen=True)
class OnAir:
    """How many seconds of the program a playlist offered, and what the newest files of it weigh."""

    seconds: float = 0.0
    bytes: int = 0


async def followed(browser: Browser, way: str) -> OnAir:
    """A way of the live page (`sound`, `light`, `full`), as a browser's own player takes it."""
    page = await browser.get(f"/s/{browser.session}/live?follow={way}")
    player = _PLAYER.search(page.body.decode())
    if player is None:
        return OnAir()
    playlist = await browser.get(player[1])
    text = playlist.body.decode()
    base = player[1].rsplit("/", 1)[0]
    names = [init or part for init, part in _FILES.findall(text)]
    found = [await browser.get(f"{base}/{name}") for name in {names[0], names[-1]}] if names else []
    whole = all(each.status == 200 for each in (playlist, *found))
    return OnAir(sum(map(float, _LASTS.findall(text))), sum(len(each.body) for each in found) if whole else 0)


async def offered(browser: Browser, way: str) -> OnAir:
    """The same once there is enough of it; a machine that is busy takes its time."""
    for _ in range(TRIES):
        found = await followed(browser, way)
        if found.seconds >= ENOUGH_S:
            break
        await asyncio.sleep(1.0)
    return found


async def replayed(browser: Browser) -> int:
    """How many chapters the replay has."""
    page = await browser.get(f"/s/{browser.session}/replay")
    return len(re.findall(r'id="c\d+"', page.body.decode())) if page.status == 200 else 0
