"""Every address, as a stranger and as an administrator, says what the browser may do with its answer."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.web.conftest import Town
from tests.web.test_mine import asked, reference_of
from tests.web.test_staff import signed_in
from web.api.operations import PREFIX
from web.routes import ADDRESSES, Address

pytestmark = pytest.mark.anyio
#: A picture of the number alone, asked for again each time.
OWN = {"/q/{token}/number.png": "private, no-cache"}
#: What holds nothing of anybody and may be kept by a browser or what stands between; everything else is never stored.
KEPT = {"/sw.js", "/offline", "/favicon.ico", "/hearings.ics", "/s/{session}/hearing.ics"}
#: What programs read is marked, and asked about again each time.
KEPT |= {each.path for each in ADDRESSES if each.path.startswith(PREFIX)}


@pytest.fixture(scope="module")
async def filled(town: Town) -> dict[str, str]:
    """What stands in the gaps of addresses: a session, a receipt, a number."""
    session = await town.schedule()
    _, path = await asked(town, session)
    return {
        "session": session,
        "token": path.removeprefix("/q/").split("?")[0],
        "reference": reference_of(town, path),
        "guide": "citizen",
        "account": "nobody",
        "seat": "official",
        "peer": "nobody",
        "format": "xml",
        "code": "water_none",
        "id": reference_of(town, path),
    }


def path_of(address: Address, filled: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda gap: filled.get(gap[1], "nobody"), address.path)


def check(address: Address, answer: httpx.Response) -> None:
    headers, where = answer.headers, f"{address.method} {address.path}: {answer.status_code}"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ") and "frame-ancestors 'none'" in policy, where
    assert "unsafe" not in policy and "*" not in policy and "base-uri 'none'" in policy, where
    assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY", where
    assert headers["referrer-policy"] == "no-referrer", where
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin", where
    for denied in ("geolocation=()", "payment=()", "usb=()"):
        assert denied in headers["permissions-policy"], where
    kept = headers["cache-control"]
    if kept != OWN.get(address.path, "no-store"):
        assert address.path in KEPT and answer.status_code < 400, f"{where}: {kept}"
    for cookie in headers.get_list("set-cookie"):
        assert "httponly" in cookie.lower() and "samesite=lax" in cookie.lower() and "path=/" in cookie.lower(), where
        assert "domain=" not in cookie.lower(), where


@pytest.mark.parametrize("who", ["stranger", "administrator"])
async def test_every_answer_says_what_a_browser_may_do(town: Town, filled: dict[str, str], who: str) -> None:
    phone = town.phone("en") if who == "stranger" else await signed_in(town, who)
    for address in ADDRESSES:
        if address.method == "GET":
            check(address, await phone.client.get(path_of(address, filled), follow_redirects=False, timeout=30))


@pytest.mark.parametrize("who", ["stranger", "administrator"])
async def test_every_form_without_our_token_is_refused(town: Town, filled: dict[str, str], who: str) -> None:
    phone = town.phone("en") if who == "stranger" else await signed_in(town, who)
    with town.service.store.read() as conn:
        before = conn.exec_driver_sql("SELECT count(*) FROM event").scalar_one()
    for address in ADDRESSES:
        if address.method == "GET":
            continue
        answer = await phone.client.post(
            path_of(address, filled), data={"do": "x", "sure": "1", "to": "en"}, follow_redirects=False
        )
        check(address, answer)
        to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith(("/staff", "/setup"))
        assert to_sign_in or 400 <= answer.status_code < 500, f"{address.path}: {answer.status_code}"
    with town.service.store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM event").scalar_one() == before


async def test_what_is_ours_and_the_same_for_all_is_kept_for_a_year(town: Town) -> None:
    phone = town.phone("en")
    page = (await phone.get("/")).text
    found = re.search(r'href="(/static/site\.[0-9a-f]+\.css)"', page)
    assert found is not None
    answer = await phone.client.get(found[1])
    assert "immutable" in answer.headers["cache-control"] and answer.headers["x-content-type-options"] == "nosniff"


async def test_an_error_of_ours_is_no_way_around(town: Town) -> None:
    phone = town.phone("en")
    for path in ("/no/such/page", "/q/zzz", "/static/none.css", "/s/%00", "/t/<script>"):
        answer = await phone.client.get(path)
        assert answer.status_code in (400, 404), path
        assert "default-src 'none'" in answer.headers["content-security-policy"] and "<script>" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
