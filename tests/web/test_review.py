"""A moderator looks a chapter through: hears it before anybody, cuts moments and words out, puts them back, decides."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kachehri.i18n import words_for
from kachehri.store import audit, redactions, replays
from kachehri.store.tables import RecordingHold
from tests.web.conftest import Phone, Town
from tests.web.test_clips import with_sound
from tests.web.test_lobby import has
from tests.web.test_replay import ANSWER, HERS, Heard, decided
from tests.web.test_staff import signed_in
from web import review_reading
from web.pages import review

pytestmark = pytest.mark.anyio
WHY = "نام لیا گیا 0301-2345678"


def way(found: Heard) -> str:
    return f"/sessions/{found.session}/chapters/2"


async def opened(town: Town, folder: Path) -> tuple[Heard, Phone]:
    found = await with_sound(town, folder)
    moderator = await signed_in(town, "moderator")
    await moderator.get(f"{way(found)}/review")
    return found, moderator


def acts(town: Town, found: Heard) -> list[str]:
    with town.service.store.read() as conn:
        (row,) = replays.of_question(conn, found.question)
        return [act.action for act in audit.of_subject(conn, row.key)]


async def test_a_moderator_hears_what_nobody_else_may_and_answers_for_it(town: Town, tmp_path: Path) -> None:
    found, moderator = await opened(town, tmp_path)
    raw = f"{way(found)}/raw/1.m4a"
    assert raw in moderator.page and HERS in moderator.page and has(moderator.page, "releases.state.new")
    answer = await moderator.get(raw)
    assert b"voice0" in answer.content and b"voice1" in answer.content, "the whole of it, not the answer alone"
    assert answer.headers["cache-control"] == "no-store" and answer.headers["content-type"] == "audio/mp4"
    more = await moderator.client.get(raw, headers={"range": "bytes=10-19"})
    assert more.status_code == 206
    await moderator.client.get(raw, headers={"range": "bytes=0-"})
    with town.service.store.read() as conn:
        (row,) = replays.of_question(conn, found.question)
        told = [(act.action, act.body) for act in audit.of_subject(conn, row.key)]
    assert told == [
        ("chapter.hear", {"seconds": "0", "times": "1"}),
        ("chapter.hear", {"seconds": "0", "times": "2"}),
    ], "each time that somebody begins"
    for role in ("clerk", "official", "observer", "administrator"):
        other = await signed_in(town, role)
        for path in (raw, f"{way(found)}/review"):
            assert (await other.get(path)).status_code == 403, role
    assert b"voice" not in (await town.phone("en").get(raw)).content
    for path in ("raw/2.m4a", "raw/1.mp4", "raw/x.m4a"):
        assert (await moderator.get(f"{way(found)}/{path}")).status_code == 404, path
    for n in ("1", "9", "x"):
        assert (await moderator.get(f"/sessions/{found.session}/chapters/{n}/review")).status_code == 404, n


async def test_a_moment_is_cut_out_with_a_reason_and_put_back(town: Town, tmp_path: Path) -> None:
    found, moderator = await opened(town, tmp_path)
    path = f"{way(found)}/review"
    wrong = await moderator.post(path, do="mark", **{"from": "0:99", "to": "", "reason": WHY, "sound": "1"})
    assert wrong.status_code == 422 and has(wrong.text, "review.bad_time")
    assert WHY in wrong.text or "نام لیا گیا" in wrong.text, "what was typed is not lost"
    empty = await moderator.post(path, do="mark", **{"from": "0:00", "to": "0:09", "reason": " ", "sound": "1"})
    assert has(empty.text, "review.need_reason")
    late = await moderator.post(path, do="mark", **{"from": "0:50", "to": "0:55", "reason": WHY, "sound": "1"})
    assert late.status_code == 422 and has(late.text, "review.bad_span", long="00:00"), "beyond its end"
    none = await moderator.post(path, do="mark", **{"from": "0:00", "to": "0:09", "reason": WHY})
    assert has(none.text, "review.bad_what")
    assert marks(town, found) == []


async def test_marks_are_kept_undone_and_told_in_words(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "LEAST_MS", 1)
    found, moderator = await opened(town, tmp_path)
    path = f"{way(found)}/review"
    said = await moderator.post(path, do="mark", **{"from": "۰:۰۰", "to": "0:09.5", "reason": WHY, "sound": "1"})
    assert has(said.text, "review.marked", "review.mark.waiting", "review.waiting_more"), said.text[-3000:]
    ((id, length, sound, picture, state),) = marks(town, found)
    assert 0 < length < 9_000, "no longer than the chapter"
    assert (sound, picture, state) == (True, False, "new") and "2345678" not in said.text
    gone = await moderator.post(path, do="undo", id=id)
    assert has(gone.text, "review.undone", "review.mark.returning")
    again = await moderator.post(path, do="undo", id=id)
    assert again.status_code == 409 and has(again.text, "review.too_late")
    assert (await moderator.post(path, do="undo", id="other")).status_code == 409
    assert (await moderator.post(path, do="all")).status_code == 400
    assert acts(town, found).count("recording.mark") == 1


async def test_no_day_of_destruction_is_promised_while_the_recording_is_kept(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "LEAST_MS", 1)
    found, moderator = await opened(town, tmp_path)
    path = f"{way(found)}/review"
    await moderator.post(path, do="mark", **{"from": "0:00", "to": "0:09", "reason": WHY, "sound": "1"})
    ((id, *_),) = marks(town, found)
    words, now = words_for("en"), town.house.now()
    until = now + 5 * 86_400_000

    def sealed_until(at: int) -> None:
        with town.service.store.write() as conn:
            conn.exec_driver_sql(f"UPDATE redaction SET state = 'done', done_at = 5, sealed_until = {at}")

    sealed_until(until)
    day = words.dates.day(until)
    assert has((await moderator.get(path)).text, "review.mark_more.sealed", day=day)
    hold = RecordingHold(session_id=found.session, reason="r", review_on="2027-01-01", made_by="a", made_at=now)
    with town.service.store.write() as conn:
        redactions.hold(conn, hold)
    page = (await moderator.get(path)).text
    assert has(page, "review.mark_more.sealed_kept", day=day) and not has(page, "review.mark_more.sealed", day=day)
    assert has(page, "review.undo_do")
    sealed_until(now - 5)
    page = (await moderator.get(path)).text
    assert has(page, "review.mark_more.kept") and not has(page, "review.undo_do"), "its time is over, and it is there"
    assert (await moderator.post(path, do="undo", id=id)).status_code == 409


async def test_words_are_out_for_every_reader_and_come_back(town: Town, tmp_path: Path) -> None:
    found, moderator = await opened(town, tmp_path)
    decided(town, found, "released")
    path = f"{way(found)}/review"
    page = (await moderator.get(path)).text
    ids = {text: id for id, text in (await town.service.live(found.session)).texts.items()}
    her, asked = ids[HERS], next(id for text, id in ids.items() if "نلکا" in text)
    assert f"{path}?text={her}#pick" in page
    picking = await moderator.get(f"{path}?text={her}")
    assert 'name="w2"' in picking.text and "زینب" in picking.text
    bad = await moderator.post(path, do="hide", text=her, quote="نہیں", reason=WHY)
    assert bad.status_code == 422 and has(bad.text, "review.bad_words")
    done = await moderator.post(path, do="hide", text=her, w2="1", reason=WHY)
    assert has(done.text, "review.hidden") and "words taken out" in done.text and "زینب" in done.text, (
        "the moderator sees what is out"
    )
    assert has(
        (await moderator.post(path, do="hide", text=asked, quote="نلکا بند ہے", reason=WHY)).text, "review.hidden"
    )
    anyone = town.phone("en")
    for public in (f"/s/{found.session}/replay", f"/s/{found.session}/captions/ur.vtt", f"/t/{found.reference}"):
        text = (await anyone.get(public)).text
        assert "▒▒▒" in text and "زینب" not in text and "نلکا" not in text, public
    assert ANSWER in (await anyone.get(f"/s/{found.session}/replay")).text
    assert "نلکا" not in (await anyone.get("/replays?q=نلکا")).text.split("value=")[1].split(">", 1)[1]
    left = HERS.replace("زینب", "▒▒▒")
    await town.until(lambda: says(town, found, her, left))
    with town.service.store.read() as conn:
        rows = redactions.words_of(conn, found.session)
    for row in rows:
        assert "2345678" not in row.reason
        await moderator.get(path)
        assert has((await moderator.post(path, do="show", id=row.id)).text, "review.shown")
    assert HERS in (await anyone.get(f"/s/{found.session}/replay")).text
    assert (await moderator.post(path, do="hide", text="elsewhere", quote="x", reason=WHY)).status_code == 400


async def test_what_was_ticked_in_an_older_text_takes_out_no_other_words(town: Town, tmp_path: Path) -> None:
    found, moderator = await opened(town, tmp_path)
    path = f"{way(found)}/review"
    her = next(id for id, text in (await town.service.live(found.session)).texts.items() if text == HERS)
    seen = re.findall(r'name="of" value="(\w+)"', (await moderator.get(f"{path}?text={her}")).text)
    assert len(seen) == 1
    await moderator.post(path, do="hide", text=her, quote="میرا نام", reason=WHY)
    refused = await moderator.post(path, do="hide", text=her, of=seen[0], w2="1", reason=WHY)
    assert refused.status_code == 409 and has(refused.text, "review.bad_words") and "زینب" in refused.text
    left = HERS.replace("میرا نام", "▒▒▒")
    await town.until(lambda: says(town, found, her, left))  # not the word that stands in that place now
    (fresh,) = set(re.findall(r'name="of" value="(\w+)"', refused.text))
    await moderator.post(path, do="hide", text=her, of=fresh, w1="1", reason=WHY)
    await town.until(lambda: says(town, found, her, left.replace("زینب", "▒▒▒")))


async def test_ends_with_a_decision_that_says_why(town: Town, tmp_path: Path) -> None:
    found, moderator = await opened(town, tmp_path)
    path = f"{way(found)}/review"
    assert has((await moderator.post(path, do="keep", reason="")).text, "review.need_reason")
    await moderator.get(path)
    assert has((await moderator.post(path, do="release")).text, "releases.released")
    assert HERS in (await town.phone("en").get(f"/s/{found.session}/replay")).text
    await moderator.get(path)
    assert has((await moderator.post(path, do="keep", reason=WHY)).text, "releases.kept")
    assert HERS not in (await town.phone("en").get(f"/s/{found.session}/replay")).text
    assert acts(town, found) == ["chapter.release", "chapter.keep"]


async def says(town: Town, found: Heard, text_id: str, words: str) -> bool:
    """Whether this process's own copy of the hearing reads so."""
    return (await town.service.live(found.session)).texts[text_id] == words


def marks(town: Town, found: Heard) -> list[tuple[str, int, bool, bool, str]]:
    with town.service.store.read() as conn:
        rows = redactions.of_session(conn, found.session)
    return [(row.id, row.ends_at - row.starts_at, row.sound, row.picture, row.state) for row in rows]


@pytest.mark.parametrize(
    ("typed", "ms"),
    [
        ("00:00", 0),
        ("1:05", 65_000),
        ("۰۱:۰۵", 65_000),
        ("1:02:03", 3_723_000),
        (" 0:01.5 ", 1_500),
        ("120:00", 7_200_000),
    ],
)
def test_times_are_read_in_any_digits(typed: str, ms: int) -> None:
    assert review_reading.moment(typed) == ms


@pytest.mark.parametrize("typed", ["", "5", "1:60", "a:b", "-1:00", "1:2:3:4", "1:00.55", "0:0000"])
def test_what_is_no_time_is_said(typed: str) -> None:
    assert review_reading.moment(typed) is None


def test_ticked_words_are_quoted_as_they_stand() -> None:
    text = "I am  Zainab Bibi, of ▒▒▒ lane"
    assert list(review_reading.quotes(text, {2, 3, 5, 6, 99})) == ["Zainab Bibi,", "lane"]
    assert list(review_reading.quotes(text, set())) == []
    assert [part.kind for part in review_reading.parts_of(text)] == ["", "taken", ""]


async def test_what_was_taken_out_is_said_in_its_place(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "LEAST_MS", 1)
    found, moderator = await opened(town, tmp_path)
    span = {"from": "0:00", "to": "0:09", "sound": "1", "picture": "1", "reason": "نام لیا گیا"}
    await moderator.post(f"{way(found)}/review", do="mark", **span)
    public = f"/s/{found.session}/replay"
    assert "نام لیا گیا" not in (await town.phone("en").get(public)).text, "of what is shut nothing is told"
    decided(town, found, "released")
    page = (await town.phone("en").get(public)).text
    assert has(page, "replay.cut", reason="نام لیا گیا") and HERS in page, "words are taken out apart"
    await moderator.post(f"{way(found)}/review", do="undo", id=marks(town, found)[0][0])
    assert "نام لیا گیا" not in (await town.phone("en").get(public)).text
