"""A walk with marked particulars, from the question to the notice: none of them is in a log, an address, a message or
what programs are told.
"""

from __future__ import annotations

import html
import json
import logging
import re
from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

import pytest
from structlog.testing import capture_logs

from kachehri import own_ticket
from kachehri.i18n import words_for
from kachehri.logs import _plain_exception, keep_known_fields
from kachehri.notices.dispatcher import Dispatcher
from kachehri.notices.hooks import HookGateway
from kachehri.notices.simulator import TAKEN, simulator
from kachehri.notices.sms import HttpSms
from kachehri.notices.timing import Hours
from kachehri.notices.wire import Wire
from kachehri.serving import configure
from kachehri.settings.tree import Sms
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion
from tests.kachehri.notices.listener import listener
from tests.web.conftest import Town
from tests.web.test_following import reference_in
from tests.web.test_having_it_too import join
from tests.web.test_register import closed
from tests.web.ticket_desk import desk, do, entered, life

__all__ = ["desk"]
pytestmark = pytest.mark.anyio
EN = words_for("en")
PHONE, NEIGHBOUR, ID_NUMBER = "0301 2345678", "0345 9876543", "35201-7654321-1"
#: What each wrote, and where it was written.
MARKS = {
    "name": "Zubaida Marked",
    "phone": "2345678",
    "the neighbour's phone": "9876543",
    "ID number": "7654321",
    "question": "orchardmark",
    "order": "ordermark",
    "plan": "planmark",
    "note": "innermark",
    "reason": "gatemark",
    "proposal": "donemark",
    "dispute": "stillmark",
    "place": "lanemark",
}
_ADDRESS = re.compile(r'(?:href|action|src|content)="((?:https?:|/)[^"]*)"')


def told(texts: list[str]) -> set[str]:
    """Which particulars stand in some texts, as they are or as an address writes them, in digits of any script."""
    western = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "0123456789" * 2)
    found = set()
    for text in texts:
        plain = (text + "\n" + unquote_plus(html.unescape(text))).translate(western)
        bare = re.sub(r"[\s\-]", "", plain)
        found |= {name for name, mark in MARKS.items() if mark in plain or mark.replace(" ", "") in bare}
    return found


def test_the_search_finds_what_is_there() -> None:
    assert told(["/x?q=Zubaida+Marked", "+92 301 234-5678", "۳۵۲۰۱۷۶۵۴۳۲۱۱"]) == {"name", "phone", "ID number"}
    assert told(["/t/2640718822", "ticket.closed"]) == set()


@pytest.fixture
def written() -> Iterator[list[MutableMapping[str, Any]]]:
    """Every line that a logger of ours was given, before the list of its fields takes out what is not on it."""
    with capture_logs() as found:
        yield found


async def test_nothing_personal_leaves_by_log_address_message_or_program(
    town: Town,
    desk: dict[str, str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    written: list[MutableMapping[str, Any]],
) -> None:
    caplog.set_level(logging.WARNING, "httpcore")
    caplog.set_level(logging.DEBUG)
    pages: list[str] = []
    # She asks, with all that a form takes, and what she should not have written.
    session = await town.schedule(live=True)
    her = town.phone("en")
    words = f"The {MARKS['question']} has no water, call {PHONE} or {ID_NUMBER}"
    path = await her.ask(session, words, name=MARKS["name"], phone=PHONE, village=MARKS["place"], area="uc1")
    question = str(town.service.people.question_of(path.removeprefix("/q/")))
    await town.moderate(session, AdmitQuestion(question=question))
    order = f"{MARKS['order']} for {PHONE}"
    noted = NoteOutcome(question=question, outcome="ordered", office="water", due="2030-01-20", note=order)
    await town.moderate(session, noted)
    await closed(town, session)
    number = reference_in((await her.get(path)).text).replace("-", "")
    # Somebody else has it too, and looks it up by number and phone.
    neighbour = town.phone("en")
    _, joined = await join(neighbour, number, phone=NEIGHBOUR)
    other = town.phone("en")
    for digits in (NEIGHBOUR[-4:], "0000"):
        await other.get("/track")
        pages.append((await other.post("/track", reference=reference_in(joined), digits=digits)).text)
    # The offices work on it, and look at her number.
    xen, sdo = await entered(town, "xen"), await entered(town, "sdo")
    await do(xen, number, "assign", post="ph-sdo")
    await do(xen, number, "note", note=f"{MARKS['note']}: {MARKS['name']}")
    day = (EN.dates.local(town.house.now()) + timedelta(days=4)).date().isoformat()
    await do(sdo, number, "start", plan=f"{MARKS['plan']} {ID_NUMBER}", day=day)
    await sdo.get(f"/tickets/{number}")
    shown = await sdo.post(f"/tickets/{number}/phone", why="visit", words=f"{MARKS['reason']} {PHONE}")
    assert "+923012345678" in shown.text
    await do(sdo, number, "propose", outcome="relief_granted", note=MARKS["proposal"])
    await her.get(f"{path}/do/no")
    await her.post(f"{path}/do/no", text=f"{MARKS['dispute']} {ID_NUMBER}", money="yes")
    assert life(town, number).state == "disputed"
    pages += [
        (await each.get(at)).text for each, at in ((her, path), (other, f"/t/{number}"), (other, f"/s/{session}"))
    ]
    pages += [(await sdo.get(at)).text for at in (f"/tickets/{number}", "/tickets", f"/tickets/{number}/history")]

    # Something breaks with her words in its hands.
    def broken(*given: object) -> None:
        raise ValueError(f"cannot keep {MARKS['name']}, {PHONE}: {given}")

    with monkeypatch.context() as patched:
        patched.setattr(own_ticket, "do", broken)
        await her.get(f"{path}/do/withdraw")
        failed = await her.post(f"{path}/do/withdraw", text=MARKS["dispute"])
        assert failed.status_code == 500 and told([failed.text]) == set()
    # All of them are told, and so is a program.
    notices = town.house.notices
    wire = Wire(trusted=False, near=True)
    async with simulator(price=250) as gateway, listener() as program:
        with town.service.store.write() as conn:
            notices.hooks.add(conn, program.url, desk["xen"], town.service.store.now(conn))
        sms = HttpSms(Sms(url=gateway.url, taken=TAKEN, price=250))
        monkeypatch.setitem(notices.office.gateways, "sms", sms)
        monkeypatch.setitem(notices.office.gateways, "hook", HookGateway(town.service.store, notices.hooks, wire))
        await Dispatcher(town.service.store, replace(notices.office, hours=Hours(0, 0))).drain()
        messages = [each.text for each in gateway.taken]
        assert {each.to for each in gateway.taken} <= {"+923012345678", "+923459876543"} and messages
        programs = [line + json.dumps(head) + body.decode() for line, head, body in program.got]
        assert any(number in each for each in programs)
    assert told(messages) == set() and told(programs) == set()
    assert told(pages[3:5]) == set(), "pages for everybody"
    # Addresses: those that were asked for, as the client notes them, and those that pages lead to.
    asked_for = [each.getMessage() for each in caplog.records if each.name == "httpx" and town.url in each.getMessage()]
    assert len(asked_for) > 40 and told(asked_for) == set()
    led_to = [address for page in pages for address in _ADDRESS.findall(page)]
    assert len(led_to) > 40 and told(led_to) == set()
    # Logs: everything that was written, at the lowest level, but for the client's own; no access is logged.
    assert configure(town.settings, town.app).access_log is False
    theirs = [each for each in caplog.records if not each.name.startswith(("httpx", "httpcore", "uvicorn.access"))]
    kept = [keep_known_fields(None, "", _plain_exception(None, "", each)) for each in written]
    ours = [json.dumps(each, default=str, ensure_ascii=False) for each in kept]
    assert any("page.failed" in each and "ValueError" in each for each in ours)
    assert told([*ours, *(each.getMessage() + repr(each.args) for each in theirs)]) == set()
