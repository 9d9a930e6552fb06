"""A hearing with studio equipment: the town's media process, the key of a seat, and requests that carry it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from signaling.media import compat
from signaling.media.port import MediaRefused
from tests.signaling.media.people import end_process, start_process
from tests.web.account_holders import send, signed_in
from tests.web.conftest import Town

SDP = {"content-type": "application/sdp"}


@asynccontextmanager
async def media_process(town: Town) -> AsyncIterator[None]:
    """The media process of the town's machine."""

    async def is_there() -> bool:
        try:
            await town.app.state.equipment.plane.stats("nobody")
        except MediaRefused as refused:
            return refused.code != "media_lost"
        return True

    compat.limit_client_addresses(["127.0.0.1"])
    process = start_process(town.settings.media.socket)
    try:
        await town.until(is_there)
        yield
    finally:
        end_process(process)


async def make_key(town: Town, session: str, role: str = "moderator") -> str:
    """Somebody makes a key for the seat of the chair; it is shown once."""
    phone = await signed_in(town, role)
    await phone.get(f"/sessions/{session}/equipment")
    page = await send(phone, f"/sessions/{session}/equipment", "make", seat="chair")
    key = re.search(r'id="key" value="([^"]+)"', page.text)
    assert key is not None, page.text
    assert key[1] not in (await phone.get(f"/sessions/{session}/equipment")).text
    return key[1]


class Equipped:
    """A machine with the key of the chair's seat of a hearing, at one of its doors."""

    def __init__(self, town: Town, session: str, key: str, path: str) -> None:
        self.town, self.session, self.key, self.path = town, session, key, path
        self.client: httpx.AsyncClient = town.phone("en").client

    def bearer(self, key: str | None = None) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key if key is None else key}"}

    async def post(self, body: str, key: str | None = None, **headers: str) -> httpx.Response:
        return await self.client.post(self.path, content=body, headers={**SDP, **self.bearer(key), **headers})

    async def delete(self, location: str) -> httpx.Response:
        return await self.client.delete(location, headers=self.bearer())
