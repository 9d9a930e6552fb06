"""One table says who may do what; what is not in it is denied."""

from typing import get_args

import pytest

from moderation.roles import AUDIENCES, CLOCK, ROLES, allows
from rooms.base import PRESIDING, STAFF, Role
from rooms.session import COMMANDS

TAGS = {str(kind.__struct_config__.tag) for kind in COMMANDS}
PEOPLE: set[Role] = set(get_args(Role)) - {"system"}


class TestTable:
    def test_has_every_role_and_its_audience(self) -> None:
        assert set(ROLES) == set(AUDIENCES) == set(get_args(Role))

    def test_has_a_row_for_every_command(self) -> None:
        assert TAGS <= {action for actions in ROLES.values() for action in actions}

    def test_names_only_commands_pages_and_media(self) -> None:
        actions = {action for actions in ROLES.values() for action in actions}
        assert {
            action
            for action in actions - TAGS
            if not action.startswith(("page.", "media.", "phone.", "ticket.", "session.simulate"))
        } == set()

    def test_denies_what_is_not_in_it(self) -> None:
        assert not allows("citizen", "question.admit", own=True)
        assert not allows("observer", "no.such.thing", own=True)


class TestRelation:
    def test_own_is_for_the_owner_alone(self) -> None:
        assert allows("citizen", "question.withdraw", own=True)
        assert not allows("citizen", "question.withdraw", own=False)
        assert allows("citizen", "question.support", own=False)

    def test_nobody_takes_back_what_another_asked(self) -> None:
        assert not any(allows(role, "question.withdraw", own=False) for role in get_args(Role))


class TestPeople:
    @pytest.mark.parametrize("action", ["clock.tick", "tickets.open", "session.seal", "presence.report"])
    def test_never_do_what_the_server_does(self, action: str) -> None:
        assert not any(allows(role, action, own=True) for role in PEOPLE)
        assert allows("system", action, own=False)

    def test_run_a_hearing_only_as_its_staff(self) -> None:
        running = {role for role in PEOPLE if allows(role, "turn.call", own=True)}
        assert running == set(PRESIDING) <= STAFF

    def test_read_the_desk_only_if_they_work_there(self) -> None:
        desk = {role for role, audience in AUDIENCES.items() if audience == "desk"}
        assert desk == {role for role in PEOPLE if allows(role, "page.desk", own=True)}

    def test_of_the_public_do_only_what_a_citizen_does(self) -> None:
        public = {role for role, audience in AUDIENCES.items() if audience == "public"} - {"system"}
        for role in public:
            # What is done on tickets afterwards is done on pages, and not in a hearing.
            acts = {action for action in ROLES[role] if not action.startswith(("page.", "ticket."))}
            assert acts <= set(ROLES["citizen"])

    def test_who_only_observes_gives_no_command(self) -> None:
        assert set(ROLES["observer"]).isdisjoint(TAGS)

    def test_of_the_staff_all_have_a_list_and_an_account(self) -> None:
        for role in PEOPLE - {"citizen"}:
            assert allows(role, "page.staff", own=False) and allows(role, "page.account", own=False)

    def test_the_server_asks_nothing_and_speaks_nowhere(self) -> None:
        assert not any(action.startswith(("question.", "turn.", "seat.", "page.")) for action in CLOCK)
