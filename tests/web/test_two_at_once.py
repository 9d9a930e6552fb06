"""Two questions heard at once: what nobody released of one is not heard or read because the other was."""

from __future__ import annotations

from pathlib import Path

import pytest

from kachehri.store import replays
from recordings import replaying
from recordings.edition.basis import basis_of
from rooms.base import Actor
from rooms.captions import TypeCaption
from rooms.questions import AdmitQuestion
from rooms.turns import CallTurn, FinishTurn, GiveFloor, ReadOutTurn, ReadyTurn, TakeSeat
from tests.web.conftest import Town
from tests.web.test_following import close
from tests.web.test_replay import CHAIR, kept
from web.forms import new_key

pytestmark = pytest.mark.anyio
READ, SAID, ANSWER = "پہلے سوال کے الفاظ پڑھے جا رہے ہیں", "ہماری گلی میں بجلی نہیں", "دونوں کا کام ہو جائے گا"


@pytest.mark.parametrize("first", ["new", "kept"])
async def test_what_goes_on_beside_a_chapter_is_not_released_with_it(town: Town, tmp_path: Path, first: str) -> None:
    session = await town.schedule(live=True)
    for text in ("ہمارے محلے کا نلکا بند ہے", "ہماری گلی میں بجلی نہیں ہے"):
        await town.phone("ur").ask(session, text, area="uc1")
    one, two = (await town.service.live(session)).session.queue.questions.values()
    await town.service.submit(CHAIR, session, TakeSeat(seat="chair"), new_key())
    for each in (one, two):
        await town.moderate(session, AdmitQuestion(question=each.id))
    await town.moderate(session, CallTurn(question=one.id))
    (read,) = (await town.service.live(session)).session.stage.turns
    await town.moderate(session, ReadOutTurn(turn=read))
    await town.moderate(session, CallTurn(question=two.id, seat="citizen"))
    (spoken,) = set((await town.service.live(session)).session.stage.turns) - {read}
    await town.service.submit(Actor(two.asker, "citizen"), session, ReadyTurn(turn=spoken), new_key())
    await town.moderate(session, TypeCaption(language="ur", line=SAID))
    await town.moderate(session, GiveFloor(seat=None))
    await town.moderate(session, TypeCaption(language="ur", line=READ))
    await town.moderate(session, GiveFloor(seat="chair"))
    await town.moderate(session, TypeCaption(language="ur", line=ANSWER))
    await town.moderate(session, FinishTurn(turn=read))
    await town.moderate(session, FinishTurn(turn=spoken))
    await close(town, session)
    await kept(town, session)
    live = await town.service.live(session)

    def look(decided: dict[str, str]) -> tuple[replaying.Replay, tuple[tuple[int, int], ...]]:
        with town.service.store.write() as conn:
            for question, state in decided.items():
                (row,) = replays.of_question(conn, question)
                replays.decide(conn, session, row.key, state, "", "acc", town.service.store.now(conn))
        with town.service.store.read() as conn:
            return replaying.replay(conn, live, tmp_path), basis_of(conn, live, tmp_path).released

    replay, released = look({two.id: "released", one.id: first})
    shut, shown = (next(each for each in replay.chapters if id in each.chapter.questions) for id in (one.id, two.id))
    assert shut.chapter.starts_at < shown.chapter.starts_at < shut.chapter.ends_at < shown.chapter.ends_at
    assert shown.open and not shut.open
    for since, until in released:
        assert until <= shut.chapter.starts_at or since >= shut.chapter.ends_at
    lines = [line.text for line in replay.public_lines]
    assert READ not in lines and SAID in lines and (ANSWER in lines) is (first == "new")

    replay, released = look({one.id: "released"})
    assert released[-1] == (released[-1][0], shown.chapter.ends_at) and released[-1][0] <= shut.chapter.starts_at
    assert {READ, SAID, ANSWER} <= {line.text for line in replay.public_lines}
