"""The chapters of a long hearing come to a moderator in pages: what waits first, and back to the one just decided."""

from __future__ import annotations

import re

import pytest

from kachehri.store import content, replays
from rooms.questions import AdmitQuestion, AnswerQuestion
from tests.web.conftest import Town
from tests.web.test_following import close
from tests.web.test_lobby import has
from tests.web.test_staff import signed_in
from web import replay_window

pytestmark = pytest.mark.anyio


async def test_a_moderator_goes_from_page_to_page_and_comes_back_to_the_chapter(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_window, "CHAPTERS", 1)
    session = await town.schedule(live=True)
    for text in ("ہمارے محلے کا نلکا بند ہے", "ہماری گلی میں بجلی نہیں ہے", "سڑک ٹوٹی ہوئی ہے"):
        await town.phone("ur").ask(session, text, area="uc1")
    for each in list((await town.service.live(session)).session.queue.questions):
        await town.moderate(session, AdmitQuestion(question=each))
        await town.moderate(session, AnswerQuestion(question=each, note="ہو جائے گا"))
    await close(town, session)
    moderator, path = await signed_in(town, "moderator"), f"/sessions/{session}/chapters"

    async def on(page: str) -> list[str]:
        return re.findall(r'class="card chapter" id="([^"]+)"', (await moderator.get(page)).text)

    first = await on(path)
    with town.service.store.read() as conn:
        keys = [each.key for each in replays.of_session(conn, session) if each.question_id]
    assert first == keys[:1] and 'rel="next"' in moderator.page and 'rel="prev"' not in moderator.page
    assert [await on(f"{path}?p={n}") for n in (1, 2, 3)] == [[each] for each in keys]
    assert await on(f"{path}?c={keys[2]}") == keys[2:] and await on(f"{path}?p=9") == keys[:1]
    await moderator.get(f"{path}?p=1")
    refused = await moderator.post(path, chapter=keys[1], do="keep")
    assert (
        refused.status_code == 422 and f'id="{keys[1]}"' in refused.text and has(refused.text, "releases.need_reason")
    )
    await moderator.get(f"{path}?p=1")
    after = await moderator.post(path, chapter=keys[0], do="release")
    assert f'id="{keys[0]}"' in after.text and has(after.text, "releases.released"), "the chapter that was decided"
    assert await on(path) == keys[1:2], "what waits comes first"
    live = await town.service.live(session)
    with town.service.store.write() as conn:
        asked = next(each for each in live.session.queue.questions.values() if f"written-{each.id}" == keys[2])
        content.republish(conn, asked.content, "سڑک ٹوٹی")
    assert "سڑک ٹوٹی" in (await moderator.get(f"{path}?p=3")).text and "سڑک ٹوٹی ہوئی" not in moderator.page
