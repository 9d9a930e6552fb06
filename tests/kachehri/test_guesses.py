"""Guesses: who tries out passwords waits, and nobody else does."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from kachehri import guesses
from kachehri.bus.memory import MemoryBus
from kachehri.guesses import HOUR_MS, Guesses, Rule, TooMany, network
from kachehri.identity import Identity, SignInRefused
from kachehri.logins import Visit
from kachehri.passwords import Passwords
from kachehri.store import Store, accounts
from tests.conftest import ManualClock
from tests.kachehri.identity_house import AWAY, CHEAP, GOOD, HOME, MASTER, Counting, refused, store, who

__all__ = ["store", "who"]
pytestmark = pytest.mark.anyio


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
