"""Invitations: who may make them, what their links open, and every way in which a link opens nothing any more."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import get_args

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from kachehri import appointments as roles
from kachehri.bus.memory import MemoryBus
from kachehri.guesses import TooMany
from kachehri.identity import Identity, SecondStep
from kachehri.invitations import GIVES, RESET_MS, WEEK_MS, InviteRefused, Wanted, may_give, suggestion
from kachehri.inviting import UNKNOWN, Invitations
from kachehri.logins import AFTER_MS, DAY_MS, TOUCH_MS, SignedIn, Visit
from kachehri.passwords import Passwords
from kachehri.staff import StaffRefused
from kachehri.store import Store, accounts, appointments, district, invitations, sessions
from kachehri.store.tables import Account, Appointment, Office, Room
from moderation.roles import ROLES
from rooms.base import Role
from tests.conftest import ManualClock

pytestmark = pytest.mark.anyio

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
MASTER = secrets.token_bytes(32)
HERE = Visit("203.0.113.7", device="d" * 32, browser="Chrome, Android")
GOOD = "four quiet lamps"
HOUR_MS = 3_600_000


class House:
    """A district with two hearings and a member of staff of every kind that invites."""

    def __init__(self, store: Store, clock: ManualClock) -> None:
        self.store, self.clock = store, clock
        self.identity = Identity(store, [MASTER], MemoryBus(), passwords=Passwords(CHEAP))
        self.invitations = Invitations(store, self.identity, MASTER)
        with store.write() as conn:
            for id, up in (("district", None), ("water", "district"), ("roads", "district")):
                district.save_offices(conn, [Office(id=id, parent_id=up, code=id, name_ur=id, name_en=id)])
                district.save_rooms(conn, [Room(id=id, office_id=id, name_ur="", name_en="", created_at=0)])
            for office in ("water", "roads"):
                sessions.create(
                    conn,
                    id=f"s-{office}",
                    room_id=office,
                    title_ur="",
                    title_en="",
                    starts_at=clock.now + HOUR_MS,
                    ends_at=clock.now + 3 * HOUR_MS,
                    created_at=0,
                )
        self.admin = self.account("admin", "administrator")
        self.water_admin = self.account("water-admin", "administrator", "water")
        self.moderator = self.account("moderator", "moderator", "water")

    def account(self, login: str, role: str, office: str | None = None) -> Account:
        row = Account(id=login, login=login, name=login, role=role, password_hash="!", created_at=0, password_set_at=0)
        row.office_id = office
        with self.store.write() as conn:
            accounts.add(conn, row)
        return row

    async def token(self, wanted: Wanted, by: Account | None = None) -> str:
        made = await self.invitations.invite(by or self.admin, [wanted], secrets.token_hex(8))
        return made[0].token

    async def refused(self, by: Account, *wanted: Wanted) -> tuple[str, int]:
        with pytest.raises(InviteRefused) as caught:
            await self.invitations.invite(by, wanted, "key")
        return caught.value.code, caught.value.row


@pytest.fixture
async def house(migrated_url: str, clock: ManualClock) -> AsyncIterator[House]:
    store = Store(migrated_url, clock=clock)
    made = House(store, clock)
    yield made
    made.identity.close()
    store.close()


FOR_GOOD = Wanted("Nadia Aslam", "moderator", "water")
FOR_A_HEARING = Wanted("راشد محمود", "official", session_id="s-water", seat="chair", language="ur")


async def test_for_good_makes_one_account_and_signs_it_in(house: House) -> None:
    token = await house.token(FOR_GOOD)
    opened = await house.invitations.look(token, HERE)
    assert opened.state == "open" and opened.inviter is not None and opened.inviter.id == "admin"
    assert opened.expires_at == house.clock.now + WEEK_MS
    assert await house.invitations.suggest(opened.invitation) == "nadia.aslam"
    done = await house.invitations.accept(token, "Nadia.Aslam", GOOD, HERE)
    account = await house.identity.account(done.cookie)
    assert account is not None
    assert (account.login, account.role, account.office_id, account.guest) == (
        "nadia.aslam",
        "moderator",
        "water",
        False,
    )
    assert (await house.invitations.look(token, HERE)).state == "used"
    with pytest.raises(InviteRefused, match="used"):
        await house.invitations.accept(token, "another", GOOD, HERE)
    assert (await house.identity.sign_in("nadia.aslam", GOOD, HERE)).account.id == account.id


async def test_a_login_or_password_that_will_not_do_uses_nothing_up(house: House) -> None:
    token = await house.token(FOR_GOOD)
    for login, password, code in (("admin", GOOD, "taken"), ("x", GOOD, "login"), ("nadia", "short", "password_short")):
        with pytest.raises(StaffRefused, match=code):
            await house.invitations.accept(token, login, password, HERE)
    assert (await house.invitations.look(token, HERE)).state == "open"
    await house.invitations.accept(token, "nadia", GOOD, HERE)


async def test_for_a_hearing_makes_a_guest_who_has_no_password_and_stays_a_day(house: House) -> None:
    token = await house.token(FOR_A_HEARING)
    done = await house.invitations.come_in(token, HERE)
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
    done = await house.invitations.come_in(token, HERE)
    assert done is not None
    with house.store.write() as conn:
        conn.execute(text("UPDATE session SET ends_at = ends_at + :d WHERE id = 's-water'"), {"d": 3 * DAY_MS})
    house.clock.advance(TOUCH_MS)
    assert await house.identity.account(done.cookie) is not None
    house.clock.advance(3 * DAY_MS)
    assert await house.identity.account(done.cookie) is not None
    assert (await house.invitations.look(waiting, HERE)).state == "open"
    house.clock.advance(DAY_MS + 3 * HOUR_MS)
    assert await house.identity.account(done.cookie) is None
    assert (await house.invitations.look(waiting, HERE)).state == "expired"


async def test_nobody_signs_in_as_a_guest_by_typing(house: House) -> None:
    done = await house.invitations.come_in(await house.token(FOR_A_HEARING), HERE)
    assert done is not None
    for password in ("!", "", GOOD):
        with pytest.raises(Exception, match="wrong"):
            await house.identity.sign_in(done.account.login, password, Visit("198.51.100.1", device="e" * 32))


async def test_somebody_who_is_signed_in_comes_in_as_themselves(house: House) -> None:
    token = await house.token(FOR_A_HEARING)
    assert await house.invitations.come_in(token, HERE, house.account("anwar", "clerk", "roads")) is None
    with house.store.read() as conn:
        anwar = accounts.by_login(conn, "anwar")
        assert anwar is not None and roles.role_in(conn, anwar, "s-water") == "official"
    with pytest.raises(InviteRefused, match="used"):
        await house.invitations.come_in(token, HERE)


async def test_looking_uses_nothing_up_and_the_table_opens_no_door(house: House) -> None:
    token = await house.token(FOR_A_HEARING)
    for _ in range(3):
        assert (await house.invitations.look(token, HERE)).state == "open"
    with house.store.read() as conn:
        assert token not in repr(conn.execute(text("SELECT * FROM invitation")).all())


async def test_two_at_once_use_one_link_once(house: House) -> None:
    token = await house.token(FOR_A_HEARING)
    tries = (house.invitations.come_in(token, Visit(f"203.0.113.{n}")) for n in range(5))
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, SignedIn) for each in done) == 1
    assert sum(isinstance(each, InviteRefused) and each.code == "used" for each in done) == 4
    with house.store.read() as conn:
        assert len(appointments.of_session(conn, "s-water")) == 1
        assert sum(each.guest for each in accounts.listing(conn)) == 1, "who was late left no account behind"


async def test_a_link_that_is_over_or_taken_back_opens_nothing(house: House) -> None:
    old, back = await house.token(FOR_GOOD), await house.token(FOR_GOOD)
    opened = await house.invitations.look(back, HERE)
    assert await house.invitations.revoke(house.admin, opened.invitation.id)
    assert not await house.invitations.revoke(house.admin, opened.invitation.id)
    with pytest.raises(InviteRefused, match="revoked"):
        await house.invitations.accept(back, "nadia", GOOD, HERE)
    house.clock.advance(WEEK_MS)
    with pytest.raises(InviteRefused, match="expired"):
        await house.invitations.accept(old, "nadia", GOOD, HERE)
    with pytest.raises(InviteRefused, match="unknown"):
        await house.invitations.look("AAAAAAAAAAAAAAAAAAAAAA", HERE)


async def test_a_link_of_one_kind_is_not_used_as_another(house: House) -> None:
    for_good, hearing = await house.token(FOR_GOOD), await house.token(FOR_A_HEARING)
    with pytest.raises(InviteRefused, match="unknown"):
        await house.invitations.come_in(for_good, HERE)
    with pytest.raises(InviteRefused, match="unknown"):
        await house.invitations.accept(hearing, "nadia", GOOD, HERE)
    for token in (for_good, hearing):
        with pytest.raises(InviteRefused, match="unknown"):
            await house.invitations.new_password(token, GOOD, HERE)
        assert (await house.invitations.look(token, HERE)).state == "open"


async def test_made_anew_the_old_link_is_dead_and_twice_is_once(house: House) -> None:
    old = await house.token(FOR_A_HEARING)
    row = (await house.invitations.look(old, HERE)).invitation
    new, again = [await house.invitations.anew(house.moderator, row.id) for _ in range(2)]
    assert new.token == again.token != old
    assert (await house.invitations.look(old, HERE)).state == "revoked"
    opened = await house.invitations.look(new.token, HERE)
    assert (opened.state, opened.invitation.name, opened.invitation.seat) == ("open", "راشد محمود", "chair")


async def test_a_form_sent_twice_makes_one_invitation_and_another_form_another(house: House) -> None:
    both = [FOR_GOOD, Wanted("Bashir", "officer", "roads")]
    first, second = [await house.invitations.invite(house.admin, both, "one key") for _ in range(2)]
    assert [each.token for each in first] == [each.token for each in second]
    changed = await house.invitations.invite(house.admin, [FOR_GOOD._replace(name="Nadia")], "one key")
    assert changed[0].token not in [each.token for each in first]
    with house.store.read() as conn:
        assert len(invitations.open_ones(conn)) == 3


async def test_a_mistake_in_one_row_invites_nobody(house: House) -> None:
    assert await house.refused(house.admin, FOR_GOOD, Wanted("  ", "clerk")) == ("name", 1)
    assert await house.refused(house.admin, FOR_GOOD, Wanted("Bell \x07", "clerk")) == ("name", 1)
    assert await house.refused(house.admin, FOR_GOOD, Wanted("N" * 81, "clerk")) == ("name", 1)
    assert await house.refused(house.admin, FOR_GOOD, Wanted("N", "citizen")) == ("role", 1)
    assert await house.refused(house.admin, Wanted("N", "clerk", session_id="nowhere")) == ("session", 0)
    with house.store.read() as conn:
        assert invitations.open_ones(conn) == []


async def test_everybody_invites_within_their_own_reach(house: House) -> None:
    assert await house.refused(house.water_admin, Wanted("N", "officer", "roads")) == ("office", 0)
    assert await house.refused(house.water_admin, Wanted("N", "administrator", None)) == ("office", 0)
    assert await house.refused(house.water_admin, Wanted("N", "clerk", session_id="s-roads")) == ("role", 0)
    assert await house.refused(house.moderator, Wanted("N", "clerk", "water")) == ("role", 0)
    assert await house.refused(house.moderator, Wanted("N", "chair", session_id="s-water")) == ("role", 0)
    assert await house.refused(house.moderator, Wanted("N", "clerk", session_id="s-roads")) == ("role", 0)
    await house.token(Wanted("N", "officer", "water"), house.water_admin)
    row = (await house.invitations.look(await house.token(FOR_GOOD), HERE)).invitation
    with pytest.raises(InviteRefused, match="not_allowed"):
        await house.invitations.revoke(house.moderator, row.id)
    await house.token(Wanted("N", "clerk", session_id="s-water"), house.moderator)
    with house.store.write() as conn:
        appointments.appoint(conn, Appointment(session_id="s-roads", account_id="moderator", role="chair", at=1))
    await house.token(Wanted("N", "chair", session_id="s-roads"), house.moderator)


def test_nobody_makes_somebody_who_may_do_more() -> None:
    def acts(role: Role) -> set[str]:
        return {each for each in ROLES[role] if not each.startswith(("page.", "seat.", "media."))}

    for giver in ("moderator", "chair"):
        for role in GIVES[giver] - {"official", "interpreter"}:
            more = acts(role) - acts(giver) - set(ROLES["citizen"])  # type: ignore[arg-type]
            assert not more, (giver, role)
    for role in get_args(Role):
        assert not may_give("official", role, session=True) and not may_give("chair", role, session=False)
    assert not may_give("administrator", "administrator", session=True)


async def test_a_new_password_ends_the_old_and_every_login(house: House) -> None:
    await house.invitations.accept(await house.token(FOR_GOOD), "nadia", GOOD, HERE)
    signed_in = await house.identity.sign_in("nadia", GOOD, HERE)
    made = await house.invitations.reset(house.admin, signed_in.account.id, "k")
    assert (await house.identity.account(signed_in.cookie)) is not None, "the link alone changes nothing"
    with pytest.raises(StaffRefused, match="password_short"):
        await house.invitations.new_password(made.token, "short", HERE)
    done = await house.invitations.new_password(made.token, "five loud bells", HERE)
    assert await house.identity.account(signed_in.cookie) is None
    assert await house.identity.account(done.cookie) is not None
    with pytest.raises(InviteRefused, match="used"):
        await house.invitations.new_password(made.token, "six loud bells", HERE)
    with pytest.raises(Exception, match="wrong"):
        await house.identity.sign_in("nadia", GOOD, HERE)


async def test_a_new_password_does_not_replace_the_second_factor(house: House) -> None:
    done = await house.invitations.accept(await house.token(FOR_GOOD), "nadia", GOOD, HERE)
    with house.store.write() as conn:
        accounts.set_factor(conn, done.account.id, house.identity.factor.seal(done.account.id, "JBSWY3DPEHPK3PXP"), [])
    made = await house.invitations.reset(house.admin, done.account.id, "k")
    assert isinstance(await house.invitations.new_password(made.token, "five loud bells", HERE), SecondStep)


async def test_a_new_password_is_given_only_within_reach_and_for_a_day(house: House) -> None:
    done = await house.invitations.accept(await house.token(FOR_GOOD._replace(office_id="roads")), "nadia", GOOD, HERE)
    for by in (house.water_admin, house.moderator, done.account):
        with pytest.raises(InviteRefused, match="not_allowed"):
            await house.invitations.reset(by, done.account.id, "k")
    made = await house.invitations.reset(house.admin, done.account.id, "k")
    house.clock.advance(RESET_MS)
    with pytest.raises(InviteRefused, match="expired"):
        await house.invitations.new_password(made.token, "five loud bells", HERE)


async def test_who_tries_tokens_is_stopped_and_who_has_one_is_not(house: House) -> None:
    token = await house.token(FOR_GOOD)
    for _ in range(UNKNOWN.most):
        with pytest.raises(InviteRefused, match="unknown"):
            await house.invitations.look(secrets.token_urlsafe(16), HERE)
    with pytest.raises(TooMany):
        await house.invitations.look(secrets.token_urlsafe(16), HERE)
    assert (await house.invitations.look(token, HERE)).state == "open"


def test_a_login_is_suggested_that_is_free_and_can_be_typed() -> None:
    def taken(*names: str) -> set[str]:
        return set(names)

    assert suggestion("Amina Khan", "clerk", lambda stem: taken()) == "amina.khan"
    assert suggestion("Amina Khan", "clerk", lambda stem: taken("amina.khan", "amina.khan2")) == "amina.khan3"
    assert suggestion("نادیہ اسلم", "moderator", lambda stem: taken("moderator")) == "moderator2"
    assert suggestion("!", "clerk", lambda stem: taken()) == "clerk"


async def test_a_role_in_one_hearing_reaches_no_invitation_of_another(house: House) -> None:
    made = await house.invitations.invite(house.admin, [Wanted("Rauf", "moderator", session_id="s-roads")], "key")
    officer = house.account("officer", "officer")
    with house.store.write() as conn:
        row = Appointment(session_id="s-water", account_id=officer.id, role="moderator", at=0)
        appointments.appoint(conn, row)
    here = roles.as_in(officer, "moderator")  # as the page of the one hearing knows the account
    for act in (house.invitations.anew, house.invitations.revoke):
        with pytest.raises(InviteRefused, match="not_allowed"):
            await act(here, made[0].invitation.id)
    assert await house.refused(here, Wanted("Sana", "moderator", session_id="s-roads")) == ("role", 0)
    assert (await house.invitations.look(made[0].token, HERE)).state == "open"


async def test_a_link_is_worth_no_more_than_its_maker(house: House) -> None:
    """Also one to a new password: whose office somebody left must not come back through the account."""
    plumber = house.account("plumber", "officer", "water")
    reset = await house.invitations.reset(house.water_admin, plumber.id, "key")
    for_good = await house.token(Wanted("Bilal", "clerk", office_id="water"), house.water_admin)
    hearing = await house.token(Wanted("Sana", "clerk", session_id="s-water"), house.moderator)
    with house.store.write() as conn:
        accounts.place(conn, plumber.id, "administrator", None)
    with pytest.raises(InviteRefused, match="revoked"):
        await house.invitations.new_password(reset.token, GOOD, HERE)
    assert (await house.invitations.look(for_good, HERE)).state == "open"
    with house.store.write() as conn:
        accounts.disable(conn, house.water_admin.id, 1)
        accounts.disable(conn, house.moderator.id, 1)
    with pytest.raises(InviteRefused, match="revoked"):
        await house.invitations.accept(for_good, "bilal", GOOD, HERE)
    with pytest.raises(InviteRefused, match="revoked"):
        await house.invitations.come_in(hearing, HERE)
