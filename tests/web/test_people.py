"""Invitations and accounts as people meet them: the form, the link, the second factor, and what is told when not."""

from __future__ import annotations

import html
import logging
import re
import secrets
from collections.abc import Iterator
from io import StringIO
from typing import TextIO, cast

import httpx
import pyotp
import pytest
import structlog

from kachehri import logs, staff
from kachehri.i18n import words_for
from kachehri.second_factor import STEP_MS
from kachehri.settings import from_mapping
from kachehri.store import accounts, invitations
from kachehri.store.tables import Account
from tests.web.conftest import HOUR_MS, Phone, Town

pytestmark = pytest.mark.anyio
UR, EN = words_for("ur"), words_for("en")
PASSWORD = "tall-grass-by-the-canal"
OTHER = "seven quiet herons"
AGENT = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/124.0.0.0 Mobile Safari/537.36"


async def signed_in(town: Town, role: str = "administrator", language: str = "en", *, fresh: bool = False) -> Phone:
    """A browser of somebody with this role; `fresh` makes an account of its own."""
    login = f"{role}-{secrets.token_hex(4)}" if fresh else f"some-{role}"
    try:
        staff.add(town.service.store, login, f"Some {role}", role, PASSWORD)
    except staff.StaffRefused as refused:
        assert refused.code == "taken"
    phone = town.phone(language)
    phone.client.headers["user-agent"] = AGENT
    await sign_in(phone, login)
    return phone


async def sign_in(phone: Phone, login: str, password: str = PASSWORD) -> httpx.Response:
    await phone.get("/staff")
    return await phone.post("/staff", login=login, password=password)


async def send(phone: Phone, path: str, do: str, **fields: str) -> httpx.Response:
    """Fill in the form of a page that does this, as a browser without a script sends it."""
    forms = re.findall(rf'<form[^>]*action="{re.escape(path)}"[^>]*>(.*?)</form>', phone.page, re.DOTALL)
    # What the page does not offer may still be sent.
    inner = next((each for each in forms if f'value="{do}"' in each), forms[0])
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', inner))
    response = await phone.client.post(path, data={**hidden, "do": do, **fields}, headers={"origin": phone.origin})
    phone.page = response.text
    return response


def links(page: str) -> list[str]:
    """The paths of the links on a page."""
    return [re.sub(r"^https?://[^/]+", "", each) for each in re.findall(r'value="([^"]*/invite/[^"]+)"', page)]


def account(town: Town, login: str) -> Account:
    with town.service.store.read() as conn:
        found = accounts.by_login(conn, login)
    assert found is not None, login
    return found


async def invited(town: Town, name: str, role: str, *, session: str = "", by: Phone | None = None) -> str:
    by = by or await signed_in(town)
    path = f"/sessions/{session}/people" if session else "/people"
    await by.get(path)
    answer = await send(by, path, "invite", name0=name, role0=role)
    assert answer.status_code == 200, answer.text
    return links(answer.text)[0]


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


async def test_a_moderator_ends_an_appointment_but_not_the_chair_s(town: Town) -> None:
    session = await town.schedule()
    admin, moderator = await signed_in(town), await signed_in(town, "moderator")
    guests: dict[str, Phone] = {}
    for role in ("chair", "clerk"):
        path = await invited(town, f"The {role}", role, session=session, by=admin)
        guests[role] = town.phone("en")
        await guests[role].get(path)
        await guests[role].post(path)
    path = f"/sessions/{session}/people"
    with town.service.store.read() as conn:
        ids = {each.role: each.id for each in accounts.listing(conn) if each.guest and each.name.startswith("The ")}
    await moderator.get(path)
    assert (await send(moderator, path, "end", id=ids["chair"])).status_code == 422
    assert (await guests["chair"].get(f"/mod/{session}")).status_code == 200
    await moderator.get(path)
    assert (await send(moderator, path, "end", id=ids["clerk"])).status_code == 200
    assert (await guests["clerk"].get(f"/mod/{session}")).status_code == 403


async def test_a_second_factor_from_the_account_page_to_the_sign_in(town: Town) -> None:
    phone = await signed_in(town, "clerk", fresh=True)
    await phone.get("/account/second")
    secret = phone.fields("/account/second")["secret"]
    totp = pyotp.TOTP(secret)
    wrong = await phone.post("/account/second", code="000000" if totp.now() != "000000" else "000001")
    assert wrong.status_code == 422 and phone.fields("/account/second")["secret"] == secret, "the square stays"
    hours_off = pyotp.HOTP(secret).at(town.house.now() // STEP_MS + 5 * HOUR_MS // STEP_MS)
    off = await phone.post("/account/second", code=hours_off)
    assert EN.plain("second.ahead_h", 5) in html.unescape(off.text)
    done = await phone.post("/account/second", code=totp.now())
    codes = re.findall(r"<code>([^<]+)</code>", done.text)
    assert done.status_code == 200 and len(codes) == 8
    login = re.findall(r'<bdi dir="ltr">(clerk-[^<]+)</bdi>', done.text)[0]
    with town.service.store.read() as conn:
        row = accounts.by_login(conn, login)
    assert row is not None and row.totp is not None and row.totp_step > 0
    assert (await phone.get("/account/second")).url.path == "/account", "the old one goes first, and with the password"
    other = pyotp.random_base32()
    token = phone.fields("/account")["form_token"]
    form = {"form_token": token, "secret": other, "code": pyotp.TOTP(other).now()}
    over = await phone.client.post("/account/second", data=form, headers={"origin": phone.origin})
    assert over.status_code == 400 and account(town, login).totp == row.totp

    fresh = town.phone("en")
    half = await sign_in(fresh, login)
    assert half.url.path == "/staff/second" and (await fresh.get("/desk")).url.path == "/staff"
    await fresh.get("/staff/second")
    again = await fresh.post("/staff/second", code=totp.now())
    assert again.status_code == 403 and EN.plain("second.wrong") in html.unescape(again.text), "used when it was set up"
    assert EN.plain("second.clock", when=EN.dates.when(town.house.now()))[:30] in html.unescape(again.text)
    paper = await fresh.post("/staff/second", code=codes[0])
    assert paper.url.path == "/desk", paper.text

    await fresh.get("/account")
    assert EN.t("account.codes_left", 7) in fresh.page
    assert (await send(fresh, "/account", "off", confirm="not it")).status_code == 422
    await send(fresh, "/account", "off", confirm=PASSWORD)
    assert (await sign_in(town.phone("en"), login)).url.path == "/desk"


async def test_a_half_way_cookie_without_its_step_leads_back(town: Town) -> None:
    phone = town.phone("en")
    assert (await phone.get("/staff/second")).url.path == "/staff"
    phone.client.cookies.set("k_step", "nonsense.x")
    await phone.get("/staff/second")
    late = await phone.post("/staff/second", code="123456")
    assert late.url.path == "/staff" and EN.plain("second.late") in html.unescape(late.text)


async def test_a_new_password_ends_the_other_logins(town: Town) -> None:
    here = await signed_in(town, "clerk", fresh=True)
    await here.get("/account")
    login = re.findall(r'<bdi dir="ltr">(clerk-[^<]+)</bdi>', here.page)[0]
    there = town.phone("en")
    await sign_in(there, login)
    await here.get("/account")
    assert here.page.count("Chrome, Android") == 1 and EN.plain("account.end_others") in here.page
    wrong = await send(here, "/account", "password", old="not it", password=OTHER)
    assert wrong.status_code == 422 and EN.plain("account.old_wrong") in wrong.text
    plain = await send(here, "/account", "password", old=PASSWORD, password="aaaaaaaaaaaaaa")
    assert plain.status_code == 422 and EN.plain("invite.no.password_plain") in plain.text
    done = await send(here, "/account", "password", old=PASSWORD, password=OTHER)
    assert EN.plain("account.password_changed") in done.text
    assert (await there.get("/desk")).url.path == "/staff"
    assert (await sign_in(town.phone("en"), login)).status_code == 403
    assert (await sign_in(town.phone("en"), login, OTHER)).url.path == "/desk"


async def test_one_login_and_then_all_others_end_from_the_list(town: Town) -> None:
    here = await signed_in(town, "clerk", fresh=True)
    await here.get("/account")
    login = re.findall(r'<bdi dir="ltr">(clerk-[^<]+)</bdi>', here.page)[0]
    second, third, fourth = [town.phone("en") for _ in range(3)]
    for each in (second, third, fourth):
        await sign_in(each, login)
    await here.get("/account")
    names = re.findall(r'name="id" value="([0-9a-f]{16})"', here.page)
    assert len(names) == 3
    await send(here, "/account", "end", id=names[0])
    assert [(await each.get("/desk")).url.path for each in (second, third, fourth)].count("/staff") == 1
    await send(here, "/account", "others")
    assert {(await each.get("/desk")).url.path for each in (second, third, fourth)} == {"/staff"}
    assert (await here.get("/desk")).url.path == "/desk"


async def test_name_language_and_designation_are_kept(town: Town) -> None:
    phone = await signed_in(town, "official", fresh=True)
    await phone.get("/account")
    login = re.findall(r'<bdi dir="ltr">(official-[^<]+)</bdi>', phone.page)[0]
    saved = await send(
        phone, "/account", "save", name="Rashid Mahmood", title_ur="ایکسین", title_en="XEN Water", language="ur"
    )
    assert UR.plain("account.saved") in saved.text and 'lang="ur"' in saved.text
    row = account(town, login)
    assert (row.name, row.title_ur, row.title_en, row.language) == ("Rashid Mahmood", "ایکسین", "XEN Water", "ur")
    assert (await send(phone, "/account", "save", name=" ", language="ur")).status_code == 422


async def test_a_name_is_made_of_letters_that_are_seen(town: Town) -> None:
    phone = await signed_in(town, "clerk", fresh=True)
    await phone.get("/account")
    refused = await send(phone, "/account", "save", name="Clerk \u202eriahC", language="en", title_ur="", title_en="")
    assert refused.status_code == 422


async def test_an_administrator_moves_shuts_opens_and_resets(town: Town) -> None:
    admin, clerk = await signed_in(town), await signed_in(town, "clerk", fresh=True)
    await clerk.get("/account")
    login = re.findall(r'<bdi dir="ltr">(clerk-[^<]+)</bdi>', clerk.page)[0]
    path = f"/people/{account(town, login).id}"
    await admin.get(path)
    assert (await send(admin, path, "move", role="citizen", office="")).status_code == 422
    await send(admin, path, "move", role="officer", office="water")
    assert EN.plain("person.done.move") in admin.page
    assert (account(town, login).role, account(town, login).office_id) == ("officer", "water")
    assert (await clerk.get("/account")).url.path == "/staff", "signed out by the change"
    await sign_in(clerk, login)
    await send(admin, path, "shut")
    assert (await clerk.get("/account")).url.path == "/staff" and (await sign_in(clerk, login)).status_code == 403
    await send(admin, path, "reopen")
    assert (await sign_in(clerk, login)).status_code == 200
    link = links((await send(admin, path, "reset")).text)[0]
    reader = town.phone("en")
    await reader.get(link)
    assert (await reader.post(link, password=OTHER)).url.path == "/tickets"
    assert (await clerk.get("/account")).url.path == "/staff"
    with town.service.store.read() as conn:
        acts = conn.exec_driver_sql("SELECT action FROM audit WHERE subject = ?", (account(town, login).id,)).all()
    assert {row[0] for row in acts} >= {"account.role", "account.disable"}


async def test_the_last_administrator_stays(town: Town) -> None:
    admin = await signed_in(town)
    with town.service.store.read() as conn:
        everybody = [each for each in accounts.listing(conn) if each.role == "administrator"]
    me = account(town, "some-administrator")
    assert [each.id for each in everybody] == [me.id]
    await admin.get(f"/people/{me.id}")
    moved = await send(admin, f"/people/{me.id}", "move", role="clerk", office="")
    assert moved.status_code == 422 and EN.plain("team.no.last_administrator") in moved.text
    assert (await send(admin, f"/people/{me.id}", "shut")).status_code == 422
    assert account(town, "some-administrator").role == "administrator"


async def test_an_administrator_of_one_office_sees_that_office_alone(town: Town) -> None:
    whole = await signed_in(town)
    await whole.get("/people")
    staff.add(town.service.store, "water-admin", "Water Admin", "administrator", PASSWORD)
    staff.add(town.service.store, "water-clerk", "Water Clerk", "clerk", PASSWORD)
    with town.service.store.write() as conn:
        for login in ("water-admin", "water-clerk"):
            found = accounts.by_login(conn, login)
            assert found is not None
            accounts.place(conn, found.id, found.role, "water")
    phone = town.phone("en")
    await sign_in(phone, "water-admin")
    await phone.get("/people")
    assert "Water Clerk" in phone.page and "Some administrator" not in phone.page
    assert (await phone.get(f"/people/{account(town, 'some-administrator').id}")).status_code == 404
    await phone.get("/people")
    beyond = await send(phone, "/people", "invite", name0="N", role0="clerk", office0="desk")
    assert beyond.status_code in (403, 422) and not links(beyond.text)
    await phone.get("/people")
    assert links((await send(phone, "/people", "invite", name0="N", role0="clerk", office0="water")).text)


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
        patch.setattr(town.house.invitations, "look", broken)
        assert (await town.phone().client.get(path)).status_code == 500
    await phone.post(path, login="x", password="short")
    assert "page.failed" in logged.getvalue() and token not in logged.getvalue()
