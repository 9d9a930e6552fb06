"""The session as a whole: whom a command is about."""

from rooms.aggregate import owner
from rooms.lifecycle import CloseSession
from rooms.questions import WithdrawQuestion
from rooms.turns import (
    CallTurn,
    ClearSeat,
    FinishTurn,
    MuteSeat,
)

from .hearing import ZAINAB, Hearing, turn_of


class TestOwner:
    def test_is_whom_a_command_is_about(self) -> None:
        hearing = Hearing().live()
        turn = hearing.on_stage(ZAINAB)
        (question,) = turn_of(hearing, turn).questions
        session, mine = hearing.session, ZAINAB.participant
        assert owner(session, FinishTurn(turn=turn)) == mine
        assert owner(session, WithdrawQuestion(question=question)) == mine
        assert owner(session, MuteSeat(seat="c1", muted=True)) == mine
        assert owner(session, CallTurn(question=question)) is None
        assert owner(session, ClearSeat(seat="chair", reason="technical")) is None
        assert owner(session, ClearSeat(seat="none", reason="technical")) is None
        assert owner(session, CloseSession()) is None
