"""Inviting and being invited with a mouse and a keyboard: how little it takes, and what the scripts add."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from kachehri.store import Store, accounts
from tests.end_to_end.people import DESKTOP, Door, Visitor

pytestmark = [pytest.mark.anyio, pytest.mark.browser]
PEOPLE = ("Nadia Aslam", "Rashid Mahmood", "Bushra Bibi", "Tariq Jameel")
#: The marks around a number that somebody else wrote (Unicode UAX 9); a script writes the number alone.
PLAIN = dict.fromkeys(map(ord, "\u2068\u2069"))
PASSWORD = "five loud bells at noon"


async def admin(visit: Door) -> Visitor:
    person = await visit.citizen("en", viewport=DESKTOP)
    account = visit.house.founded.account("admin")
    await person.page.goto("/staff?next=/people")
    await person.page.locator("#login").fill(account.login)
    await person.page.locator("#password").fill(account.password)
    await person.page.locator("#main form .btn").click()
    await expect(person.page.locator("#name0")).to_be_visible()
    return person


async def test_chair_moderator_and_officers_take_four_fields_and_one_click(visit: Door) -> None:
    clerk = await admin(visit)
    for number, name in enumerate(PEOPLE):
        await clerk.page.locator(f"#name{number}").fill(name)
    await clerk.page.get_by_role("button", name=clerk.says("team.make")).click()
    fields = clerk.page.locator(".link-card .input-code")
    await expect(fields).to_have_count(4)
    links = [await fields.nth(number).input_value() for number in range(4)]
    assert len(set(links)) == 4 and all("/invite/" in each for each in links)
    # What a camera reads is what is written beside it; both are the whole address.
    assert all(each.startswith(visit.house.url) for each in links)
    await clerk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await clerk.page.locator("[data-copy=link-1]").click()
    assert await clerk.page.evaluate("navigator.clipboard.readText()") == links[1]
    await expect(clerk.page.locator("[data-copy=link-1] span")).to_have_text(clerk.says("copy.done"))
    assert await clerk.page.locator("[data-print]").is_visible()

    guest = await visit.citizen("en")
    await guest.page.goto(links[0])
    await expect(guest.page.locator("h1")).to_contain_text("Nadia Aslam")
    password, said = guest.page.locator("#password"), guest.page.locator("#password-good")
    for typed, key in (("short", "short"), ("nadia.aslam123", "plain"), ("long enough 1", "fair"), (PASSWORD, "good")):
        await password.fill(typed)
        await expect(said).to_have_text(guest.words.plain(f"password.{key}", n=7).translate(PLAIN))
    await guest.page.locator("[data-reveal]").click()
    await expect(password).to_have_attribute("type", "text")
    await guest.page.locator("[data-reveal]").click()
    await expect(password).to_have_attribute("type", "password")
    await guest.page.get_by_role("button", name=guest.says("invite.make")).click()
    await guest.page.wait_for_url("**/desk")


async def test_a_console_says_at_once_that_it_is_signed_out(visit: Door) -> None:
    session = visit.house.sessions["bad_input"]
    moderator = await visit.moderator(session, "en")
    store = Store(f"sqlite:///{visit.house.database}")
    with store.write() as conn:
        account = accounts.by_login(conn, moderator.house.founded.account("moderator").login)
        assert account is not None
        accounts.revoke_all(conn, account.id, 1)
    store.close()
    await expect(moderator.page.locator("#net-state span")).to_have_text(moderator.says("desk.net.over"))
    async with moderator.page.expect_response("**/find?*") as asked:
        await moderator.page.locator("#find-text").fill("water")
    assert (await asked.value).status == 303, "no errand is run any more, and the page's console keeps quiet about it"
    await moderator.page.reload()
    assert "/staff" in moderator.page.url
