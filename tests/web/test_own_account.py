"""One's own account: the second factor, the password, logins, the name."""

from __future__ import annotations

import html
import re

import pyotp
import pytest

from kachehri.i18n import words_for
from kachehri.second_factor import STEP_MS
from kachehri.store import accounts
from tests.web.account_holders import OTHER, PASSWORD, account, send, sign_in, signed_in
from tests.web.conftest import HOUR_MS, Town

pytestmark = pytest.mark.anyio
UR, EN = words_for("ur"), words_for("en")


async def test_a_second_factor_from_the_account_page_to_the_sign_in(town: Town) -> None:
    phone = await signed_in(town, "clerk", fresh=True)
    await phone.get("/account/second")
    secret = phone.fields("/account/second")["secret"]
    totp = pyotp.TOTP(secret)
    wrong = await phone.post("/account/second", code="000000" if totp.now() != "000000" else "000001")
    assert wrong.status_code == 422 and phone.fields("/account/second")["secret"] == secret, "the square stays"
    hours_off = pyotp.HOTP(secret).at(town.house.now() // STEP_MS + 5 * HOUR_MS // STEP_MS)
    off = await phone.post("/account/second", code=hours_off)
    assert EN.plain("second.ahead_h", 5) in html.unescape(off.text)
    done = await phone.post("/account/second", code=totp.now())
    codes = re.findall(r"<code>([^<]+)</code>", done.text)
    assert done.status_code == 200 and len(codes) == 8
    login = re.findall(r'<bdi dir="ltr">(clerk-[^<]+)</bdi>', done.text)[0]
    with town.service.store.read() as conn:
        row = accounts.by_login(conn, login)
    assert row is not None and row.totp is not None and row.totp_step > 0
    assert (await phone.get("/account/second")).url.path == "/account", "the old one goes first, and with the password"
    other = pyotp.random_base32()
    token = phone.fields("/account")["form_token"]
    form = {"form_token": token, "secret": other, "code": pyotp.TOTP(other).now()}
    over = await phone.client.post("/account/second", data=form, headers={"origin": phone.origin})
    assert over.status_code == 400 and account(town, login).totp == row.totp

    fresh = town.phone("en")
    half = await sign_in(fresh, login)
    assert half.url.path == "/staff/second" and (await fresh.get("/desk")).url.path == "/staff"
    await fresh.get("/staff/second")
    again = await fresh.post("/staff/second", code=totp.now())
    assert again.status_code == 403 and EN.plain("second.wrong") in html.unescape(again.text), "used when it was set up"
    assert EN.plain("second.clock", when=EN.dates.when(town.house.now()))[:30] in html.unescape(again.text)
    paper = await fresh.post("/staff/second", code=codes[0])
    assert paper.url.path == "/desk", paper.text

    await fresh.get("/account")
    assert EN.t("account.codes_left", 7) in fresh.page
    assert (await send(fresh, "/account", "off", confirm="not it")).status_code == 422
    await send(fresh, "/account", "off", confirm=PASSWORD)
    assert (await sign_in(town.phone("en"), login)).url.path == "/desk"


async def test_a_half_way_cookie_without_its_step_leads_back(town: Town) -> None:
    phone = town.phone("en")
    assert (await phone.get("/staff/second")).url.path == "/staff"
    phone.client.cookies.set("k_step", "nonsense.x")
    await phone.get("/staff/second")
    late = await phone.post("/staff/second", code="123456")
    assert late.url.path == "/staff" and EN.plain("second.late") in html.unescape(late.text)


async def test_a_new_password_ends_the_other_logins(town: Town) -> None:
    here = await signed_in(town, "clerk", fresh=True)
    await here.get("/account")
    login = re.findall(r'<bdi dir="ltr">(clerk-[^<]+)</bdi>', here.page)[0]
    there = town.phone("en")
    await sign_in(there, login)
    await here.get("/account")
    assert here.page.count("Chrome, Android") == 1 and EN.plain("account.end_others") in here.page
    wrong = await send(here, "/account", "password", old="not it", password=OTHER)
    assert wrong.status_code == 422 and EN.plain("account.old_wrong") in wrong.text
    plain = await send(here, "/account", "password", old=PASSWORD, password="aaaaaaaaaaaaaa")
    assert plain.status_code == 422 and EN.plain("invite.no.password_plain") in plain.text
    done = await send(here, "/account", "password", old=PASSWORD, password=OTHER)
    assert EN.plain("account.password_changed") in done.text
    assert (await there.get("/desk")).url.path == "/staff"
    assert (await sign_in(town.phone("en"), login)).status_code == 403
    assert (await sign_in(town.phone("en"), login, OTHER)).url.path == "/desk"


async def test_one_login_and_then_all_others_end_from_the_list(town: Town) -> None:
    here = await signed_in(town, "clerk", fresh=True)
    await here.get("/account")
    login = re.findall(r'<bdi dir="ltr">(clerk-[^<]+)</bdi>', here.page)[0]
    second, third, fourth = [town.phone("en") for _ in range(3)]
    for each in (second, third, fourth):
        await sign_in(each, login)
    await here.get("/account")
    names = re.findall(r'name="id" value="([0-9a-f]{16})"', here.page)
    assert len(names) == 3
    await send(here, "/account", "end", id=names[0])
    assert [(await each.get("/desk")).url.path for each in (second, third, fourth)].count("/staff") == 1
    await send(here, "/account", "others")
    assert {(await each.get("/desk")).url.path for each in (second, third, fourth)} == {"/staff"}
    assert (await here.get("/desk")).url.path == "/desk"


async def test_name_language_and_designation_are_kept(town: Town) -> None:
    phone = await signed_in(town, "official", fresh=True)
    await phone.get("/account")
    login = re.findall(r'<bdi dir="ltr">(official-[^<]+)</bdi>', phone.page)[0]
    saved = await send(
        phone, "/account", "save", name="Rashid Mahmood", title_ur="ایکسین", title_en="XEN Water", language="ur"
    )
    assert UR.plain("account.saved") in saved.text and 'lang="ur"' in saved.text
    row = account(town, login)
    assert (row.name, row.title_ur, row.title_en, row.language) == ("Rashid Mahmood", "ایکسین", "XEN Water", "ur")
    assert (await send(phone, "/account", "save", name=" ", language="ur")).status_code == 422


async def test_a_name_is_made_of_letters_that_are_seen(town: Town) -> None:
    phone = await signed_in(town, "clerk", fresh=True)
    await phone.get("/account")
    refused = await send(phone, "/account", "save", name="Clerk \u202eriahC", language="en", title_ur="", title_en="")
    assert refused.status_code == 422
