"""The lobby without JavaScript: how to follow, what is agreed to, and what stands there in every phase."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from kachehri.i18n import words_for
from kachehri.people import participant_id
from kachehri.store import people
from rooms.attendance import BlockParticipant, RemoveParticipant
from rooms.lifecycle import AdjournSession, PostponeSession
from tests.web.conftest import Phone, Town
from web.data_rates import RATES, mb_per_hour

pytestmark = pytest.mark.anyio
UR, EN = words_for("ur"), words_for("en")


def bare(page: str) -> str:
    """The words of a page as they are read."""
    return re.sub(r"\s+", " ", re.sub("[\u2066-\u2069]", "", html.unescape(re.sub(r"<[^>]+>", "", page))))


def has(page: str, *keys: str, language: str = "en", **values: Any) -> bool:
    words = words_for(language)
    return all(re.sub("[\u2066-\u2069]", "", words.plain(key, **values)) in bare(page) for key in keys)


async def me(town: Town, phone: Phone, session: str) -> str:
    await phone.get(f"/s/{session}")
    device = town.house.identity.device(phone.client.cookies["k_device"])
    return participant_id(session, f"device/{device}")


async def test_it_tells_the_cost_of_each_way_and_that_nothing_is_recorded(town: Town) -> None:
    session = await town.schedule(live=True)
    page = (await town.phone("en").get(f"/s/{session}")).text
    assert has(page, "lobby.rate_low", "consent", "live.not_recorded")
    assert has(page, "lobby.rate", n=mb_per_hour("sound")) and has(page, "lobby.rate_each", n=mb_per_hour("picture"))
    assert re.findall(r'name="follow" value="(\w+)"', page) == list(RATES)
    assert 'value="sound" checked' in page, "sound where nothing was chosen"


async def test_joining_is_remembered_and_recorded_with_its_words(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone("ur")
    participant = await me(town, phone, session)
    for _ in range(2):
        await phone.get(f"/s/{session}")
        answer = await phone.post(f"/s/{session}/join", follow="text", hide_name="1")
        assert answer.status_code == 200 and answer.url.path == f"/s/{session}/live"
    with town.service.store.read() as conn:
        (consent,) = people.consents(conn, participant)
        wording = people.wording(conn, "hearing", "ur")
    assert wording and consent.wording_id == wording.id and wording.text == UR.plain("consent")
    assert consent.session_id == session and consent.given
    page = (await phone.get(f"/s/{session}")).text
    assert 'value="text" checked' in page and re.search(r'name="hide_name" value="1" checked', page)
    await phone.post(f"/s/{session}/join", follow="nonsense")
    page = (await phone.get(f"/s/{session}")).text
    assert 'value="text" checked' in page and not re.search(r'name="hide_name" value="1" checked', page)


async def test_whoever_only_looks_agrees_to_nothing(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone("en")
    participant = await me(town, phone, session)
    await phone.get(f"/s/{session}/live")
    with town.service.store.read() as conn:
        assert people.consents(conn, participant) == []


@pytest.mark.parametrize("way", ["blocked", "removed"])
async def test_whoever_is_barred_reads_why_and_objects_once(town: Town, way: str) -> None:
    session = await town.schedule(live=True)
    phone = town.phone("en")
    participant = await me(town, phone, session)
    await phone.post(f"/s/{session}/join", follow="sound")
    command = BlockParticipant if way == "blocked" else RemoveParticipant
    await town.moderate(session, command(participant=participant, reason="abuse", note="Third time"))
    page = (await phone.get(f"/s/{session}")).text
    assert has(page, f"lobby.{way}", "remove_reason.abuse") and "Third time" in page
    assert 'href="tel:1991"' in page
    assert f'href="/s/{session}/ask"' not in page
    assert (f'action="/s/{session}/join"' in page) == (way == "blocked"), "listening stays for whoever may listen"
    empty = await phone.post(f"/s/{session}/object", note=" ")
    assert (
        empty.status_code == 422
        and has(empty.text, "refused.text_empty")
        and '<details class="more" open' in empty.text
    )
    sent = await phone.post(f"/s/{session}/object", note="I only asked about the water")
    assert sent.status_code == 200 and has(sent.text, "object.done")
    assert f'action="/s/{session}/object"' not in sent.text
    barred = (await town.service.live(session)).session.attendance.barred[participant]
    assert barred.objection


async def test_nobody_else_can_object(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone("en")
    await phone.get(f"/s/{session}")
    token = re.search(r'name="form_token" value="([^"]+)"', phone.page)
    assert token
    fields = {"form_token": token[1], "note": "Let me in", "key": "k" * 22}
    answer = await phone.client.post(f"/s/{session}/object", data=fields, headers={"origin": phone.origin})
    assert answer.status_code == 409 and has(answer.text, "refused.not_blocked")


async def test_postponed_and_paused_keep_the_questions_and_say_why(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone("en")
    receipt = await phone.ask(session, "The road is broken")
    await town.moderate(session, AdjournSession(reason="prayer"))
    page = (await phone.get(f"/s/{session}")).text
    assert has(page, "adjourned.kept", "phase_reason.prayer") and receipt in page
    later = await town.schedule()
    receipt = await phone.ask(later, "The road is broken")
    await town.moderate(later, PostponeSession(reason="holiday"))
    page = (await phone.get(f"/s/{later}")).text
    assert has(page, "postponed.kept", "lobby.new_date", "phase_reason.holiday") and receipt in page
    assert f'href="/s/{later}/ask"' in page, "new questions are still taken"


async def test_full_leaves_reading_and_asking(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    session = await town.schedule(live=True)
    monkeypatch.setattr("signaling.hub.Hub.connections", property(lambda hub: 10**9))
    page = (await town.phone("en").get(f"/s/{session}")).text
    assert has(page, "lobby.full") and f'href="/s/{session}/ask"' in page
    assert re.findall(r'name="follow" value="(\w+)"', page) == ["text"]
