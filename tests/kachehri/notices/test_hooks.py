"""Programs are told with a signature that the standard's own code accepts, again and again, and never of a person."""

from __future__ import annotations

import json

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from kachehri.notices import receipts
from kachehri.notices.dispatcher import Dispatcher
from kachehri.notices.doubt import HOOK_MS
from kachehri.notices.fanning import fan_out
from kachehri.notices.hooks import HookGateway, Hooks
from kachehri.notices.sending import WITHHELD
from kachehri.notices.signing import OVERLAP_MS, Secret, headers, new_secret, rotated
from kachehri.notices.table import WITHIN
from kachehri.notices.wire import Wire
from kachehri.store import district, outbox
from kachehri.store import notices as rows
from kachehri.store.tables import Category
from tests.conftest import ManualClock
from tests.kachehri.notices.listener import listener
from tests.kachehri.notices.town import NoticeTown

pytestmark = pytest.mark.anyio


def told(town: NoticeTown, url: str) -> tuple[Dispatcher, Hooks, str]:
    """A program that is told, and its secret."""
    wire = Wire(trusted=False, near=True, timeout_s=0.3)
    hooks = Hooks(town.vault, wire)
    town.officer("boss")
    with town.store.write() as conn:
        secret = hooks.add(conn, url, "boss", town.store.now(conn))
    return Dispatcher(town.store, town.office({"hook": HookGateway(town.store, hooks, wire)})), hooks, secret


def guard(town: NoticeTown, code: str) -> None:
    """A topic that is never published, from now on."""
    with town.store.write() as conn:
        office = town.session.office_id
        topic = Category(
            id=f"c-{code}", code=code, name_ur=code, name_en=code, office_id=office, protected=True, sla_days=5
        )
        district.save_categories(conn, [topic])


@pytest.mark.parametrize("event", sorted(WITHIN))
async def test_that_money_was_asked_for_is_told_to_no_program(town: NoticeTown, event: str) -> None:
    ticket = town.ticket(town.person())
    town.notify(ticket, event)
    town.notify(ticket, "ticket.closed")
    async with listener() as program:
        dispatcher, _, _ = told(town, program.url)
        await dispatcher.drain()
    assert [json.loads(body)["type"] for _, _, body in program.got] == ["ticket.closed"]


async def test_a_step_is_told_signed_and_without_a_person(town: NoticeTown) -> None:
    ticket = town.ticket(town.person())
    town.notify(ticket, "ticket.closed")
    async with listener() as program:
        dispatcher, _, secret = told(town, program.url)
        await dispatcher.drain()
    ((line, sent, body),) = program.got
    assert line == "POST /in HTTP/1.1" and sent["content-type"] == "application/json"
    said = Webhook(secret).verify(body, sent)
    assert said == json.loads(body) and set(said) == {"type", "timestamp", "data"}
    assert said["type"] == "ticket.closed" and said["data"] == {"state": "registered", "ticket": "2640700002"}
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body, sent)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", sent)


@pytest.mark.parametrize("ticket", [{"privacy": "private"}, {"privacy": "protected"}, {"category": "harassment"}])
async def test_of_what_is_not_everybodys_no_program_is_told(town: NoticeTown, ticket: dict[str, str]) -> None:
    guard(town, "harassment")
    guarded, other = town.ticket(town.person(), **ticket), town.ticket(town.person(), category=None)
    async with listener() as program:
        dispatcher, _, _ = told(town, program.url)
        for each in (guarded, other):
            town.notify(each, "ticket.closed")
            town.notify(each, "promise.broken")
        await dispatcher.drain()
    said = [json.loads(body)["data"]["ticket"] for _, _, body in program.got]
    assert said == [f"26407{int(other.removeprefix('t-')):05d}"] * 2


async def test_what_is_protected_while_it_waits_stays_in_the_house(town: NoticeTown, clock: ManualClock) -> None:
    met, queued = town.ticket(None), town.ticket(None)
    town.notify(met, "ticket.closed")
    async with listener() as program:
        dispatcher, _, _ = told(town, program.url)
        program.answer(500, 200, 200)
        await dispatcher.drain()
        assert len(program.got) == 1
        task = town.notify(queued, "ticket.closed")
        with town.store.write() as conn:  # its tellings are written, and none has left
            (claim,) = outbox.claim(conn, "one", clock(), lease_ms=0, limit=9, kinds=["notice"])
            fan_out(conn, dispatcher._office, claim, clock())
        guard(town, "water")
        clock.advance(HOOK_MS[0])
        await dispatcher.drain()
        (row,) = town.deliveries()
        assert len(program.got) == 1 and (row.state, row.why) == ("failed", WITHHELD)
        with town.store.read() as conn:
            (hook,) = rows.hooks(conn)
        left = town.task(f"{task}/hook/hook:{hook.id}")
        assert (left.state, left.last_error) == ("done", WITHHELD)
        with town.store.write() as conn:
            receipts.decide(conn, row.id, "again", "boss", clock())
        await dispatcher.drain()
        assert len(program.got) == 1, "nor when somebody sends it again by hand"


async def test_followers_are_no_news_to_a_program(town: NoticeTown) -> None:
    ticket = town.ticket(town.person())
    follower = town.follow(ticket, town.person())
    async with listener() as program:
        dispatcher, _, _ = told(town, program.url)
        town.notify(ticket, "ticket.proposed")
        town.notify(ticket, "promise.kept", follower=follower)
        await dispatcher.drain()
    assert len(program.got) == 1


async def test_a_program_that_fails_is_told_again_under_the_same_id(town: NoticeTown, clock: ManualClock) -> None:
    town.notify(town.ticket(None), "ticket.closed")
    async with listener() as program:
        dispatcher, _, secret = told(town, program.url)
        program.answer(500, 429, 404, 302, 503, 500, 200)
        for wait in (0, *HOOK_MS):
            clock.advance(wait)
            await dispatcher.drain()
    assert len(program.got) == 7 and len({sent["webhook-id"] for _, sent, _ in program.got}) == 1
    assert len({body for *_, body in program.got}) == 1
    assert all(Webhook(secret).verify(body, sent) for _, sent, body in program.got)
    assert town.states() == ["sent"]


async def test_what_it_never_took_is_listed_and_can_be_sent_again(town: NoticeTown, clock: ManualClock) -> None:
    town.notify(town.ticket(None), "ticket.closed")
    async with listener() as program:
        dispatcher, _, _ = told(town, program.url)
        program.answer(500)
        for wait in (0, *HOOK_MS, HOOK_MS[-1]):
            clock.advance(wait)
            await dispatcher.drain()
        assert len(program.got) == 7 and town.states() == ["failed"]
        program.answer(204)
        (row,) = town.deliveries()
        with town.store.write() as conn:
            assert receipts.decide(conn, row.id, "again", "boss", clock())
        await dispatcher.drain()
    assert town.states() == ["sent"] and len({sent["webhook-id"] for _, sent, _ in program.got}) == 1


async def test_one_that_is_gone_is_not_told_any_more(town: NoticeTown, clock: ManualClock) -> None:
    ticket = town.ticket(None)
    town.notify(ticket, "ticket.closed")
    async with listener() as program:
        dispatcher, hooks, _ = told(town, program.url)
        program.answer(410, 200)
        await dispatcher.drain()
        with town.store.read() as conn:
            (hook,) = rows.hooks(conn)
        assert (hook.state, hook.why) == ("disabled", "gone") and town.states() == ["failed"]
        town.notify(ticket, "ticket.closed")
        await dispatcher.drain()
        assert len(program.got) == 1
        with town.store.write() as conn:
            hooks.switch(conn, hook.id, "active", clock())
        town.notify(ticket, "ticket.closed")
        await dispatcher.drain()
        assert len(program.got) == 2


async def test_nobody_who_listens_does_not_end_it(town: NoticeTown, clock: ManualClock) -> None:
    town.notify(town.ticket(None), "ticket.closed")
    async with listener() as program:
        url = program.url
    dispatcher, _, _ = told(town, url)
    await dispatcher.drain()
    (row,) = town.deliveries()
    assert (row.state, row.why) == ("waiting", "network")


def test_while_a_secret_is_replaced_both_sign() -> None:
    old, fresh = new_secret(), new_secret()
    known = rotated([Secret(old)], fresh, 1_000)
    sent = headers("msg_1", 1, b"{}", known, 1_000)
    assert len(sent["webhook-signature"].split()) == 2
    later = headers("msg_1", 1, b"{}", known, 1_000 + OVERLAP_MS)
    assert len(later["webhook-signature"].split()) == 1
    third = rotated(known, new_secret(), 1_000 + OVERLAP_MS)
    assert [each.words for each in third[1:]] == [fresh] and len(third) == 2


def test_the_example_of_the_standard() -> None:
    """Their published test vector: secret, id, time and body give this mark."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    sent = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [Secret(secret)], 0)
    assert sent["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
