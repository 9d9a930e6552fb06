"""Posts, postings and rules as rows, on both databases."""

from __future__ import annotations

import pytest

from kachehri import offices, postings, posts, routing
from kachehri.postings import PostingRefused, Taken
from kachehri.store import Connection, Store, accounts, district
from kachehri.store import posts as post_rows
from kachehri.store import routing as rows
from kachehri.store.rows import put
from kachehri.store.tables import Account, Area, Office, Post, Ticket
from kachehri.tickets.chart import about_office
from kachehri.tickets.routing import Rule
from tests.conftest import ManualClock

DAY_MS = 86_400_000


@pytest.fixture
def house(store: Store, clock: ManualClock) -> Store:
    """The water office with an engineer over an officer, both with accounts, and the lead of the desk that sorts."""
    with store.write() as conn:
        for name in ("salma", "asif", "bilal"):
            accounts.add(conn, account(name, clock()))
        district.save_posts(conn, [Post(id="lead", office_id="o-triage", title_ur="ل", title_en="Lead")])
        district.save_posts(
            conn, [Post(id="xen", office_id="o-water", title_ur="ا", title_en="XEN", reports_to="lead")]
        )
        district.save_posts(conn, [Post(id="sdo", office_id="o-water", title_ur="س", title_en="SDO", reports_to="xen")])
        for post, name in (("lead", "salma"), ("xen", "asif"), ("sdo", "bilal")):
            postings.take(conn, clock(), post, kind="holds", account_id=name)
        district.save_areas(
            conn,
            [
                Area(id="a-t", code="tehsil", kind="t", name_ur="ت", name_en="T", path="a-t/"),
                Area(id="a-v", code="village", parent_id="a-t", kind="v", name_ur="و", name_en="V", path="a-t/a-v/"),
                Area(id="a-s", code="line", kind="s", name_ur="ل", name_en="S", path="a-s/", tree="electricity"),
            ],
        )
    return store


def account(name: str, now: int) -> Account:
    return Account(
        id=name, login=name, name=name.title(), role="officer", password_hash="x", created_at=now, password_set_at=now
    )


def holder(conn: Connection, post: str, now: int) -> str:
    found = posts.holder(conn, post, now)
    return found.id if found else ""


class TestPosts:
    def test_a_posting_is_kept_with_its_times_and_an_account_that_was_closed_cannot_act(
        self, house: Store, clock: ManualClock
    ) -> None:
        with house.write() as conn:
            now = clock()
            assert (holder(conn, "sdo", now), posts.post_of(conn, "bilal", now)) == ("bilal", "sdo")
            accounts.disable(conn, "bilal", now)
            assert (holder(conn, "sdo", now), posts.post_of(conn, "bilal", now)) == ("asif", "")
            assert [each.name for each in post_rows.postings(conn, "sdo")] == ["Bilal"]

    def test_above_conflicts_and_levels_are_those_of_the_chart(self, house: Store, clock: ManualClock) -> None:
        with house.read() as conn:
            now = clock()
            above = [posts.above(conn, "sdo", level, now) for level in (1, 2, 3)]
            assert [each.id for each in above if each] == ["xen", "lead", "lead"]
            around = posts.above(conn, "sdo", 1, now, about="xen")
            assert around is not None and around.id == "lead"
            assert posts.conflicts(conn, "sdo", "xen") and not posts.conflicts(conn, "xen", "sdo")
            assert posts.conflicts(conn, "sdo", about_office("o-water")) and not posts.conflicts(conn, "sdo", "")
            assert posts.level_over(conn, "asif", "sdo", "o-water", now) == 1

    def test_who_comes_next_ends_who_was_there_and_both_can_be_undone(self, house: Store, clock: ManualClock) -> None:
        with house.write() as conn:
            first = clock()
            clock.advance(DAY_MS)
            now = clock()
            taken = postings.take(conn, now, "sdo", kind="holds", name="Nasreen  Bibi", until=now + DAY_MS)
            assert [(each.name, each.from_at, each.to_at) for each in post_rows.postings(conn, "sdo")] == [
                ("Nasreen Bibi", now, now + DAY_MS),
                ("Bilal", first, now),
            ]
            # A name without an account: whoever can sign in next up the line acts.
            assert holder(conn, "sdo", now) == "asif"
            postings.undo_take(conn, "sdo", taken)
            assert holder(conn, "sdo", now) == "bilal"
            with pytest.raises(PostingRefused):
                postings.undo_take(conn, "xen", taken)

    def test_leave_and_acting_stand_beside_the_holder(self, house: Store, clock: ManualClock) -> None:
        with house.write() as conn:
            now = clock()
            away = postings.take(conn, now, "xen", kind="away", since=now + DAY_MS, until=now + 3 * DAY_MS)
            acting = postings.take(conn, now, "xen", kind="acting", account_id="bilal", since=now + 2 * DAY_MS)
            days = [now, now + DAY_MS, now + 2 * DAY_MS]
            assert [holder(conn, "xen", day) for day in days] == ["asif", "salma", "bilal"]
            was = postings.end(conn, now, "xen", acting.id)
            assert was is None and holder(conn, "xen", days[2]) == "salma"
            postings.undo_end(conn, "xen", acting.id, was)
            assert holder(conn, "xen", days[2]) == "bilal"
            assert away == Taken(away.id)

    def test_what_cannot_be_is_refused(self, house: Store, clock: ManualClock) -> None:
        with house.write() as conn:
            now = clock()
            for wanted, code in (
                ({"post_id": "nowhere", "kind": "holds", "name": "A"}, "post_gone"),
                ({"post_id": "sdo", "kind": "owns", "name": "A"}, "posting_kind"),
                ({"post_id": "sdo", "kind": "holds"}, "posting_who"),
                ({"post_id": "sdo", "kind": "holds", "name": "\u200f"}, "posting_who"),
                ({"post_id": "sdo", "kind": "holds", "account_id": "nobody"}, "posting_who"),
                ({"post_id": "sdo", "kind": "holds", "name": "A", "until": now}, "posting_days"),
                ({"post_id": "sdo", "kind": "holds", "name": "A", "since": 5}, "posting_days"),
            ):
                with pytest.raises(PostingRefused) as refused:
                    postings.take(conn, now, **wanted)
                assert refused.value.code == code
            clock.advance(1)
            postings.end(conn, clock(), "sdo", post_rows.postings(conn, "sdo")[0].id)
            with pytest.raises(PostingRefused):
                postings.take(conn, clock(), "sdo", kind="away")

    def test_a_post_that_is_named_somewhere_is_kept_out_of_use(self, house: Store, clock: ManualClock) -> None:
        with house.write() as conn:
            now = clock()
            put(conn, [ticket("t1", now, post="xen")])
            assert offices.retire_post(conn, "xen", now) == ""
            assert {each.id: each.reports_to for each in district.posts(conn)} == {"lead": None, "sdo": "lead"}
            kept = post_rows.get(conn, "xen")
            assert kept is not None and kept.retired_at == now
            assert offices.retire_post(conn, "nowhere", now) == ""


def ticket(
    id: str, now: int, *, private: bool = False, area: str | None = "village", post: str = "", about: str = ""
) -> Ticket:
    return Ticket(
        id=id,
        reference=id,
        office_id="o-water",
        post_id=post or None,
        about_post_id=about or None,
        category="water",
        area=area,
        privacy="private" if private else "public",
        state="routed",
        origin="session",
        opened_at=now,
        head_hash=b"",
    )


class TestRules:
    RULE = Rule("", "o-water", "xen", category="water", area="a-t")

    def test_a_rule_leads_from_a_code_to_a_post(self, house: Store, clock: ManualClock) -> None:
        with house.write() as conn:
            assert routing.routing(conn, clock()).route("water", area="village").why == "category"
            assert routing.change(conn, clock(), "salma", new=[self.RULE]) == 1
            routed = routing.routing(conn, clock()).route("water", area="village")
            assert (routed.office, routed.post, routed.why) == ("o-water", "xen", "rule")
            assert routing.routing(conn, clock()).route("water").why == "category"
            # A place of another map that lies over the village.
            rows.save_overlaps(conn, "a-v", ["a-s", "a-s"])
            over = Rule("", "o-triage", category="water", area="a-s")
            routing.change(conn, clock(), "salma", new=[over], ended=[routed.rule])
            assert routing.routing(conn, clock()).route("water", area="village").office == "o-triage"

    def test_a_change_is_one_version_and_is_taken_back_as_a_whole(self, house: Store, clock: ManualClock) -> None:
        with house.write() as conn:
            routing.change(conn, clock(), "salma", new=[self.RULE])
            (first,) = rows.rules(conn)
            second = self.RULE._replace(office="o-triage", post="lead")
            number = routing.change(conn, clock(), "asif", ended=[first.id], new=[second])
            assert number == rows.version(conn) == 2
            made, gone = rows.changed_in(conn, 2)
            assert ([each.made_by for each in made], [each.gone_by for each in gone]) == (["asif"], ["asif"])
            assert not routing.undo(conn, clock(), "salma", 1)
            assert routing.undo(conn, clock(), "salma", 2)
            (now_there,) = rows.rules(conn)
            assert routing.as_rule(now_there) == routing.as_rule(first)._replace(id=now_there.id)
            assert not routing.undo(conn, clock(), "salma", 2)
            assert routing.change(conn, clock(), "salma", ended=["nothing"]) == 0 and rows.version(conn) == 3

    def test_an_office_that_has_gone_does_not_come_back_with_its_rule(self, house: Store, clock: ManualClock) -> None:
        with house.write() as conn:
            district.save_offices(conn, [Office(id="o-gas", code="gas", name_ur="گ", name_en="Gas")])
            routing.change(conn, clock(), "", new=[Rule("", "o-gas", category="water")])
            number = routing.change(conn, clock(), "", ended=[rows.rules(conn)[0].id])
            district.retire_office(conn, "o-gas", clock())
            assert not routing.undo(conn, clock(), "", number)
            assert rows.rules(conn) == []

    def test_past_tickets_are_counted_as_the_rules_see_them(self, house: Store, clock: ManualClock) -> None:
        with house.write() as conn:
            now = clock()
            put(
                conn,
                [
                    ticket("t1", now),
                    ticket("t2", now, private=True),
                    ticket("t3", now, private=True, area=None),
                ],
            )
            put(conn, [ticket("t4", now - routing.BACK_MS - 1)])
            put(conn, [ticket("t5", now, about="xen")])
            found = {(each.area, each.about): (each.tickets, each.reference) for each in routing.past(conn, now)}
            assert found == {("village", ""): (2, "t1"), ("", ""): (1, ""), ("village", "xen"): (1, "t5")}

    def test_which_offices_have_somebody_who_can_sign_in(self, house: Store, clock: ManualClock) -> None:
        with house.write() as conn:
            assert rows.manned(conn) == set()
            row = account("nasreen", clock())
            accounts.add(conn, Account(**{**row.model_dump(), "office_id": "o-water"}))
            assert rows.manned(conn) == {"o-water"}
            accounts.disable(conn, "nasreen", clock())
            assert rows.manned(conn) == set()
