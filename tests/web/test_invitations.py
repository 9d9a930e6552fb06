"""Invitations as people meet them: the form, the link, what it opens, and what is told when it opens nothing."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Iterator
from io import StringIO
from typing import TextIO, cast

import pytest
import structlog

from kachehri import logs
from kachehri.i18n import words_for
from kachehri.settings import from_mapping
from kachehri.store import invitations
from tests.web.account_holders import PASSWORD, account, invited, links, send, sign_in, signed_in
from tests.web.conftest import Town

pytestmark = pytest.mark.anyio
UR, EN = words_for("ur"), words_for("en")


async def test_several_are_invited_with_one_form_and_lines_without_a_name_are_left_out(town: Town) -> None:
    admin = await signed_in(town)
    await admin.get("/people")
    answer = await send(
        admin,
        "/people",
        "invite",
        name0="Nadia Aslam",
        role0="chair",
        name2="بشیر احمد",
        role2="officer",
        office2="water",
        span="good",
    )
    assert answer.status_code == 200 and len(links(answer.text)) == 2
    assert answer.text.count("<svg") >= 2 and "Nadia Aslam" in answer.text and "Public Health" in answer.text
    await admin.get("/people")
    assert "بشیر احمد" in admin.page and not links(admin.page), "a link is shown once"


async def test_a_form_with_a_mistake_keeps_what_was_typed_and_invites_nobody(town: Town) -> None:
    admin = await signed_in(town, language="ur")
    await admin.get("/people")
    empty = await send(admin, "/people", "invite")
    assert empty.status_code == 422 and UR.plain("team.no.nobody") in empty.text
    answer = await send(admin, "/people", "invite", name0="راشد", role0="clerk", name1="x" * 90, role1="clerk")
    assert answer.status_code == 422 and 'value="راشد"' in answer.text
    assert UR.plain("team.no.name", most=80) in answer.text and not links(answer.text)
    with town.service.store.read() as conn:
        assert "راشد" not in {row.name for row in invitations.open_ones(conn)}


async def test_for_good_from_the_link_to_the_desk(town: Town) -> None:
    path = await invited(town, "Nadia Aslam", "moderator")
    phone = town.phone("en")
    await phone.get(path)
    assert "Welcome, " in phone.page and "Nadia Aslam" in phone.page and 'value="nadia.aslam' in phone.page
    login = re.findall(r'name="login"[^>]*value="([^"]+)"', phone.page)[0]
    short = await phone.post(path, login=login, password="short")
    assert short.status_code == 422 and EN.plain("invite.no.password_short") in short.text
    taken = await phone.post(path, login="some-administrator", password=PASSWORD)
    assert taken.status_code == 422 and EN.plain("invite.no.taken") in taken.text
    done = await phone.post(path, login=login, password=PASSWORD)
    assert done.url.path == "/desk", done.text
    assert account(town, login).role == "moderator"
    assert (await sign_in(town.phone("en"), login)).url.path == "/desk"


async def test_for_a_hearing_from_the_link_to_the_seat_without_a_password(town: Town) -> None:
    session, other = await town.schedule(), await town.schedule()
    path = await invited(town, "راشد محمود", "official", session=session, by=await signed_in(town, "moderator"))
    phone = town.phone("ur")
    await phone.get(path)
    assert "راشد محمود" in phone.page and 'type="password"' not in phone.page
    done = await phone.post(path)
    assert done.url.path == f"/official/{session}", done.text
    await phone.get("/desk")
    assert session in phone.page and other not in phone.page
    assert (await phone.get(f"/official/{other}")).status_code == 403
    for shut in ("/people", "/sessions/new", "/account/second", f"/sessions/{session}/people"):
        assert (await phone.get(shut)).status_code in (400, 403), shut
    await phone.get("/account")
    assert UR.plain("account.guest") in phone.page and 'type="password"' not in phone.page


async def test_a_preview_does_not_use_the_link_up_and_a_form_from_elsewhere_neither(town: Town) -> None:
    path = await invited(town, "Nadia", "clerk")
    for agent in ("WhatsApp/2.23", "facebookexternalhit/1.1", "TelegramBot"):
        client = town.phone("en").client
        assert (await client.get(path, headers={"user-agent": agent})).status_code == 200
        assert (await client.head(path)).status_code == 200
    phone = town.phone("en")
    await phone.get(path)
    forged = await phone.client.post(
        path, data={"login": "n", "password": PASSWORD}, headers={"origin": "https://elsewhere.example"}
    )
    assert forged.status_code == 403
    assert (await phone.get(path)).status_code == 200
    answer = await phone.client.get(path)
    assert answer.headers["referrer-policy"] == "no-referrer" and answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("language", "words"), [("en", EN), ("ur", UR)])
async def test_used_taken_back_over_and_mistyped_links_say_so_and_whom_to_ask(
    town: Town, language: str, words: object
) -> None:
    said = words_for(language)
    admin = await signed_in(town)
    used, back, over = [await invited(town, f"N{n}", "clerk", by=admin) for n in range(3)]
    phone = town.phone(language)
    await phone.get(used)
    await phone.post(used, login=f"used-{language}", password=PASSWORD)
    with town.service.store.write() as conn:
        for row in invitations.open_ones(conn):
            if row.name == "N1":
                invitations.revoke(conn, row.id, 1)
            if row.name == "N2":
                conn.exec_driver_sql("UPDATE invitation SET expires_at = 1 WHERE id = ?", (row.id,))
    for path, code, status in (
        (used, "used", 410),
        (back, "revoked", 410),
        (over, "expired", 410),
        ("/invite/AAAAAAAAAAAAAAAAAAAAAA", "unknown", 404),
    ):
        reader = town.phone(language)
        answer = await reader.get(path)
        assert answer.status_code == status, code
        text = html.unescape(answer.text)
        assert said.plain(f"invite.dead.{code}", n=0) in text
        assert (said.plain("invite.ask", name="Some administrator") in text) == (code != "unknown")
        assert (await reader.get("/desk")).url.path == "/staff", "it opens nothing"


async def test_a_forwarded_link_opens_for_the_first_alone(town: Town) -> None:
    session = await town.schedule()
    path = await invited(town, "Rashid", "observer", session=session)
    first, second = town.phone("en"), town.phone("en")
    await first.get(path)
    await second.get(path)
    assert (await first.post(path)).url.path == f"/mod/{session}"
    late = await second.post(path)
    assert late.status_code == 410 and EN.plain("invite.dead.used") in html.unescape(late.text)


async def test_the_form_sent_twice_shows_the_same_links(town: Town) -> None:
    admin = await signed_in(town)
    await admin.get("/people")
    page, answers = admin.page, []
    for _ in range(2):
        admin.page = page
        answers.append(await send(admin, "/people", "invite", name0="Twice", role0="clerk"))
    assert links(answers[0].text) == links(answers[1].text) != []
    with town.service.store.read() as conn:
        assert sum(row.name == "Twice" for row in invitations.open_ones(conn)) == 1


async def test_a_link_is_taken_back_and_made_anew_from_the_list(town: Town) -> None:
    admin = await signed_in(town)
    old = await invited(town, "Anew Please", "clerk", by=admin)
    with town.service.store.read() as conn:
        row = next(each for each in invitations.open_ones(conn) if each.name == "Anew Please")
    await admin.get("/people")
    answer = await send(admin, "/people", "anew", id=row.id)
    new = links(answer.text)[0]
    assert new != old and (await town.phone("en").get(old)).status_code == 410
    assert (await town.phone("en").get(new)).status_code == 200
    with town.service.store.read() as conn:
        fresh = next(each for each in invitations.open_ones(conn) if each.name == "Anew Please")
    await admin.get("/people")
    await send(admin, "/people", "revoke", id=fresh.id)
    assert EN.plain("team.revoked") in admin.page and (await town.phone("en").get(new)).status_code == 410


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """Everything that the program would write to its log, as it would write it."""
    root, kept = logging.getLogger(), StringIO()
    handlers, level = root.handlers[:], root.level
    logs.set_up(from_mapping({"logs": {"level": "debug"}}))
    for handler in root.handlers:
        cast(logging.StreamHandler[TextIO], handler).setStream(kept)
    yield kept
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def test_no_token_is_written_to_a_log(town: Town, logged: StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    path = await invited(town, "Nadia", "clerk")
    token = path.rsplit("/", 1)[1]
    for client in ("httpx", "httpcore"):
        monkeypatch.setattr(logging.getLogger(client), "disabled", True)
    phone = town.phone()
    await phone.get(path)

    async def broken(*_: object) -> None:
        raise RuntimeError(path)

    with monkeypatch.context() as patch:
        patch.setattr(town.house.invited, "look", broken)
        assert (await town.phone().client.get(path)).status_code == 500
    await phone.post(path, login="x", password="short")
    assert "page.failed" in logged.getvalue() and token not in logged.getvalue()
