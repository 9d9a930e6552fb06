"""What every cookie is set with, over plain HTTP and over TLS, and what a cookie from elsewhere is worth: nothing."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from http.cookies import Morsel, SimpleCookie

import httpx
import pyotp
import pytest

from kachehri import staff
from kachehri.second_factor import new_secret
from kachehri.store import accounts
from tests.web.town import Phone, Town, open_town
from web import lan
from web.security import BOUND

pytestmark = pytest.mark.anyio
PASSWORD = "tall-grass-by-the-canal"
PREFIX = "__Host-"


@pytest.fixture(scope="module", params=["http", "https"])
async def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, anyio_backend: str
) -> AsyncIterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    papers = lan.papers(folder / "papers", []) if request.param == "https" else None
    async with open_town(folder, papers=papers) as found:
        yield found


def listening(phone: Phone) -> list[Morsel[str]]:
    """Every cookie that the server sets from now on."""
    heard: list[Morsel[str]] = []

    async def hear(response: httpx.Response) -> None:
        for line in response.headers.get_list("set-cookie"):
            heard.extend(SimpleCookie(line).values())

    phone.client.event_hooks["response"].append(hear)
    return heard


def account(town: Town) -> tuple[str, str]:
    """Somebody with a second factor: login and secret."""
    login, secret = f"clerk-{secrets.token_hex(4)}", new_secret()
    made = staff.add(town.service.store, login, "A clerk", "clerk", PASSWORD)
    with town.service.store.write() as conn:
        accounts.set_factor(conn, made.id, town.house.identity.factor.seal(made.id, secret), [])
    return login, secret


async def signed_in(town: Town, phone: Phone) -> None:
    login, secret = account(town)
    await phone.get("/staff")
    half = await phone.post("/staff", login=login, password=PASSWORD)
    assert half.url.path == "/staff/second"
    await phone.post("/staff/second", code=pyotp.TOTP(secret).now())
    assert (await phone.get("/desk")).url.path == "/desk"


async def test_every_cookie_is_kept_from_scripts_other_sites_and_plain_http(town: Town) -> None:
    phone = town.phone()
    heard = listening(phone)
    session = await town.schedule(live=True)
    await phone.ask(session, "پانی نہیں آ رہا")
    await phone.get("/")
    await phone.post("/language", to="en", next="/")
    await phone.get("/look")
    await phone.post("/look", theme="dark", face="naskh", text="large", next="/")
    await signed_in(town, phone)
    await phone.get("/account")
    await phone.client.post(
        "/account",
        data={**phone.fields("/account"), "do": "save", "name": "N", "language": "ur"},
        headers={"origin": phone.origin},
    )
    await phone.get("/desk")
    await phone.post("/staff/out")
    https = town.url.startswith("https")
    names = {each.key.removeprefix(PREFIX) for each in heard}
    assert names >= {"k_device", "k_form", "k_login", "k_step", "k_lang"}
    for each in heard:
        plain = each.key.removeprefix(PREFIX)
        assert each["httponly"] and each["samesite"].lower() == "lax", each.OutputString()
        assert each["path"] == "/" and not each["domain"], each.OutputString()
        assert each.key.startswith(PREFIX) == (https and plain in BOUND), each.OutputString()
        if plain in BOUND:
            assert bool(each["secure"]) == https, each.OutputString()


async def test_what_another_host_put_there_is_nobody(town: Town) -> None:
    """A host beside ours, or plain HTTP on the way, can set a cookie for us, but none with this prefix."""
    phone = town.phone("en")
    await signed_in(town, phone)
    jar = {cookie.name: cookie.value or "" for cookie in phone.client.cookies.jar}
    https = town.url.startswith("https")
    planted = town.phone("en")
    for name, value in jar.items():
        planted.client.cookies.set(name.removeprefix(PREFIX), value)
    # Over plain HTTP there is nothing to tell them apart by, and a sign-in by it is for this machine alone.
    assert (await planted.get("/desk")).url.path == ("/staff" if https else "/desk")
    if not https:
        return
    both = town.phone("en")
    cookies = f"k_login=x.y; {PREFIX}k_login={jar[f'{PREFIX}k_login']}; k_lang=en"
    answer = await both.client.get("/desk", headers={"cookie": cookies})
    assert answer.url.path == "/desk" and 'lang="en"' in answer.text


async def test_a_sign_in_replaces_the_login_that_the_browser_had(town: Town) -> None:
    phone = town.phone("en")
    await signed_in(town, phone)
    before = {cookie.name: cookie.value for cookie in phone.client.cookies.jar if "k_login" in cookie.name}
    staff.add(town.service.store, login := f"clerk-{secrets.token_hex(4)}", "Another", "clerk", PASSWORD)
    await phone.get("/desk")
    await phone.client.post(
        "/staff",
        data={**phone.fields("/staff/out"), "login": login, "password": PASSWORD},
        headers={"origin": phone.origin},
    )
    after = {cookie.name: cookie.value for cookie in phone.client.cookies.jar if "k_login" in cookie.name}
    assert before.keys() == after.keys() and before != after
    thief = town.phone("en")
    for name, value in before.items():
        thief.client.cookies.set(name, value or "")
    assert (await thief.get("/desk")).url.path == "/staff", "no cookie outlives a sign-in"
