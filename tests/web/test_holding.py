"""A recording is kept for a court, and somebody who withdrew her words is taken out of one: who may, and what stays."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from kachehri.store import audit, redactions, replays
from kachehri.store.tables import Redaction
from recordings.archive import Archive
from recordings.archive.manifest import Manifest
from tests.web.conftest import Phone, Town
from tests.web.test_clips import with_sound
from tests.web.test_lobby import has
from tests.web.test_replay import Heard, heard
from tests.web.test_staff import signed_in

pytestmark = pytest.mark.anyio
WHY = "رٹ 1234/2026، فون 0301-2345678"


def day(town: Town, days: int) -> str:
    return (date.fromtimestamp(town.house.now() / 1_000) + timedelta(days=days)).isoformat()


def held(town: Town, session: str) -> tuple[str, str] | None:
    with town.service.store.read() as conn:
        row = redactions.held(conn, session)
    return (row.reason, row.review_on) if row else None


async def pressed(moderator: Phone, session: str, do: str, **fields: str) -> str:
    path = f"/sessions/{session}/hold"
    await moderator.get(path)
    return (await moderator.post(path, **{"do": do, **fields})).text


async def test_it_is_kept_with_a_reason_and_a_day_until_somebody_ends_it(town: Town) -> None:
    session = (await heard(town)).session
    moderator = await signed_in(town, "moderator")
    assert f"/sessions/{session}/hold" in (await moderator.get(f"/sessions/{session}/chapters")).text
    soon = day(town, 30)
    for wrong in ("", "x", day(town, -1), day(town, 400)):
        page = await pressed(moderator, session, "hold", reason=WHY, day=wrong)
        assert has(page, "hold.bad_day") and "1234/2026" in page, "what was typed is not lost"
    assert has(await pressed(moderator, session, "hold", reason=" ", day=soon), "review.need_reason")
    assert held(town, session) is None
    page = await pressed(moderator, session, "hold", reason=WHY, day=soon)
    assert has(page, "hold.said.hold", "hold.held") and not has(page, "hold.due")
    found = held(town, session)
    assert found is not None and found[1] == soon and "2345678" not in found[0] + page
    assert has((await moderator.get(f"/sessions/{session}/chapters")).text, "hold.held")
    listed = (await moderator.get("/releases")).text
    assert has(listed, "hold.list") and f"/sessions/{session}/hold" in listed and not has(listed, "hold.due")
    with town.service.store.write() as conn:
        row = redactions.held(conn, session)
        assert row is not None
        redactions.hold(conn, row.model_copy(update={"review_on": day(town, -1)}))
    assert has((await moderator.get("/releases")).text, "hold.due")
    assert has(await pressed(moderator, session, "lift", reason=""), "review.need_reason") and held(town, session)
    assert has(await pressed(moderator, session, "lift", reason="فیصلہ ہو گیا"), "hold.said.lift")
    assert held(town, session) is None
    await pressed(moderator, session, "lift", reason="فیصلہ ہو گیا")
    assert not has((await moderator.get("/releases")).text, "hold.list")
    with town.service.store.read() as conn:
        acts = audit.of_subject(conn, session)
    assert [(act.action, act.body) for act in acts] == [("recording.hold", {"day": soon}), ("recording.lift", None)]
    assert all(act.account_id and act.reason for act in acts)


async def test_only_those_who_may_cut_something_out_keep_it(town: Town) -> None:
    session = (await heard(town)).session
    path = f"/sessions/{session}/hold"
    for role in ("clerk", "official", "observer", "administrator"):
        assert (await (await signed_in(town, role)).get(path)).status_code == 403, role
    moderator = await signed_in(town, "moderator")
    await moderator.get(path)
    assert (await moderator.post(path, do="all")).status_code == 400


async def test_a_turn_whose_words_were_withdrawn_stands_first_and_is_taken_out_by_a_moderator(
    town: Town, tmp_path: Path
) -> None:
    found = await with_sound(town, tmp_path)
    path = f"/sessions/{found.session}/chapters"
    moderator = await signed_in(town, "moderator")
    Manifest(town.service.store, Archive(tmp_path)).round()
    assert not has((await moderator.get(path)).text, "withdrawn.title")
    assert has(await pressed_voice(moderator, path, ""), "withdrawn.said") and rows(town, found) == [], (
        "nothing to take"
    )
    await found.phone.get(f"{found.receipt}/mine")
    await found.phone.post(f"{found.receipt}/erase", sure="1")
    page = (await moderator.get(path)).text
    assert has(page, "withdrawn.title", "withdrawn.do")
    assert has((await moderator.get("/releases")).text, "withdrawn.list") and rows(town, found) == [], (
        "nothing by itself"
    )
    with town.service.store.read() as conn:
        (chapter,) = replays.of_question(conn, found.question)
    for _ in range(2):
        assert not has(await pressed_voice(moderator, path, chapter.key), "withdrawn.title")
    span = (chapter.starts_at, chapter.ends_at, True, True)
    assert [(row.starts_at, row.ends_at, row.sound, row.picture) for row in rows(town, found)] == [span]
    assert not has((await moderator.get("/releases")).text, "withdrawn.list")
    with town.service.store.write() as conn:
        assert audit.of_subject(conn, chapter.key)[-1].action == "recording.mark"
        redactions.undo(conn, rows(town, found)[0].id, "who", 5)
    assert has((await moderator.get(path)).text, "withdrawn.title"), "it was put back"
    await pressed_voice(moderator, path, chapter.key)
    assert [row.state for row in rows(town, found)] == ["undone", "new"]


async def pressed_voice(moderator: Phone, path: str, key: str) -> str:
    await moderator.get(path)
    return (await moderator.post(path, do="voice", chapter=key)).text


def rows(town: Town, found: Heard) -> list[Redaction]:
    with town.service.store.read() as conn:
        return sorted(redactions.of_session(conn, found.session), key=lambda row: row.made_at)
