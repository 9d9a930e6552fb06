"""What every kind of bus does alike."""

from __future__ import annotations

import asyncio
import os
import secrets

import pytest

from kachehri.bus import MOST_BYTES, BusError
from tests.kachehri.bus.conftest import Ends, heard, until

pytestmark = pytest.mark.anyio


async def test_a_message_reaches_both_ends(ends: Ends) -> None:
    here: list[tuple[str, bytes]] = []
    there: list[tuple[str, bytes]] = []
    await heard(ends.one, "session.", here)
    await heard(ends.other, "session.", there)
    ends.one.publish("session.abcdefgh", b"\x00payload\xff")
    await until(lambda: bool(here and there))
    assert here == there == [("session.abcdefgh", b"\x00payload\xff")]


async def test_a_publisher_is_never_called_from_within_publish(ends: Ends) -> None:
    here: list[tuple[str, bytes]] = []
    await heard(ends.one, "", here)
    ends.one.publish("t", b"1")
    assert here == []
    await until(lambda: bool(here))


async def test_only_what_starts_with_the_prefix_is_heard(ends: Ends) -> None:
    there: list[tuple[str, bytes]] = []
    await heard(ends.other, "session.a*", there)
    for topic in ("session.b", "session.", "xsession.a*", "session.abc", "session.a*", "session.a*.x"):
        ends.one.publish(topic, b"")
    await until(lambda: len(there) == 2)
    assert [topic for topic, _ in there] == ["session.a*", "session.a*.x"]


async def test_overlapping_prefixes_hear_once_each(ends: Ends) -> None:
    wide: list[tuple[str, bytes]] = []
    narrow: list[tuple[str, bytes]] = []
    await heard(ends.other, "", wide)
    await heard(ends.other, "session.", narrow)
    ends.one.publish("session.x", b"1")
    ends.one.publish("end", b"")
    await until(lambda: len(wide) == 2)
    assert wide == [("session.x", b"1"), ("end", b"")]
    assert narrow == [("session.x", b"1")]


async def test_the_order_of_a_publisher_is_kept(ends: Ends) -> None:
    there: list[tuple[str, bytes]] = []
    await heard(ends.other, "n.", there)
    for number in range(3_000):
        ends.one.publish(f"n.{number % 7}", b"%d" % number)
        if number % 100 == 0:
            await asyncio.sleep(0)
    await until(lambda: len(there) == 3_000)
    assert [int(payload) for _, payload in there] == list(range(3_000))


async def test_large_messages_arrive_whole_and_larger_ones_are_refused(ends: Ends) -> None:
    there: list[tuple[str, bytes]] = []
    await heard(ends.other, "big", there)
    payload = os.urandom(MOST_BYTES)
    ends.one.publish("big", payload)
    await until(lambda: bool(there))
    assert there == [("big", payload)]
    with pytest.raises(BusError) as caught:
        ends.one.publish("big", payload + b"!")
    assert caught.value.code == "too_large"


async def test_a_closed_subscription_hears_nothing_more(ends: Ends) -> None:
    gone: list[bytes] = []
    stays: list[tuple[str, bytes]] = []
    subscription = ends.other.subscribe("t", lambda _topic, payload: gone.append(payload))
    await heard(ends.other, "t", stays)
    ends.one.publish("t", b"1")
    await until(lambda: len(stays) == 1)
    subscription.close()
    subscription.close()
    ends.one.publish("t", b"2")
    await until(lambda: len(stays) == 2)
    assert gone == [b"1"]


async def test_a_listener_that_fails_disturbs_nobody(ends: Ends, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_topic: str, _payload: bytes) -> None:
        raise ValueError("a bug in a listener")

    ends.other.subscribe("t", fail)
    there: list[tuple[str, bytes]] = []
    await heard(ends.other, "t", there)
    ends.one.publish("t", b"1")
    ends.one.publish("t", b"2")
    await until(lambda: len(there) == 2)
    assert "a listener failed" in caplog.text


async def test_a_pass_is_good_for_one_only(ends: Ends) -> None:
    nonce = secrets.token_urlsafe(24)
    assert await ends.one.burn(nonce, 30)
    assert not await ends.other.burn(nonce, 30)
    assert not await ends.one.burn(nonce, 30)
    assert await ends.other.burn(nonce + "x", 30)


async def test_of_many_who_come_at_once_one_gets_in(ends: Ends) -> None:
    nonce = secrets.token_urlsafe(24)
    results = await asyncio.gather(*(end.burn(nonce, 30) for _ in range(10) for end in (ends.one, ends.other)))
    assert sum(results) == 1


async def test_a_flood_keeps_the_newest_in_order_and_hides_no_loss(ends: Ends) -> None:
    """More than any queue holds. What is lost is counted where it was lost, and listeners there are told."""
    there: list[tuple[str, bytes]] = []
    gaps: list[int] = []
    ends.one.subscribe("n", lambda topic, payload: there.append((topic, payload)), lambda: gaps.append(1))
    await ends.one.settled()
    for number in range(20_000):
        ends.one.publish("n", b"%d" % number)
    await until(lambda: bool(there) and there[-1][1] == b"19999")
    numbers = [int(payload) for _, payload in there]
    assert numbers == sorted(set(numbers))
    lost = ends.one.listeners.dropped + getattr(ends.one, "dropped", 0)
    assert len(numbers) + lost == 20_000
    assert bool(ends.one.listeners.dropped) == bool(gaps)
