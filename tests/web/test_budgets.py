"""What each page costs a phone that comes for the first time, counted by the browser: bytes on the wire and
requests.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest
from playwright.async_api import Browser

from kachehri.store import tickets as ticket_rows
from kachehri.tickets import acts as a
from kachehri.tickets.acts import Doer
from rooms.questions import AdmitQuestion
from rooms.turns import CallTurn
from tests.web.conftest import Town
from tests.web.own_ticket import do, posts
from tests.web.test_following import close

__all__ = ["posts"]
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


@pytest.mark.parametrize("language", ["ur", "en"])
async def test_a_tickets_pages_stay_within_theirs(town: Town, browser: Browser, language: str) -> None:
    session = await town.schedule(live=True)
    phone = town.phone(language)
    receipt = await phone.ask(session, "چک 57 میں پانی نہیں آ رہا")
    await close(town, session)
    question = str(town.service.people.question_of(receipt.removeprefix("/q/")))
    with town.service.store.read() as conn:
        ticket = ticket_rows.by_question(conn, question)
    assert ticket is not None
    note = "موٹر بدل دی گئی ہے اور آج صبح سے پانی چل رہا ہے"
    office, officer = Doer("office", "acc"), Doer("officer", "acc")
    do(town, ticket.id, (office, a.Assign(post="xen")))
    for _ in range(2):  # a long story: two questions, answered, then a proposal
        do(town, ticket.id, (officer, lambda say: a.AskCitizen(question=say(note))))
        do(town, ticket.id, (Doer("citizen", "x"), lambda say: a.Answer(answer=say(note))))
    do(town, ticket.id, (officer, lambda say: a.Propose(outcome="relief_granted", note=say(note))))
    cookies = [{"name": name, "value": value, "url": town.url} for name, value in phone.client.cookies.items() if value]
    paths = (receipt, f"{receipt}/do/no", f"/t/{ticket.reference}", f"/t/{ticket.reference}/follow", "/mine")
    found = {path: await cold(browser, town.url + path, language, cookies) for path in paths}
    told = {path: (round(cost.bytes / KB, 1), cost.requests) for path, cost in found.items()}
    print(told)
    # Her own page says that she has read what waits for her, and offers alerts: one script, after everything is shown.
    most = {path: 4 if path == receipt else 3 for path in told}
    assert {path: cost for path, cost in told.items() if cost[0] > 20 or cost[1] > most[path]} == {}
