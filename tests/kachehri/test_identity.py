"""Cookies and logins: who is it, and who only says so."""

from __future__ import annotations

import asyncio
import secrets

import pytest
from sqlalchemy import text

from kachehri import identity, passwords
from kachehri.bus.memory import MemoryBus
from kachehri.identity import Identity
from kachehri.logins import IDLE_MS, LONGEST_MS, TOUCH_MS, Visit, browser_name, name_of
from kachehri.passwords import Passwords
from kachehri.store import Store, accounts, people, sessions
from kachehri.store.people import Taking
from kachehri.store.tables import Account
from rooms.base import Actor
from tests.conftest import ManualClock
from tests.kachehri.identity_house import AWAY, CHEAP, GOOD, HOME, MASTER, Counting, refused, store, who

__all__ = ["store", "who"]
pytestmark = pytest.mark.anyio


async def test_a_browser_is_known_by_a_cookie_that_nobody_can_invent(who: Identity) -> None:
    device, cookie = who.new_device()
    assert who.device(cookie) == device and len(device) == 32
    # Not the last character of the signature: some of its bits are only padding (RFC 4648 §3.5).
    changed = cookie.replace(".", ".A" if ".A" not in cookie else ".B")[:-1]
    forged = [None, "", device, changed, "x" + cookie, cookie * 9, "é.é"]
    assert [who.device(each) for each in forged] == [None] * len(forged)
    _, other = who.new_device()
    assert who.device(device + other[other.index(".") :]) is None
    assert await who.account(cookie) is None


async def test_a_cookie_outlives_a_change_of_the_key(store: Store, who: Identity) -> None:
    device, cookie = who.new_device()
    changed = Identity(store, [secrets.token_bytes(32), MASTER], MemoryBus(), passwords=Passwords(CHEAP))
    assert changed.device(cookie) == device
    assert who.device(changed.new_device()[1]) is None
    changed.close()


async def test_signing_in_and_out(who: Identity, store: Store) -> None:
    signed_in = await who.sign_in(" ASMA ", GOOD, Visit(HOME))
    assert signed_in.account.id == "acc"
    found = await who.account(signed_in.cookie)
    assert found is not None and found.login == "asma"
    token = signed_in.cookie.rsplit(".", 1)[0]
    assert await who.account(token) is None
    with store.read() as conn:
        stored = repr(conn.execute(text("SELECT * FROM login")).all())
    assert token not in stored
    await who.sign_out(signed_in.cookie)
    assert await who.account(signed_in.cookie) is None
    await who.sign_out(signed_in.cookie)
    await who.sign_out("nonsense")


async def test_each_sign_in_is_a_new_login_and_ends_the_one_it_replaces(who: Identity) -> None:
    first = await who.sign_in("asma", GOOD, Visit(HOME))
    second = await who.sign_in("asma", GOOD, Visit(HOME, previous=first.cookie))
    assert first.cookie != second.cookie
    assert await who.account(first.cookie) is None
    assert await who.account(second.cookie) is not None


async def test_wrong_name_and_wrong_password_look_the_same(who: Identity, store: Store) -> None:
    assert await refused(who, "asma", "wrong") == "wrong"
    assert await refused(who, "nobody", "wrong") == "wrong"
    with store.write() as conn:
        accounts.disable(conn, "acc", 1)
    assert await refused(who, "asma", GOOD, AWAY) == "wrong"
    assert isinstance(who.passwords, Counting) and who.passwords.looked == 3


async def test_an_older_hash_is_made_anew(who: Identity, store: Store) -> None:
    await who.sign_in("asma", GOOD, Visit(HOME))
    with store.read() as conn:
        account = accounts.by_id(conn, "acc")
    assert account is not None
    assert not CHEAP.check_needs_rehash(account.password_hash) and CHEAP.verify(account.password_hash, GOOD)
    assert (await who.sign_in("asma", GOOD, Visit(HOME))).account.id == "acc"


async def test_an_idle_login_ends_and_a_used_one_lasts_a_week(who: Identity, clock: ManualClock) -> None:
    idle = await who.sign_in("asma", GOOD, Visit(HOME))
    used = await who.sign_in("asma", GOOD, Visit(HOME))
    start = clock.now
    clock.advance(TOUCH_MS)
    assert await who.account(used.cookie) is not None
    clock.advance(IDLE_MS - TOUCH_MS)
    assert await who.account(idle.cookie) is None
    while clock.now - start < LONGEST_MS - IDLE_MS // 2:
        assert await who.account(used.cookie) is not None
        clock.advance(IDLE_MS // 2)
    assert await who.account(used.cookie) is not None
    clock.now = start + LONGEST_MS
    assert await who.account(used.cookie) is None


async def test_a_flood_of_sign_ins_is_refused_instead_of_queued(who: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAITING", 0)
    assert await refused(who, "asma", GOOD) == "busy"


async def test_ending_every_login_is_told_to_every_process(store: Store, who: Identity) -> None:
    told: list[str] = []
    who.on_revoked(told.append)
    cookies = [(await who.sign_in("asma", GOOD, Visit(HOME))).cookie for _ in range(3)]
    assert await who.sign_out_everywhere("acc", keep=cookies[0]) == 2
    assert await who.account(cookies[0]) is not None
    await who.change_role("acc", "observer")
    assert [await who.account(cookie) for cookie in cookies] == [None] * 3
    again = await who.sign_in("asma", GOOD, Visit(HOME))
    assert again.account.role == "observer"
    await who.disable("acc")
    assert await who.account(again.cookie) is None
    await asyncio.sleep(0)
    assert told == ["acc"] * 3


def announced(store: Store, *ids: str) -> None:
    """Hearings with these ids."""
    with store.write() as conn:
        conn.execute(text("INSERT INTO office (id, code, name_ur, name_en, triage) VALUES ('o','o','','',false)"))
        conn.execute(text("INSERT INTO room (id, office_id, name_ur, name_en, created_at) VALUES ('r','o','','',0)"))
        for id in ids:
            sessions.create(conn, id=id, room_id="r", title_ur="", title_en="", starts_at=1, ends_at=2, created_at=0)


async def test_the_same_person_is_the_same_participant_and_another_in_the_next_session(
    who: Identity, store: Store
) -> None:
    announced(store, "abcdefgh", "hgfedcba")
    account = (await who.sign_in("asma", GOOD, Visit(HOME))).account

    async def actor(session: str, device: str, account: Account | None = None) -> Actor:
        return await who.actor(session, device=device, account=account)

    citizen = await actor("abcdefgh", "d1")
    assert citizen == await actor("abcdefgh", "d1")
    assert (citizen.role, citizen.account, len(citizen.participant)) == ("citizen", None, 16)
    staff = await actor("abcdefgh", "d1", account)
    assert (staff.role, staff.account) == ("moderator", "acc")
    assert staff == await actor("abcdefgh", "another", account)
    others = [await actor("abcdefgh", "d2"), await actor("hgfedcba", "d1"), await actor("hgfedcba", "d1", account)]
    assert len({each.participant for each in (citizen, staff, *others)}) == 5


async def test_several_people_on_one_browser(who: Identity, store: Store) -> None:
    def taking(id: str, role: str) -> Taking:
        return Taking(id, "abcdefgh", None, "kiosk", None, "kiosk", role, None, "ur", None, 0)

    announced(store, "abcdefgh")
    with store.write() as conn:
        people.join(conn, [taking("p" * 16, "citizen"), taking("m" * 16, "moderator")])
    found = await who.person_at("abcdefgh", "kiosk", "p" * 16)
    assert found is not None and (found.participant, found.role) == ("p" * 16, "citizen")
    assert await who.person_at("abcdefgh", "another", "p" * 16) is None
    assert await who.person_at("hgfedcba", "kiosk", "p" * 16) is None
    assert await who.person_at("abcdefgh", "kiosk", "m" * 16) is None
    assert await who.person_at("abcdefgh", "kiosk", "x" * 16) is None


def test_real_costs_are_those_that_are_recommended() -> None:
    assert passwords.HASHER.memory_cost >= 19 * 1024 and passwords.HASHER.time_cost >= 2
    assert identity.FREE_TRIES < 5


async def test_logins_are_listed_and_end_one_by_one(who: Identity) -> None:
    first = await who.sign_in("asma", GOOD, Visit(HOME, browser="Firefox, Windows"))
    second = await who.sign_in("asma", GOOD, Visit(AWAY))
    rows = {each.address: each for each in await who.logins.listing("acc")}
    assert rows[HOME].browser == "Firefox, Windows"
    assert not await who.logins.end_one("someone else", name_of(rows[HOME]))
    assert await who.logins.end_one("acc", name_of(rows[HOME]))
    assert not await who.logins.end_one("acc", name_of(rows[HOME]))
    assert await who.account(first.cookie) is None and await who.account(second.cookie) is not None


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/124.0.0.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (Linux; Android 9) SamsungBrowser/24.0 Chrome/117.0 Mobile Safari/537.36",
            "Samsung Internet, Android",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0", "Firefox, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/124.0 Safari/537.36 Edg/124.0", "Edge, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Version/17.4 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_browser_has_a_name_that_its_owner_knows(agent: str, name: str) -> None:
    assert browser_name(agent) == name
