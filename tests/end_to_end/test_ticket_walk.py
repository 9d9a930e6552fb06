"""A complaint from the hearing to its end, on a phone of 360 by 640 in Urdu: the office says that it is done, she says
no, the superior takes it on, she says yes. Without a script, for none of her pages needs one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from kachehri import ticketing
from kachehri.i18n import words_for
from kachehri.store import district
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Post, Posting
from kachehri.tickets import acts as a
from kachehri.tickets.acts import Doer
from tests.end_to_end.inspection import sideways
from tests.web.own_ticket import do
from tests.web.test_following import close
from tests.web.town import Town, open_town

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]
UR = words_for("ur")
OFFICE, OFFICER = Doer("office", "acc-xen", "water"), Doer("officer", "acc-xen", "water", "xen")
ABOVE = Doer("supervisor", "acc-se", "water", "se", 1)
TEXT = "چک 57 میں دو مہینے سے پانی نہیں آ رہا"


@pytest.fixture
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with open_town(tmp_path_factory.mktemp("walk")) as found:
        with found.service.store.write() as conn:
            above = Post(id="se", office_id="water", title_ur="سپرنٹنڈنگ انجینئر", title_en="Superintending Engineer")
            post = Post(id="xen", office_id="water", title_ur="ایکسین", title_en="Executive Engineer", reports_to="se")
            district.save_posts(conn, [above, post])
            sitting = [Posting(id=f"p-{id}", post_id=id, name=id, from_at=0) for id in ("se", "xen")]
            district.save_postings(conn, sitting)
        yield found


async def press(page: Page, name: str, role: str = "link") -> None:
    await page.get_by_role(role, name=UR.raw(name), exact=True).click()  # type: ignore[arg-type]
    assert not await sideways(page)


async def test_she_says_no_and_then_yes(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    asking = town.phone("ur")
    path = await asking.ask(session, TEXT)
    await close(town, session)
    question = str(town.service.people.question_of(path.removeprefix("/q/")))
    with town.service.store.read() as conn:
        ticket = ticket_rows.by_question(conn, question)
    assert ticket is not None
    do(town, ticket.id, (OFFICE, a.Assign(post="xen")), (OFFICER, lambda say: a.Start(plan=say("نئی موٹر لگے گی"))))
    do(town, ticket.id, (OFFICER, lambda say: a.Propose(outcome="relief_granted", note=say("موٹر بدل دی گئی ہے"))))

    context = await browser.new_context(
        viewport={"width": 360, "height": 640}, locale="ur-PK", java_script_enabled=False, base_url=town.url
    )
    page = await context.new_page()
    await page.goto(path)
    assert await page.locator("html").get_attribute("dir") == "rtl"
    await expect(page.get_by_text("موٹر بدل دی گئی ہے").first).to_be_visible()
    question_box = await page.locator("#now h2").bounding_box()
    assert question_box is not None and question_box["y"] < 640, "what is asked of her stands on the first screen"
    await press(page, "now.no")
    await expect(page.get_by_text("سپرنٹنڈنگ انجینئر")).to_be_visible()
    await page.locator("#text").fill("دوپہر کے بعد پھر بند ہے")
    await press(page, "do.no.do", "button")
    await expect(page.locator("h1")).to_have_text(UR.raw("ticket.state.disputed"))
    await expect(page.get_by_text("دوپہر کے بعد پھر بند ہے")).to_be_visible()

    do(town, ticket.id, (ABOVE, lambda say: a.Propose(outcome="relief_granted", note=say("پائپ بھی بدل دیا"))))
    await page.reload()
    await press(page, "now.yes")
    await page.get_by_text(UR.raw("do.money_no"), exact=True).click()
    await press(page, "do.yes.do", "button")
    await expect(page.locator("h1")).to_have_text(UR.raw("ticket.state.closed"))
    await expect(page.get_by_text(UR.raw("done.yes"))).to_be_visible()
    await context.close()
    with town.service.store.read() as conn:
        life = ticketing.load(conn, ticket.id)
    assert (life.state, life.basis, life.disputes, life.money) == ("closed", "citizen_confirmed", 1, "no")
