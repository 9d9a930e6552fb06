"""One matter from the hearing to the next: what is promised aloud, what the office does, and whose word it is that ends
it. She has a phone of 360 by 640 and reads Urdu; the staff sit at desks. Everybody sees pages, and nothing else.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Locator, expect

from tests.end_to_end.inspection import sideways
from tests.end_to_end.people import DESKTOP, Door, House, Receipt, Visitor
from tests.end_to_end.test_promise import closed, ordered, promised_day, still
from tests.end_to_end.visits import signed_in
from web.demo_data import district

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

HERS = "محلے میں نلکے خشک ہیں، پانی نہیں آتا"
PROMISE = "موٹر پیر تک بدل دی جائے گی"
PLAN, DONE, REST, BETTER = (
    "نئی موٹر لگے گی",
    "موٹر بدل دی گئی ہے",
    "دوپہر کے بعد پانی پھر بند",
    "بجلی کی تار بھی بدل دی",
)
#: Of the demo's district: where she lives, who answers for water there, and to whom that post answers.
AREA, OFFICE, POST, ABOVE = "uc-110", "water", "sdo-water-mehrabad", "xen-water"
OFFICES = {each.code: each.name_ur for each in district().offices}
POSTS = {each.code: each.name_ur for each in district().posts}


async def test_what_was_promised_is_kept_when_she_says_so(house: House, visit: Door) -> None:
    her, paper = await _promised(visit, house.sessions["story"])

    # What she asked is a complaint, with a number, a post and a day.
    state = await _sees(her, paper, "ticket.state.routed", paper.reference, OFFICES[OFFICE], POSTS[POST], PROMISE)
    await expect(state).to_contain_text(her.says("promise.stands.due"))
    day = her.words.dates.day(int(promised_day().timestamp() * 1000))
    # One date comes next, and it is the promised one.
    await expect(state.locator("dt", has_text=her.says("own.next_promise"))).to_be_visible()
    await expect(state.get_by_text(day, exact=True)).to_have_count(1)
    # She may say at once that it was kept; until somebody says so or the day is over, nothing on the page urges her to.
    await expect(state.locator("summary", has_text=her.says("promise.kept"))).to_be_visible()
    await expect(state.locator(".btn-main:visible")).to_have_count(0)

    # The officer takes it, begins, and says that it is done.
    officer = await _staff(visit, "official")
    await officer.page.goto("/tickets")
    await officer.page.locator(f"a[href='/tickets/{paper.reference.replace('-', '')}']").click()
    await _does(officer, "assign", post=POST)
    await _sees(her, paper, "ticket.state.assigned", POSTS[POST])
    await _does(officer, "start", plan=PLAN, day=(datetime.now(UTC) + timedelta(days=2)).date().isoformat())
    await _sees(her, paper, "ticket.state.in_progress", PLAN)
    await _does(officer, "propose", outcome="relief_granted", note=DONE)

    # That ends nothing. She is asked, and says no.
    await _sees(her, paper, "ticket.state.resolution_proposed", DONE, her.says("promise.stands.said"))
    await expect(her.page.locator("#h-now")).to_have_text(her.says("now.judge"))
    await _presses(her, "now.no")
    await expect(her.page.locator("#main")).to_contain_text(POSTS[ABOVE])
    await her.page.locator("#text").fill(REST)
    await _presses(her, "do.no.do", "button")
    await expect(her.page.locator("#main")).to_contain_text(her.says("done.no"))
    over = her.words.plain("own.lead.disputed_over", post=POSTS[ABOVE])
    await _sees(her, paper, "ticket.state.disputed", over, REST, her.says("told.disputed_no"))

    # Whoever is above has it now, with her words.
    superior = await _staff(visit, "engineer")
    await superior.page.goto("/supervise")
    watched = superior.page.locator("section[aria-labelledby=h-disputed] li", has_text=HERS)
    await expect(watched).to_contain_text(superior.says("ticket.state.disputed"))
    await expect(superior.page.locator("#main li", has_text=HERS)).to_have_count(1)
    await _still(superior, "supervise")
    left = await watched.locator(".badge").first.inner_text()
    await watched.locator("a.ticket-ref").click()
    await expect(superior.page.locator("h1 + .row")).to_contain_text(left)
    await expect(superior.page.locator("#main")).to_contain_text(superior.says("office.turn.supervisor"))
    await expect(superior.page.locator("#main")).to_contain_text(REST)
    await _does(superior, "propose", outcome="relief_granted", note=BETTER)

    # She says yes, and that nobody asked for money. Only that closes it, and keeps what was promised.
    await _sees(her, paper, "ticket.state.resolution_proposed", BETTER)
    await _presses(her, "now.yes")
    money = her.page.get_by_role("group", name=her.says("do.money"))
    await money.get_by_text(her.says("do.money_no"), exact=True).click()
    await _still(her, "yes")
    await _presses(her, "do.yes.do", "button")
    await expect(her.page.locator("#main")).to_contain_text(her.says("done.yes"))
    kept = her.says("promise.stands.kept")
    await _sees(her, paper, "ticket.state.closed", her.says("own.lead.citizen_confirmed"), kept)
    await superior.page.reload()
    await expect(superior.page.locator("#main")).to_contain_text(superior.says("office.basis.citizen_confirmed"))

    # With that the next hearing begins.
    desk = await _staff(visit, "moderator")
    await desk.page.goto(f"/sessions/{house.sessions['after_story']}/opening")
    card = desk.page.locator("section[aria-labelledby=g-kept] .opening-list li", has_text=PROMISE)
    await expect(desk.page.locator("#g-kept")).to_have_text(desk.says("opening.group.kept"))
    await expect(card).to_contain_text(paper.reference)
    await _still(desk, "opening")


async def _promised(visit: Door, session: str) -> tuple[Visitor, Receipt]:
    """She is heard; an order is noted and read to her where she speaks, and it is what was said. The hearing closes."""
    moderator = await visit.moderator(session)
    await moderator.begin()
    her = await visit.citizen()
    await her.page.goto(f"/s/{session}/ask")
    await her.page.locator("#area").select_option(AREA)
    paper = await her.write(session, HERS, name="نسرین", phone="0301 2345678")
    await moderator.admit(HERS)
    await her.page.goto(f"/s/{session}/live")
    await moderator.call(HERS)
    await her.pass_the_check()
    await her.is_on_air()
    await ordered(moderator, PROMISE, office=OFFICES[OFFICE])
    box = her.page.locator("#promise")
    await expect(box).to_contain_text(PROMISE)
    assert not await sideways(her.page)
    await box.get_by_role("button", name=her.says("promise.yes")).click()
    await expect(box).to_contain_text(her.says("promise.said_yes"))
    await moderator.page.locator("[data-air=finish]").click()
    await expect(moderator.page.locator("[data-read=yes]")).to_contain_text(moderator.says("readback.yes"))
    await her.page.wait_for_url(f"**/s/{session}/live")
    await closed(moderator)
    return her, paper


async def _staff(visit: Door, login: str) -> Visitor:
    """A member of the staff at a desk, signed in."""
    person = await Visitor.come(visit.house, visit.browser, "ur", viewport=DESKTOP)
    visit.visitors.append(person)
    await signed_in(person.page, visit.house, login)
    return person


async def _does(person: Visitor, act: str, **fields: str) -> None:
    """An act on the page of a ticket: its form opened, filled and sent, and its answer read."""
    card = person.page.locator(f"details#{act}")
    await card.locator("summary").click()
    for name, value in fields.items():
        field = card.locator(f"#{act}-{name}")
        if name == "post":
            await field.select_option(value)
        elif name == "outcome":
            await field.get_by_text(person.says(f"office.outcome.{value}"), exact=True).click()
        else:
            await field.fill(value)
    await _still(person, act)
    await card.get_by_role("button", name=person.says(f"office.do.{act}"), exact=True).click()
    await expect(person.page.locator("#main")).to_contain_text(person.says(f"office.did.{act}"))


async def _sees(her: Visitor, paper: Receipt, state: str, *sentences: str) -> Locator:
    """Her own page, on her phone, says where it stands and these; nothing stands out of the screen."""
    await her.page.goto(paper.path)
    main = her.page.locator("#main")
    await expect(her.page.locator("h1")).to_have_text(her.says(state))
    for each in sentences:
        await expect(main).to_contain_text(each)
    assert not await sideways(her.page)
    await _still(her, re.sub(r".*\.", "", state))
    return main


async def _presses(her: Visitor, name: str, role: str = "link") -> None:
    await her.page.get_by_role(role, name=her.says(name), exact=True).click()  # type: ignore[arg-type]
    assert not await sideways(her.page)


async def _still(visitor: Visitor, name: str) -> None:
    await still(visitor, f"story-{name}")
