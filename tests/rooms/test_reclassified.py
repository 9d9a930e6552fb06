"""A question that turns out to be private: from then on it is as if it had been asked so, and nobody loses a turn."""

from __future__ import annotations

import msgspec

from rooms.questions import (
    AdmitQuestion,
    ClassifyQuestion,
    MergeQuestion,
    QuestionClassified,
    QuestionUnmerged,
    SupportQuestion,
)
from rooms.session import decode_event, encode_event
from rooms.turns import CallTurn
from rooms.views import personal, view
from tests.rooms.hearing import BILAL, SALMA, ZAINAB, Hearing


def kept(hearing: Hearing, question: str) -> bool:
    return hearing.session.queue.questions[question].private


def bribe(question: str, private: bool = True) -> ClassifyQuestion:
    return ClassifyQuestion(question=question, category="bribe", private=private)


def test_it_keeps_its_place_and_the_public_reads_no_more_of_it() -> None:
    hearing = Hearing().live()
    question, after = hearing.admitted(ZAINAB, category="water", area="uc-1"), hearing.admitted(SALMA)
    (told,) = hearing.do(bribe(question))
    assert told.audience == "desk"
    assert hearing.line() == [question, after]
    texts = dict.fromkeys(hearing.session.queue.questions[question].content.split(), "words")
    row = view(hearing.session, "public", texts).questions[question]
    assert (row.private, row.category, row.area, row.text, row.name) == (True, "", "", "", "")
    desk = view(hearing.session, "desk", texts).questions[question]
    assert (desk.private, desk.category, desk.text) == (True, "bribe", "words")
    (own,) = personal(hearing.session, ZAINAB.participant, texts, 0).questions
    assert own.private and own.place == 1
    assert hearing.refused(CallTurn(question=question)) == "private_question"
    assert hearing.refused(SupportQuestion(question=question), BILAL) == "question_state"
    assert hearing.replayed() == hearing.session


def test_it_stays_private_whatever_it_is_found_to_be_about_later() -> None:
    hearing = Hearing()
    question, asked_so = hearing.ask(), hearing.ask(private=True)
    hearing.do(bribe(question))
    for each in (question, asked_so):
        hearing.do(ClassifyQuestion(question=each, category="water"))
        assert kept(hearing, each)


def test_what_is_on_the_stage_or_on_its_way_there_is_out_already() -> None:
    """It is corrected once the turn is over: nobody is sent away, and nothing changes before everybody's eyes."""
    hearing = Hearing().live()
    turn, others = hearing.called(ZAINAB), hearing.admitted(SALMA)
    (question,) = hearing.session.stage.turns[turn].questions
    assert hearing.refused(bribe(question)) == "private_question"
    hearing.do(ClassifyQuestion(question=question, category="water"))
    assert hearing.state(question) == "called" and not kept(hearing, question)
    hearing.do(bribe(others))
    assert kept(hearing, others)


def test_who_had_joined_it_stands_alone_again() -> None:
    hearing = Hearing()
    question, public = hearing.admitted(ZAINAB), hearing.admitted(SALMA)
    private = hearing.admitted(BILAL, private=True)
    for each in (public, private):
        hearing.do(MergeQuestion(question=each, into=question))
    told = hearing.do(bribe(question))
    assert [type(each) for each in told] == [QuestionUnmerged, QuestionClassified]
    assert hearing.line() == [question, public], "each in her own place"
    assert hearing.state(private) == "merged", "what nobody else may read may follow"
    hearing.do(MergeQuestion(question=public, into=hearing.ask()))
    hearing.do(bribe(public))
    assert hearing.state(public) == "merged", "what is private may follow what is not"


def test_an_event_that_says_nothing_of_it_leaves_it_as_it_is() -> None:
    old = b'{"type":"question.classified","question":"3f9c0a52b71d4e68","category":"road","kind":"praise"}'
    event = decode_event(old)
    assert event == QuestionClassified(question="3f9c0a52b71d4e68", category="road", kind="praise", private=False)
    assert msgspec.json.decode(encode_event(event)) == msgspec.json.decode(old)
    hearing = Hearing()
    question = hearing.ask(private=True)
    hearing.do(AdmitQuestion(question=question))
    hearing.record(QuestionClassified(question=question, category="road", kind="praise"))
    assert kept(hearing, question)
