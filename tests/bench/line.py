"""A bad phone line: whether sound breaks on it, and how soon she is heard again after a tunnel or a dead process.

Real Chromium behind a line of its own (private networks; loss and delay by Netfilter queues, rates by token buckets):
one page speaks, another listens, both through that line, so that every packet meets the weather twice. `breaks_*` are
breaks of more than 250 ms in that page within a minute. After a gap of 9 s with another address she has to be heard in
the house within 3 s of the line's return, on the same seat; half of the gaps are seen by the phone, half are silent.
After the media process was killed in mid speech the page has to hear her within 8 s, while the desk's commands go on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import Any

from rooms.base import Refused
from signaling.client import RefusedError
from tests.bench.line_scene import Scene, kill, now_ms, played
from tests.namespaces import Weather

#: How long the sound is listened to, in seconds, and how many rounds of the other two.
LISTEN_S, ROUNDS = 60.0, 10
#: The gap, in seconds, and what is good in milliseconds.
GAP_S = 9.0
RETURN_MS, KILLED_MS = 3_000, 8_000
#: Between two rounds, in seconds; a server whose media process has just died needs a while until it is at rest again.
STEADY_S, REST_S = 4.0, 10.0
#: A speaker's address after each gap.
ADDRESSES = tuple(f"10.77.0.{number}/24" for number in range(10, 200))


async def lossy(scene: Scene, seconds: float) -> dict[str, Any]:
    """5 % loss each way, 50 ms there and back."""
    assert scene.line is not None
    scene.line.disturb(Weather(loss=0.05, delay_ms=25))
    await asyncio.sleep(3)
    since = now_ms()
    await asyncio.sleep(seconds)
    gaps = await scene.gaps(since)
    share = await scene.share_heard(since)
    passed, lost = scene.line.counts()["up"]
    scene.line.disturb(Weather())
    return {
        "breaks_5pct": len(gaps),
        "longest_5pct_ms": max(gaps, default=0),
        "heard_5pct": share,
        "lost_up": round(lost / (passed + lost), 3),
    }


async def narrow(scene: Scene, seconds: float) -> dict[str, Any]:
    """150 kbit/s towards the phone, 100 from it, with her camera on."""
    assert scene.line is not None
    await scene.speaker.page.locator("#camera").click()
    await asyncio.sleep(2)
    scene.line.shape(down_kbps=150, up_kbps=100)
    await asyncio.sleep(10)  # what was under way when the line became narrow has to go first
    since = now_ms()
    await asyncio.sleep(seconds)
    gaps, share = await scene.gaps(since), await scene.share_heard(since)
    scene.line.shape()
    await scene.speaker.page.locator("#camera").click()
    return {"breaks_150k": len(gaps), "longest_150k_ms": max(gaps, default=0), "heard_150k": share}


async def returned(scene: Scene, rounds: int) -> dict[str, Any]:
    """The line is gone for 9 s and the phone has another address."""
    assert scene.line is not None
    took: list[int | None] = []
    for number in range(rounds):
        await scene.is_steady()
        await asyncio.sleep(STEADY_S)
        seat = scene.seat
        scene.line.cut(silently=number % 2 == 1)
        await asyncio.sleep(GAP_S)
        scene.line.move(ADDRESSES[number])
        back = now_ms()
        scene.line.mend()
        heard = await scene.heard_in_house(20.0)
        same = scene.seat == seat
        took.append(None if heard is None or not same else round(heard - back))
        print(f"gap {number + 1}: heard after {took[-1]} ms, {'same seat' if same else 'another seat'}", flush=True)
    good = sum(ms is not None and ms <= RETURN_MS for ms in took)
    return {"returned_ok": good, "returned_of": rounds, "return_ms": took}


async def killed(scene: Scene, rounds: int) -> dict[str, Any]:
    """The media process dies while she speaks; commands of the desk must not notice."""
    took: list[int | None] = []
    refused = sent = 0
    for number in range(rounds):
        await scene.is_steady(house=False)
        await asyncio.sleep(REST_S)
        before = now_ms()
        kill(scene.media_pid())
        hearing = asyncio.create_task(scene.heard_by_page(before, 20.0))
        while not hearing.done():
            sent += 1
            try:
                await scene.desk.send("question.claim" if sent % 2 else "question.release", question=scene.waiting)
            except (RefusedError, Refused):
                refused += 1
            await asyncio.sleep(0.25)
        heard = await hearing
        if sent % 2:
            sent += 1
            await scene.desk.send("question.release", question=scene.waiting)
        took.append(None if heard is None else round(heard - before))
        print(f"kill {number + 1}: heard after {took[-1]} ms", flush=True)
    good = sum(ms is not None and ms <= KILLED_MS for ms in took)
    return {"killed_ok": good, "killed_of": rounds, "killed_ms": took, "commands": sent, "refused": refused}


SOUNDS = {"lossy": lossy, "narrow": narrow}
BREAKS = {"returned": returned, "killed": killed}
PARTS = (*SOUNDS, *BREAKS)


async def run(parts: tuple[str, ...], seconds: float, rounds: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    async with played() as scene:
        for name in parts:
            found |= await (SOUNDS[name](scene, seconds) if name in SOUNDS else BREAKS[name](scene, rounds))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the sample of the test suite")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--seconds", type=float, default=LISTEN_S)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    seconds, rounds = (10.0, 2) if given.small else (given.seconds, given.rounds)
    print(json.dumps(asyncio.run(run(tuple(given.parts), seconds, rounds))))


if __name__ == "__main__":
    main()
