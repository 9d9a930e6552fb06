"""The server's CPU time for each page, with a session of 10,000 questions.

The whole application answers, in this process, without a socket: the pages are asked for as ASGI requests with the
cookies of a real browser, and the process's CPU time around each is what counts (rendering, compression, database). The
99th percentile of each page's requests, warm, is printed; the last line is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import random
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from kachehri import staff
from kachehri.people import participant_id
from kachehri.store import people
from rooms.base import Actor
from rooms.lifecycle import CloseSession, OpenDoors, StartSession
from rooms.questions import AdmitQuestion, AskQuestion
from rooms.turns import CallTurn
from tests.web.town import Phone, Town, open_town
from web.forms import new_key

QUESTIONS: Final = 10_000
REQUESTS: Final = 200
MOST_MS: Final = 30.0
#: Citizens of one session may ask a few times each; this many people ask all the questions.
PEOPLE: Final = 2_500
WORDS: Final = (
    "چک 57 میں تین ہفتے سے پانی نہیں آ رہا اور ٹینکر والے دو ہزار روپے مانگتے ہیں، دفتر سے کوئی جواب نہیں ملتا"
)


async def fill(town: Town, session: str, count: int) -> list[str]:
    """Many questions by many people, half of them in line; returns the people's questions in order."""
    askers = [Actor(participant_id(session, f"device/{number:032x}"), "citizen") for number in range(PEOPLE)]
    store = town.service.store

    def join() -> None:
        with store.write() as conn:
            now = store.now(conn)
            rows = [
                people.Taking(each.participant, session, None, None, None, "web", "citizen", None, "ur", None, now)
                for each in askers
            ]
            people.join(conn, rows)

    await asyncio.to_thread(join)
    made: list[str] = []
    for start in range(0, count, 500):
        asked = await asyncio.gather(
            *(
                town.service.submit(
                    askers[number % PEOPLE],
                    session,
                    AskQuestion(category="water_none", text=f"{number}: {WORDS}"),
                    new_key(),
                )
                for number in range(start, min(start + 500, count))
            )
        )
        made += [(each.result or {})["question"] for each in asked]
    for start in range(0, count // 2, 500):
        await asyncio.gather(
            *(town.moderate(session, AdmitQuestion(question=each)) for each in made[start : start + 500])
        )
    return made


async def request(app: Any, path: str, cookie: str, language: str) -> tuple[int, int]:
    """One page over ASGI; status and bytes."""
    headers = [(b"host", b"127.0.0.1"), (b"accept-encoding", b"gzip"), (b"accept-language", language.encode())]
    headers += [(b"cookie", cookie.encode())]
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
        "app": app,
    }
    status, size = 0, 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, size
        status = message.get("status", status)
        size += len(message.get("body", b""))

    await app(scope, receive, send)
    return status, size


def cookies(phone: Phone) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in phone.client.cookies.jar)


async def measure(town: Town, app: Any, count: int, requests: int) -> dict[str, Any]:
    """Every page in turn, so that no page profits from being asked for in a row."""
    session = await town.schedule()
    await town.moderate(session, OpenDoors())
    await town.moderate(session, StartSession())
    began = time.perf_counter()
    made = await fill(town, session, count)
    print(f"{count} questions in {time.perf_counter() - began:.1f} s", flush=True)
    phone = town.phone("ur")
    receipt = await phone.ask(session, WORDS)
    live = await town.service.live(session)
    mine = max(live.session.queue.questions.values(), key=lambda each: each.asked_at)
    await town.moderate(session, AdmitQuestion(question=mine.id))
    password = await asyncio.to_thread(account, town)
    clerk = town.phone("ur")
    await clerk.get("/staff")
    entered = await clerk.post("/staff", login="clerk", password=password)
    assert entered.status_code == 200 and "/desk" in str(entered.url), entered.url
    pages = {
        "home": (phone, "/"),
        "lobby": (phone, f"/s/{session}"),
        "ask": (phone, f"/s/{session}/ask"),
        "live": (phone, f"/s/{session}/live"),
        "receipt": (phone, receipt),
        "track": (phone, "/track"),
        "how": (phone, "/how"),
        "staff-list": (clerk, "/desk"),
        "desk": (clerk, f"/mod/{session}"),
        "official": (clerk, f"/official/{session}"),
    }
    await town.moderate(session, CallTurn(question=mine.id))
    pages["next"] = (phone, f"/s/{session}/next")
    told = await timed(app, pages, requests)
    await town.moderate(session, CloseSession())
    await until_closed(town, session)
    papers = {
        "receipt-after": (phone, receipt),
        "live-after": (phone, f"/s/{session}/live"),
        "register": (clerk, f"/sessions/{session}/register"),
        "minutes": (clerk, f"/sessions/{session}/minutes"),
        "tickets": (clerk, "/tickets"),
    }
    told |= await timed(app, papers, requests)
    worst = {name: each["p99_ms"] for name, each in told.items() if each["p99_ms"] > MOST_MS}
    return {"questions": len(made) + 1, "requests": requests, "pages": told, "over_budget": worst}


async def until_closed(town: Town, session: str) -> None:
    """The tickets of ten thousand questions are opened in steps."""
    async with asyncio.timeout(300):
        while (await town.service.live(session)).session.phase != "closed":
            await asyncio.sleep(0.05)


async def timed(app: Any, pages: dict[str, tuple[Phone, str]], requests: int) -> dict[str, dict[str, float]]:
    """The processor time of each page, asked for in turn."""
    times: dict[str, list[float]] = {name: [] for name in pages}
    sizes: dict[str, int] = {}
    carried = {name: cookies(who) for name, (who, _) in pages.items()}
    for turn in range(requests + 3):
        for name, (_, path) in pages.items():
            began_cpu = time.process_time()
            status, sizes[name] = await request(app, path, carried[name], "ur")
            spent = (time.process_time() - began_cpu) * 1_000
            assert status == 200, (name, path, status)
            if turn >= 3:
                times[name].append(spent)
        if turn == 2:
            gc.collect()
            gc.freeze()
    return {
        name: {"p50_ms": percentile(each, 0.5), "p99_ms": percentile(each, 0.99), "bytes": sizes[name]}
        for name, each in times.items()
    }


def account(town: Town) -> str:
    """A chair of the whole house: the role that opens every staff page of a session."""
    password = f"{random.getrandbits(80):020x}"
    store = town.service.store
    staff.add(store, login="clerk", name="Clerk", role="chair", password=password)
    return password


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)


async def run(count: int, requests: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        async with open_town(Path(folder)) as town:
            return await measure(town, town.app, count, requests)


def main() -> None:
    """`make bench NAME=rendering`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    given = parser.parse_args()
    print(json.dumps(asyncio.run(run(given.questions, given.requests))))


if __name__ == "__main__":
    main()
