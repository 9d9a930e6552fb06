"""A code leaves for whoever left the number, once, and not when it is of no use any more."""

from __future__ import annotations

import pytest

from kachehri import phone_codes
from kachehri.guesses import Guesses, TooMany
from kachehri.notices.contacts import Contact
from kachehri.notices.dispatcher import LEASE_MS, Dispatcher
from kachehri.notices.doubt import DOUBT_MS
from kachehri.notices.simulator import Fault, Simulator, simulator
from kachehri.phone_codes import Asked, PhoneCodes
from kachehri.store import notices as rows
from tests.conftest import ManualClock
from tests.kachehri.notices.town import MASTER, NoticeTown, sms

pytestmark = pytest.mark.anyio
PHONE = "+923001234567"
GUESSES = Guesses(b"k" * 32)


def ask(town: NoticeTown, phone: str = PHONE, place: str = "203.0.113.7") -> Asked:
    with town.store.write() as conn:
        now = town.store.now(conn)
        return phone_codes.ask(conn, now, GUESSES, phone, town.people.phone_indexes(phone), "en", place)


def states(town: NoticeTown) -> list[tuple[str, str | None]]:
    with town.store.read() as conn:
        found = conn.exec_driver_sql("SELECT state, why FROM delivery WHERE template = 'code'")
        return [(row[0], row[1]) for row in found]


async def drained(town: NoticeTown, gateway: Simulator) -> None:
    await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()


async def test_it_reaches_the_one_who_may_be_reached(town: NoticeTown) -> None:
    town.person(PHONE, contact=Contact(sms=False))
    town.person(PHONE, contact=Contact(plain=True))
    async with simulator() as gateway:
        ask(town)
        await drained(town, gateway)
        assert gateway.taken == [] and states(town) == []
        town.person(PHONE)
        asked = ask(town)
        for _ in range(2):
            await drained(town, gateway)
    (taken,) = gateway.taken
    assert taken.to == PHONE and phone_codes.code_of(phone_codes.key_of(MASTER), asked) in taken.text
    assert states(town) == [("sent", None)]


@pytest.mark.parametrize(
    ("fault", "after"), [("cut_after", "unknown"), ("hang_after", "unknown"), ("refuse", "failed")]
)
async def test_what_went_wrong_is_neither_repeated_nor_listed(
    town: NoticeTown, clock: ManualClock, fault: Fault, after: str
) -> None:
    town.person(PHONE)
    async with simulator() as gateway:
        gateway.faults.append(fault)
        ask(town)
        await drained(town, gateway)
        for _ in range(3):
            clock.advance(DOUBT_MS + LEASE_MS)
            await drained(town, gateway)
        assert len(gateway.asked) <= 1 and len(gateway.taken) <= 1
    assert [state for state, _ in states(town)] == [after]
    with town.store.read() as conn:
        assert rows.listing(conn, ["unknown", "failed"]) == [] and rows.counts(conn, 0) == {}


async def test_a_busy_gateway_is_asked_again_until_the_code_is_old(town: NoticeTown, clock: ManualClock) -> None:
    town.person(PHONE)
    async with simulator() as gateway:
        gateway.faults.extend(["busy"] * 9)
        ask(town)
        for _ in range(4):
            await drained(town, gateway)
            clock.advance(phone_codes.LIFE_MS // 2)
    assert states(town) == [("failed", "late")]


def test_three_in_an_hour_for_a_number_and_thirty_for_a_network(town: NoticeTown, clock: ManualClock) -> None:
    for _ in range(3):
        ask(town)
    with pytest.raises(TooMany):
        ask(town, place="198.51.100.1")
    for number in range(27):
        ask(town, f"+9230076543{number:02}")
    with pytest.raises(TooMany):
        ask(town, "+923007654399")
    clock.advance(3_600_000)
    ask(town)


def test_an_attempt_is_right_once_wrong_or_too_late(town: NoticeTown, clock: ManualClock) -> None:
    codes, asked = PhoneCodes([MASTER]), ask(town)
    right = phone_codes.code_of(phone_codes.key_of(MASTER), asked)

    def tries(code: str) -> str:
        with town.store.write() as conn:
            return phone_codes.attempt(conn, town.store.now(conn), GUESSES, codes, asked, code, "203.0.113.7")

    assert [tries("x"), tries(right), tries(right)] == ["wrong", "right", "old"]
    again = ask(town)
    assert codes.read(codes.note(again)) == again
    clock.advance(phone_codes.LIFE_MS)
    assert tries(right) == "old"
