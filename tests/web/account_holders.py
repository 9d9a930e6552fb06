"""Somebody with an account, in a browser of their own: signing in, filling in forms, inviting others."""

from __future__ import annotations

import re
import secrets

import httpx

from kachehri import staff
from kachehri.store import accounts
from kachehri.store.tables import Account
from tests.web.conftest import Phone, Town

PASSWORD = "tall-grass-by-the-canal"
OTHER = "seven quiet herons"
AGENT = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/124.0.0.0 Mobile Safari/537.36"


async def signed_in(town: Town, role: str = "administrator", language: str = "en", *, fresh: bool = False) -> Phone:
    """A browser of somebody with this role; `fresh` makes an account of its own."""
    login = f"{role}-{secrets.token_hex(4)}" if fresh else f"some-{role}"
    try:
        staff.add(town.service.store, login, f"Some {role}", role, PASSWORD)
    except staff.StaffRefused as refused:
        assert refused.code == "taken"
    phone = town.phone(language)
    phone.client.headers["user-agent"] = AGENT
    await sign_in(phone, login)
    return phone


async def sign_in(phone: Phone, login: str, password: str = PASSWORD) -> httpx.Response:
    await phone.get("/staff")
    return await phone.post("/staff", login=login, password=password)


async def send(phone: Phone, path: str, do: str, **fields: str) -> httpx.Response:
    """Fill in the form of a page that does this, as a browser without a script sends it."""
    forms = re.findall(rf'<form[^>]*action="{re.escape(path)}"[^>]*>(.*?)</form>', phone.page, re.DOTALL)
    # What the page does not offer may still be sent.
    inner = next((each for each in forms if f'value="{do}"' in each), forms[0])
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', inner))
    response = await phone.client.post(path, data={**hidden, "do": do, **fields}, headers={"origin": phone.origin})
    phone.page = response.text
    return response


def links(page: str) -> list[str]:
    """The paths of the links on a page."""
    return [re.sub(r"^https?://[^/]+", "", each) for each in re.findall(r'value="([^"]*/invite/[^"]+)"', page)]


def account(town: Town, login: str) -> Account:
    with town.service.store.read() as conn:
        found = accounts.by_login(conn, login)
    assert found is not None, login
    return found


async def invited(town: Town, name: str, role: str, *, session: str = "", by: Phone | None = None) -> str:
    by = by or await signed_in(town)
    path = f"/sessions/{session}/people" if session else "/people"
    await by.get(path)
    answer = await send(by, path, "invite", name0=name, role0=role)
    assert answer.status_code == 200, answer.text
    return links(answer.text)[0]
