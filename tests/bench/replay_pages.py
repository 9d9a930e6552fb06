"""The server's CPU time for the pages of a long hearing that is over: 3,000 questions, three hours, 10,000 lines.

The whole application answers in this process, asked for as ASGI requests; the process's CPU time around each is what
counts. Two peers are asked for in turn with them: a page of the same shell with nothing of a hearing on it (`how`), and
a page's file as the process serves it from memory (`site.css`). The first request after the close reads the log and is
told apart (`first_ms`). Bytes are as sent, compressed. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import re
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import structlog

from tests.bench.long_hearing import LongHearing, held
from tests.bench.rendering import percentile, request
from tests.web.town import Town, open_town

QUESTIONS: Final = 3_000
TURNS: Final = 90
LINES: Final = 10_000
REQUESTS: Final = 20
#: Bytes of the first page of a replay, compressed, for a phone on a slow line.
MOST_BYTES: Final = 60_000
#: Processor time of a page beside that of the empty page of the same shell: how much more it may take, in ms.
MOST_MS: Final = 100.0
#: The same where everything that was said is looked through.
MOST_SEARCH_MS: Final = 300.0


async def addresses(town: Town, found: LongHearing) -> dict[str, str]:
    """What is asked for, by name; the peers first."""
    live = await town.service.live(found.session)
    questions = live.session.queue.questions
    heard, written = found.heard[len(found.heard) // 2], next(each for each in questions if each not in found.heard)
    sheet = re.findall(r'href="(/static/site\.[^"]+\.css)"', (await town.phone("ur").get("/how")).text)[0]
    replay = f"/s/{found.session}/replay"
    return {
        "how": "/how",
        "site.css": sheet,
        "ticket": f"/t/{questions[heard].reference}",
        "ticket-written": f"/t/{questions[written].reference}",
        "replay": replay,
        "replay-chapter": f"{replay}?c={found.last}",
        "replay-search": f"{replay}?q=tanker",
        "replay-search-none": f"{replay}?q=zebra+giraffe",
        "captions": f"/s/{found.session}/captions/ur.vtt",
        "replays-search": "/replays?q=tanker",
    }


async def measure(town: Town, found: LongHearing, requests: int) -> dict[str, dict[str, float]]:
    """Every page in turn, so that none profits from being asked for in a row."""
    pages = await addresses(town, found)
    times: dict[str, list[float]] = {name: [] for name in pages}
    sizes: dict[str, int] = {}
    for _ in range(requests + 1):
        for name, path in pages.items():
            began = time.process_time()
            status, sizes[name] = await request(town.app, path, "", "ur")
            times[name].append((time.process_time() - began) * 1_000)
            assert status == 200, (name, status)
    return {
        name: {
            "first_ms": round(each[0], 2),
            "p50_ms": percentile(each[1:], 0.5),
            "p99_ms": percentile(each[1:], 0.99),
            "bytes": sizes[name],
        }
        for name, each in times.items()
    }


async def run(questions: int, turns: int, lines: int, requests: int) -> dict[str, Any]:
    # No media process is running, and the journal would say so at each turn.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        async with open_town(Path(folder)) as town:
            found = await held(town, Path(folder) / "recordings", questions, turns, lines)
            pages = await measure(town, found, requests)
    peer = pages["how"]["p50_ms"]
    most = {name: MOST_SEARCH_MS if "search" in name else MOST_MS for name in pages}
    over = [f"{name} ms" for name, each in pages.items() if each["p50_ms"] - peer > most[name]]
    over += [f"{name} bytes" for name, each in pages.items() if name != "captions" and each["bytes"] > MOST_BYTES]
    return {
        "questions": questions,
        "chapters": found.chapters,
        "lines": found.lines,
        "requests": requests,
        "peer_ms": peer,
        "pages": pages,
        "over_budget": over,
    }


def main() -> None:
    """`make bench NAME=replay-pages`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="60 questions, 6 minutes")
    parser.add_argument("--requests", type=int, default=REQUESTS)
    given = parser.parse_args()
    size = (60, 3, 120, 2) if given.small else (QUESTIONS, TURNS, LINES, given.requests)
    print(json.dumps(asyncio.run(run(*size))))


if __name__ == "__main__":
    main()
