"""What a link is used for: once, for what it was made for, and only while its maker could still make it."""

from __future__ import annotations

import asyncio
import secrets

import pytest
from sqlalchemy import text

from kachehri import appointments as roles
from kachehri.guesses import TooMany
from kachehri.identity import SecondStep
from kachehri.invitations import WEEK_MS, InviteRefused, Wanted, suggestion
from kachehri.invited import UNKNOWN
from kachehri.logins import AFTER_MS, DAY_MS, TOUCH_MS, SignedIn, Visit
from kachehri.staff import StaffRefused
from kachehri.store import accounts, appointments
from tests.kachehri.inviting_house import FOR_A_HEARING, FOR_GOOD, GOOD, HERE, HOUR_MS, House, house

__all__ = ["house"]
pytestmark = pytest.mark.anyio


async def test_for_good_makes_one_account_and_signs_it_in(house: House) -> None:
    token = await house.token(FOR_GOOD)
    opened = await house.invited.look(token, HERE)
    assert opened.state == "open" and opened.inviter is not None and opened.inviter.id == "admin"
    assert opened.expires_at == house.clock.now + WEEK_MS
    assert await house.invited.suggest(opened.invitation) == "nadia.aslam"
    done = await house.invited.accept(token, "Nadia.Aslam", GOOD, HERE)
    account = await house.identity.account(done.cookie)
    assert account is not None
    assert (account.login, account.role, account.office_id, account.guest) == (
        "nadia.aslam",
        "moderator",
        "water",
        False,
    )
    assert (await house.invited.look(token, HERE)).state == "used"
    with pytest.raises(InviteRefused, match="used"):
        await house.invited.accept(token, "another", GOOD, HERE)
    assert (await house.identity.sign_in("nadia.aslam", GOOD, HERE)).account.id == account.id


async def test_a_login_or_password_that_will_not_do_uses_nothing_up(house: House) -> None:
    token = await house.token(FOR_GOOD)
    for login, password, code in (("admin", GOOD, "taken"), ("x", GOOD, "login"), ("nadia", "short", "password_short")):
        with pytest.raises(StaffRefused, match=code):
            await house.invited.accept(token, login, password, HERE)
    assert (await house.invited.look(token, HERE)).state == "open"
    await house.invited.accept(token, "nadia", GOOD, HERE)


async def test_for_a_hearing_makes_a_guest_who_has_no_password_and_stays_a_day(house: House) -> None:
    token = await house.token(FOR_A_HEARING)
    done = await house.invited.come_in(token, HERE)
    assert isinstance(done, SignedIn)
    account = await house.identity.account(done.cookie)
    assert account is not None and account.guest and account.name == "راشد محمود"
    with house.store.read() as conn:
        assert roles.roles_in(conn, account, ["s-water", "s-roads"]) == {"s-water": "official"}
        row = appointments.get(conn, "s-water", account.id)
    assert row is not None and row.seat == "chair"
    house.clock.advance(3 * HOUR_MS + AFTER_MS - 1)
    assert await house.identity.account(done.cookie) is not None
    house.clock.advance(1)
    assert await house.identity.account(done.cookie) is None


async def test_a_guest_and_an_invitation_go_with_a_hearing_that_is_put_off(house: House) -> None:
    waiting, token = await house.token(FOR_A_HEARING), await house.token(FOR_A_HEARING)
    done = await house.invited.come_in(token, HERE)
    assert done is not None
    with house.store.write() as conn:
        conn.execute(text("UPDATE session SET ends_at = ends_at + :d WHERE id = 's-water'"), {"d": 3 * DAY_MS})
    house.clock.advance(TOUCH_MS)
    assert await house.identity.account(done.cookie) is not None
    house.clock.advance(3 * DAY_MS)
    assert await house.identity.account(done.cookie) is not None
    assert (await house.invited.look(waiting, HERE)).state == "open"
    house.clock.advance(DAY_MS + 3 * HOUR_MS)
    assert await house.identity.account(done.cookie) is None
    assert (await house.invited.look(waiting, HERE)).state == "expired"


async def test_nobody_signs_in_as_a_guest_by_typing(house: House) -> None:
    done = await house.invited.come_in(await house.token(FOR_A_HEARING), HERE)
    assert done is not None
    for password in ("!", "", GOOD):
        with pytest.raises(Exception, match="wrong"):
            await house.identity.sign_in(done.account.login, password, Visit("198.51.100.1", device="e" * 32))


async def test_somebody_who_is_signed_in_comes_in_as_themselves(house: House) -> None:
    token = await house.token(FOR_A_HEARING)
    assert await house.invited.come_in(token, HERE, house.account("anwar", "clerk", "roads")) is None
    with house.store.read() as conn:
        anwar = accounts.by_login(conn, "anwar")
        assert anwar is not None and roles.role_in(conn, anwar, "s-water") == "official"
    with pytest.raises(InviteRefused, match="used"):
        await house.invited.come_in(token, HERE)


async def test_looking_uses_nothing_up_and_the_table_opens_no_door(house: House) -> None:
    token = await house.token(FOR_A_HEARING)
    for _ in range(3):
        assert (await house.invited.look(token, HERE)).state == "open"
    with house.store.read() as conn:
        assert token not in repr(conn.execute(text("SELECT * FROM invitation")).all())


async def test_two_at_once_use_one_link_once(house: House) -> None:
    token = await house.token(FOR_A_HEARING)
    tries = (house.invited.come_in(token, Visit(f"203.0.113.{n}")) for n in range(5))
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, SignedIn) for each in done) == 1
    assert sum(isinstance(each, InviteRefused) and each.code == "used" for each in done) == 4
    with house.store.read() as conn:
        assert len(appointments.of_session(conn, "s-water")) == 1
        assert sum(each.guest for each in accounts.listing(conn)) == 1, "who was late left no account behind"


async def test_a_link_that_is_over_or_taken_back_opens_nothing(house: House) -> None:
    old, back = await house.token(FOR_GOOD), await house.token(FOR_GOOD)
    opened = await house.invited.look(back, HERE)
    assert await house.invitations.revoke(house.admin, opened.invitation.id)
    assert not await house.invitations.revoke(house.admin, opened.invitation.id)
    with pytest.raises(InviteRefused, match="revoked"):
        await house.invited.accept(back, "nadia", GOOD, HERE)
    house.clock.advance(WEEK_MS)
    with pytest.raises(InviteRefused, match="expired"):
        await house.invited.accept(old, "nadia", GOOD, HERE)
    with pytest.raises(InviteRefused, match="unknown"):
        await house.invited.look("AAAAAAAAAAAAAAAAAAAAAA", HERE)


async def test_a_link_of_one_kind_is_not_used_as_another(house: House) -> None:
    for_good, hearing = await house.token(FOR_GOOD), await house.token(FOR_A_HEARING)
    with pytest.raises(InviteRefused, match="unknown"):
        await house.invited.come_in(for_good, HERE)
    with pytest.raises(InviteRefused, match="unknown"):
        await house.invited.accept(hearing, "nadia", GOOD, HERE)
    for token in (for_good, hearing):
        with pytest.raises(InviteRefused, match="unknown"):
            await house.invited.new_password(token, GOOD, HERE)
        assert (await house.invited.look(token, HERE)).state == "open"


async def test_a_new_password_ends_the_old_and_every_login(house: House) -> None:
    await house.invited.accept(await house.token(FOR_GOOD), "nadia", GOOD, HERE)
    signed_in = await house.identity.sign_in("nadia", GOOD, HERE)
    made = await house.invitations.reset(house.admin, signed_in.account.id, "k")
    assert (await house.identity.account(signed_in.cookie)) is not None, "the link alone changes nothing"
    with pytest.raises(StaffRefused, match="password_short"):
        await house.invited.new_password(made.token, "short", HERE)
    done = await house.invited.new_password(made.token, "five loud bells", HERE)
    assert await house.identity.account(signed_in.cookie) is None
    assert await house.identity.account(done.cookie) is not None
    with pytest.raises(InviteRefused, match="used"):
        await house.invited.new_password(made.token, "six loud bells", HERE)
    with pytest.raises(Exception, match="wrong"):
        await house.identity.sign_in("nadia", GOOD, HERE)


async def test_a_new_password_does_not_replace_the_second_factor(house: House) -> None:
    done = await house.invited.accept(await house.token(FOR_GOOD), "nadia", GOOD, HERE)
    with house.store.write() as conn:
        accounts.set_factor(conn, done.account.id, house.identity.factor.seal(done.account.id, "JBSWY3DPEHPK3PXP"), [])
    made = await house.invitations.reset(house.admin, done.account.id, "k")
    assert isinstance(await house.invited.new_password(made.token, "five loud bells", HERE), SecondStep)


async def test_who_tries_tokens_is_stopped_and_who_has_one_is_not(house: House) -> None:
    token = await house.token(FOR_GOOD)
    for _ in range(UNKNOWN.most):
        with pytest.raises(InviteRefused, match="unknown"):
            await house.invited.look(secrets.token_urlsafe(16), HERE)
    with pytest.raises(TooMany):
        await house.invited.look(secrets.token_urlsafe(16), HERE)
    assert (await house.invited.look(token, HERE)).state == "open"


def test_a_login_is_suggested_that_is_free_and_can_be_typed() -> None:
    def taken(*names: str) -> set[str]:
        return set(names)

    assert suggestion("Amina Khan", "clerk", lambda stem: taken()) == "amina.khan"
    assert suggestion("Amina Khan", "clerk", lambda stem: taken("amina.khan", "amina.khan2")) == "amina.khan3"
    assert suggestion("نادیہ اسلم", "moderator", lambda stem: taken("moderator")) == "moderator2"
    assert suggestion("!", "clerk", lambda stem: taken()) == "clerk"


async def test_a_link_is_worth_no_more_than_its_maker(house: House) -> None:
    """Also one to a new password: whose office somebody left must not come back through the account."""
    plumber = house.account("plumber", "officer", "water")
    reset = await house.invitations.reset(house.water_admin, plumber.id, "key")
    for_good = await house.token(Wanted("Bilal", "clerk", office_id="water"), house.water_admin)
    hearing = await house.token(Wanted("Sana", "clerk", session_id="s-water"), house.moderator)
    with house.store.write() as conn:
        accounts.place(conn, plumber.id, "administrator", None)
    with pytest.raises(InviteRefused, match="revoked"):
        await house.invited.new_password(reset.token, GOOD, HERE)
    assert (await house.invited.look(for_good, HERE)).state == "open"
    with house.store.write() as conn:
        accounts.disable(conn, house.water_admin.id, 1)
        accounts.disable(conn, house.moderator.id, 1)
    with pytest.raises(InviteRefused, match="revoked"):
        await house.invited.accept(for_good, "bilal", GOOD, HERE)
    with pytest.raises(InviteRefused, match="revoked"):
        await house.invited.come_in(hearing, HERE)
