"""Words go, what was done about them stays; nobody is erased in the middle of her own turn."""

import pytest

from moderation.roles import allows
from rooms.base import SYSTEM
from rooms.erasing import ContentErased, EraseContent
from rooms.lifecycle import CloseSession
from rooms.turns import FinishTurn, ParkTurn
from rooms.views import view, visible
from tests.rooms.hearing import MODERATOR, ZAINAB, Hearing


def words_of(hearing: Hearing, question: str) -> tuple[str, ...]:
    asked = hearing.session.queue.questions[question]
    return asked.content, asked.name


def erase(hearing: Hearing, *contents: str) -> EraseContent:
    return EraseContent(participant=ZAINAB.participant, contents=contents)


def test_the_log_says_what_is_gone_and_everything_else_stands() -> None:
    hearing = Hearing().live()
    question = hearing.admitted()
    before = hearing.replayed()
    (event,) = hearing.do(erase(hearing, *words_of(hearing, question)), SYSTEM)
    assert event == ContentErased(participant=ZAINAB.participant, contents=words_of(hearing, question))
    before.seq, before.at = hearing.session.seq, hearing.session.at
    assert hearing.session == before == hearing.replayed()
    for gone in words_of(hearing, question):
        del hearing.texts[gone]
    row = view(hearing.session, "desk", hearing.texts).questions[question]
    assert (row.text, row.name, row.reference) == ("", "", hearing.session.queue.questions[question].reference)


def test_everyone_hears_which_words_are_gone_and_only_the_desk_whose() -> None:
    event = ContentErased(participant=ZAINAB.participant, contents=("c" * 16,))
    assert visible(event, "public") == {"type": "content.erased", "contents": ["c" * 16]} or visible(
        event, "public"
    ) == {"type": "content.erased", "contents": ("c" * 16,)}
    assert "participant" in (visible(event, "desk") or {})


@pytest.mark.parametrize("when", ["called", "on_stage"])
def test_a_turn_comes_first(when: str) -> None:
    hearing = Hearing().live()
    turn = hearing.called() if when == "called" else hearing.on_stage()
    assert hearing.refused(erase(hearing), SYSTEM) == "turn_live"
    hearing.do(ParkTurn(turn=turn))
    assert hearing.do(erase(hearing), SYSTEM)  # a place that is kept binds nobody


def test_after_the_turn_and_after_the_close_it_is_done() -> None:
    hearing = Hearing().live()
    turn = hearing.on_stage()
    hearing.do(FinishTurn(turn=turn))
    assert hearing.do(erase(hearing), SYSTEM)
    hearing.do(CloseSession())
    assert hearing.do(erase(hearing), SYSTEM)


def test_nobody_gives_the_command_but_the_server() -> None:
    assert not allows("citizen", "content.erase", own=True) and not allows("administrator", "content.erase", own=True)
    assert allows(SYSTEM.role, "content.erase", own=False) and not allows(MODERATOR.role, "content.erase", own=True)
