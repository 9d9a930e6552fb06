"""Ticks, personal frames and slow readers, with time moved by hand."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kachehri.live import Live
from rooms.attendance import RemoveParticipant, ReportPresence
from rooms.base import Command
from rooms.lifecycle import OpenDoors, StartSession
from rooms.questions import AdmitQuestion, AskQuestion, WithdrawQuestion
from rooms.session import Session
from rooms.turns import AcceptTurn, CallTurn, ClearSeat, TakeSeat
from rooms.views import AUDIENCES, personal
from signaling import codes, fan, gathering
from signaling.gathering import Gathering
from signaling.patch import without_nulls
from tests.signaling.hand import HandClock, House, Listener

A, B, C = House.person(1), House.person(2), House.person(3)


class Scene:
    def __init__(self, tick_ms: int = 150) -> None:
        self.clock = HandClock()
        self.house = House()
        self.reports: list[Command] = []
        self.gathering = Gathering(self.house.live, self.clock, tick_ms, self.reports.append)

    def join(self, listener: Listener, since: int | None = None, missed: Any = ()) -> Listener:
        position = self.gathering.can_resume(listener.audience, since)
        self.gathering.join(listener, position, list(missed))
        return listener

    def do(self, role: Any, command: Command, participant: str = "") -> None:
        self.gathering.announced(self.house.do(role, command, participant))

    def ask(self, participant: str, text: str = "x") -> str:
        self.do("citizen", AskQuestion(text=text), participant)
        return list(self.house.live.session.queue.questions)[-1]

    def admitted(self, participant: str) -> str:
        question = self.ask(participant)
        self.do("moderator", AdmitQuestion(question=question))
        return question

    def true_view(self, listener: Listener) -> dict[str, Any]:
        from rooms.views import view

        live = self.house.live
        found: dict[str, Any] = without_nulls(msgspec.to_builtins(view(live.session, listener.audience, live.texts)))
        return found

    def true_personal(self, participant: str) -> Any:
        live = self.house.live
        return without_nulls(msgspec.to_builtins(personal(live.session, participant, live.texts, self.clock.now())))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_who_joins_gets_the_whole_view_and_her_own(scene: Scene) -> None:
    question = scene.admitted(A)
    listener = scene.join(Listener(A))
    assert listener.types() == ["snapshot", "personal"]
    assert listener.view == scene.true_view(listener)
    assert listener.personal[A]["questions"][0]["id"] == question
    assert listener.personal[A]["questions"][0]["place"] == 1


def test_the_first_event_goes_at_once_and_the_next_wait(scene: Scene) -> None:
    listener = scene.join(Listener(A))
    scene.clock.advance(10_000)
    start = len(listener.frames)
    scene.do("moderator", OpenDoors())
    scene.clock.advance(0)
    assert [frame["type"] for frame in listener.frames[start:]] == ["tick"]
    scene.do("moderator", StartSession())
    scene.admitted(B)
    scene.clock.advance(149)
    assert len(listener.frames) == start + 1
    scene.clock.advance(1)
    assert listener.events() == ["session.doors_opened", "session.started", "question.admitted"]
    assert len(listener.frames) == start + 2, "many events, one frame"
    assert listener.view == scene.true_view(listener)


def test_each_audience_hears_what_it_may(scene: Scene) -> None:
    citizen, moderator, official = (
        scene.join(Listener(A)),
        scene.join(Listener(B, "moderator")),
        scene.join(Listener(C, "official")),
    )
    scene.ask(A, "my number is secret")
    scene.clock.advance(200)
    assert "question.asked" in moderator.events()
    assert not citizen.events() and not official.events()
    assert "secret" not in str(citizen.frames[:1]) + str(official.frames)
    assert citizen.personal[A]["questions"][0]["text"] == "my number is secret"
    for listener in (citizen, moderator, official):
        assert listener.view == scene.true_view(listener)


def test_an_event_that_an_audience_does_not_see_costs_it_nothing(scene: Scene) -> None:
    other = scene.join(Listener(B))
    before = len(other.frames)
    scene.ask(A)
    scene.clock.advance(200)
    assert len(other.frames) == before


def test_the_asker_hears_of_her_question_with_the_tick(scene: Scene) -> None:
    listener = scene.join(Listener(A))
    scene.ask(A)
    scene.clock.advance(0)
    assert listener.personal[A]["questions"][0]["state"] == "new"
    assert listener.frames[-1]["seq"] == scene.house.live.seq, "tells that the view has caught up with the reply"


def test_her_place_converges_within_five_seconds(scene: Scene) -> None:
    people = [House.person(10 + number) for number in range(300)]
    questions = [scene.admitted(each) for each in people]
    listeners = [scene.join(Listener(each)) for each in people]
    scene.clock.advance(10_000)
    for question in questions[:20]:
        scene.do(
            "citizen", WithdrawQuestion(question=question), scene.house.live.session.queue.questions[question].asker
        )
        scene.clock.advance(100)
    scene.clock.advance(5_000)
    for listener in listeners:
        assert listener.personal[listener.bearer.participant] == scene.true_personal(listener.bearer.participant)
    frames = sum(frame["type"] == "personal" for frame in listeners[-1].frames)
    assert frames <= 5, "throttled: not one frame for each of twenty events"


def test_nobody_hears_what_concerns_another(scene: Scene) -> None:
    scene.admitted(A)
    mine, hers = scene.join(Listener(B)), scene.join(Listener(A))
    scene.do("moderator", OpenDoors())
    scene.do("moderator", StartSession())
    scene.do("moderator", CallTurn(question=list(scene.house.live.session.queue.questions)[0]))
    scene.clock.advance(10_000)
    assert set(mine.personal) == {B} and set(hers.personal) == {A}
    assert hers.personal[A]["turn"]
    assert A not in str(mine.frames), "who was called is told to her and to the desk"


def test_the_end_of_a_turn_reaches_her_at_once(scene: Scene) -> None:
    question = scene.admitted(A)
    hers = scene.join(Listener(A))
    for command in (OpenDoors(), StartSession(), CallTurn(question=question)):
        scene.do("moderator", command)
    scene.clock.advance(200)
    assert hers.personal[A]["turn"]
    scene.do("citizen", WithdrawQuestion(question=question), A)
    scene.clock.advance(150)
    assert "turn" not in hers.personal[A]


def test_a_connection_speaks_for_several(scene: Scene) -> None:
    kiosk = scene.join(Listener(A))
    from signaling.passes import Bearer

    kiosk.held[B] = Bearer("abcd2345", B, "citizen")
    scene.gathering.added(kiosk, kiosk.held[B])
    scene.ask(B)
    scene.clock.advance(0)
    assert kiosk.personal[B]["questions"] and "questions" not in kiosk.personal[A]
    scene.gathering.leave(kiosk)
    assert not scene.gathering.fans["public"].members


def test_who_was_away_shortly_gets_what_she_missed(scene: Scene) -> None:
    stays, leaves = scene.join(Listener(A)), scene.join(Listener(B))
    scene.do("moderator", OpenDoors())
    scene.clock.advance(200)
    scene.gathering.leave(leaves)
    scene.do("moderator", StartSession())
    scene.clock.advance(200)
    scene.admitted(C)
    scene.clock.advance(200)
    back = Listener(B)
    back.view, back.seq = leaves.view, leaves.seq
    scene.join(back, since=leaves.seq)
    assert back.types() == ["tick", "tick", "personal"]
    assert back.view == stays.view == scene.true_view(back)
    assert back.seq == stays.seq


def test_who_missed_nothing_gets_nothing(scene: Scene) -> None:
    listener = scene.join(Listener(A))
    again = Listener(A)
    again.view, again.seq = listener.view, listener.seq
    scene.join(again, since=listener.seq)
    assert again.types() == ["personal"]


@pytest.mark.parametrize("since", [0, 7, 10**9])
def test_who_knows_something_else_gets_a_snapshot(scene: Scene, since: int) -> None:
    for number in range(3):
        scene.join(Listener(House.person(50 + number)))
        scene.ask(A)
        scene.clock.advance(200)
    listener = scene.join(Listener(B), since=since, missed=[{"type": "x", "seq": 1}, {"type": "y", "seq": 10**9}])
    assert listener.types()[0] == "snapshot"
    assert listener.frames[0]["missed"] == [{"type": "x", "seq": 1}], "nothing that is later than the view"


def test_who_knows_more_than_was_told_here_is_not_told_it_twice(scene: Scene) -> None:
    """She comes from another worker, which was quicker with its tick: only a view made whole is right for her."""
    scene.join(Listener(A))
    scene.clock.advance(1_000)
    scene.do("moderator", OpenDoors())
    ahead = scene.house.live.seq
    assert scene.gathering.can_resume("public", ahead) is None
    scene.clock.advance(200)
    scene.ask(A)  # of which the public is told nothing
    scene.clock.advance(200)
    assert scene.house.live.seq > ahead
    assert scene.gathering.can_resume("public", scene.house.live.seq) == scene.gathering.fans["public"].position


def test_an_old_ring_is_cut(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan, "RING_TICKS", 3)
    first = scene.join(Listener(A))
    since = first.seq
    for _ in range(4):
        scene.admitted(B)
        scene.clock.advance(200)
    assert scene.gathering.can_resume("public", since) is None
    assert scene.gathering.can_resume("public", first.frames[-3]["seq"]) is not None


def test_a_slow_reader_is_spared_and_catches_up(scene: Scene) -> None:
    slow, fast = scene.join(Listener(A)), scene.join(Listener(B))
    slow.paused = True
    for _ in range(3):
        scene.admitted(C)
        scene.clock.advance(200)
    before = len(slow.frames)
    assert len(fast.frames) > before
    slow.paused = False
    scene.gathering.drained(slow)
    assert [frame["type"] for frame in slow.frames[before:]] == ["tick", "tick", "tick", "personal"]
    assert slow.view == fast.view


def test_a_very_slow_reader_gets_a_snapshot(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan, "RING_TICKS", 2)
    slow = scene.join(Listener(A))
    slow.paused = True
    for _ in range(4):
        scene.admitted(C)
        scene.clock.advance(200)
    slow.paused = False
    scene.gathering.drained(slow)
    assert slow.types()[-2:] == ["snapshot", "personal"]
    assert slow.view == scene.true_view(slow)


def test_many_readers_are_served_in_parts_and_in_order(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "CHUNK", 2)
    listeners = [scene.join(Listener(House.person(70 + number))) for number in range(5)]
    scene.do("moderator", OpenDoors())
    scene.clock.advance(0)
    scene.gathering.leave(listeners[4])
    scene.do("moderator", StartSession())
    scene.clock.advance(1_000)
    for listener in listeners[:4]:
        assert listener.events() == ["session.doors_opened", "session.started"]


def test_a_quiet_session_says_that_it_is_alive(scene: Scene) -> None:
    listener = scene.join(Listener(A))
    full = scene.join(Listener(B))
    full.paused = True
    scene.clock.advance(20_000)
    scene.gathering.sweep()
    assert listener.frames[-1] == {"type": "tick", "at": scene.clock.now(), "seq": listener.seq}
    count = len(listener.frames)
    scene.gathering.sweep()
    assert len(listener.frames) == count


def test_who_is_removed_is_told_and_put_out(scene: Scene) -> None:
    gone, stays = scene.join(Listener(A)), scene.join(Listener(B))
    scene.do("moderator", RemoveParticipant(participant=A, reason="abuse"))
    scene.clock.advance(0)
    assert gone.shut_for == codes.REMOVED and gone.personal[A]["removed"] is True
    assert stays.shut_for is None


def test_a_restored_log_is_a_new_epoch_for_everyone(scene: Scene) -> None:
    listener, full = scene.join(Listener(A)), scene.join(Listener(B, "moderator"))
    scene.admitted(A)
    scene.clock.advance(200)
    fresh = Live(Session(id="abcd2345"), "e2", {})
    scene.gathering.restart(fresh)
    for each in (listener, full):
        last = [frame for frame in each.frames if frame["type"] == "snapshot"][-1]
        assert (last["epoch"], last["seq"]) == ("e2", 0)


def test_an_audience_without_members_is_not_looked_at(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = scene.join(Listener(A))
    looked: list[str] = []
    monkeypatch.setattr(fan, "view", lambda session, audience, texts: looked.append(audience))
    scene.gathering.leave(listener)
    scene.admitted(B)
    scene.clock.advance(1_000)
    assert not looked


def test_stopping_ends_every_timer(scene: Scene) -> None:
    listener = scene.join(Listener(A))
    scene.admitted(A)
    scene.gathering.stop()
    before = len(listener.frames)
    scene.clock.advance(60_000)
    assert len(listener.frames) == before and not scene.reports


def test_a_viewer_who_followed_equals_one_who_reloaded(scene: Scene) -> None:
    listeners = [scene.join(Listener(A)), scene.join(Listener(B, "moderator")), scene.join(Listener(C, "official"))]
    scene.do("moderator", OpenDoors())
    scene.do("moderator", StartSession())
    for number in range(60):
        question = scene.admitted(House.person(100 + number))
        if number == 5:
            scene.do("moderator", CallTurn(question=question))
            scene.do("citizen", AcceptTurn(turn=next(iter(scene.house.live.session.stage.turns))), House.person(105))
            scene.do("system", ReportPresence(participant=House.person(105), role="citizen", present=False))
        scene.clock.advance(70)
        if number % 7 == 0:
            scene.clock.advance(200)
            for listener in listeners:
                assert listener.view == scene.true_view(listener)
    assert {listener.audience for listener in listeners} == set(AUDIENCES)


def test_whoever_is_taken_off_a_seat_is_told_at_once(scene: Scene) -> None:
    scene.do("moderator", OpenDoors())
    listener = scene.join(Listener(A))
    scene.do("chair", TakeSeat(seat="chair"), A)
    scene.clock.advance(1_000)
    assert listener.personal[A]["seat"] == "chair"
    scene.do("moderator", ClearSeat(seat="chair", reason="disruption"))
    scene.clock.advance(150)
    assert listener.personal[A].get("seat", "") == ""
