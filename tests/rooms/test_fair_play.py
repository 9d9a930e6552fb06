"""Rules that are easy to get almost right: what time counts, whose hand is on the switch, what an undo gives back."""

from rooms.attendance import BlockParticipant, RemoveParticipant, ReportPresence
from rooms.limits import ANSWER_BY_MS, DECK_MAX, MINUTE_MS, SECOND_MS, WITHDRAWN_MAX
from rooms.questions import (
    AskQuestion,
    HoldQuestion,
    MergeQuestion,
    NotTakeQuestion,
    OverturnRefusal,
    RefuseQuestion,
    UnmergeQuestion,
    WithdrawQuestion,
)
from rooms.turns import AcceptTurn, CancelTurn, MuteSeat, OfferTurn, ParkTurn, ReadOutTurn, StageTurn, TakeSeat
from rooms.views import view

from .hearing import BILAL, MODERATOR, SECOND, ZAINAB, Hearing, person


def test_only_time_on_the_stage_counts_for_the_pace() -> None:
    hearing = Hearing().live()
    turn = hearing.on_stage()
    hearing.now += 10 * SECOND_MS
    hearing.do(ParkTurn(turn=turn))
    hearing.now += 10 * MINUTE_MS
    hearing.do(OfferTurn(turn=turn))
    hearing.do(CancelTurn(turn=turn))
    assert hearing.session.stage.pace == [10 * SECOND_MS]


def test_who_comes_back_on_deck_has_time_to_answer_again() -> None:
    hearing = Hearing().live()
    turn = hearing.called()
    hearing.do(AcceptTurn(turn=turn), ZAINAB)
    hearing.do(ReportPresence(participant=ZAINAB.participant, role="citizen", present=False))
    hearing.now += 30 * SECOND_MS
    hearing.do(ReportPresence(participant=ZAINAB.participant, role="citizen", present=True))
    assert hearing.session.stage.turns[turn].answer_by == hearing.now + ANSWER_BY_MS


def test_a_refusal_that_is_overturned_gives_the_earlier_reason_back() -> None:
    hearing = Hearing()
    question = hearing.ask()
    hearing.do(NotTakeQuestion(question=question, reason="in_court", note="x"), note="مقدمہ چل رہا ہے")
    before = hearing.session.queue.questions[question]
    reason, note = before.reason, before.note
    hearing.do(RefuseQuestion(question=question, reason="spam"))
    hearing.do(OverturnRefusal(question=question), SECOND)
    assert (before.state, before.reason, before.note) == ("not_taken", reason, note)


def test_taking_another_seat_never_empties_the_seat_of_a_turn() -> None:
    hearing = Hearing().live()
    hearing.on_stage()
    assert hearing.refused(TakeSeat(seat="sign"), person(0x11, "interpreter")) == "seat_taken"
    assert hearing.session.stage.heard() == {"c1": ZAINAB.participant}


def test_the_desk_holds_its_own_switch() -> None:
    hearing = Hearing().live()
    hearing.on_stage()
    seat = hearing.session.stage.seats["c1"]
    hearing.do(MuteSeat(seat="c1", muted=True), MODERATOR)
    hearing.do(MuteSeat(seat="c1", muted=False), ZAINAB)
    assert seat.muted
    hearing.do(MuteSeat(seat="c1", muted=False), MODERATOR)
    assert not seat.muted


def test_nobody_is_put_on_air_by_another_hand() -> None:
    hearing = Hearing().live()
    hearing.on_stage()
    hearing.do(MuteSeat(seat="c1", muted=True), ZAINAB)
    hearing.do(MuteSeat(seat="c1", muted=False), MODERATOR)
    assert hearing.session.stage.seats["c1"].muted


def test_taking_back_and_asking_anew_has_an_end() -> None:
    hearing = Hearing()
    for _ in range(WITHDRAWN_MAX):
        hearing.do(WithdrawQuestion(question=hearing.ask()), ZAINAB)
    assert hearing.refused(AskQuestion(text="x"), ZAINAB, text="x") == "withdrawn_limit"
    hearing.ask(BILAL)


def test_whoever_may_only_listen_is_not_offered_the_stage_again() -> None:
    hearing = Hearing().live()
    parked, ready = hearing.called(), hearing.called(BILAL, "c2")
    hearing.do(ParkTurn(turn=parked))
    for who in (ZAINAB, BILAL):
        hearing.do(BlockParticipant(participant=who.participant, reason="abuse"))
    assert hearing.refused(OfferTurn(turn=parked)) == "barred"
    assert hearing.refused(StageTurn(turn=ready)) == "barred"
    assert hearing.refused(ReadOutTurn(turn=ready), BILAL) == "barred"
    hearing.do(ReadOutTurn(turn=ready), MODERATOR)


def test_nobody_at_the_desk_is_removed_by_another() -> None:
    hearing = Hearing().live()
    for command in (
        RemoveParticipant(participant=MODERATOR.participant, reason="disruption"),
        BlockParticipant(participant=MODERATOR.participant, reason="abuse"),
    ):
        assert hearing.refused(command, SECOND) == "not_allowed"


def test_a_merge_that_is_undone_gives_the_reason_for_holding_back() -> None:
    hearing = Hearing()
    held, other = hearing.ask(), hearing.ask()
    hearing.do(HoldQuestion(question=held, reason="unclear"))
    hearing.do(MergeQuestion(question=held, into=other))
    hearing.do(UnmergeQuestion(question=held))
    question = hearing.session.queue.questions[held]
    assert (question.state, question.reason) == ("held", "unclear")


def test_an_offer_counts_on_deck_like_a_call() -> None:
    hearing = Hearing().live()
    parked = hearing.called(person(0x20), None)
    hearing.do(ParkTurn(turn=parked))
    for number in range(DECK_MAX):
        hearing.called(person(0x30 + number), None)
    assert hearing.refused(OfferTurn(turn=parked)) == "deck_full"


def test_what_a_private_problem_is_about_is_for_the_desk_alone() -> None:
    hearing = Hearing()
    question = hearing.admitted(private=True, category="protection", area="uc-110")
    shown = view(hearing.session, "public", hearing.texts).questions[question]
    assert (shown.category, shown.area, shown.text, shown.name) == ("", "", "", "")
    assert view(hearing.session, "desk", hearing.texts).questions[question].category == "protection"
