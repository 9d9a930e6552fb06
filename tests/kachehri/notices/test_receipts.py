"""What is learnt later: once, whatever comes how often, and for a proposal a step of the ticket."""

from __future__ import annotations

import pytest

from kachehri.notices import receipts
from kachehri.notices.contacts import Contact
from kachehri.notices.dispatcher import Dispatcher
from kachehri.notices.doubt import Said
from kachehri.notices.gateway import Receipt, Sent
from kachehri.notices.simulator import Simulator, simulator
from kachehri.notices.sms import HttpSms
from kachehri.notices.wording import Message
from kachehri.settings.tree import Sms
from kachehri.store import district
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Post, Posting
from kachehri.tickets.escalation import REMINDERS
from tests.conftest import ManualClock
from tests.kachehri.notices.town import NoticeTown, sms

pytestmark = pytest.mark.anyio


class Mails:
    """A mail server that takes everything."""

    honours_key = False
    price = 0

    def __init__(self) -> None:
        self.got: list[tuple[str, Message]] = []

    async def send(self, to: str, message: Message, key: str) -> Sent:
        self.got.append((to, message))
        return Sent()

    async def status(self, key: str, provider_id: str) -> Said:
        return "silent"

    def parse_receipt(self, fields: object) -> None:
        return None


def steps(town: NoticeTown, ticket: str) -> list[str]:
    with town.store.read() as conn:
        ticket_rows.verify(conn, ticket)
        return [step.type for step in ticket_rows.steps(conn, ticket)]


def receive(town: NoticeTown, gateway: Simulator, *said: Said, number: int = 0) -> None:
    taken = gateway.taken[number]
    for each in said:
        with town.store.write() as conn:
            assert receipts.take(conn, Receipt(taken.key, taken.id, each), town.store.now(conn))


async def test_that_a_proposal_arrived_is_a_step_once(town: NoticeTown) -> None:
    ticket = town.ticket(town.person(), state="resolution_proposed")
    town.notify(ticket, "ticket.proposed")
    async with simulator() as gateway:
        await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()
        assert steps(town, ticket) == ["ticket.opened"]
        receive(town, gateway, "sent", "delivered", "delivered", "failed", "sent")
    assert steps(town, ticket) == ["ticket.opened", "ticket.arrived"] and town.states() == ["delivered"]


async def test_a_followers_receipt_starts_no_time(town: NoticeTown) -> None:
    ticket = town.ticket(None, state="resolution_proposed")
    town.follow(ticket, town.person())
    town.notify(ticket, "ticket.proposed")
    async with simulator() as gateway:
        await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()
        receive(town, gateway, "delivered")
    assert steps(town, ticket) == ["ticket.opened"]


async def test_a_receipt_after_the_ticket_moved_on_changes_only_the_message(town: NoticeTown) -> None:
    ticket = town.ticket(town.person(), state="assigned")
    town.notify(ticket, "ticket.proposed")
    async with simulator() as gateway:
        await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()
        receive(town, gateway, "delivered")
    assert steps(town, ticket) == ["ticket.opened"] and town.states() == ["delivered"]


async def test_a_late_receipt_settles_a_doubt(town: NoticeTown, clock: ManualClock) -> None:
    ticket = town.ticket(town.person(), state="resolution_proposed")
    town.notify(ticket, "ticket.proposed")
    async with simulator() as gateway:
        gateway.faults.append("cut_after")
        await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()
        assert town.states() == ["unknown"]
        clock.advance(3 * 86_400_000)
        receive(town, gateway, "delivered")
        await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()
        assert len(gateway.asked) == 1
    assert steps(town, ticket) == ["ticket.opened", "ticket.arrived"] and town.states() == ["delivered"]


async def test_a_person_may_say_that_it_arrived_and_that_it_shall_go_again(
    town: NoticeTown, clock: ManualClock
) -> None:
    ticket = town.ticket(town.person(), state="resolution_proposed")
    town.notify(ticket, "ticket.proposed")
    async with simulator(honours_key=True) as gateway:
        adapter = sms(gateway)
        adapter.honours_key = False
        dispatcher = Dispatcher(town.store, town.office({"sms": adapter}))
        gateway.faults.append("cut_after")
        await dispatcher.drain()
        (row,) = town.deliveries()
        with town.store.write() as conn:
            assert receipts.decide(conn, row.id, "again", "boss", clock())
        await dispatcher.drain()
        # Even a gateway that knows our key must send it now, so it has another.
        assert sorted(gateway.effects().values()) == [1, 1] and town.states() == ["sent"]
        with town.store.write() as conn:
            assert not receipts.decide(conn, row.id, "arrived", "boss", clock())
        receive(town, gateway, "delivered", number=1)
    assert steps(town, ticket).count("ticket.arrived") == 1


async def test_by_the_gateways_own_name_too(town: NoticeTown) -> None:
    town.notify(town.ticket(town.person()), "ticket.routed")
    async with simulator() as gateway:
        await Dispatcher(town.store, town.office({"sms": sms(gateway)})).drain()
    with town.store.write() as conn:
        assert not receipts.take(conn, Receipt("", "sim-99", "delivered"), 1)
        assert not receipts.take(conn, Receipt("", "", "delivered"), 1)
        assert receipts.take(conn, Receipt("", "sim-1", "delivered"), 1)
    assert town.states() == ["delivered"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ref": "k", "status": "DELIVRD"}, "delivered"),
        ({"ref": "k", "status": " delivered "}, "delivered"),
        ({"id": "7", "status": "UNDELIV"}, "failed"),
        ({"id": "7", "status": "ACCEPTD"}, "sent"),
        ({"ref": "k", "status": "UNKNOWN"}, None),
        ({"status": "DELIVRD"}, None),
        ({}, None),
    ],
)
def test_receipts_as_gateways_write_them(fields: dict[str, str], said: str | None) -> None:
    found = HttpSms(Sms(url="https://sms.example.pk/{to}")).parse_receipt(fields)
    assert (found.said if found else None) == said


async def test_what_did_not_arrive_goes_by_the_next_way(town: NoticeTown) -> None:
    town.notify(town.ticket(town.person(contact=Contact(email="a@b.example"))), "ticket.routed")
    mails = Mails()
    async with simulator() as gateway:
        dispatcher = Dispatcher(town.store, town.office({"sms": sms(gateway), "email": mails}))
        await dispatcher.drain()
        assert mails.got == []
        receive(town, gateway, "failed")
        await dispatcher.drain()
    assert [to for to, _ in mails.got] == ["a@b.example"] and town.states() == ["failed", "sent"]


async def test_a_proposal_goes_by_every_way(town: NoticeTown) -> None:
    town.notify(town.ticket(town.person(contact=Contact(email="a@b.example"))), "ticket.proposed")
    mails = Mails()
    async with simulator() as gateway:
        await Dispatcher(town.store, town.office({"sms": sms(gateway), "email": mails})).drain()
        assert len(gateway.taken) == len(mails.got) == 1


async def test_the_morning_summary_names_each_once_and_spares_the_rest(town: NoticeTown, clock: ManualClock) -> None:
    officer = town.officer("nadia", "nadia@d.example")
    tickets = [town.ticket(None) for _ in range(3)]
    mails = Mails()
    dispatcher = Dispatcher(town.store, town.office({"email": mails}))
    with town.store.write() as conn:
        for ticket in tickets:
            conn.exec_driver_sql(f"UPDATE ticket SET account_id = '{officer}' WHERE id = '{ticket}'")
    for ticket in tickets:
        town.notify(ticket, "staff.at_risk")
    await dispatcher.drain()
    assert mails.got == []
    clock.advance(22 * 3_600_000 + 29 * 60_000)  # 08:29
    await dispatcher.drain()
    assert mails.got == []
    clock.advance(60_000)
    await dispatcher.drain()
    ((to, message),) = mails.got
    assert to == "nadia@d.example" and all(f"26-4070-000{number}" in message.text for number in (1, 2, 3))
    assert town.states() == ["sent"]


async def test_at_four_fifths_the_superior_hears_of_it_too(town: NoticeTown, clock: ManualClock) -> None:
    for who in ("nadia", "boss"):
        town.officer(who, f"{who}@d.example")
    ticket = town.ticket(None)
    office = town.session.office_id
    with town.store.write() as conn:
        posts = [
            Post(id="p-boss", office_id=office, title_ur="افسر", title_en="Boss"),
            Post(id="p-nadia", office_id=office, title_ur="ناظم", title_en="Nazim", reports_to="p-boss"),
        ]
        district.save_posts(conn, posts)
        sitting = [
            Posting(id=f"s-{who}", post_id=f"p-{who}", account_id=who, name=who, from_at=0) for who in ("nadia", "boss")
        ]
        district.save_postings(conn, sitting)
        conn.exec_driver_sql(f"UPDATE ticket SET post_id = 'p-nadia', account_id = 'nadia' WHERE id = '{ticket}'")
    town.notify(ticket, REMINDERS["half"].notice)
    mails = Mails()
    dispatcher = Dispatcher(town.store, town.office({"email": mails}))

    async def morning() -> list[tuple[str, str]]:
        mails.got.clear()
        await dispatcher.drain()
        clock.advance(24 * 3_600_000)
        await dispatcher.drain()
        return sorted((to, message.text) for to, message in mails.got)

    ((to, _),) = await morning()
    assert to == "nadia@d.example", "at half of it the officer alone"
    town.notify(ticket, REMINDERS["risk"].notice)
    (boss, below), (officer, own) = await morning()
    assert (boss, officer) == ("boss@d.example", "nadia@d.example")
    assert below != own and "26-4070-0001" in below and "26-4070-0001" in own


async def test_an_officer_hears_of_a_new_ticket_and_not_of_its_words(town: NoticeTown) -> None:
    officer = town.officer("nadia", "nadia@d.example")
    ticket = town.ticket(None)
    with town.store.write() as conn:
        conn.exec_driver_sql(f"UPDATE ticket SET account_id = '{officer}' WHERE id = '{ticket}'")
    town.notify(ticket, "ticket.assigned")
    mails = Mails()
    await Dispatcher(town.store, town.office({"email": mails})).drain()
    ((_, message),) = mails.got
    assert "26-4070-0001" in message.text and message.text.count("https://kachehri.noorgarh.gov.pk/tickets") == 1
