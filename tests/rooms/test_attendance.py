"""Who is here, who is missed, and who may only listen."""

from rooms import attendance
from rooms.attendance import (
    AttendanceState,
    BlockParticipant,
    CountAttendance,
    ObjectToBar,
    RemoveParticipant,
    ReportPresence,
    Sitting,
    StaffArrived,
    UnblockParticipant,
)
from rooms.base import Actor
from rooms.lifecycle import AdjournSession, CloseSession, DoorsOpened
from rooms.questions import AskQuestion, SupportQuestion
from rooms.session import next_deadline
from rooms.turns import AcceptTurn, CallTurn, CancelTurn, LeaveSeat, TakeSeat
from rooms.views import ObjectionRow, personal, view

from .hearing import BILAL, CHAIR, HOUR, MODERATOR, NOON, SECOND, ZAINAB, Hearing, person


def report(who: Actor, present: bool) -> ReportPresence:
    return ReportPresence(participant=who.participant, role=who.role, present=present)


class TestStaff:
    def test_coming_and_going_is_recorded_once(self) -> None:
        hearing = Hearing().live()
        assert hearing.do(report(MODERATOR, True)) == []
        assert len(hearing.do(report(CHAIR, True))) == 1
        assert len(hearing.do(report(MODERATOR, False))) == 1
        assert hearing.session.attendance.staff == {CHAIR.participant: "chair"}
        assert hearing.session.attendance.staff_gone_at == 0

    def test_all_gone_starts_the_clock_and_one_back_stops_it(self) -> None:
        hearing = Hearing().live()
        hearing.now += 1_000
        hearing.do(report(MODERATOR, False))
        assert next_deadline(hearing.session) == NOON + 1_000 + HOUR // 4
        hearing.do(report(CHAIR, True))
        assert next_deadline(hearing.session) == NOON + 4 * HOUR

    def test_only_who_can_close_stops_the_clock(self) -> None:
        hearing = Hearing().live()
        official = person(0xC1, "official")
        hearing.do(report(official, True))
        hearing.now += 1_000
        hearing.do(report(MODERATOR, False))
        gone_at = hearing.now
        assert not view(hearing.session, "public", {}).desk_staffed
        hearing.now += 1_000
        hearing.do(report(official, False))
        hearing.do(report(official, True))
        assert next_deadline(hearing.session) == gone_at + HOUR // 4
        hearing.do(report(CHAIR, True))
        assert view(hearing.session, "public", {}).desk_staffed

    def test_another_role_is_another_arrival(self) -> None:
        hearing = Hearing().live()
        as_clerk = ReportPresence(participant=MODERATOR.participant, role="clerk", present=True)
        hearing.now += 2_000
        (event,) = hearing.do(as_clerk)
        assert event == StaffArrived(participant=MODERATOR.participant, role="clerk")
        assert hearing.session.attendance.staff_gone_at == hearing.now
        hearing.now += 3_000
        times = hearing.session.attendance.times(hearing.now)[MODERATOR.participant]
        assert (times.role, times.first_seen, times.total_ms) == ("clerk", NOON, 5_000)

    def test_each_has_the_times_for_the_minutes(self) -> None:
        hearing = Hearing().live()
        officer = person(0xF1, "officer")
        for present, passes in ((True, 60_000), (False, 30_000), (True, 10_000)):
            hearing.do(report(officer, present))
            hearing.now += passes
        hearing.do(CloseSession())
        hearing.now += HOUR
        times = hearing.session.attendance.times(hearing.now)
        assert times[officer.participant] == Sitting("officer", NOON, NOON + 100_000, 70_000)
        assert times[MODERATOR.participant] == Sitting("moderator", NOON, NOON + 100_000, 100_000)

    def test_a_silent_microphone_is_no_absence(self) -> None:
        hearing = Hearing().live()
        silent = ReportPresence(participant=MODERATOR.participant, role="moderator", present=False, cause="media")
        assert hearing.do(silent) == []

    def test_citizens_come_and_go_unrecorded(self) -> None:
        hearing = Hearing().live()
        assert hearing.do(report(ZAINAB, True)) == hearing.do(report(ZAINAB, False)) == []

    def test_nobody_is_counted_after_the_end(self) -> None:
        hearing = Hearing()
        hearing.do(CloseSession())
        assert hearing.do(report(MODERATOR, True)) == []


class TestCount:
    def test_is_recorded_when_it_changes_and_the_peak_is_kept(self) -> None:
        hearing = Hearing()
        assert len(hearing.do(CountAttendance(present=40))) == 1
        assert hearing.do(CountAttendance(present=40)) == []
        hearing.do(CountAttendance(present=12))
        assert (hearing.session.attendance.present, hearing.session.attendance.peak) == (12, 40)


class TestBarred:
    def test_may_only_listen_until_the_moment(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted(BILAL)
        until = hearing.now + 60_000
        hearing.do(BlockParticipant(participant=ZAINAB.participant, reason="abuse", until=until), note="گالی")
        assert hearing.refused(AskQuestion(text="x"), ZAINAB, text="x") == "barred"
        assert hearing.refused(SupportQuestion(question=question), ZAINAB) == "barred"
        hearing.now = until
        hearing.ask(ZAINAB)

    def test_are_not_called(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted(ZAINAB)
        hearing.do(BlockParticipant(participant=ZAINAB.participant, reason="disruption"))
        assert hearing.refused(CallTurn(question=question)) == "barred"
        hearing.do(UnblockParticipant(participant=ZAINAB.participant))
        hearing.do(CallTurn(question=question))

    def test_cannot_go_on_with_a_turn(self) -> None:
        hearing = Hearing().live()
        turn = hearing.called(ZAINAB)
        hearing.do(BlockParticipant(participant=ZAINAB.participant, reason="abuse"))
        assert hearing.refused(AcceptTurn(turn=turn), ZAINAB) == "barred"

    def test_by_removal_lose_turn_and_seat_and_nobody_else_does(self) -> None:
        hearing = Hearing().live()
        hearing.on_stage(ZAINAB, "c1")
        other = hearing.on_stage(BILAL, "c2")
        hearing.do(TakeSeat(seat="chair"), CHAIR)
        hearing.do(RemoveParticipant(participant=ZAINAB.participant, reason="abuse"), note="نعرے")
        assert list(hearing.session.stage.turns) == [other]
        assert set(hearing.session.stage.heard()) == {"c2", "chair"}
        assert hearing.session.attendance.barred[ZAINAB.participant].removed
        hearing.do(RemoveParticipant(participant=CHAIR.participant, reason="disruption"))
        assert set(hearing.session.stage.heard()) == {"c2"}

    def test_of_the_staff_run_nothing(self) -> None:
        hearing = Hearing().live()
        turn = hearing.called()
        hearing.do(RemoveParticipant(participant=SECOND.participant, reason="disruption"))
        for command in (CancelTurn(turn=turn), AdjournSession(reason="break"), CloseSession()):
            assert hearing.refused(command, SECOND) == "barred"
        assert hearing.refused(UnblockParticipant(participant=SECOND.participant), SECOND) == "barred"
        hearing.do(UnblockParticipant(participant=SECOND.participant), MODERATOR)
        hearing.do(CancelTurn(turn=turn), SECOND)

    def test_of_the_staff_may_get_up_and_object(self) -> None:
        hearing = Hearing().live()
        hearing.do(TakeSeat(seat="chair"), CHAIR)
        hearing.do(BlockParticipant(participant=CHAIR.participant, reason="disruption"))
        assert hearing.refused(TakeSeat(seat="hall"), CHAIR) == "barred"
        hearing.do(LeaveSeat(seat="chair"), CHAIR)
        hearing.do(ObjectToBar(note="x"), CHAIR, note="میں صدر ہوں")

    def test_who_runs_the_hearing_is_not_barred_while_here(self) -> None:
        hearing = Hearing().live()
        removal = RemoveParticipant(participant=MODERATOR.participant, reason="disruption")
        assert hearing.refused(removal, SECOND) == "not_allowed"

    def test_nobody_is_freed_who_was_not_barred(self) -> None:
        assert Hearing().refused(UnblockParticipant(participant=ZAINAB.participant)) == "not_blocked"


class TestObjection:
    def test_reaches_the_desk_once(self) -> None:
        hearing = Hearing().live()
        hearing.do(RemoveParticipant(participant=ZAINAB.participant, reason="abuse"), note="گالی")
        hearing.now += 1_000
        assert hearing.refused(ObjectToBar(note=" "), ZAINAB) == "text_empty"
        hearing.do(ObjectToBar(note="x"), ZAINAB, note="وہ میں نہیں تھی")
        desk = view(hearing.session, "desk", hearing.texts).objections
        assert desk == {ZAINAB.participant: ObjectionRow("abuse", "گالی", True, "وہ میں نہیں تھی", hearing.now)}
        assert view(hearing.session, "public", hearing.texts).objections == {}
        assert hearing.refused(ObjectToBar(note="x"), ZAINAB, note="پھر") == "objected"
        assert personal(hearing.session, ZAINAB.participant, hearing.texts, hearing.now).objected

    def test_is_answered_by_an_end_of_the_bar(self) -> None:
        hearing = Hearing().live()
        hearing.do(BlockParticipant(participant=ZAINAB.participant, reason="abuse"))
        hearing.do(ObjectToBar(note="x"), ZAINAB, note="نہیں")
        hearing.do(UnblockParticipant(participant=ZAINAB.participant))
        assert view(hearing.session, "desk", hearing.texts).objections == {}
        assert hearing.refused(ObjectToBar(note="x"), ZAINAB, note="نہیں") == "not_blocked"
        hearing.do(BlockParticipant(participant=ZAINAB.participant, reason="abuse"))
        hearing.do(ObjectToBar(note="x"), ZAINAB, note="پھر نہیں")


class TestState:
    def test_ignores_events_of_others(self) -> None:
        state = AttendanceState()
        attendance.evolve(state, DoorsOpened(), NOON)
        assert state == AttendanceState()

    def test_no_clock_runs_while_nobody_is_live(self) -> None:
        hearing = Hearing().live()
        hearing.do(report(MODERATOR, False))
        hearing.do(AdjournSession(reason="break"))
        assert next_deadline(hearing.session) == NOON + 4 * HOUR
