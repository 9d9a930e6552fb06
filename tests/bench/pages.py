"""What each citizen page costs a slow phone: bytes, requests and seconds until it can be used, in both languages.

Chromium at 360x640 with an empty cache, over TLS, behind 400 kbit/s each way and 400 ms a round trip, with a processor
six times slower. Chromium delays each request but not the connection that it opens first, so the two round trips of TCP
and TLS 1.3 (RFC 8446 §2) are added to the seconds. A page can be used when it has painted, all its scripts have run and
no task of 50 ms or more is left (the long tasks of W3C's Long Tasks API) until the network rests. The middle of three
runs counts. A second visit is the same page again in the same browser, its cache warm.

The last line is one JSON object; `over_budget` names every page and measure above its limit.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
import statistics
import tempfile
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.async_api import Browser, BrowserContext, async_playwright

from rooms.questions import AdmitQuestion
from rooms.turns import CallTurn
from tests.servers import CHROMIUM_FLAGS, require
from tests.web.town import Town, open_town
from web.lan import papers

KB: Final = 1_000
LINE_BYTES_S: Final = 400_000 / 8
ROUND_TRIP_MS: Final = 400
SLOWER: Final = 6
CONNECT_S: Final = 2 * ROUND_TRIP_MS / 1_000
SECOND_KB: Final = 12.0
RUNS: Final = 3

#: In the page: when it painted, when its scripts had run, and when its last long task ended; seconds from navigation.
WATCH: Final = """() => {
  window.lastTask = 0;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) window.lastTask = Math.max(window.lastTask, task.startTime + task.duration);
  }).observe({type: "longtask", buffered: true});
}"""
READ: Final = """() => {
  const [load] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return {
    painted: (paint?.startTime ?? 1e9) / 1000,
    usable: Math.max(paint?.startTime ?? 1e9, load.domContentLoadedEventEnd, window.lastTask ?? 0) / 1000,
  };
}"""


class Limit(NamedTuple):
    """Compressed kilobytes with headers, requests without the live socket, seconds."""

    kb: float
    requests: int
    interactive_s: float


PLAIN: Final = Limit(35, 4, 3.5)
LIMITS: Final[dict[str, Limit]] = {
    "home": PLAIN,
    "lobby": PLAIN,
    "ask": PLAIN,
    "track": PLAIN,
    "how": PLAIN,
    "privacy": PLAIN,
    "receipt": Limit(20, 3, 3.5),
    "slip": Limit(20, 3, 3.5),
    "live": Limit(45, 5, 4.0),
    "next": Limit(45, 5, 4.0),
    "check": Limit(45, 5, 4.0),
}


class Cost(NamedTuple):
    """One visit."""

    kb: float
    requests: int
    painted_s: float
    interactive_s: float
    second_kb: float


async def visit(context: BrowserContext, url: str) -> tuple[float, int, float, float]:
    """Open a page over the slow line; bytes, requests, paint and use."""
    page = await context.new_page()
    tools = await context.new_cdp_session(page)
    await tools.send("Network.enable")
    line = {"offline": False, "latency": ROUND_TRIP_MS, "downloadThroughput": LINE_BYTES_S}
    await tools.send("Network.emulateNetworkConditions", {**line, "uploadThroughput": LINE_BYTES_S})
    await tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.add_init_script(f"({WATCH})()")
    sizes: list[float] = []
    names: list[str] = []
    tools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    tools.on("Network.requestWillBeSent", lambda event: names.append(event["request"]["url"]))
    response = await page.goto(url, wait_until="load", timeout=60_000)
    assert response is not None and response.status == 200, (url, response and response.status)
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(500)
    told = await page.evaluate(READ)
    await page.close()
    fetched = [name for name in names if not name.endswith("/pass") and not name.startswith("data:")]
    return sum(sizes) / KB, len(fetched), told["painted"] + CONNECT_S, told["usable"] + CONNECT_S


async def cost(browser: Browser, url: str, language: str, cookies: list[dict[str, str]]) -> Cost:
    """A first visit and a second one by the same browser."""
    context = await browser.new_context(viewport={"width": 360, "height": 640}, locale=language)
    await context.add_cookies(cookies)  # type: ignore[arg-type]
    kb, requests, painted, usable = await visit(context, url)
    second_kb, *_ = await visit(context, url)
    await context.close()
    return Cost(kb, requests, painted, usable, second_kb)


def middle(costs: list[Cost]) -> Cost:
    """The median of each measure."""
    return Cost(*(statistics.median(values) for values in zip(*costs, strict=True)))


async def measure(town: Town, browser: Browser, runs: int, names: list[str]) -> dict[str, Any]:
    """All pages in both languages."""
    found: dict[str, Cost] = {}
    for language in ("ur", "en"):
        session = await town.schedule(live=True)
        phone = town.phone(language)
        receipt = await phone.ask(
            session, "چک 57 میں تین ہفتے سے پانی نہیں آ رہا اور ٹینکر والے دو ہزار روپے مانگتے ہیں"
        )
        for number in range(40):
            await town.phone(language).ask(session, f"سوال نمبر {number}: سڑک ٹوٹی ہوئی ہے اور بچے سکول نہیں جا سکتے")
        live = await town.service.live(session)
        mine, *others = sorted(live.session.queue.questions.values(), key=lambda each: each.asked_at)
        for question in [mine, *others]:
            await town.moderate(session, AdmitQuestion(question=question.id))
        await phone.get(f"/s/{session}/ask")
        cookies = [
            {"name": name, "value": value, "url": town.url} for name, value in phone.client.cookies.items() if value
        ]
        paths = {
            "home": "/",
            "lobby": f"/s/{session}",
            "ask": f"/s/{session}/ask",
            "track": "/track",
            "how": "/how",
            "privacy": "/privacy",
            "receipt": receipt,
            "slip": f"{receipt}/slip",
            "live": f"/s/{session}/live",
            "check": f"/s/{session}/check",
            "next": f"/s/{session}/next",
        }
        for name in LIMITS:
            if name not in names:
                continue
            if name == "next":
                await town.moderate(session, CallTurn(question=mine.id))
            costs = [await cost(browser, town.url + paths[name], language, cookies) for _ in range(runs)]
            found[f"{name}-{language}"] = middle(costs)
            print(f"{name}-{language}", [tuple(round(each, 2) for each in one) for one in costs], flush=True)
    return {"pages": {name: told(each) for name, each in found.items()}, "over_budget": over(found)}


def told(cost: Cost) -> dict[str, float]:
    return {
        "kb": round(cost.kb, 1),
        "requests": cost.requests,
        "interactive_s": round(cost.interactive_s, 2),
        "painted_s": round(cost.painted_s, 2),
        "second_kb": round(cost.second_kb, 1),
    }


def over(found: dict[str, Cost]) -> list[str]:
    """Every page and measure above its limit."""
    named: list[str] = []
    for name, cost in found.items():
        limit = LIMITS[name.rpartition("-")[0]]
        measures = {
            "kb": (cost.kb, limit.kb),
            "requests": (cost.requests, limit.requests),
            "interactive_s": (cost.interactive_s, limit.interactive_s),
            "second_kb": (cost.second_kb, SECOND_KB),
        }
        named += [f"{name} {measure} {value:.2f}" for measure, (value, most) in measures.items() if value > most]
    return named


def key_hash(certificate: Path) -> str:
    """The SHA-256 of a certificate's public key, as Chromium's flag wants it."""
    key = x509.load_pem_x509_certificates(certificate.read_bytes())[0].public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


async def run(runs: int, names: list[str]) -> dict[str, Any]:
    """The town over TLS, and one Chromium."""
    with tempfile.TemporaryDirectory() as folder:
        made = papers(Path(folder) / "papers", [IPv4Address("127.0.0.1")])
        async with open_town(Path(folder), papers=made) as town, async_playwright() as playwright:
            # Trusted by its key, not excused as an error: Chromium caches nothing that came with an error.
            trusted = f"--ignore-certificate-errors-spki-list={key_hash(made.certificate)}"
            browser = await playwright.chromium.launch(
                executable_path=require("chromium"), args=[*CHROMIUM_FLAGS, trusted]
            )
            line = await measure(town, browser, runs, names)
            line["browser"] = browser.version
            await browser.close()
    return {**line, "runs": runs, "line": "400 kbit/s, 400 ms, processor 6 times slower"}


def main() -> None:
    """`make bench NAME=pages`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--only", nargs="*", default=list(LIMITS), choices=list(LIMITS))
    given = parser.parse_args()
    print(json.dumps(asyncio.run(run(given.runs, given.only))))


if __name__ == "__main__":
    main()
