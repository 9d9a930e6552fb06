"""A browser without a screen: cookies, redirects, and forms as they stand on the page.

Nothing is known here of how pages are made; what is sent back is what the page asked for, hidden fields included, so a
form that forgets one fails here as it would for a person.
"""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from signaling.client.entrance import NoEntry

TIMEOUT_S = 15.0
HOPS_MOST = 5
#: The pages of a whole cast are fetched a few at a time, as people come in: not all in the same instant.
AT_ONCE = ThreadPoolExecutor(max_workers=4, thread_name_prefix="browser")


class Unexpected(Exception):
    """A page did not answer as a person may expect."""


@dataclass
class Form:
    """One form: where it goes and what it holds. `buttons` are the names and values that a click would add."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects forms, links and the words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.metas: dict[str, str] = {}
        self.attributes: dict[str, str] = {}
        self.words: list[str] = []
        self._form: Form | None = None
        self._area = ""
        self._select = ""
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self.attributes.update({name: value for name, value in has.items() if name.startswith("data-")})
        match tag:
            case "a" if "href" in has:
                self.links.append(has["href"])
            case "meta" if "name" in has:
                self.metas[has["name"]] = has.get("content", "")
            case "form":
                self._form = Form(has.get("action", ""), has.get("method", "get").lower())
                self.forms.append(self._form)
            case "input" if self._form is not None and "name" in has:
                kind = has.get("type", "text")
                if kind not in ("checkbox", "radio", "submit") or "checked" in has:
                    self._form.fields[has["name"]] = has.get("value", "")
            case "button" if self._form is not None and "name" in has:
                self._form.buttons.append((has["name"], has.get("value", "")))
            case "textarea" if self._form is not None and "name" in has:
                self._area = has["name"]
                self._form.fields[self._area] = ""
            case "select" if self._form is not None:
                self._select = has.get("name", "")
            case "option" if self._form is not None and self._select:
                if "selected" in has or self._select not in self._form.fields:
                    self._form.fields[self._select] = has.get("value", "")
            case "script" | "style" | "template":
                self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "form":
                self._form = None
            case "textarea":
                self._area = ""
            case "select":
                self._select = ""
            case "script" | "style" | "template":
                self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.fields[self._area] += data
        elif not self._hidden and data.strip():
            self.words.append(data.strip())


@dataclass
class Page:
    """An answer, after redirects."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def __post_init__(self) -> None:
        self._read: _Reader | None = None

    @property
    def reader(self) -> _Reader:
        if self._read is None:
            self._read = _Reader()
            self._read.feed(self.body.decode("utf-8", "replace"))
        return self._read

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def words(self) -> str:
        """What a person reads, in one line."""
        return " ".join(self.reader.words)

    def json(self) -> Any:
        return json.loads(self.body)

    def form(self, holding: str = "", action: str | None = None) -> Form:
        """The first form that has this field, or that goes to this path."""
        for form in self.reader.forms:
            if action is not None and urlsplit(form.action).path != action:
                continue
            if not holding or holding in form.fields or holding in dict(form.buttons):
                return form
        raise Unexpected(f"{self.path} has no form with {holding or action!r} (status {self.status})")

    @property
    def form_token(self) -> str:
        """What scripts of the page send along: the token of any of its forms."""
        for form in self.reader.forms:
            if form.fields.get("form_token"):
                return form.fields["form_token"]
        found = self.reader.attributes.get("data-form-token") or self.reader.metas.get("form-token", "")
        if not found:
            raise Unexpected(f"{self.path} carries no form token (status {self.status})")
        return found


class Browser:
    """One browser. Its requests are made one after the other.

    Arguments:
        base: where the server is, without a slash at the end; also the Origin.
        session, role: where its live line leads, as a citizen or as "staff" (signaling.client.Entrance).
        trust: what believes the server's certificate, for https.
    """

    def __init__(
        self,
        base: str,
        session: str = "",
        role: str = "citizen",
        *,
        language: str = "ur",
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.base = self.origin = base
        self.url = base.replace("http", "ws", 1) + "/live"
        self.session = session
        self.role = role
        self.trust = trust
        #: Without a network: nothing is reached, as in a tunnel.
        self.away = False
        self.language = language
        self.cookies: dict[str, str] = {}
        self._token = ""
        self._one = asyncio.Lock()

    async def get(self, path: str) -> Page:
        return await self._fetch("GET", path, None, {})

    async def post(self, path: str, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> Page:
        """Send something as a page's script would."""
        return await self._fetch("POST", path, body, {"content-type": kind, **(headers or {})})

    async def send(
        self, page: Page, form: Form, values: Mapping[str, str], button: Mapping[str, str] | None = None
    ) -> Page:
        """Fill a form in and send it, by one of its buttons."""
        fields = {**form.fields, **values, **(button or {})}
        target = urlsplit(urljoin(page.url, form.action or page.path))
        path = target.path + (f"?{target.query}" if target.query else "")
        return await self.post(path, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    async def sign_in(self, login: str, password: str) -> None:
        """As a member of staff."""
        page = await self.get("/staff")
        answer = await self.send(page, page.form("password"), {"login": login, "password": password})
        if answer.status != 200 or any("password" in form.fields for form in answer.reader.forms):
            raise Unexpected(f"{login} could not sign in: {answer.status} {answer.words[:200]}")

    async def entry_pass(self) -> str:
        """The pass for the live line, asked for as the page's script does."""
        if self.away:
            raise OSError("no network")
        if not self._token:
            path = f"/s/{self.session}/live" if self.role == "citizen" else "/staff"
            self._token = (await self.get(path)).form_token
        body = json.dumps({"session": self.session, "as": self.role}).encode()
        answer = await self.post("/pass", body, "application/json", {"x-form-token": self._token})
        if answer.status != 200:
            raise NoEntry(answer.status)
        return str(answer.json()["pass"])

    async def _fetch(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Page:
        async with self._one:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(AT_ONCE, self._follow, method, path, body, headers)

    def _follow(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Page:
        for _ in range(HOPS_MOST):
            page = self._once(method, path, body, headers)
            if page.status not in (301, 302, 303, 307):
                return page
            target = urlsplit(urljoin(page.url, page.headers.get("location", "/")))
            path = target.path + (f"?{target.query}" if target.query else "")
            if page.status != 307:
                method, body, headers = "GET", None, {}
        raise Unexpected(f"{path} redirects in a circle")

    def _once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Page:
        where = urlsplit(self.base)
        host, port = where.hostname or "", where.port
        connection: http.client.HTTPConnection
        if where.scheme == "https":
            connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=self.trust)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        sent = {
            "accept-language": self.language,
            "accept-encoding": "gzip",
            "origin": self.base,
            "sec-fetch-site": "same-origin",
            **headers,
        }
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("set-cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        if answer.headers.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return Page(self.base + path, answer.status, {k.lower(): v for k, v in answer.headers.items()}, content)
