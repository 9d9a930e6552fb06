"""The accounts of others: who moves, shuts, opens and ends them, and who sees which."""

from __future__ import annotations

import re

import pytest

from kachehri import staff
from kachehri.i18n import words_for
from kachehri.store import accounts
from tests.web.account_holders import OTHER, PASSWORD, account, invited, links, send, sign_in, signed_in
from tests.web.conftest import Phone, Town

pytestmark = pytest.mark.anyio

EN = words_for("en")


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
