"""Each message leaves once, whatever the gateway does; what nobody knows is put before a person."""

from __future__ import annotations

import asyncio

import pytest

from kachehri.notices import sending
from kachehri.notices.contacts import Contact
from kachehri.notices.dispatcher import LEASE_MS, Dispatcher
from kachehri.notices.doubt import DOUBT_MS, TRIES_MOST
from kachehri.notices.fanning import ENCODE
from kachehri.notices.sending import settle
from kachehri.notices.simulator import FAULTS, Fault, simulator
from kachehri.notices.timing import HOUR_MS, MINUTE_MS
from kachehri.store import StoreError, outbox
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Commitment, Delivery
from tests.conftest import ManualClock
from tests.kachehri.notices.town import NoticeTown, sms

pytestmark = pytest.mark.anyio
#: What leaves the other side with the message, so far as we can know.
UNCERTAIN: tuple[Fault, ...] = (
    "hang_before",
    "hang_after",
    "cut_before",
    "cut_after",
    "fault_before",
    "fault_after",
    "rubbish_after",
)


async def until_quiet(dispatcher: Dispatcher, clock: ManualClock, *, hours: int = 2) -> None:
    """Everything that happens by itself in these hours."""
    await dispatcher.drain()
    for _ in range(hours * 2):
        clock.advance(DOUBT_MS)
        await dispatcher.drain()


async def test_a_notice_reaches_her_phone_once(town: NoticeTown, clock: ManualClock) -> None:
    ticket = town.ticket(town.person())
    row = town.notify(ticket, "ticket.routed")
    async with simulator(price=250) as gateway:
        dispatcher = Dispatcher(town.store, town.office({"sms": sms(gateway)}))
        await until_quiet(dispatcher, clock)
        assert [(each.to, gateway.effects()[each.key]) for each in gateway.taken] == [("+923001234567", 1)]
        assert "26-4070-0002" in gateway.taken[0].text and "پانی" not in gateway.taken[0].text
        (sent,) = town.deliveries()
        assert (sent.state, sent.segments, sent.cost) == ("sent", gateway.segments, gateway.cost)
        assert sent.provider_id == gateway.taken[0].id and sent.key == gateway.taken[0].key
    assert town.task(row).state == "done"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("asks", [False, True])
async def test_with_a_gateway_that_knows_our_key_the_effect_is_exactly_once(
    town: NoticeTown, clock: ManualClock, fault: Fault, asks: bool
) -> None:
    ticket = town.ticket(town.person())
    town.notify(ticket, "ticket.routed")
    async with simulator(honours_key=True) as gateway:
        gateway.faults.append(fault)
        await until_quiet(Dispatcher(town.store, town.office({"sms": sms(gateway, asks=asks)})), clock)
        effects = list(gateway.effects().values())
    if fault in ("refuse", "drop"):  # it said no, or it lied
        assert effects == [] and town.states() == [{"refuse": "failed", "drop": "sent"}[fault]]
    else:
        assert effects == [1] and town.states()[0] in ("sent", "delivered")


@pytest.mark.parametrize("fault", FAULTS)
async def test_with_any_other_gateway_at_most_once_and_a_person_is_asked(
    town: NoticeTown, clock: ManualClock, fault: Fault
) -> None:
    ticket = town.ticket(town.person())
    town.notify(ticket, "ticket.routed")
    async with simulator() as gateway:
        gateway.faults.append(fault)
        await until_quiet(Dispatcher(town.store, town.office({"sms": sms(gateway)})), clock)
        assert all(number == 1 for number in gateway.effects().values())
        assert len(gateway.asked) == (2 if fault == "busy" else 1)
    expected = "unknown" if fault in UNCERTAIN else "failed" if fault == "refuse" else "sent"
    assert town.states() == [expected]


@pytest.mark.parametrize("fault", ["hang_after", "cut_before"])
async def test_a_gateway_that_can_be_asked_settles_the_doubt(
    town: NoticeTown, clock: ManualClock, fault: Fault
) -> None:
    ticket = town.ticket(town.person())
    town.notify(ticket, "ticket.routed")
    async with simulator() as gateway:
        gateway.faults.append(fault)
        await until_quiet(Dispatcher(town.store, town.office({"sms": sms(gateway, asks=True)})), clock)
        assert len(gateway.asked) == 1
    (row,) = town.deliveries()
    assert (row.state, row.why) == (("delivered", None) if fault == "hang_after" else ("unknown", "none"))


async def test_a_gateway_that_stays_broken_is_not_asked_for_ever(town: NoticeTown, clock: ManualClock) -> None:
    ticket = town.ticket(town.person())
    town.notify(ticket, "ticket.routed")
    async with simulator(honours_key=True) as gateway:
        gateway.faults.extend(["fault_before"] * 50)
        await until_quiet(Dispatcher(town.store, town.office({"sms": sms(gateway)})), clock, hours=9)
        assert len(gateway.asked) == TRIES_MOST and gateway.effects() == {}
    assert town.states() == ["unknown"]


async def test_what_nobody_answers_is_tried_until_it_is_no_news(town: NoticeTown, clock: ManualClock) -> None:
    ticket = town.ticket(town.person())
    row = town.notify(ticket, "ticket.routed")
    async with simulator() as gateway:
        adapter = sms(gateway)
    dispatcher = Dispatcher(town.store, town.office({"sms": adapter}))
    await until_quiet(dispatcher, clock, hours=2)
    (waiting,) = town.deliveries()
    assert (waiting.state, waiting.why) == ("waiting", "network") and waiting.tries >= 4
    clock.advance(80 * HOUR_MS)
    await until_quiet(dispatcher, clock, hours=24)
    (late,) = town.deliveries()
    assert (late.state, late.why) == ("failed", "late")
    assert town.task(f"{row}/ticket.routed/owner").state == "done"


async def test_quiet_hours_hold_it_back_until_the_morning(town: NoticeTown, clock: ManualClock) -> None:
    ticket = town.ticket(town.person())
    clock.advance(12 * HOUR_MS)  # 22:00
    town.notify(ticket, "ticket.proposed")
    async with simulator() as gateway:
        dispatcher = Dispatcher(town.store, town.office({"sms": sms(gateway)}))
        await dispatcher.drain()
        clock.advance(10 * HOUR_MS + 59 * MINUTE_MS)
        await dispatcher.drain()
        assert gateway.taken == []
        clock.advance(MINUTE_MS)
        await dispatcher.drain()
        assert len(gateway.taken) == 1


async def test_one_short_message_a_day_but_for_the_date_and_the_proposal(town: NoticeTown, clock: ManualClock) -> None:
    ticket = town.ticket(town.person())
    async with simulator() as gateway:
        dispatcher = Dispatcher(town.store, town.office({"sms": sms(gateway)}))
        for notice in ("ticket.routed", "ticket.assigned", "ticket.date_moved", "ticket.proposed", "ticket.escalated"):
            town.notify(ticket, notice)
            await dispatcher.drain()
            clock.advance(MINUTE_MS)
        assert len(gateway.taken) == 3
        clock.advance(23 * HOUR_MS)
        await dispatcher.drain()
        # Of the two that waited the later one stands for both.
        assert len(gateway.taken) == 4 and "دیر" in gateway.taken[-1].text


async def test_another_ticket_has_a_day_of_its_own(town: NoticeTown, clock: ManualClock) -> None:
    person = town.person()
    for _ in range(2):
        town.notify(town.ticket(person), "ticket.routed")
    async with simulator() as gateway:
        await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()
        assert len(gateway.taken) == 2


async def test_followers_are_told_under_their_own_number(town: NoticeTown) -> None:
    ticket = town.ticket(town.person())
    town.follow(ticket, town.person("+923007654321", language="en"))
    town.follow(ticket, None)
    row = town.notify(ticket, "ticket.proposed")
    async with simulator() as gateway:
        await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()
        texts = {each.to: each.text for each in gateway.taken}
    assert set(texts) == {"+923001234567", "+923007654321"}
    assert "26-4080-0004" in texts["+923007654321"] and "Is it?" in texts["+923007654321"]
    nobody = [town.task(f"{row}/ticket.proposed/follower:f-{number:04d}").last_error for number in (4, 5)]
    assert nobody == [None, "nobody"]


@pytest.mark.parametrize(
    ("contact", "privacy"), [(Contact(plain=True), "public"), (None, "private"), (Contact(), "private")]
)
async def test_a_guarded_matter_says_only_that_there_is_news(
    town: NoticeTown, contact: Contact | None, privacy: str
) -> None:
    town.notify(town.ticket(town.person(contact=contact), privacy=privacy), "ticket.proposed")
    async with simulator() as gateway:
        await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()
        assert "خبر ہے" in gateway.taken[0].text and "حل" not in gateway.taken[0].text


async def test_who_wants_no_short_messages_gets_none(town: NoticeTown) -> None:
    row = town.notify(town.ticket(town.person(contact=Contact(sms=False))), "ticket.routed")
    async with simulator() as gateway:
        await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()
        assert gateway.asked == [] and town.deliveries() == []
    child = town.task(f"{row}/ticket.routed/owner")
    assert (child.state, child.last_error) == ("failed", "nobody")


async def test_her_own_hours_count(town: NoticeTown, clock: ManualClock) -> None:
    town.notify(town.ticket(town.person(contact=Contact(opens=14, closes=16))), "ticket.routed")
    async with simulator() as gateway:
        dispatcher = Dispatcher(town.store, town.office({"sms": sms(gateway)}))
        await dispatcher.drain()
        assert gateway.taken == []
        clock.advance(4 * HOUR_MS)
        await dispatcher.drain()
        assert len(gateway.taken) == 1


async def test_somebody_who_came_back_too_late_begins_nothing(town: NoticeTown, clock: ManualClock) -> None:
    """A worker that overstays its lease finds that the task is another's."""
    row = town.notify(town.ticket(town.person()), "ticket.routed")
    async with simulator() as gateway:
        slow = Dispatcher(town.store, town.office({"sms": sms(gateway)}), name="slow")
        quick = Dispatcher(town.store, town.office({"sms": sms(gateway)}), name="quick")
        claims = await slow._claims()
        clock.advance(LEASE_MS)
        await quick.drain()
        for claim in claims:
            await slow._carry_out(claim)
        await slow.drain()
        assert list(gateway.effects().values()) == [1]
    assert town.task(row).owner is None


async def test_without_any_way_out_the_rows_stay(town: NoticeTown) -> None:
    row = town.notify(town.ticket(town.person()), "ticket.routed")
    with town.store.read() as conn:
        assert outbox.waiting(conn) == 1
    assert town.task(row).state == "waiting" and town.deliveries() == []


async def test_two_workers_send_each_message_once(town: NoticeTown) -> None:
    for number in range(12):
        town.notify(town.ticket(town.person(f"+92300{number:07d}")), "ticket.routed")
    async with simulator() as gateway:
        office = town.office({"sms": sms(gateway, timeout_s=5)})
        workers = [Dispatcher(town.store, office, name=str(number)) for number in range(3)]
        await asyncio.gather(*(worker.drain() for worker in workers))
        await asyncio.gather(*(worker.drain() for worker in workers))
        assert len(gateway.taken) == len(gateway.effects()) == 12
    assert set(town.states()) == {"sent"}


async def test_what_was_on_its_way_at_the_stop_is_in_doubt_for_whoever_comes_next(
    town: NoticeTown, clock: ManualClock
) -> None:
    town.notify(town.ticket(town.person()), "ticket.routed")
    async with simulator() as gateway:
        gateway.faults.append("hang_after")
        office = town.office({"sms": sms(gateway, timeout_s=30)})
        dispatcher = Dispatcher(town.store, office)
        dispatcher.start()
        async with asyncio.timeout(30):
            while not gateway.taken:
                await asyncio.sleep(0.01)
        await dispatcher.close()
        assert town.states() == ["sending"]
        clock.advance(LEASE_MS)
        await Dispatcher(town.store, office).drain()
        (row,) = town.deliveries()
        assert (row.state, row.why) == ("unknown", "killed") and len(gateway.asked) == 1


async def test_what_came_back_is_written_down_also_when_the_database_was_busy(
    town: NoticeTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.notify(town.ticket(town.person()), "ticket.routed")
    monkeypatch.setattr("kachehri.notices.dispatcher.WAITS_S", (0.0,))
    busy = [StoreError("locked")]

    def settling(*args: object) -> int | None:
        if busy:
            raise busy.pop()
        return settle(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("kachehri.notices.dispatcher.settle", settling)
    async with simulator() as gateway:
        await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()
    assert town.states() == ["sent"] and busy == []


async def test_one_bad_task_does_not_stop_the_others(town: NoticeTown, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (town.ticket(town.person()) for _ in range(2))
    town.notify(first, "ticket.routed")
    town.notify(second, "ticket.routed")

    def worded(office: object, row: Delivery) -> object:
        if row.ticket_id == first:
            raise RuntimeError("a fault of ours")
        return original(office, row)  # type: ignore[arg-type]

    original = sending.worded
    monkeypatch.setattr(sending, "worded", worded)
    async with simulator() as gateway:
        await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()
        assert len(gateway.taken) == 1
    with town.store.read() as conn:
        assert outbox.waiting(conn) == 1


@pytest.mark.parametrize("body", [{"notice": "ticket.unheard_of"}, {"notice": "ticket.routed", "ticket": "t-none"}])
async def test_a_row_of_another_version_is_set_aside(town: NoticeTown, body: dict[str, str]) -> None:
    ticket = town.ticket(town.person()) if "ticket" not in body else None
    with town.store.write() as conn:
        now = town.store.now(conn)
        outbox.add(conn, [outbox.Task("x", "x", "notice", None, ticket, ENCODE(body), now, now)])
    await Dispatcher(town.store, town.office({})).drain()
    assert (town.task("x").state, town.task("x").last_error) == ("failed", "unknown_notice")


async def test_at_one_instant_the_pressing_news_stands_for_both(town: NoticeTown) -> None:
    ticket = town.ticket(town.person())
    town.notify(ticket, "ticket.proposed")
    town.notify(ticket, "ticket.routed")
    async with simulator() as gateway:
        await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()
        assert len(gateway.taken) == 1 and "کیا واقعی" in gateway.taken[0].text


@pytest.mark.parametrize("read_back", [False, True])
async def test_a_promise_is_read_back_once(town: NoticeTown, read_back: bool) -> None:
    ticket = town.ticket(town.person())
    with town.store.write() as conn:
        now = town.store.now(conn)
        row = Commitment(
            id="c-1",
            session_id=town.session.id,
            ticket_id=ticket,
            made_by="Officer",
            content_id="w",
            made_at=now,
            state="made",
            read_back_at=now if read_back else None,
        )
        ticket_rows.promise(conn, [row])
    town.notify(ticket, "promise.read_back", params={"commitment": "c-1"})
    async with simulator() as gateway:
        await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()
        assert len(gateway.taken) == (0 if read_back else 1)
