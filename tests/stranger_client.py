"""A client of the live protocol, written from signaling/PROTOCOL.md alone. It imports nothing of the project.

Plays a citizen and a moderator of one hearing, from the sign-in to the balance:

    python tests/stranger_client.py http://127.0.0.1:8000 kq4wz7ma moderator-login password
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import random
import re
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from typing import Any

import websockets

Json = dict[str, Any]


class Pages:
    """§1: cookies, a form token, for staff a sign-in, and entry passes."""

    def __init__(self, base: str, session: str) -> None:
        self.base, self.session, self.token, self.role = base, session, "", "citizen"
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(cookies, urllib.request.ProxyHandler({}))

    def fetch(self, path: str, body: bytes | None = None, kind: str = "", token: str = "") -> str:
        headers = {"Origin": self.base, "Content-Type": kind, "X-Form-Token": token}
        request = urllib.request.Request(self.base + path, body, {k: v for k, v in headers.items() if v})
        with self.opener.open(request, timeout=10) as response:
            page: str = response.read().decode()
        found = re.search(r'(?:name="form_token" value|data-form-token)="([^"]+)"', page)
        self.token = found[1] if found else self.token
        return page

    def sign_in(self, login: str, password: str) -> None:
        self.fetch("/staff")
        form = {"form_token": self.token, "login": login, "password": password}
        page = self.fetch("/staff", urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded")
        assert 'name="password"' not in page, "wrong password"
        self.role = "staff"

    def entry_pass(self) -> str:
        if not self.token:
            self.fetch(f"/s/{self.session}/live")
        body = json.dumps({"session": self.session, "as": self.role}).encode()
        return str(json.loads(self.fetch("/pass", body, "application/json", self.token))["pass"])


def merge(target: Any, patch: Any) -> Any:
    """§2: a JSON merge patch."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = merge(target.get(name), value)
    return target


class Person:
    """Follows a session, comes back when the line breaks, and repeats what was not answered."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.view: Json = {}
        self.mine: Json = {}
        self.epoch, self.seq, self.ref, self.came = "", 0, 0, 0
        self.unanswered: dict[int, tuple[Json, asyncio.Future[Json]]] = {}
        self.link: Any = None
        self.news = asyncio.Event()

    async def stay(self) -> None:
        tries = 0
        while True:
            code = 1006
            try:
                entry_pass = await asyncio.to_thread(self.pages.entry_pass)
                url = self.pages.base.replace("http", "ws", 1) + "/live"
                protocols: Any = ["kachehri.v1", f"p.{entry_pass}"]
                origin: Any = self.pages.base
                async with websockets.connect(url, origin=origin, subprotocols=protocols, proxy=None) as link:
                    self.link, tries = link, 0
                    hello: Json = {"type": "hello", "versions": [1], "session": self.pages.session}
                    if self.epoch:
                        hello |= {"epoch": self.epoch, "since": self.seq}
                    await link.send(json.dumps(hello))
                    async for text in link:
                        await self.hear(json.loads(text))
                    code = link.close_code or 1006
            except websockets.ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd else 1006
            except OSError:
                pass
            if 4500 <= code <= 4599:
                raise SystemExit(f"not coming back: {code}")
            await asyncio.sleep(0.5 + random.random() * min(15, 2**tries))
            tries += 1

    async def hear(self, frame: Json) -> None:
        kind = frame["type"]
        if kind == "welcome":
            self.came += 1
            for message, _ in self.unanswered.values():
                await self.link.send(json.dumps(message))
        elif kind == "snapshot":
            self.view, self.epoch, self.seq = frame["view"], frame["epoch"], frame["seq"]
        elif kind == "tick":
            self.view, self.seq = merge(self.view, frame.get("patch", {})), frame["seq"]
        elif kind == "personal":
            self.mine = frame["view"]
        elif kind in ("reply", "refused") and frame["ref"] in self.unanswered:
            self.unanswered.pop(frame["ref"])[1].set_result(frame)
        self.news.set()

    async def say(self, kind: str, **fields: Any) -> Json:
        self.ref += 1
        key = base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")
        message = {"type": kind, "ref": self.ref, "key": key, **fields}
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self.unanswered[self.ref] = message, answer
        try:
            await self.link.send(json.dumps(message))
        except websockets.ConnectionClosed:
            pass  # sent again after the next welcome
        frame = await asyncio.wait_for(answer, 30)
        assert frame["type"] == "reply", frame
        return frame

    async def until(self, condition: Callable[[], Any]) -> Any:
        async with asyncio.timeout(30):
            while True:
                try:
                    if found := condition():
                        return found
                except (KeyError, IndexError):
                    pass  # absent means default, or not yet
                self.news.clear()
                await self.news.wait()


async def hearing(base: str, session: str, login: str, password: str) -> Json:
    """§6: one question's way, with a broken line on the way."""
    citizen, moderator = Person(Pages(base, session)), Person(Pages(base, session))
    await asyncio.to_thread(moderator.pages.sign_in, login, password)
    staying = [asyncio.create_task(person.stay()) for person in (citizen, moderator)]
    try:
        await citizen.until(lambda: citizen.mine)
        await moderator.until(lambda: moderator.mine)
        asked = (await citizen.say("question.ask", text="نالی بند ہے، گلی میں پانی کھڑا ہے۔", name="Bashir"))["result"]
        question = asked["question"]
        await moderator.until(lambda: question in moderator.view["new"])
        await moderator.say("question.admit", question=question)
        await citizen.until(lambda: citizen.mine["questions"][0]["place"] == 1)
        if moderator.view["session"]["phase"] == "scheduled":
            await moderator.say("session.open_doors")
        if moderator.view["session"]["phase"] != "live":
            await moderator.say("session.start")
        citizen.link.transport.abort()  # a tunnel
        await citizen.until(lambda: citizen.came == 2 and citizen.view["session"]["phase"] == "live")
        await moderator.say("turn.call", question=question)
        turn = await citizen.until(lambda: citizen.mine["turn"])
        await citizen.say("turn.read_out", turn=turn)
        await moderator.until(lambda: moderator.view["turns"][turn]["state"] == "read_out")
        await moderator.say("turn.finish", turn=turn)
        await moderator.say("question.answer", question=question)
        await citizen.until(lambda: citizen.mine["questions"][0]["state"] == "answered")
        await moderator.say("session.close")
        await citizen.until(lambda: citizen.view["session"]["phase"] == "closed")
        return {**asked, "balance": citizen.view["balance"], "came": citizen.came, "view": citizen.view}
    finally:
        for task in staying:
            task.cancel()
        await asyncio.gather(*staying, return_exceptions=True)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(hearing(*sys.argv[1:5])), ensure_ascii=False))
