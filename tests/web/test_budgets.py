"""What each page costs a phone that comes for the first time, counted by the browser: bytes on the wire and
requests.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest
from playwright.async_api import Browser

from rooms.questions import AdmitQuestion
from rooms.turns import CallTurn
from tests.web.conftest import Town

pytestmark = pytest.mark.anyio
KB = 1_000


class Cost(NamedTuple):
    """Transferred bytes, headers included, and requests; the live socket is not counted."""

    bytes: int
    requests: int


async def cold(browser: Browser, url: str, language: str, cookies: list[dict[str, str]]) -> Cost:
    context = await browser.new_context(viewport={"width": 360, "height": 640}, locale=language)
    await context.add_cookies(cookies)  # type: ignore[arg-type]
    page = await context.new_page()
    tools = await context.new_cdp_session(page)
    await tools.send("Network.enable")
    sizes: list[int] = []
    names: list[str] = []
    tools.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    tools.on("Network.requestWillBeSent", lambda event: names.append(event["request"]["url"]))
    await page.goto(url, wait_until="load")
    await page.wait_for_load_state("networkidle")
    await context.close()
    fetched = [name for name in names if "/pass" not in name]
    return Cost(sum(sizes), len(fetched))


@pytest.mark.parametrize("language", ["ur", "en"])
async def test_pages_stay_within_their_budgets(town: Town, browser: Browser, language: str) -> None:
    session = await town.schedule(live=True)
    phone = town.phone(language)
    receipt = await phone.ask(session, "چک 57 میں پانی نہیں آ رہا")
    for number in range(30):
        await town.phone(language).ask(session, f"سوال نمبر {number} سڑک اور پانی کے بارے میں ہے جو بہت دیر سے خراب ہے")
    live = await town.service.live(session)
    mine, *others = sorted(live.session.queue.questions.values(), key=lambda q: q.asked_at)
    for question in [mine, *others]:
        await town.moderate(session, AdmitQuestion(question=question.id))
    cookies = [{"name": name, "value": value, "url": town.url} for name, value in phone.client.cookies.items() if value]
    budgets = {
        "/": (35, 4),
        f"/s/{session}": (35, 4),
        f"/s/{session}/ask": (35, 4),
        "/track": (35, 4),
        receipt: (20, 3),
        f"/s/{session}/live": (45, 5),
    }
    found = {path: await cold(browser, town.url + path, language, cookies) for path in budgets}
    await town.moderate(session, CallTurn(question=mine.id))
    budgets[f"/s/{session}/next"] = (45, 5)
    found[f"/s/{session}/next"] = await cold(browser, f"{town.url}/s/{session}/next", language, cookies)
    told = {path: (round(cost.bytes / KB, 1), cost.requests) for path, cost in found.items()}
    print(told)
    over = {
        path: told[path] for path, (kb, requests) in budgets.items() if told[path][0] > kb or told[path][1] > requests
    }
    assert over == {}
