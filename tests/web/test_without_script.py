"""A citizen whose browser runs no script: she asks, sees her place, says "me too", follows, and takes back."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from kachehri.i18n import words_for
from kachehri.store import district
from kachehri.store.tables import Category
from rooms.questions import AdmitQuestion
from tests.servers import SOON_MS
from tests.web.conftest import Town

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("language", ["ur", "en"])
async def test_ask_see_my_place_me_too_follow_track_and_withdraw(town: Town, browser: Browser, language: str) -> None:
    words = words_for(language)
    session = await town.schedule(live=True)
    neighbour = town.phone(language)
    await neighbour.ask(session, "ہماری گلی میں پانی نہیں")
    context = await browser.new_context(
        viewport={"width": 360, "height": 640},
        locale={"ur": "ur-PK", "en": "en-GB"}[language],
        base_url=town.url,
        java_script_enabled=False,
    )
    context.set_default_timeout(SOON_MS)
    page = await context.new_page()

    # In: from the first page through the lobby, with sound and a hidden name.
    await page.goto("/")
    await page.locator(f'main a[href="/s/{session}"]').first.click()
    await page.locator('input[name="follow"][value="text"]').check()
    await page.locator('input[name="hide_name"]').check()
    await page.locator(f'form[action="/s/{session}/join"] button').click()
    await page.wait_for_url(f"**/s/{session}/live")
    # Ask: topic and place alone.
    await page.goto(f"/s/{session}/ask")
    assert await page.locator('input[name="hide_name"]').is_checked(), "as she said in the lobby"
    await page.locator(".topics label").first.click()
    await page.locator(".sub:visible .choice").first.click()
    await page.locator('input[name="spoken"]').check()
    await page.locator("#area").select_option("uc1")
    await page.get_by_role("button", name=words.plain("continue")).click()
    await page.get_by_role("button", name=words.plain("check.send")).click()
    number = (await page.locator(".ref-n").inner_text()).strip()
    code = (await page.locator(".ref b.digits").inner_text()).strip()
    receipt = page.url.split("?")[0]
    await expect(page.locator("#h-words + p")).to_have_text(words.plain("receipt.spoken"))
    # Her place: the page as it is now, and again after it has moved.
    live = await town.service.live(session)
    first, mine = sorted(live.session.queue.questions.values(), key=lambda each: each.asked_at)
    for question in (first, mine):
        await town.moderate(session, AdmitQuestion(question=question.id))
    await page.goto(receipt)
    await expect(page.locator(".place-n")).to_have_text("2")
    await page.goto(f"/s/{session}/live")
    await expect(page.locator("#mine-list [data-place]")).to_have_text("2")
    # Me too, on the neighbour's question.
    await page.locator(f'#line button[value="{first.id}"]').click()
    await page.wait_for_url(f"**/s/{session}/live*")
    assert live.session.queue.questions[first.id].supports == 1
    # Follow it from a borrowed phone, with the number and the code.
    await context.clear_cookies()
    await page.goto("/track")
    await page.locator("#reference").fill(number)
    await page.locator("#digits").fill(code)
    await page.get_by_role("button", name=words.plain("track.show")).click()
    await expect(page.locator(".place-n")).to_have_text("2")
    assert page.url.split("?")[0] == receipt
    # Check again without a script, then take it back.
    await page.get_by_role("link", name=words.plain("check_again")).click()
    await page.locator("summary", has_text=words.plain("withdraw.open")).click()
    await page.get_by_role("button", name=words.plain("withdraw.yes")).click()
    await expect(page.locator(".steps .now")).to_contain_text(words.plain("state.withdrawn"))
    assert live.session.queue.questions[mine.id].state == "withdrawn"
    await context.close()


async def test_the_list_opens_below_the_row_of_its_picture(town: Town, browser: Browser) -> None:
    store = town.service.store
    with store.write() as conn:
        rows = [
            Category(
                id=f"c{n}", code=f"c{n}", group_code=group, name_ur=f"قسم {n}", name_en=f"Kind {n}", position=n + 9
            )
            for n, group in enumerate(("power", "gas", "roads", "town", "school", "health", "land", "papers", "police"))
        ]
        district.save_categories(conn, rows)
    town.house.districts.forget()
    session = await town.schedule()
    size: ViewportSize = {"width": 360, "height": 640}
    context = await browser.new_context(viewport=size, base_url=town.url, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"/s/{session}/ask")
    for group in ("water", "school"):  # of the first row and of a later one
        picture = page.locator(f'label[for="g-{group}"]')
        await picture.click()
        tile, opened = await picture.bounding_box(), await page.locator(".sub:visible").bounding_box()
        assert tile and opened and 0 <= opened["y"] - (tile["y"] + tile["height"]) < 40, group
        beside = [await each.bounding_box() for each in await page.locator(".topic").all()]
        assert sum(each is not None and each["y"] == tile["y"] for each in beside) >= 3, "the row stays full"
        await expect(page.locator(".sub:visible")).to_have_count(1)
    await context.close()
