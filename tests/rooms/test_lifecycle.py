"""Phases: from the announcement to the sealed balance, and nothing that the table does not have."""

import msgspec
import pytest

from rooms import lifecycle
from rooms.base import Command
from rooms.closing import OpenTickets, SealSession
from rooms.lifecycle import (
    AdjournSession,
    CancelSession,
    CloseSession,
    OpenDoors,
    PostponeSession,
    RescheduleSession,
    ResumeSession,
    ScheduleSession,
    SeatPlan,
    StartSession,
    Timing,
)
from rooms.questions import AskQuestion, PolicyDeclared
from rooms.session import Tick, next_deadline
from rooms.views import view

from .hearing import HOUR, NOON, SEATS, Hearing

LATER = RescheduleSession(starts_at=NOON + 20 * HOUR, ends_at=NOON + 21 * HOUR)


class TestCodec:
    def test_is_announced_kept_and_changed_by_name_alone(self) -> None:
        hearing = Hearing()
        codecs = [hearing.session.lifecycle.codec]
        for codec in ("h264", None, "vp8"):
            hearing.do(msgspec.structs.replace(LATER, codec=codec))
            codecs.append(hearing.session.lifecycle.codec)
        assert codecs == ["vp8", "h264", "h264", "vp8"]


class TestPhases:
    def test_lead_from_the_announcement_to_the_end(self) -> None:
        hearing = Hearing()
        path = [hearing.session.phase]
        steps: list[Command] = [OpenDoors(), StartSession(), AdjournSession(reason="prayer"), ResumeSession()]
        for command in [*steps, CloseSession(), SealSession()]:
            hearing.do(command)
            path.append(hearing.session.phase)
        assert path == ["scheduled", "doors_open", "live", "adjourned", "live", "closing", "closed"]

    def test_a_session_put_off_keeps_its_questions_and_takes_new_ones(self) -> None:
        hearing = Hearing()
        hearing.ask()
        hearing.do(PostponeSession(reason="official_away"), note="فلڈ ڈیوٹی")
        assert hearing.texts[hearing.session.lifecycle.note] == "فلڈ ڈیوٹی"
        hearing.ask()
        hearing.do(LATER)
        assert (hearing.session.phase, hearing.session.lifecycle.reason) == ("scheduled", "")
        assert hearing.session.lifecycle.starts_at == NOON + 20 * HOUR
        assert len(hearing.session.queue.questions) == 2

    def test_a_cancelled_session_closes_with_a_balance(self) -> None:
        hearing = Hearing()
        hearing.ask()
        hearing.do(CancelSession(reason="emergency"), note="سیلاب")
        path = [hearing.session.phase]
        hearing.do(OpenTickets())
        hearing.do(SealSession())
        assert [*path, hearing.session.phase] == ["closing", "cancelled"]
        assert hearing.session.lifecycle.reason == "emergency"

    @pytest.mark.parametrize(
        "command",
        [StartSession(), OpenDoors(), ResumeSession(), AdjournSession(reason="break"), CloseSession(), LATER]
        + [PostponeSession(reason="holiday"), CancelSession(reason="no_need")],
    )
    def test_nothing_moves_a_session_that_has_ended(self, command: Command) -> None:
        hearing = Hearing()
        hearing.do(CloseSession())
        hearing.do(SealSession())
        assert hearing.refused(command) == "phase"

    def test_every_phase_can_be_reached(self) -> None:
        reached = {"new"} | set(lifecycle.PHASES.values())
        assert reached == {*lifecycle.OPEN, *lifecycle.ENDED, "new", "closing"}


class TestAnnouncement:
    def test_declares_the_order_at_once(self) -> None:
        assert Hearing().session.queue.policy == "arrival"
        assert b"policy.declared" in Hearing().log[1][2]
        assert PolicyDeclared(policy="arrival").policy == "arrival"

    def test_is_made_once(self) -> None:
        again = ScheduleSession(title={}, starts_at=NOON + 1, ends_at=NOON + 2, seats=SEATS)
        assert Hearing().refused(again) == "phase"

    @pytest.mark.parametrize(("starts", "ends"), [(NOON + 2, NOON + 1), (NOON + 1, NOON + 1), (NOON - 9, NOON)])
    def test_needs_sensible_times(self, starts: int, ends: int) -> None:
        assert Hearing().refused(RescheduleSession(starts_at=starts, ends_at=ends)) == "session_times"

    @pytest.mark.parametrize("seats", [(), (SeatPlan("a", "hall"), SeatPlan("a", "citizen"))])
    def test_needs_seats_with_names_of_their_own(self, seats: tuple[SeatPlan, ...]) -> None:
        hearing = Hearing()
        hearing.session, hearing.log = type(hearing.session)(id="new"), []
        schedule = ScheduleSession(title={}, starts_at=NOON + 1, ends_at=NOON + 2, seats=seats)
        assert hearing.refused(schedule) == "session_seats"

    def test_declares_how_long_things_last(self) -> None:
        hearing = Hearing(timing=Timing(seat_hold_ms=1_000, answer_by_ms=2_000, turn_ms=3_000), practice=True)
        stage = hearing.session.stage
        assert (stage.seat_hold_ms, stage.answer_by_ms, stage.turn_ms) == (1_000, 2_000, 3_000)
        assert hearing.session.lifecycle.practice


class TestRenewal:
    def test_changes_what_it_names_and_leaves_the_rest(self) -> None:
        hearing = Hearing(practice=True, categories=("water",))
        before = hearing.session.lifecycle
        title, seats, timing = before.title, dict(hearing.session.stage.seats), before.timing
        hearing.do(RescheduleSession(starts_at=NOON + 2 * HOUR, ends_at=NOON + 3 * HOUR))
        life = hearing.session.lifecycle
        assert (life.title, life.categories, life.timing, life.practice) == (title, ("water",), timing, True)
        assert hearing.session.stage.seats == seats
        hearing.do(
            RescheduleSession(
                starts_at=NOON + 2 * HOUR,
                ends_at=NOON + 4 * HOUR,
                title={"ur": "نیا", "en": "New"},
                categories=(),
                seats=(SeatPlan("dc", "official", {"ur": "ڈی سی"}), SeatPlan("c1", "citizen")),
                timing=Timing(turn_ms=60_000, seat_hold_ms=5_000),
            )
        )
        assert (life.title, life.categories) == ({"ur": "نیا", "en": "New"}, ())
        assert list(hearing.session.stage.seats) == ["dc", "c1"]
        assert (hearing.session.stage.turn_ms, hearing.session.stage.seat_hold_ms) == (60_000, 5_000)
        assert life.timing.turn_ms == 60_000

    def test_needs_seats_with_names_of_their_own(self) -> None:
        twice = (SeatPlan("c1", "citizen"), SeatPlan("c1", "official"))
        for seats in ((), twice):
            command = RescheduleSession(starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR, seats=seats)
            assert Hearing().refused(command) == "session_seats"


class TestCategories:
    def test_of_a_session_are_the_only_ones_it_takes(self) -> None:
        hearing = Hearing(categories=("water", "roads"))
        assert hearing.refused(AskQuestion(text="x", category="land"), text="x") == "category_unknown"
        hearing.ask(category="roads")
        hearing.ask(category="other")
        assert view(hearing.session, "public", {}).session.categories == ("water", "roads")

    def test_that_are_not_named_are_all(self) -> None:
        Hearing().ask(category="land")


class TestState:
    def test_ignores_events_of_others(self) -> None:
        state = lifecycle.LifecycleState()
        lifecycle.evolve(state, PolicyDeclared(policy="arrival"), NOON)
        assert state == lifecycle.LifecycleState()


class TestClock:
    def test_closes_a_session_two_hours_after_its_end(self) -> None:
        hearing = Hearing()
        due = next_deadline(hearing.session)
        assert due == NOON + 4 * HOUR
        hearing.now = due - 1
        assert hearing.do(Tick()) == []
        hearing.now = due
        hearing.do(Tick())
        assert (hearing.session.phase, hearing.session.lifecycle.closing_by) == ("closing", "deadline")
        assert next_deadline(hearing.session) is None
        assert hearing.do(Tick()) == []

    def test_leaves_a_session_alone_that_was_put_off(self) -> None:
        hearing = Hearing()
        hearing.do(PostponeSession(reason="technical"))
        assert next_deadline(hearing.session) is None
        hearing.now += 100 * HOUR
        assert hearing.do(Tick()) == []

    def test_adjourns_a_session_that_its_staff_left_a_quarter_of_an_hour_ago(self) -> None:
        hearing = Hearing()
        hearing.do(StartSession())
        assert next_deadline(hearing.session) == NOON + HOUR // 4
        hearing.now = NOON + HOUR // 4
        hearing.do(Tick())
        assert (hearing.session.phase, hearing.session.lifecycle.reason) == ("adjourned", "staff_gone")
