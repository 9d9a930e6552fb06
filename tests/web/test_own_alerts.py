"""Alerts about one's own complaint: offered on its page, kept for its holder alone, taken back by whoever wishes."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import pytest

from kachehri.i18n import words_for
from kachehri.notices.browsers import PushGateway
from kachehri.notices.contacts import Contact, of_person
from kachehri.notices.dispatcher import Dispatcher
from kachehri.notices.timing import Hours
from kachehri.push_post import Post
from kachehri.webpush import pack
from tests.push import PushBrowser, push_service
from tests.web.conftest import Town
from tests.web.own_ticket import ASSIGN, PROPOSE, Own, do, own, posts
from tests.web.town import Phone
from web import own_alerts

__all__ = ["posts"]  # the engineer's post, for all tests here
pytestmark = pytest.mark.anyio
EN, UR = words_for("en"), words_for("ur")
ENDPOINT = "https://push.example.org/send/abc"


@pytest.fixture(autouse=True)
def sending(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(town.house.notices, "on", True)


async def says(phone: Phone, path: str, endpoint: str, browser: PushBrowser | None) -> int:
    """What own.js sends when somebody taps the button; without a browser, when she takes it back."""
    await phone.get(path)
    headers = {"x-form-token": phone.fields()["form_token"], "origin": phone.origin}
    keys = {"p256dh": pack(browser.point), "auth": pack(browser.auth)} if browser else {}
    return (await phone.client.post(f"{path}/alerts", json={"endpoint": endpoint, **keys}, headers=headers)).status_code


def contact_of(town: Town, mine: Own) -> Contact | None:
    with town.service.store.read() as conn:
        person = conn.exec_driver_sql(f"SELECT person_id FROM ticket WHERE id = '{mine.ticket}'").scalar_one()
        return town.house.notices.contacts.read(conn, of_person(person))


async def test_the_page_shows_word_for_word_what_a_locked_phone_will_show(town: Town) -> None:
    mine = await own(town)
    page = html.unescape((await mine.phone.get(mine.path)).text)
    box = page[page.index('id="alerts"') : page.index("</section>", page.index('id="alerts"'))]
    assert " hidden " in box, "where nothing can come of it, it is not offered"
    assert EN.plain("own.alerts_lock") in box and "own.pack" in page
    asked = UR if 'lang="ur"' in box else EN
    locked = re.sub(r"<[^>]+>", " ", box[box.index('class="locked"') :])
    assert asked.plain("notice.push_title") in locked
    sentence = asked.plain("notice.text.ticket.proposed", ref="\0", link="").split("\0")[0]
    assert sentence.replace("\u2068", "").replace("\u2069", "") in locked
    assert "water" not in locked.lower(), "not what it is about"


async def test_she_may_want_to_be_told_less(town: Town) -> None:
    mine = await own(town)
    await mine.phone.get(f"{mine.path}/notices")
    await mine.phone.post(f"{mine.path}/notices", plain="1", language="en", hours="")
    page = html.unescape((await mine.phone.get(mine.path)).text)
    locked = page[page.index('class="locked"') : page.index("</div>", page.index('class="locked"'))]
    assert EN.plain("notice.text.plain", ref="\0", link="").split("\0")[0].strip("\u2068") in locked


async def test_it_is_kept_for_the_holder_of_the_link_and_taken_back(town: Town) -> None:
    mine, other = await own(town), await own(town)
    browser = PushBrowser()
    assert await says(mine.phone, mine.path, ENDPOINT, browser) == 200
    kept = contact_of(town, mine)
    assert kept is not None and kept.push == (ENDPOINT, pack(browser.point), pack(browser.auth))
    assert kept.first == "push", "it costs nothing, so news goes there first"
    assert contact_of(town, other) == Contact(), "and nobody else's goes there"
    page = (await mine.phone.get(mine.path)).text
    known = own_alerts.known(json.dumps(kept.push))
    assert f'data-known="{known}"' in page and ENDPOINT not in page
    assert await says(mine.phone, mine.path, "https://push.example.org/send/old", None) == 200
    assert contact_of(town, mine) == kept, "a phone that was replaced takes nothing back"
    assert await says(mine.phone, mine.path, ENDPOINT, None) == 200
    gone = contact_of(town, mine)
    assert gone == Contact()


async def test_without_a_script_it_is_taken_back_on_the_contact_page(town: Town) -> None:
    mine = await own(town)
    assert 'name="push"' not in (await mine.phone.get(f"{mine.path}/notices")).text
    await mine.phone.post(f"{mine.path}/notices", language="en", hours="")
    await says(mine.phone, mine.path, ENDPOINT, PushBrowser())
    await mine.phone.client.post(
        f"{mine.path}/notices",
        data={"form_token": mine.phone.fields()["form_token"], "language": "en"},
        headers={"origin": mine.phone.origin},
    )
    kept = contact_of(town, mine)
    assert kept is not None and kept.push is not None, "a form from before says nothing about it"
    await mine.phone.get(f"{mine.path}/notices")
    await mine.phone.post(f"{mine.path}/notices", push="1", language="en", hours="")
    kept = contact_of(town, mine)
    assert kept is not None and kept.push is not None
    assert 'name="push"' in (await mine.phone.get(f"{mine.path}/notices")).text
    await mine.phone.post(f"{mine.path}/notices", language="en", hours="")
    gone = contact_of(town, mine)
    assert gone is not None and gone.push is None and gone.first == ""


@pytest.mark.parametrize(
    ("endpoint", "keys", "status"),
    [
        ("http://push.example.org/a", {}, 422),
        ("https://192.168.1.4/a", {}, 422),
        ("https://push.example.org/a", {"p256dh": "AAAA"}, 422),
        ("https://push.example.org/a", {"auth": 7}, 400),
    ],
)
async def test_what_no_browser_sends_is_refused(
    town: Town, endpoint: str, keys: dict[str, object], status: int
) -> None:
    mine = await own(town)
    await mine.phone.get(mine.path)
    browser = PushBrowser()
    body = {"endpoint": endpoint, "p256dh": pack(browser.point), "auth": pack(browser.auth), **keys}
    headers = {"x-form-token": mine.phone.fields()["form_token"], "origin": mine.phone.origin}
    found = await mine.phone.client.post(f"{mine.path}/alerts", json=body, headers=headers)
    assert found.status_code == status and contact_of(town, mine) == Contact()
    foreign = await mine.phone.client.post(f"{mine.path}/alerts", json=body, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert (await mine.phone.client.post("/q/AAAA/alerts", json={}, headers=headers)).status_code == 404


async def test_where_the_house_sends_nothing_it_is_not_offered(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = await own(town)
    monkeypatch.setattr(town.house.notices, "on", False)
    page = (await mine.phone.get(mine.path)).text
    assert 'id="alerts"' not in page and "own.pack" not in page


async def test_news_reaches_the_phone_and_a_browser_that_is_gone_is_dropped(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, browser = await own(town), PushBrowser()
    monkeypatch.setattr(town.house.alerts, "post", Post(near=True))
    notices = town.house.notices
    office = replace(notices.office, hours=Hours(0, 0))
    gateway = PushGateway(town.house.masters[-1], Post(near=True), lambda: "")
    monkeypatch.setitem(notices.office.gateways, "push", gateway)
    async with push_service() as service:
        await Dispatcher(town.service.store, office).drain()  # what the close of the hearing left
        service.answers["/push/mine"] = [201, 410]
        assert await says(mine.phone, mine.path, service.endpoint("mine"), browser) == 200
        do(town, mine.ticket, ASSIGN)
        await Dispatcher(town.service.store, office).drain()
        got = await service.until(1)
        message = json.loads(browser.opened(got[0].body))
        reference = EN.grouped(str(contact_reference(town, mine)))
        assert reference in message["body"] and message["path"] == "/track" and not message["called"]
        do(town, mine.ticket, PROPOSE)
        await Dispatcher(town.service.store, office).drain()
        await service.until(2)
    gone = contact_of(town, mine)
    assert gone is not None and gone.push is None and gone.first == "", "410: nothing is sent there any more"


def contact_reference(town: Town, mine: Own) -> object:
    with town.service.store.read() as conn:
        return conn.exec_driver_sql(f"SELECT reference FROM ticket WHERE id = '{mine.ticket}'").scalar_one()
