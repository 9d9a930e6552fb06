"""Pages about messages: what waits for a person, programs that are told, receipts, and how to reach somebody."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from kachehri.i18n import words_for
from kachehri.notices.contacts import Contact, of_person
from kachehri.notices.dispatcher import Dispatcher
from kachehri.notices.simulator import TAKEN, simulator
from kachehri.notices.sms import HttpSms
from kachehri.notices.table import PLACES
from kachehri.notices.timing import Hours
from kachehri.settings.tree import Sms
from kachehri.store import notices as rows
from kachehri.store import outbox, people
from kachehri.store import questions as question_rows
from kachehri.store.tables import Delivery
from rooms.questions import AdmitQuestion
from tests.web.conftest import Town
from tests.web.test_mine import asked, reference_of
from tests.web.test_register import closed
from tests.web.test_staff import signed_in
from web.pages.hooks_out import read_fields

pytestmark = pytest.mark.anyio
EN, UR = words_for("en"), words_for("ur")


def doubtful(town: Town, name: str, state: str = "unknown", *, recipient: bytes = b"r", channel: str = "sms") -> str:
    """A message of which nobody knows."""
    with town.service.store.write() as conn:
        now = town.service.store.now(conn)
        task = outbox.Task(f"{name}/task", f"{name}/task", "tell", None, None, b"{}", now, now + 10**9)
        outbox.add(conn, [task])
        row = Delivery(
            id=name,
            outbox_id=task.id,
            channel=channel,
            recipient=recipient,
            template="ticket.proposed",
            language="ur",
            state=state,
            key=f"key-{name}",
            created_at=now,
            sent_at=now,
            tries=1,
            segments=2,
            cost=500,
            why="timeout",
        )
        assert outbox.record(conn, row)
    return name


def state_of(town: Town, name: str) -> Delivery:
    with town.service.store.write() as conn:
        found = rows.locked(conn, name)
    assert found is not None
    return found


async def test_an_administrator_sees_that_nothing_is_sent_and_what_it_would_say(town: Town) -> None:
    admin = await signed_in(town, "administrator")
    page = html.unescape((await admin.get("/notices")).text)
    assert EN.plain("notices.off") in page and EN.plain("notices.unknown_empty") in page
    assert "26-4071-8822" in page and page.count("told-text") == 2 * len(PLACES)
    assert 'href="/notices"' in (await admin.get("/desk")).text


async def test_whoever_is_no_administrator_sees_nothing(town: Town) -> None:
    officer = await signed_in(town, "officer")
    for path in ("/notices", "/hooks-out"):
        assert (await officer.get(path)).status_code == 403
    assert (await officer.get("/account/notices")).status_code == 200


@pytest.mark.parametrize(("verdict", "after"), [("arrived", "delivered"), ("failed", "failed"), ("again", "waiting")])
async def test_a_person_settles_what_nobody_knows(town: Town, verdict: str, after: str) -> None:
    name = doubtful(town, f"doubt-{verdict}")
    admin = await signed_in(town, "administrator")
    page = (await admin.get("/notices")).text
    assert f'value="{name}"' in page and EN.plain("notices.why.timeout") in page
    done = await admin.post("/notices", delivery=name, do=verdict)
    assert EN.plain(f"notices.done_{verdict}") in html.unescape(done.text) and state_of(town, name).state == after
    assert state_of(town, name).settled_by is not None
    if verdict != "failed":
        await admin.get("/hooks-out")  # with nothing in doubt the page itself has no form any more
        token = admin.fields("/hooks-out")["form_token"]
        again = await admin.post("/notices", delivery=name, do=verdict, form_token=token)
        assert EN.plain("notices.done_gone") in html.unescape(again.text) and state_of(town, name).state == after
    await admin.get("/hooks-out")
    token = admin.fields("/hooks-out")["form_token"]
    assert (await admin.post("/notices", delivery=name, do="shout", form_token=token)).status_code == 400


async def test_what_a_month_costs(town: Town) -> None:
    doubtful(town, "paid")
    page = (await (await signed_in(town, "administrator")).get("/notices")).text
    assert re.search(r"[0-9]+\.00 PKR", page) and EN.plain("notices.in.ur") in page


async def test_a_program_is_told_until_somebody_stops_it(town: Town) -> None:
    admin = await signed_in(town, "administrator")
    await admin.get("/hooks-out")
    for wrong in (
        "http://example.com/",
        "https://localhost/x",
        "https://10.0.0.1/",
        "ftp://example.com",
        "",
        "x" * 600,
    ):
        refused = await admin.post("/hooks-out", do="add", url=wrong)
        assert EN.plain("hooks.url_wrong") in html.unescape(refused.text), wrong
    page = (await admin.post("/hooks-out", do="add", url="https://tickets.example.com/in")).text
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", page)
    assert secret is not None and secret[0] not in (await admin.get("/hooks-out")).text
    with town.service.store.read() as conn:
        (hook,) = rows.hooks(conn)
    fresh = re.search(r"whsec_[A-Za-z0-9+/=]+", (await admin.post("/hooks-out", do="rotate", hook=hook.id)).text)
    assert fresh is not None and fresh[0] != secret[0]
    doubtful(
        town, "untaken", "failed", recipient=town.house.notices.office.recipient(f"hook:{hook.id}"), channel="hook"
    )
    assert EN.t("hooks.failed", n=1) in (await admin.get("/hooks-out")).text
    await admin.post("/hooks-out", do="replay", hook=hook.id)
    assert state_of(town, "untaken").state == "waiting"
    assert EN.plain("hooks.disabled") in (await admin.post("/hooks-out", do="disable", hook=hook.id)).text
    assert EN.plain("hooks.disabled") not in (await admin.post("/hooks-out", do="enable", hook=hook.id)).text
    assert (await admin.post("/hooks-out", do="dance", hook=hook.id)).status_code == 400


async def test_receipts_need_the_secret_and_may_come_twice(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    name = doubtful(town, "receipt")
    client = town.phone().client
    notices = town.house.notices
    fields = {"ref": f"key-{name}", "status": "DELIVRD"}
    assert (await client.post("/hooks/sms/anything-at-all", data=fields)).status_code == 404
    monkeypatch.setattr(notices, "_receipt_secret", "a-secret-of-the-gateway")
    assert (await client.post("/hooks/sms/a-secret-of-the-gatewax", data=fields)).status_code == 404
    path = "/hooks/sms/a-secret-of-the-gateway"
    assert (await client.post(path, data=fields)).status_code == 204 and state_of(town, name).state == "unknown"
    monkeypatch.setitem(notices.office.gateways, "sms", HttpSms(Sms(url="https://sms.example.com/{to}")))
    for _ in range(2):
        assert (await client.post(path, json=fields)).status_code == 204
        assert state_of(town, name).state == "delivered"
    for strange in ({"ref": "nobody"}, {"ref": f"key-{name}", "status": "PERHAPS"}, {"ref": "x", "status": "DELIVRD"}):
        assert (await client.post(path, data=strange)).status_code == 204
    late = {"ref": f"key-{name}", "status": "UNDELIV"}
    assert (await client.post(f"{path}?status=DELIVRD", data=late)).status_code == 204
    assert state_of(town, name).state == "delivered"


@pytest.mark.parametrize("raw", [b"{", b"[1]", b"\xff\xfe", b"a" * 5, b'{"a": {"b": 1}}'])
def test_a_receipt_that_is_none_has_no_fields(raw: bytes) -> None:
    assert read_fields(raw) == {}


async def test_she_says_how_to_reach_her_with_her_link(town: Town) -> None:
    phone, path = await asked(town, await town.schedule())
    page = (await phone.get(f"{path}/notices")).text
    assert EN.plain("contact.sms") in page and 'name="hours"' in page
    wrong = await phone.post(f"{path}/notices", email="nobody", language="en", hours="")
    assert wrong.status_code == 422 and EN.plain("contact.email_wrong") in html.unescape(wrong.text)
    saved = await phone.post(f"{path}/notices", email="a@b.example", plain="1", language="ur", hours="15-18")
    assert EN.plain("contact.saved") in saved.text
    question = town.service.people.question_of(path.removeprefix("/q/"))
    with town.service.store.read() as conn:
        row = question_rows.by_id(conn, str(question))
        assert row is not None
        person = people.persons_of(conn, [row.asker])[row.asker]
        contact = town.house.notices.contacts.read(conn, of_person(str(person)))
    assert contact == Contact(sms=False, plain=True, email="a@b.example", language="ur", opens=15, closes=18)
    assert (await phone.get("/q/AAAA/notices")).status_code == 404


async def test_who_is_erased_has_no_contact_any_more(town: Town) -> None:
    phone, path = await asked(town, await town.schedule())
    await phone.get(f"{path}/notices")
    await phone.post(f"{path}/notices", email="a@b.example", language="en", hours="")
    with town.service.store.read() as conn:
        row = question_rows.by_id(conn, str(town.service.people.question_of(path.removeprefix("/q/"))))
        assert row is not None
        person = str(people.persons_of(conn, [row.asker])[row.asker])
        assert rows.contact(conn, of_person(person)) is not None
    await phone.get(f"{path}/mine")
    await phone.post(f"{path}/erase", sure="1")
    assert (await phone.get(f"{path}/notices")).status_code == 404
    with town.service.store.read() as conn:
        assert rows.contact(conn, of_person(person)) is None


async def test_from_the_close_of_a_hearing_to_her_phone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question with a phone number, closed as answered on air: the number is told, the receipt begins her days."""
    session = await town.schedule(live=True)
    _, path = await asked(town, session)
    question = str(town.service.people.question_of(path.removeprefix("/q/")))
    await town.moderate(session, AdmitQuestion(question=question))
    await closed(town, session)
    notices = town.house.notices
    office = replace(notices.office, hours=Hours(0, 0))
    async with simulator(price=250) as gateway:
        settings = Sms(url=gateway.url, taken=TAKEN, price=250)
        monkeypatch.setitem(notices.office.gateways, "sms", HttpSms(settings))
        await Dispatcher(town.service.store, office).drain()
        ours = [each for each in gateway.taken if each.to == "+923012345678"]
        monkeypatch.setattr(notices, "_receipt_secret", "a-secret-of-the-gateway")
        url = f"{town.url}/hooks/sms/a-secret-of-the-gateway"
        assert [await gateway.give_receipt(url, gateway.receipt(each)) for each in ours * 2] == [204] * 2 * len(ours)
    reference = reference_of(town, path)
    assert len([each for each in ours if EN.grouped(reference) in each.text]) == 1
    page = (await (await signed_in(town, "administrator")).get("/notices")).text
    assert EN.plain("notices.delivered") in page
    with town.service.store.read() as conn:
        found = [each for each in rows.listing(conn, ["delivered"], limit=500) if each.reference == reference]
    assert len(found) == 1 and found[0].delivery.language == "en"
