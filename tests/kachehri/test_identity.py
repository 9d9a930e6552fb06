"""Cookies, logins, guesses: who is it, and who only says so."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from kachehri import guesses, identity, passwords
from kachehri.bus.memory import MemoryBus
from kachehri.guesses import HOUR_MS, Guesses, Rule, TooMany, network
from kachehri.identity import SECOND_STEP_MS, Identity, SecondStep, SignInRefused
from kachehri.logins import IDLE_MS, LONGEST_MS, TOUCH_MS, SignedIn, Visit, browser_name, name_of
from kachehri.passwords import Passwords
from kachehri.second_factor import STEP_MS, new_codes, new_secret
from kachehri.store import Store, accounts, people, sessions
from kachehri.store.people import Taking
from kachehri.store.tables import Account
from rooms.base import Actor
from tests.conftest import ManualClock

pytestmark = pytest.mark.anyio

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OLDER = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
GOOD = "four quiet lamps"
HOME, AWAY = "203.0.113.7", "198.51.100.9"
MASTER = secrets.token_bytes(32)


class Counting(Passwords):
    """Counts how many passwords were really looked at."""

    looked = 0

    async def verify(self, stored: str | None, password: str) -> bool:
        self.looked += 1
        return await super().verify(stored, password)


@pytest.fixture
def store(migrated_url: str, clock: ManualClock) -> Store:
    store = Store(migrated_url, clock=clock)
    with store.write() as conn:
        row = Account(
            id="acc",
            login="asma",
            name="Asma",
            role="moderator",
            password_hash=OLDER.hash(GOOD),
            created_at=0,
            password_set_at=0,
        )
        accounts.add(conn, row)
    return store


@pytest.fixture
async def who(store: Store) -> AsyncIterator[Identity]:
    passwords = Counting(CHEAP)
    made = Identity(store, [MASTER], MemoryBus(), passwords=passwords)
    yield made
    made.close()
    store.close()


async def refused(who: Identity, login: str, password: str, address: str = HOME, device: str | None = None) -> str:
    with pytest.raises(SignInRefused) as caught:
        await who.sign_in(login, password, Visit(address, device=device))
    return caught.value.code


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


async def test_waiting_doubles_and_a_right_password_ends_it(who: Identity, clock: ManualClock) -> None:
    for _ in range(3):
        assert await refused(who, "asma", "wrong") == "wrong"
    for expected in (1_000, 2_000, 4_000):
        with pytest.raises(SignInRefused) as caught:
            await who.sign_in("asma", GOOD, Visit(HOME))
        assert (caught.value.code, caught.value.wait_ms) == ("wait", expected)
        clock.advance(expected)
        assert await refused(who, "asma", "wrong") == "wrong"
    clock.advance(8_000)
    await who.sign_in("asma", GOOD, Visit(HOME))
    assert await refused(who, "asma", "wrong") == "wrong"


async def test_ten_in_an_hour_are_all(who: Identity, clock: ManualClock) -> None:
    for _ in range(10):
        assert await refused(who, "asma", "wrong") == "wrong"
        clock.advance(5 * 60_000)
    assert await refused(who, "asma", GOOD) == "wait"
    clock.advance(10 * 60_000)
    assert (await who.sign_in("asma", GOOD, Visit(HOME))).account.id == "acc"


async def test_fifty_at_once_are_still_counted_one_by_one(who: Identity) -> None:
    codes = await asyncio.gather(*(refused(who, "asma", f"guess {n}") for n in range(50)))
    assert codes.count("wrong") == 3 and codes.count("wait") == 47
    assert isinstance(who.passwords, Counting) and who.passwords.looked == 3


async def test_nobody_is_locked_out_by_the_guesses_of_others(who: Identity) -> None:
    device, _cookie = who.new_device()
    await who.sign_in("asma", GOOD, Visit(HOME, device=device))
    for _ in range(3):
        await refused(who, "asma", "wrong")
    assert await refused(who, "asma", GOOD) == "wait"
    assert (await who.sign_in("asma", GOOD, Visit(AWAY))).account.id == "acc"
    assert (await who.sign_in("asma", GOOD, Visit(HOME, device=device))).account.id == "acc"


async def test_one_network_cannot_try_every_name(store: Store) -> None:
    who = Identity(store, [MASTER], MemoryBus(), tries_per_hour=1, passwords=Passwords(CHEAP))
    codes = [await refused(who, f"name{n}", "wrong", f"2001:db8::{n}") for n in range(12)]
    assert codes == ["wrong"] * 10 + ["wait"] * 2
    assert await refused(who, "name99", "wrong", "2001:db8:1::1") == "wrong"
    who.close()
    store.close()


async def test_what_was_typed_is_not_in_the_database(who: Identity, store: Store) -> None:
    await refused(who, "my secret password", "asma")
    with store.read() as conn:
        rows = conn.execute(text("SELECT * FROM sign_in_attempt")).all()
    assert len(rows) == 2 and "secret" not in repr(rows)


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


def test_what_one_customer_has() -> None:
    assert network("203.0.113.7") == "203.0.113.7"
    assert network("2001:db8:1:2:3:4:5:6") == network("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert network("::ffff:203.0.113.7") == "203.0.113.7"
    assert network("unix") == "unix"


def test_five_an_hour_without_waiting_between(store: Store, clock: ManualClock) -> None:
    """As the tracking page counts: so many tries at one number from one network."""
    rule, counter = Rule("track", free=5, most=5), Guesses(b"k" * 32)
    with store.write() as conn:
        for _ in range(5):
            counter.count(conn, rule, "2640718822", HOME, clock.now)
            clock.advance(1_000)
        with pytest.raises(TooMany) as caught:
            counter.count(conn, rule, "2640718822", HOME, clock.now)
        assert caught.value.wait_ms == HOUR_MS - 5_000
        counter.count(conn, rule, "2640718822", AWAY, clock.now)
        counter.count(conn, rule, "another", HOME, clock.now)
        clock.advance(HOUR_MS - 5_000)
        counter.count(conn, rule, "2640718822", HOME, clock.now)
        counter.forget(conn, rule, "2640718822", HOME)
        assert accounts.attempt(conn, "track", counter.subject("2640718822"), HOME) is None
    store.close()


def test_waits_never_pass_the_end_of_the_hour() -> None:
    rule = Rule("sign_in", free=3, most=40, first_ms=1_000)
    assert guesses.wait_ms(rule, 39, 0, 10, 20) == HOUR_MS - 20
    assert guesses.wait_ms(rule, 40, 0, 10, HOUR_MS - 1) == 1
    assert guesses.wait_ms(rule, 40, 0, 10, HOUR_MS) == 0
    assert guesses.wait_ms(rule, 3, 0, 0, 5_000) == 0


def test_real_costs_are_those_that_are_recommended() -> None:
    assert passwords.HASHER.memory_cost >= 19 * 1024 and passwords.HASHER.time_cost >= 2
    assert identity.FREE_TRIES < 5


class Phone:
    """The program on a phone that shows six digits."""

    def __init__(self, who: Identity, store: Store, clock: ManualClock) -> None:
        self.secret, self.paper, self._clock = new_secret(), new_codes(), clock
        with store.write() as conn:
            accounts.set_factor(conn, "acc", who.factor.seal("acc", self.secret), who.factor.hashes(self.paper))

    def code(self, late: int = 0) -> str:
        return pyotp.HOTP(self.secret).at(self._clock.now // STEP_MS + late)


async def half_way(who: Identity, visit: Visit | None = None) -> str:
    step = await who.sign_in("asma", GOOD, visit or Visit(HOME))
    assert isinstance(step, SecondStep)
    return step.cookie


async def code_refused(who: Identity, cookie: str, code: str, visit: Visit | None = None) -> str:
    with pytest.raises(SignInRefused) as caught:
        await who.second_step(cookie, code, visit or Visit(HOME))
    return caught.value.code


async def test_the_password_alone_opens_nothing_where_there_is_a_second_factor(
    who: Identity, store: Store, clock: ManualClock
) -> None:
    phone = Phone(who, store, clock)
    cookie = await half_way(who)
    assert await who.account(cookie) is None
    with store.read() as conn:
        assert accounts.logins(conn, "acc", clock.now) == []
    signed_in = await who.second_step(cookie, phone.code(), Visit(HOME, browser="Chrome, Android"))
    assert await who.account(signed_in.cookie) is not None
    assert [each.browser for each in await who.logins.listing("acc")] == ["Chrome, Android"]


@pytest.mark.parametrize(("late", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_phone_may_be_half_a_minute_off(
    who: Identity, store: Store, clock: ManualClock, late: int, right: bool
) -> None:
    phone = Phone(who, store, clock)
    cookie = await half_way(who)
    if right:
        assert isinstance(await who.second_step(cookie, phone.code(late), Visit(HOME)), SignedIn)
    else:
        assert await code_refused(who, cookie, phone.code(late)) == "code"


async def test_a_code_works_once_and_so_do_those_before_it(who: Identity, store: Store, clock: ManualClock) -> None:
    phone = Phone(who, store, clock)
    code, before = phone.code(), phone.code(-1)
    await who.second_step(await half_way(who), code, Visit(HOME))
    assert await code_refused(who, await half_way(who), code) == "code"
    assert await code_refused(who, await half_way(who), before) == "code"
    clock.advance(STEP_MS)
    await who.second_step(await half_way(who), phone.code(), Visit(HOME))


async def test_two_at_once_use_one_code_once(who: Identity, store: Store, clock: ManualClock) -> None:
    phone = Phone(who, store, clock)
    cookies = [await half_way(who) for _ in range(2)]
    tries = (who.second_step(cookie, phone.code(), Visit(HOME)) for cookie in cookies)
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["SignInRefused", "SignedIn"]


async def test_a_code_from_the_paper_works_once_in_any_spelling(
    who: Identity, store: Store, clock: ManualClock
) -> None:
    phone = Phone(who, store, clock)
    spelled = phone.paper[0].upper().replace("-", " ").replace("0", "O")
    await who.second_step(await half_way(who), spelled, Visit(HOME))
    assert await code_refused(who, await half_way(who), phone.paper[0]) == "code"
    await who.second_step(await half_way(who), phone.paper[1], Visit(HOME))
    with store.read() as conn:
        row = accounts.by_id(conn, "acc")
    assert row is not None and len(row.recovery) == len(phone.paper) - 2
    assert not set(phone.paper) & set(row.recovery) and row.totp is not None and phone.secret.encode() not in row.totp


async def test_the_second_step_belongs_to_one_browser_one_password_and_ten_minutes(
    who: Identity, store: Store, clock: ManualClock
) -> None:
    phone = Phone(who, store, clock)
    here = Visit(HOME, device="d" * 32)
    cookie = await half_way(who, here)
    assert await code_refused(who, cookie, phone.code(), Visit(HOME, device="e" * 32)) == "late"
    assert await code_refused(who, "nonsense", phone.code(), here) == "late"
    with store.write() as conn:
        accounts.set_password(conn, "acc", CHEAP.hash(GOOD), at=5)
    assert await code_refused(who, cookie, phone.code(), here) == "late"
    cookie = await half_way(who, here)
    clock.advance(SECOND_STEP_MS)
    assert await code_refused(who, cookie, phone.code(), here) == "late"


async def test_codes_are_not_tried_out(who: Identity, store: Store, clock: ManualClock) -> None:
    phone = Phone(who, store, clock)
    cookie = await half_way(who)
    wrong = str((int(phone.code()) + 1) % 1_000_000).zfill(6)
    assert [await code_refused(who, cookie, wrong) for _ in range(4)] == ["code"] * 3 + ["wait"]
    assert await code_refused(who, cookie, phone.code()) == "wait"
    for network_number in range(47):
        assert await code_refused(who, cookie, wrong, Visit(f"198.51.100.{network_number}")) == "code"
    assert await code_refused(who, cookie, phone.code(), Visit("203.0.113.200")) == "wait", "fifty in an hour are all"


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
