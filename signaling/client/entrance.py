"""Getting an entry pass the way a page does: cookies, a form token, and for staff a sign-in."""

from __future__ import annotations

import asyncio
import re
import ssl
from http.cookiejar import CookieJar
from typing import Protocol
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

import msgspec

#: Where a page carries its form token: in a form's hidden field or in an attribute of its body.
TOKEN = re.compile(r'(?:name="form_token" value|data-form-token)="([^"]+)"')
TIMEOUT_S = 30.0


class NoEntry(Exception):
    """The server gave no pass. `status` is that of HTTP."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class Entrance(Protocol):
    """Somebody who can come in."""

    session: str
    origin: str
    url: str

    async def entry_pass(self) -> str:
        """A fresh pass; each opens one connection."""


class WebEntrance:
    """A person with a browser of her own: cookies are kept from page to page.

    Arguments:
        base: "http://host:port" of the server.
        role: "citizen", or "staff" for the role of the account that signs in.
        trust: for TLS with an authority that the machine does not know.
    """

    def __init__(self, base: str, session: str, role: str = "citizen", trust: ssl.SSLContext | None = None) -> None:
        self.session = session
        self.origin = base.rstrip("/")
        self.url = re.sub("^http", "ws", self.origin) + "/live"
        self.role = role
        self.trust = trust
        self._opener: OpenerDirector = build_opener(
            HTTPCookieProcessor(CookieJar()), ProxyHandler({}), *([HTTPSHandler(context=trust)] if trust else [])
        )
        self._token = ""

    async def sign_in(self, login: str, password: str) -> None:
        """As staff. The wrong password raises `NoEntry`."""
        await self.read("/staff")
        status, page = await self.post("/staff", {"login": login, "password": password})
        if status >= 400 or 'name="password"' in page:
            raise NoEntry(status)

    async def entry_pass(self) -> str:
        if not self._token:
            await self.read("/staff" if self.role != "citizen" else f"/s/{self.session}/live")
        body = msgspec.json.encode({"session": self.session, "as": self.role})
        headers = {"Content-Type": "application/json", "X-Form-Token": self._token}
        status, answer = await asyncio.to_thread(self._fetch, "/pass", body, headers)
        if status != 200:
            raise NoEntry(status)
        found: str = msgspec.json.decode(answer)["pass"]
        return found

    async def read(self, path: str) -> str:
        """A page, as this person sees it."""
        status, page = await asyncio.to_thread(self._fetch, path, None, {})
        if status >= 400:
            raise NoEntry(status)
        return page

    async def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Send a form of the last page that had one. Returns the status and the page after redirections."""
        body = urlencode({"form_token": self._token, **fields}).encode()
        return await asyncio.to_thread(self._fetch, path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def _fetch(self, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, str]:
        request = Request(self.origin + path, data=body, headers={**headers, "Origin": self.origin})
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as response:
                status, page = response.status, response.read().decode()
        except HTTPError as error:
            with error:
                status, page = error.code, error.read().decode(errors="replace")
        found = TOKEN.search(page)
        if found:
            self._token = found.group(1)
        return status, page
