"""Headers, languages, entry passes, turns over HTTP, static files, and what the role table says of addresses."""

from __future__ import annotations

import html
import re

import pytest

from kachehri.i18n import words_for
from moderation.roles import ROLES
from rooms.attendance import RemoveParticipant
from rooms.questions import AdmitQuestion
from rooms.turns import CallTurn
from tests.web.conftest import Phone, Town
from web.routes import ADDRESSES, OPEN, SECRET

pytestmark = pytest.mark.anyio
UR, EN = words_for("ur"), words_for("en")


async def give_pass(phone: Phone, session: str, **wanted: str) -> tuple[int, dict[str, str]]:
    await phone.get(f"/s/{session}/live")
    token = re.search(r'data-form-token="([^"]+)"', phone.page)
    assert token
    answer = await phone.client.post(
        "/pass", json={"session": session, **wanted}, headers={"origin": phone.origin, "x-form-token": token[1]}
    )
    return answer.status_code, answer.json()


async def test_every_page_has_the_headers_and_a_nonce_of_its_own(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone()
    seen = set()
    for path in ("/", f"/s/{session}", f"/s/{session}/live", f"/s/{session}/ask", "/track", "/how", "/nowhere"):
        answer = await phone.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'") and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["permissions-policy"].startswith("camera=(self), microphone=(self)")
        nonce = re.search(r"'nonce-([^']+)'", policy)
        assert nonce
        seen.add(nonce[1])
        inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", answer.text)
        assert all(f'nonce="{html.escape(nonce[1])}"' in tag for tag in inline)
        assert not re.search(r"\son[a-z]+=|\sstyle=|javascript:", answer.text)
    assert len(seen) == 7


async def test_language_is_asked_once_and_remembered(town: Town) -> None:
    phone = town.phone("en-US,en;q=0.9,ur;q=0.5")
    page = (await phone.get("/track")).text
    assert '<html lang="ur" dir="rtl"' in page, "a phone that also lists Urdu gets Urdu"
    answer = await phone.post("/language", to="en")
    assert '<html lang="en" dir="ltr"' in answer.text and answer.url.path == "/track"
    assert '<html lang="en"' in (await phone.get("/")).text
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\r\nx: y"):
        await phone.get("/track")
        away = await phone.client.post(
            "/language",
            data={**phone.fields("/language"), "to": "en", "next": target},
            headers={"origin": phone.origin},
            follow_redirects=False,
        )
        assert away.headers["location"] == "/"


async def test_a_pass_names_the_browsers_own_participant(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone()
    status, given = await give_pass(phone, session)
    assert status == 200 and given["role"] == "citizen"
    assert f'data-participant="{given["participant"]}"' in (await phone.get(f"/s/{session}/live")).text
    read = town.house.passes.read(given["pass"], town.house.now())
    assert (read.bearer.session, read.bearer.participant) == (session, given["participant"])
    _, other = await give_pass(town.phone(), session)
    assert other["participant"] != given["participant"]


async def test_a_pass_is_refused_to_forgers_strangers_and_removed(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone()
    status, given = await give_pass(phone, session)
    headers = {"origin": phone.origin}
    assert (await phone.client.post("/pass", json={"session": session}, headers=headers)).status_code == 403
    assert (await give_pass(phone, session, **{"as": "staff"}))[0] == 403
    await town.moderate(session, RemoveParticipant(participant=given["participant"], reason="abuse"))
    assert (await give_pass(phone, session))[0] == 403
    page = html.unescape((await phone.get(f"/s/{session}/live")).text)
    assert UR.plain("remove_reason.abuse") in page and "1991" in page
    ask = await phone.get(f"/s/{session}/ask")
    assert ask.status_code == 403 and UR.plain("refused.barred") in html.unescape(ask.text)


async def test_a_forged_device_cookie_is_a_new_device(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone()
    first = re.search(r'data-participant="(\w+)"', (await phone.get(f"/s/{session}/live")).text)
    again = re.search(r'data-participant="(\w+)"', (await phone.get(f"/s/{session}/live")).text)
    assert first and again and first[1] == again[1]
    value = phone.client.cookies["k_device"]
    phone.client.cookies.clear()
    phone.client.cookies.set("k_device", ("0" if value[0] != "0" else "1") + value[1:])
    forged = re.search(r'data-participant="(\w+)"', (await phone.get(f"/s/{session}/live")).text)
    assert forged and forged[1] != first[1]


async def test_called_without_a_script_the_question_is_read_out(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone("en")
    await phone.ask(session, "The road is broken")
    live = await town.service.live(session)
    (question,) = live.session.queue.questions
    await town.moderate(session, AdmitQuestion(question=question))
    assert EN.plain("next.not_yet") in html.unescape((await phone.get(f"/s/{session}/next")).text)
    await town.moderate(session, CallTurn(question=question))
    assert EN.plain("next.go") in html.unescape((await phone.get(f"/s/{session}/live")).text)
    page = (await phone.get(f"/s/{session}/next")).text
    forms = re.findall(r'data-action="read_out">(.*?)</form>', page, re.DOTALL)
    fields = dict(re.findall(r'name="([^"]*)" value="([^"]*)"', forms[0]))
    answer = await phone.client.post(f"/s/{session}/turn", data=fields, headers={"origin": phone.origin})
    assert answer.status_code == 200 and EN.plain("next.read_now") in html.unescape(answer.text)
    (turn,) = live.session.stage.turns.values()
    assert turn.state == "read_out"
    stranger = town.phone("en")
    await stranger.get(f"/s/{session}/live")
    token = re.search(r'name="form_token" value="([^"]+)"', stranger.page)
    assert token
    theft = {**fields, "form_token": token[1], "do": "finish", "key": "z" * 22}
    denied = await stranger.client.post(f"/s/{session}/turn", data=theft, headers={"origin": phone.origin})
    assert denied.status_code == 403


async def test_me_too_without_a_script_is_counted_once(town: Town) -> None:
    session = await town.schedule(live=True)
    asker, phone = town.phone("en"), town.phone("en")
    await asker.ask(session, "The road is broken")
    live = await town.service.live(session)
    (question,) = live.session.queue.questions
    await town.moderate(session, AdmitQuestion(question=question))
    for _ in range(2):
        await phone.get(f"/s/{session}/live")
        answer = await phone.post(f"/s/{session}/support", question=question)
        assert answer.status_code == 200 and EN.plain("q.support_n", n=1) in re.sub(
            r"<bdi>(.*?)</bdi>", "\u2068\\1\u2069", html.unescape(answer.text)
        )
    assert live.session.queue.questions[question].supports == 1


async def test_static_files_last_and_pages_do_not(town: Town) -> None:
    phone = town.phone()
    page = (await phone.get("/")).text
    sheet = re.search(r'href="(/static/site\.[0-9a-f]{12}\.css)"', page)
    assert sheet
    answer = await phone.get(sheet[1])
    assert "immutable" in answer.headers["cache-control"] and answer.headers["content-encoding"] == "gzip"
    again = await phone.client.get(sheet[1], headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    plain = await phone.get("/static/js/announcer.js")
    assert plain.status_code == 200 and "no-cache" in plain.headers["cache-control"]
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/", "/static/none.css"):
        assert (await phone.client.get(path)).status_code == 404


async def test_health(town: Town) -> None:
    assert (await town.phone().get("/healthz")).text == "ok\n"
    assert (await town.phone().get("/readyz")).text == "ok\n"


async def test_wrong_methods_are_told_plainly(town: Town) -> None:
    answer = await town.phone("en").client.post("/how")
    assert answer.status_code == 405 and EN.plain("error.405") in html.unescape(answer.text)


def test_every_address_has_its_row() -> None:
    actions = {action for row in ROLES.values() for action in row}
    for address in ADDRESSES:
        assert address.action in actions | {OPEN, SECRET}, address.path
