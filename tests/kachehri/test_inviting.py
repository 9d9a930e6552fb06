"""Invitations as they are made: within whose reach, once for each form, and taken back."""

from __future__ import annotations

from typing import get_args

import pytest

from kachehri import appointments as roles
from kachehri.invitations import GIVES, RESET_MS, InviteRefused, Wanted, may_give
from kachehri.store import appointments, invitations
from kachehri.store.tables import Appointment
from moderation.roles import ROLES
from rooms.base import Role
from tests.kachehri.inviting_house import FOR_A_HEARING, FOR_GOOD, GOOD, HERE, House, house

__all__ = ["house"]
pytestmark = pytest.mark.anyio


async def test_made_anew_the_old_link_is_dead_and_twice_is_once(house: House) -> None:
    old = await house.token(FOR_A_HEARING)
    row = (await house.invited.look(old, HERE)).invitation
    new, again = [await house.invitations.anew(house.moderator, row.id) for _ in range(2)]
    assert new.token == again.token != old
    assert (await house.invited.look(old, HERE)).state == "revoked"
    opened = await house.invited.look(new.token, HERE)
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
    row = (await house.invited.look(await house.token(FOR_GOOD), HERE)).invitation
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


async def test_a_new_password_is_given_only_within_reach_and_for_a_day(house: House) -> None:
    done = await house.invited.accept(await house.token(FOR_GOOD._replace(office_id="roads")), "nadia", GOOD, HERE)
    for by in (house.water_admin, house.moderator, done.account):
        with pytest.raises(InviteRefused, match="not_allowed"):
            await house.invitations.reset(by, done.account.id, "k")
    made = await house.invitations.reset(house.admin, done.account.id, "k")
    house.clock.advance(RESET_MS)
    with pytest.raises(InviteRefused, match="expired"):
        await house.invited.new_password(made.token, "five loud bells", HERE)


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
    assert (await house.invited.look(made[0].token, HERE)).state == "open"
