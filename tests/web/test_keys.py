"""The page of keys: made by an administrator of the whole house, shown once, taken back at once."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from kachehri import api_keys
from kachehri.i18n import words_for
from kachehri.store import audit, doors
from tests.web.conftest import Phone, Town
from tests.web.test_staff import signed_in

pytestmark = pytest.mark.anyio
EN = words_for("en")


async def make(phone: Phone, name: str = "Portal", **fields: str) -> httpx.Response:
    await phone.get("/keys")
    return await phone.post("/keys", do="make", name=name, **{"per_minute": "30", "per_day": "500", **fields})


def shown(answer: httpx.Response) -> str:
    found = re.search(r'value="(kch_[A-Za-z0-9_-]{32})"', answer.text)
    assert found is not None, answer.text
    return found[1]


async def test_a_key_is_shown_once_and_works(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    answer = await make(phone, file="1")
    key = shown(answer)
    assert answer.status_code == 200 and f"{town.url}/open311/v2" in answer.text
    assert "kch_" not in (await phone.get("/keys")).text
    with town.service.store.read() as conn:
        row = api_keys.find(conn, key)
        assert row is not None and (row.name, row.scopes, row.per_minute) == ("Portal", ["file"], 30)
        assert key not in repr(list(conn.exec_driver_sql("SELECT * FROM api_key")))
    async with httpx.AsyncClient(timeout=30) as client:
        url = f"{town.url}/open311/v2/requests.json"
        form = {"api_key": key, "service_code": "other", "address_id": "uc1", "description": "x"}
        assert (await client.post(url, data=form)).status_code == 200
        await phone.get("/keys")
        back = await phone.post("/keys", do="revoke", id=row.id)
        assert EN.plain("programs.revoked") in html.unescape(back.text)
        assert (await client.post(url, data=form)).status_code == 403
    with town.service.store.read() as conn:
        acts = {act.action for act, _ in audit.listing(conn) if act.subject == row.id}
        kept = next(each for each, _, filed in doors.keys(conn) if each.id == row.id and filed == 1)
    assert acts == {"api_key.make", "api_key.revoke"} and kept.revoked_at and kept.used_at


async def test_everything_that_is_wrong_with_a_key_is_told_at_once(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    answer = await make(phone, " ", per_minute="0", per_day="many")
    assert answer.status_code == 422
    told = html.unescape(answer.text)
    for key, values in (("need_name", {}), ("need_scope", {}), ("number", {"most": 600}), ("number", {"most": 50000})):
        assert EN.plain(f"programs.{key}", **values) in told, key
    long = await make(phone, "x" * 61, file="1")
    assert long.status_code == 422 and EN.plain("programs.long_name", limit=60) in html.unescape(long.text)
    with town.service.store.read() as conn:
        assert not [row for row, _, _ in doors.keys(conn) if row.name.startswith("x")]


@pytest.mark.parametrize("role", ["moderator", "clerk", "officer", "observer", "chair"])
async def test_nobody_else_makes_keys(town: Town, role: str) -> None:
    phone = await signed_in(town, role)
    assert (await phone.get("/keys")).status_code == 403
    answer = await phone.client.post("/keys", data={"do": "make"}, headers={"origin": phone.origin})
    assert answer.status_code == 403


async def test_the_audit_names_the_program(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    await make(phone, "Named in the audit", updates="1")
    page = html.unescape((await phone.get("/audit?act=api_key.make")).text)
    assert EN.plain("audit.act.api_key.make") in page and "Named in the audit" in page
