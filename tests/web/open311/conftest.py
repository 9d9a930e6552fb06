"""A town with a closed hearing behind it, a protected topic, and a program that has a key."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from kachehri import api_keys
from kachehri.api_keys import SCOPES, Scope
from kachehri.store import accounts, district
from kachehri.store.tables import Account, Category
from rooms.questions import AdmitQuestion
from tests.web.conftest import Town
from tests.web.test_register import ask, closed
from tests.web.town import open_town

WORDS = "نلکا بند ہے، فون 0300-1234567"


@dataclass
class Doors:
    """The town as a program sees it.

    Arguments:
        heard, unheard, private: numbers of tickets of the hearing.
    """

    town: Town
    session: str
    key: str
    heard: str
    unheard: str
    private: str

    @property
    def url(self) -> str:
        return f"{self.town.url}/open311/v2"

    async def get(self, path: str, **params: str) -> httpx.Response:
        async with httpx.AsyncClient(timeout=30) as client:
            return await client.get(f"{self.url}/{path}", params=params)

    async def post(self, path: str = "requests.json", **fields: Any) -> httpx.Response:
        """With the key, unless another one is given."""
        async with httpx.AsyncClient(timeout=30) as client:
            return await client.post(f"{self.url}/{path}", data={"api_key": self.key, **fields})

    def make_key(self, *scopes: Scope, **more: int) -> str:
        with self.town.service.store.write() as conn:
            now = self.town.service.store.now(conn)
            return api_keys.make(conn, now, name="Portal", scopes=scopes or SCOPES, by="doors-admin", **more)


def tree(answer: httpx.Response) -> ET.Element:
    """The parsed document of an answer in XML, as the standard sends it."""
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    return ET.fromstring(answer.content)


@pytest.fixture(scope="module")
async def doors(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[Doors]:
    async with open_town(tmp_path_factory.mktemp("doors")) as town:
        with town.service.store.write() as conn:
            person = Account(
                id="doors-admin",
                login="doors-admin",
                name="Admin",
                role="administrator",
                password_hash="x",
                created_at=0,
                password_set_at=0,
            )
            accounts.add(conn, person)
            bribe = Category(
                id="bribe",
                code="bribe",
                group_code="private",
                name_ur="رشوت",
                name_en="Bribe",
                office_id="desk",
                protected=True,
                keywords=["money", "رقم"],
            )
            district.save_categories(conn, [bribe])
        town.house.districts.forget()
        session = await town.schedule(live=True)
        heard = await ask(town, session, 1, name="نسرین بی بی", phone="0300-7654321", text=WORDS)
        unheard = await ask(town, session, 2, name="Aslam", text="Nobody looked at this")
        private = await ask(town, session, 3, name="Shazia", private=True, text="The clerk wants money")
        await town.moderate(session, AdmitQuestion(question=heard))
        await closed(town, session)
        questions = (await town.service.live(session)).session.queue.questions
        numbers = [questions[each].reference for each in (heard, unheard, private)]
        found = Doors(town, session, "", *numbers)
        found.key = found.make_key(per_minute=600, per_day=50_000)
        yield found
