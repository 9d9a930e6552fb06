"""Typed lines under a safety delay, frame by frame: who is told what, with time moved by hand."""

from __future__ import annotations

import pytest

from rooms.captions import CorrectCaption, TypeCaption, WithholdCaptions
from rooms.lifecycle import OpenDoors, StartSession
from rooms.session import Tick
from rooms.turns import CallTurn, ParkTurn
from signaling.passes import Bearer
from tests.signaling.hand import Listener
from tests.signaling.test_gathering import A, B, C, Scene

DELAY_MS = 5_000


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    made.house.held_ms = DELAY_MS
    question = made.admitted(A)
    for command in (OpenDoors(), StartSession(), CallTurn(question=question)):
        made.do("moderator", command)
    made.clock.advance(1_000)
    return made


def pass_time(scene: Scene, ms: int) -> None:
    scene.house.now += ms
    scene.do("system", Tick())
    scene.clock.advance(ms)


def typed(scene: Scene, line: str) -> str:
    scene.do("interpreter", TypeCaption(language="ur", line=line))
    scene.clock.advance(200)
    return scene.house.live.session.captions.last[-1].id


def test_who_is_called_reads_at_once_what_the_others_read_later(scene: Scene) -> None:
    hers, theirs, desk = (
        scene.join(Listener(A)),
        scene.join(Listener(B)),
        scene.join(Listener(C, "moderator")),
    )
    before = len(theirs.frames)
    line = typed(scene, "spoken words")
    assert [row["text"] for row in hers.personal[A]["captions"].values()] == ["spoken words"]
    assert desk.view["captions"][line]["text"] == "spoken words"
    assert len(theirs.frames) == before and "captions" not in hers.view, "not even that there is a line"
    late = scene.join(Listener(C))
    assert "spoken words" not in str(late.frames)
    pass_time(scene, DELAY_MS)
    assert "captions" not in hers.personal[A]
    for each in (hers, theirs, late):
        assert each.view["captions"][line]["text"] == "spoken words"


def test_her_place_ends_and_with_it_what_she_reads_before_the_others(scene: Scene) -> None:
    hers = scene.join(Listener(A))
    typed(scene, "spoken words")
    scene.do("moderator", ParkTurn(turn=hers.personal[A]["turn"]))
    scene.clock.advance(200)
    assert "captions" not in hers.personal[A] and "captions" not in hers.view


def test_what_is_dumped_is_in_no_frame_of_anybody_else(scene: Scene) -> None:
    hers, theirs = scene.join(Listener(A)), scene.join(Listener(B))
    line = typed(scene, "dumped words")
    pass_time(scene, 2_000)
    scene.do("interpreter", CorrectCaption(caption=line, line="dumped, put right"))
    scene.clock.advance(200)
    scene.do("moderator", WithholdCaptions(reach_ms=0))
    scene.clock.advance(200)
    assert "captions" not in hers.personal[A]
    pass_time(scene, 2 * DELAY_MS)
    late = scene.join(Listener(C))
    for each in (theirs, late):
        assert "dumped" not in str(each.frames) and line not in str(each.frames)


def test_one_connection_may_read_for_several(scene: Scene) -> None:
    kiosk = scene.join(Listener(B))
    kiosk.held[A] = Bearer("abcd2345", A, "citizen")
    scene.gathering.added(kiosk, kiosk.held[A])
    typed(scene, "spoken words")
    assert kiosk.personal[A]["captions"] and "captions" not in kiosk.personal[B]
