"""Two whole hearings as a district office holds them, without a terminal: thirty people over the live protocol, three
with browsers of their own, staff at their consoles. In one of them the moderator's machine is lost in the middle.

What must be true at the end, each time: the balance adds up, the register can be printed, and every citizen finds on
the page of her own question what became of it.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re

import msgspec
import pytest
from playwright.async_api import Page, expect

from kachehri.i18n import words_for
from tests.end_to_end.people import DESKTOP, Door, House, Moderator, Visitor
from web.demo_data import questions
from web.rehearsal.browser import Browser
from web.rehearsal.citizen import Citizen, Pace
from web.rehearsal.script import Voice

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

CROWD = 30
HERS, HIS, THEIRS = "چک 57 میں پانی نہیں آ رہا", "The school roof leaks on the children", "گلی میں اندھیرا ہے"
PROMISE = "The pump is repaired by Monday."


@pytest.mark.parametrize("name", ["whole", "handed_over"])
async def test_a_whole_hearing(house: House, visit: Door, name: str) -> None:
    session = house.sessions[name]
    moderator = await visit.moderator(session, "en")
    await moderator.course("open_doors")
    crowd = await _crowd(house, session)
    try:
        her, him = await visit.citizen(), await visit.citizen("en")
        them = await visit.citizen(java_script_enabled=False)
        papers = [
            await her.write(session, HERS, name="نسرین", phone="0301 2345678"),
            await him.write(session, HIS),
            await them.write(session, THEIRS),
        ]
        await moderator.course("start")
        await crowd[0].withdraw()
        await _all_in_line(moderator, CROWD + 2)
        await _on_the_stage(her, moderator, session)
        if name == "handed_over":
            moderator = await _lost(visit, moderator, session)
        await _read_out(him, moderator, session)
        await _not_on_air(moderator)
        await _closed(moderator)
        numbers = await _register(moderator, session)
        assert len(numbers) == CROWD + 3
        assert {each.reference for each in papers} <= numbers
        for citizen in crowd:
            assert citizen.asked is not None
            await _finds_out(citizen)
        await her.page.goto(papers[0].path)
        await expect(her.page.locator("#h-promise")).to_be_visible()
        await expect(her.page.locator("#main")).to_contain_text(PROMISE)
        await him.page.goto(papers[1].path)
        await expect(him.page.locator("#main")).to_contain_text(him.says("ticket.state.resolution_proposed"))
        await them.page.goto(papers[2].path)
        await expect(them.page.locator("#h-ticket")).to_be_visible()
    finally:
        await asyncio.gather(*(each.leave() for each in crowd))


async def _crowd(house: House, session: str) -> list[Citizen]:
    """Thirty people with text alone; every third asks on the form of the page."""
    parts = questions()
    crowd: list[Citizen] = []
    for number in range(CROWD):
        part = msgspec.structs.replace(parts[number % len(parts)], text=f"{parts[number % len(parts)].text} ({number})")
        browser = Browser(house.url, session)
        citizen = Citizen(browser, part, Voice("water", 1.0), Pace(), lambda *_, **__: None)
        await citizen.enter()
        crowd.append(citizen)
        await (citizen.ask_on_paper() if number % 3 == 2 else citizen.ask())
    return crowd


async def _all_in_line(moderator: Moderator, count: int) -> None:
    """By keyboard: all of the list at once."""
    page = moderator.page
    await expect(page.locator("[data-list=new] .count")).to_have_text(str(count))
    await page.locator("#triage-list input[type=radio]").first.focus()
    await page.keyboard.press("Shift+X")
    await expect(page.locator("#bulk-count")).to_contain_text(str(count))
    await page.locator("[data-bulk=admit]").click()
    await expect(page.locator("#queue [data-total=admitted]")).to_have_text(str(count))
    await expect(page.locator("#line-list li", has_text=HERS)).to_be_visible()


async def _on_the_stage(her: Visitor, moderator: Moderator, session: str) -> None:
    """Called, heard, and an order is noted with its office and day."""
    await her.page.goto(f"/s/{session}/live")
    await moderator.call(HERS)
    await her.pass_the_check()
    await her.is_on_air()
    await moderator.page.locator("[data-air=finish]").click()
    await her.page.wait_for_url(f"**/s/{session}/live")
    page = moderator.page
    await page.locator("#heard li", has_text=HERS).locator("[data-heard=ordered]").click()
    dialog = page.locator("#d-outcome")
    await dialog.locator("#d-outcome-office").select_option(index=1)
    await dialog.locator("#d-outcome-note").fill(PROMISE)
    await dialog.locator("button[type=submit]").click()
    await expect(page.locator("#heard [data-result]", has_text=PROMISE)).to_be_visible()


async def _lost(visit: Door, moderator: Moderator, session: str) -> Moderator:
    """The moderator's machine is gone; the chair, on another one, is told and takes the desk."""
    chair = await Moderator.come(visit.house, visit.browser, "en", viewport=DESKTOP)
    visit.visitors.append(chair)
    await chair.sit_down(session, "chair")
    await moderator.context.close()
    await expect(chair.page.locator("#handover")).to_be_visible()
    await chair.page.locator("#handover-take").click()
    await expect(chair.page.locator("#handover")).to_be_hidden()
    return chair


async def _read_out(him: Visitor, moderator: Moderator, session: str) -> None:
    """His microphone stays off: his question is read out, and answered on air."""
    await him.page.goto(f"/s/{session}/live")
    await moderator.call(HIS)
    await him.page.wait_for_url("**/next")
    await him.page.get_by_role("button", name=him.says("next.read")).click()
    await expect(moderator.page.locator("#air li", has_text=HIS)).to_be_visible()
    await moderator.page.locator("[data-air=finish]").click()
    await moderator.page.locator("#heard li", has_text=HIS).locator("[data-heard=answered]").click()
    await expect(moderator.page.locator("#heard li", has_text=HIS).locator("[data-result]")).to_be_visible()


async def _not_on_air(moderator: Moderator) -> None:
    """Not everything is for the stage: the reason is said, and it becomes a ticket all the same."""
    page = moderator.page
    await moderator.choose("line", THEIRS)
    await moderator.act("line", "more")
    await moderator.act("line", "not_take")
    await page.locator("#d-not_take input[type=radio]").first.check()
    await page.locator("#d-not_take button[type=submit]").click()
    await expect(page.locator("#line-list li", has_text=THEIRS)).to_have_count(0)


async def _closed(moderator: Moderator) -> None:
    page = moderator.page
    await moderator.course("close")
    await page.locator("#d-close button[type=submit]").click()
    shown = {}
    for name in ("raised", "tickets", "followers", "withdrawn", "refused"):
        cell = page.locator(f"#balance [data-balance={name}]")
        await expect(cell).to_be_visible()
        shown[name] = int(await cell.inner_text())
    assert shown == {"raised": CROWD + 3, "tickets": CROWD + 2, "followers": 0, "withdrawn": 1, "refused": 0}


async def _register(moderator: Moderator, session: str) -> set[str]:
    """On paper and as a table; returns the numbers in the table."""
    page = moderator.page
    await page.locator(f'#closing a[href="/sessions/{session}/register"]').click()
    await expect(page.locator("h1").first).to_be_visible()
    pdf = await _file(page, "register.pdf")
    assert pdf.startswith(b"%PDF-") and len(pdf) > 20_000
    table = (await _file(page, "register.csv")).decode("utf-8-sig")
    _, *rows = csv.reader(io.StringIO(table))
    sheet = await _file(page, "register.xlsx")
    assert sheet.startswith(b"PK")
    await page.goto(f"/sessions/{session}/minutes")
    minutes = await _file(page, "minutes.pdf")
    assert minutes.startswith(b"%PDF-")
    return {cell for row in rows for cell in row if re.fullmatch(r"\d\d-\d{4}-\d{4}", cell)}


async def _file(page: Page, name: str) -> bytes:
    """A file that the page links to, fetched by the same browser."""
    link = page.locator(f'a[href*="{name}"]').first
    address = str(await link.get_attribute("href"))
    answer = await page.context.request.get(address)
    while answer.status == 202:  # it is being made, and the page that says so asks again by itself
        await asyncio.sleep(0.5)
        answer = await page.context.request.get(address)
    assert answer.status == 200, (name, answer.status)
    return await answer.body()


async def _finds_out(citizen: Citizen) -> None:
    """On the page of her own question: its number and what became of it."""
    words = words_for("ur")
    page = await citizen.browser.get(f"/s/{citizen.browser.session}/live")
    assert citizen.asked is not None
    receipt = next(link for link in page.reader.links if link.startswith("/q/"))
    own = await citizen.browser.get(receipt)
    assert citizen.asked.reference.replace("-", "") in re.sub(r"\D", "", own.words)
    became = [words.plain(f"ticket.state.{each}") for each in ("registered", "routed", "resolution_proposed")]
    became.append(words.plain("state.withdrawn"))
    assert any(each in own.words for each in became), own.words[:400]
