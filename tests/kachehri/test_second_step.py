"""The second step of signing in: codes of a phone and from the paper, each once."""

from __future__ import annotations

import asyncio

import pyotp
import pytest

from kachehri.identity import SECOND_STEP_MS, Identity, SecondStep, SignInRefused
from kachehri.logins import SignedIn, Visit
from kachehri.second_factor import STEP_MS, new_codes, new_secret
from kachehri.store import Store, accounts
from tests.conftest import ManualClock
from tests.kachehri.identity_house import CHEAP, GOOD, HOME, store, who

__all__ = ["store", "who"]
pytestmark = pytest.mark.anyio


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
