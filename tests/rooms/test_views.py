"""What each audience may know, and nothing more; bounded whatever the size of the session."""

import msgspec
import pytest

from rooms import views
from rooms.attendance import BlockParticipant, CountAttendance, RemoveParticipant
from rooms.base import ContentRef, Event, Refused
from rooms.closing import OpenTickets, SealSession
from rooms.lifecycle import AdjournSession, CloseSession, DoorsOpened
from rooms.limits import DECK_MAX, DESK_BYTES, OWN_MAX, RECENT, WINDOW
from rooms.outcomes import NoteOutcome
from rooms.questions import (
    AdmitQuestion,
    AnswerQuestion,
    HoldQuestion,
    MergeQuestion,
    MoveQuestion,
    NotTakeQuestion,
    QuestionHeld,
    RefuseQuestion,
)
from rooms.turns import CallTurn, FinishTurn, ParkTurn, TakeSeat, TurnCalled
from rooms.views import AUDIENCES, ViewAudience, desk_question, excerpt, personal, view, visible

from .hearing import BILAL, CHAIR, MODERATOR, SALMA, ZAINAB, Hearing, person

LONG = "پانی نہیں آتا۔ " * 120


class System(Event, frozen=True, kw_only=True, tag="test.system"):
    """An event of the server's own."""

    audience = "system"


def seen(hearing: Hearing, audience: ViewAudience = "public") -> views.View:
    return view(hearing.session, audience, hearing.texts)


class TestPublic:
    def test_reads_the_line_but_no_asker_and_no_number(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted(ZAINAB, text="سڑک ٹوٹی ہے", name="زینب")
        row = seen(hearing).questions[question]
        assert (row.text, row.name, row.reference, row.asker) == ("سڑک ٹوٹی ہے", "زینب", "", "")
        assert seen(hearing).line == (question,)
        assert seen(hearing).staff == {}

    def test_reads_no_hidden_name_and_no_private_text(self) -> None:
        hearing = Hearing().live()
        hidden, private = hearing.admitted(hide_name=True), hearing.admitted(private=True)
        rows = seen(hearing).questions
        assert (rows[hidden].name, rows[hidden].hidden) == ("", True)
        assert rows[hidden].text
        assert (rows[private].name, rows[private].text, rows[private].private) == ("", "", True)

    def test_sees_nothing_of_triage(self) -> None:
        hearing = Hearing().live()
        new, held, not_taken, doubted = (hearing.ask() for _ in range(4))
        hearing.do(HoldQuestion(question=held, reason="unclear"))
        hearing.do(NotTakeQuestion(question=not_taken, reason="no_time"))
        hearing.do(RefuseQuestion(question=doubted, reason="spam"))
        public = seen(hearing)
        assert not public.questions
        assert not public.totals
        assert (public.new, public.held, public.not_taken, public.refusing) == ((), (), (), ())
        desk = seen(hearing, "desk")
        assert (desk.new, desk.held, desk.not_taken, desk.refusing) == ((new,), (held,), (not_taken,), (doubted,))
        assert desk.totals == {"new": 1, "held": 1, "not_taken": 1, "refusing": 1}

    def test_sees_a_private_question_finished_by_nobody(self) -> None:
        hearing = Hearing().live()
        private, open_one = hearing.admitted(private=True), hearing.admitted()
        for question in (private, open_one):
            hearing.do(AnswerQuestion(question=question))
        assert seen(hearing).recent == (open_one,)
        assert seen(hearing, "desk").recent == (open_one, private)

    def test_sees_who_is_called_and_heard_by_seat_only(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage(ZAINAB, "c1")
        hearing.do(TakeSeat(seat="chair"), CHAIR)
        public, desk = seen(hearing), seen(hearing, "desk")
        assert (public.turns[turn].participant, desk.turns[turn].participant) == ("", ZAINAB.participant)
        assert (public.seats["c1"].taken, public.seats["c1"].participant) == (True, "")
        assert desk.seats["chair"].participant == CHAIR.participant
        assert [row.index for row in public.seats.values()] == [0, 1, 2, 3, 4]
        assert public.turns[turn].ends_at > hearing.now
        assert public.turns[turn].answer_by == 0

    def test_reads_nobodys_words_and_no_name_once_the_hearing_is_over(self) -> None:
        hearing = Hearing().live()
        answered, waiting = hearing.admitted(ZAINAB, text=LONG, name="زینب"), hearing.admitted(BILAL, text=LONG)
        hearing.do(AnswerQuestion(question=answered))
        assert seen(hearing).questions[answered].text and seen(hearing).questions[answered].name
        for command in (CloseSession(), OpenTickets(), SealSession()):
            hearing.do(command)
        over = seen(hearing)
        assert over.recent == (answered,) and over.line == (waiting,)
        assert not any(row.text or row.name or row.village for row in over.questions.values())
        assert seen(hearing, "desk").questions[answered].text
        assert seen(hearing, "official").questions[answered].text

    def test_does_not_see_whose_turn_was_set_aside(self) -> None:
        hearing = Hearing().live()
        turn = hearing.called(ZAINAB)
        hearing.do(ParkTurn(turn=turn))
        assert seen(hearing).turns == {}
        assert turn in seen(hearing, "desk").turns

    def test_reads_an_excerpt_and_the_official_the_whole_of_what_was_called(self) -> None:
        hearing = Hearing().live()
        waiting = hearing.admitted(BILAL, text=LONG)
        turn = hearing.called(ZAINAB)
        called = hearing.admitted(SALMA, text=LONG)
        hearing.do(CallTurn(question=called, seat="c2"))
        public, official = seen(hearing), seen(hearing, "official")
        assert public.questions[waiting].text.endswith("…")
        assert len(public.questions[called].text) > len(public.questions[waiting].text)
        assert official.questions[called].text == LONG
        assert official.questions[waiting].text == public.questions[waiting].text
        assert turn in official.turns

    def test_reads_nothing_of_what_was_erased(self) -> None:
        hearing = Hearing().live()
        question = hearing.admitted()
        hearing.texts.clear()
        assert seen(hearing).questions[question].text == seen(hearing, "desk").questions[question].text == ""

    def test_reads_the_balance_at_the_end(self) -> None:
        hearing = Hearing()
        hearing.ask()
        hearing.do(CloseSession())
        hearing.do(OpenTickets())
        assert seen(hearing).balance is None
        hearing.do(SealSession())
        assert seen(hearing).balance == views.BalanceRow(raised=1, tickets=1)


class TestDesk:
    def test_reads_what_it_needs(self) -> None:
        hearing = Hearing().live()
        question, follower = hearing.admitted(ZAINAB, hide_name=True), hearing.admitted(BILAL)
        hearing.do(MergeQuestion(question=follower, into=question))
        hearing.do(BlockParticipant(participant=ZAINAB.participant, reason="abuse"))
        hearing.do(CountAttendance(present=31))
        desk = seen(hearing, "desk")
        row = desk.questions[question]
        assert (row.name, row.hidden, row.asker, row.followers) == ("زینب", True, ZAINAB.participant, 1)
        assert row.barred
        assert len(row.reference) == 10
        assert (desk.merged, desk.questions[follower].parent) == ((follower,), question)
        assert (desk.present, seen(hearing).present) == (31, 31)
        assert desk.staff == {MODERATOR.participant: "moderator"}

    def test_reads_how_a_question_begins_and_the_whole_of_one_at_a_time(self) -> None:
        hearing = Hearing().live()
        long, short = hearing.ask(text=LONG, village="چک 112"), hearing.ask(text="سڑک")
        called = hearing.admitted(SALMA, text=LONG)
        hearing.do(CallTurn(question=called))
        rows = seen(hearing, "desk").questions
        assert rows[long].more
        assert len(rows[long].text.encode()) <= DESK_BYTES
        assert (rows[short].text, rows[short].more) == ("سڑک", False)
        assert (rows[called].text, rows[called].more) == (LONG, False)
        whole = desk_question(hearing.session, long, hearing.texts)
        assert (whole.text, whole.more) == (LONG, False)
        with pytest.raises(Refused, match="question_unknown"):
            desk_question(hearing.session, "f" * 16, hearing.texts)

    def test_sends_six_full_windows_of_long_texts_in_reasonable_bytes(self) -> None:
        hearing = Hearing().live()
        for number in range(3 * WINDOW):
            question = hearing.ask(person(3000 + number), text=LONG, name="ا" * 80)
            if number % 3 == 1:
                hearing.do(HoldQuestion(question=question, reason="unclear"))
            elif number % 3 == 2:
                hearing.do(AdmitQuestion(question=question))
        assert len(msgspec.json.encode(seen(hearing, "desk"))) <= 128 * 1024


class TestSize:
    @pytest.mark.parametrize("audience", AUDIENCES)
    def test_is_bounded(self, audience: ViewAudience) -> None:
        hearing = Hearing(categories=("water", "roads", "land-and-revenue", "education", "health")).live()
        for number in range(WINDOW + 30):
            question = hearing.ask(
                person(3000 + number),
                text=LONG,
                name="ا" * 80,
                village="گ" * 60,
                area="uc-fort-abbas",
                category="water",
            )
            hearing.do(AdmitQuestion(question=question))
            if number < RECENT + 4:
                order = NoteOutcome(question=question, outcome="ordered", office="wasa", due="2027-03-01")
                hearing.do(order, note=LONG)
        hearing.on_stage(SALMA)
        for number in range(DECK_MAX):
            hearing.do(CallTurn(question=hearing.line()[number]))
        shown = seen(hearing, audience)
        assert len(shown.line) == WINDOW
        assert shown.totals["admitted"] == WINDOW + 30 - RECENT - 4 - DECK_MAX
        if audience == "public":
            assert len(shown.recent) == RECENT
            assert len(msgspec.json.encode(shown)) <= 16 * 1024

    def test_excerpts_whole_letters(self) -> None:
        assert excerpt("abc", 3) == "abc"
        assert excerpt("پانی", 7) == "پا…"
        assert excerpt("دو دروازے", 12) == "دو…", "half a word may read as another one"
        assert excerpt("ab cd", 5) == "ab cd"
        assert excerpt("ab cde", 5) == "ab…", "the room ends where a word ends"
        assert len(excerpt(LONG, 96).encode()) <= 96


class TestPersonal:
    def test_tells_the_place_and_why(self) -> None:
        hearing = Hearing().live()
        mine, other = hearing.admitted(ZAINAB), hearing.admitted(BILAL)
        hearing.do(MoveQuestion(question=other, before=mine, reason="health"))
        (row,) = personal(hearing.session, ZAINAB.participant, hearing.texts, hearing.now).questions
        assert (row.place, row.moved_ahead, row.moved) == (2, 1, "")
        assert (row.wait_from_ms, row.wait_to_ms) == (0, 0)
        (row,) = personal(hearing.session, BILAL.participant, hearing.texts, hearing.now).questions
        assert (row.place, row.moved) == (1, "health")

    def test_estimates_the_wait_from_the_last_turns(self) -> None:
        hearing = Hearing().live()
        for number in (1, 2):
            turn = hearing.on_stage(person(800 + number))
            hearing.now += 60_000 * number
            hearing.do(FinishTurn(turn=turn))
        hearing.admitted(BILAL)
        hearing.admitted(ZAINAB)
        (row,) = personal(hearing.session, ZAINAB.participant, hearing.texts, hearing.now).questions
        assert (row.wait_from_ms, row.wait_to_ms) == (2 * 60_000, 2 * 120_000)

    def test_says_how_far_turns_differ_and_who_is_on_deck(self) -> None:
        hearing = Hearing().live()
        for number, minutes in enumerate((1, 2, 3, 6)):
            turn = hearing.on_stage(person(800 + number))
            hearing.now += 60_000 * minutes
            hearing.do(FinishTurn(turn=turn))
        hearing.called(BILAL)
        hearing.admitted(ZAINAB)
        (row,) = personal(hearing.session, ZAINAB.participant, hearing.texts, hearing.now).questions
        assert (row.place, row.wait_from_ms, row.wait_to_ms) == (1, 2 * 90_000, 2 * 270_000)
        hearing.do(AdjournSession(reason="prayer"))
        (row,) = personal(hearing.session, ZAINAB.participant, hearing.texts, hearing.now).questions
        assert (row.wait_from_ms, row.wait_to_ms) == (0, 0)

    def test_tells_the_turn_and_the_seat(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage(ZAINAB, "c2")
        mine = personal(hearing.session, ZAINAB.participant, hearing.texts, hearing.now)
        assert (mine.turn, mine.seat, mine.questions[0].turn, mine.questions[0].place) == (turn, "c2", turn, 0)

    def test_does_not_tell_of_a_doubt_that_nobody_confirmed(self) -> None:
        hearing = Hearing()
        question = hearing.admitted(ZAINAB)
        hearing.do(RefuseQuestion(question=question, reason="spam"))
        (row,) = personal(hearing.session, ZAINAB.participant, hearing.texts, hearing.now).questions
        assert (row.state, row.reason) == ("admitted", "")

    def test_tells_the_reason_and_the_newest_first(self) -> None:
        hearing = Hearing()
        question = hearing.ask(ZAINAB)
        hearing.do(NotTakeQuestion(question=question, reason="in_court"), note="مقدمہ")
        newer = hearing.ask(ZAINAB)
        rows = personal(hearing.session, ZAINAB.participant, hearing.texts, hearing.now).questions
        assert [row.id for row in rows] == [newer, question]
        assert (rows[1].reason, rows[1].note) == ("in_court", "مقدمہ")

    def test_is_bounded(self) -> None:
        hearing = Hearing()
        for _ in range(OWN_MAX + 5):
            question = hearing.ask(ZAINAB)
            hearing.do(AdmitQuestion(question=question))
            hearing.do(AnswerQuestion(question=question))
        assert len(personal(hearing.session, ZAINAB.participant, hearing.texts, hearing.now).questions) == OWN_MAX

    def test_tells_someone_who_was_removed(self) -> None:
        hearing = Hearing()
        hearing.do(RemoveParticipant(participant=ZAINAB.participant, reason="abuse"), note="گالی")
        mine = personal(hearing.session, ZAINAB.participant, hearing.texts, hearing.now)
        assert (mine.barred, mine.barred_note, mine.removed) == ("abuse", "گالی", True)
        other = personal(hearing.session, BILAL.participant, hearing.texts, hearing.now)
        assert (other.barred, other.removed) == ("", False)


class TestVisible:
    def test_public_events_lose_what_is_for_the_desk(self) -> None:
        event = TurnCalled(turn="1" * 16, questions=(), participant="2" * 16, answer_by=1, limit_ms=2)
        shown = visible(event, "public")
        assert shown is not None
        assert "participant" not in shown
        desk = visible(event, "desk")
        assert desk is not None
        assert desk["participant"] == "2" * 16
        assert visible(DoorsOpened(), "official") == {"type": "session.doors_opened"}

    def test_events_of_the_desk_stay_there(self) -> None:
        event = QuestionHeld(question="1" * 16, reason="unclear", note=ContentRef("c" * 16, "0" * 64))
        assert visible(event, "public") is visible(event, "official") is None
        assert visible(event, "desk") is not None

    @pytest.mark.parametrize("audience", AUDIENCES)
    def test_events_of_the_server_are_for_nobody(self, audience: ViewAudience) -> None:
        assert visible(System(), audience) is None
