"""A long hearing comes in pages: each chapter is on one, its link leads there, and what is taken back is on none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kachehri.ids import new_id
from kachehri.store import content, redactions
from kachehri.store.tables import Redaction
from moderation.release import TAKEN
from recordings import replaying
from recordings.chapters import Chapter
from tests.web import test_replay
from tests.web.conftest import Town
from tests.web.test_clips import no_guard, with_sound
from tests.web.test_replay import ANSWER, HERS, OPENING, decided, kept, looking
from web import replay_window
from web.replay_window import CHAPTERS, SPOKEN_MS, cut, page_at, pages_of

__all__ = ["no_guard"]
anyio = pytest.mark.anyio
LENGTHS = st.lists(st.integers(0, 2 * SPOKEN_MS), max_size=80)


def made(lengths: list[int]) -> list[Chapter]:
    return [Chapter(f"k{n}", "stage", ("q",), 0, each) for n, each in enumerate(lengths)]


@given(LENGTHS)
def test_every_chapter_is_on_one_page_in_order_and_no_page_is_too_long(lengths: list[int]) -> None:
    found = made(lengths)
    pages = pages_of(found)
    assert [n for page in pages for n in page] == list(range(1, len(found) + 1))
    for page in pages:
        assert 1 <= len(page) <= CHAPTERS
        assert len(page) == 1 or sum(found[n - 1].duration_ms for n in page) <= SPOKEN_MS
    for chapter in range(1, len(found) + 1):
        assert chapter in pages[page_at(pages, chapter, 7)]


def test_a_page_that_is_not_there_is_the_first() -> None:
    pages = pages_of(made([0] * 60))
    assert [page_at(pages, 0, at) for at in (0, 1, 2, 3, 4, 99)] == [0, 0, 1, 2, 0, 0]
    assert page_at(pages, 61, 2) == 1 and page_at(pages, 26, 1) == 1, "a chapter counts before a page"
    assert (cut(60, 3).first, cut(60, 3).last, cut(60, 3).more) == (51, 60, False)
    assert cut(60, 4).at == 1 and cut(60, 4).more and not cut(0, 1).several and cut(0, 1).last == 0


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_window, "CHAPTERS", 1)


@anyio
async def test_links_lead_to_the_page_of_a_chapter_and_all_pages_together_are_the_hearing(
    town: Town, narrow: None
) -> None:
    found = await test_replay.heard(town)
    await kept(town, found.session)
    decided(town, found, "released")
    phone, path = town.phone("en"), f"/s/{found.session}/replay"
    first, second = [(await phone.get(f"{path}?p={at}")).text for at in (1, 2)]
    assert OPENING in first and HERS not in first and 'id="c1"' in first and 'id="c2"' not in first
    assert HERS in second and ANSWER in second and OPENING not in second and 'id="c2"' in second
    assert f'href="{path}?p=2" rel="next"' in first and f'href="{path}?p=1" rel="prev"' in second
    assert "Chapters <bdi>1</bdi> to <bdi>1</bdi> of <bdi>2</bdi>" in first.replace("\u00a0", " ")
    linked = (await phone.get(f"{path}?c=2")).text
    assert 'id="c2" aria-current="true"' in linked and OPENING not in linked
    assert (await phone.get(f"{path}?p=9")).text.count('id="c1"') == 1
    assert re.findall(r"/captions/(..)\.vtt", first) == ["ur"], "there are lines of it on another page too"
    hit = (await phone.get(looking(path, "motor somwar"))).text
    assert re.findall(r'id="(c\d)"', hit) == ["c2"]
    both = (await phone.get(looking(path, "میں"))).text
    assert "Found in <bdi>2</bdi>" in both.replace("\u00a0", " ") and re.findall(r'id="(c\d)"', both) == ["c1"]
    after = re.findall(r'href="([^"]*)" rel="next"', both)[0].replace("&amp;", "&")
    assert re.findall(r'id="(c\d)"', (await phone.get(after)).text) == ["c2"]


@anyio
async def test_what_is_taken_back_is_gone_with_the_next_request(town: Town, narrow: None) -> None:
    found = await test_replay.heard(town)
    await kept(town, found.session)
    path, phone, store = f"/s/{found.session}/replay?c=2", town.phone("en"), town.service.store

    async def page() -> str:
        return (await phone.get(path)).text

    assert HERS not in await page()
    decided(town, found, "released")
    assert HERS in await page() and ANSWER in await page()
    decided(town, found, "new")
    assert HERS not in await page() and ANSWER in await page()
    decided(town, found, "released")
    live = await town.service.live(found.session)
    question = live.session.queue.questions[found.question]
    with store.write() as conn:  # as another process does it, of which this one has not heard
        assert content.republish(conn, question.content, "نلکا ہٹا دیا")
    assert "نلکا ہٹا دیا" in await page() and "چک 57 میں نلکا" not in await page()
    caption, said = f"/s/{found.session}/captions/ur.vtt", looking(f"/s/{found.session}/replay", HERS)
    for each in (caption, said):
        assert HERS in (await phone.get(each)).text, "read once, so that whatever is remembered is remembered"
    with store.write() as conn:
        (line,) = (id for id, text in content.texts(conn, found.session).items() if text == HERS)
        assert content.republish(conn, line, "وہ نہیں آئے")
    assert HERS not in (await phone.get(caption)).text and "وہ نہیں آئے" in (await phone.get(caption)).text
    assert "وہ نہیں آئے" in await page() and HERS not in (await page())
    assert re.findall(r'id="(c\d)"', (await phone.get(said)).text) == [], "nothing is found that is not there any more"
    with store.write() as conn:
        content.erase(conn, [question.content], store.now(conn))
    gone = await page()
    assert "نلکا" not in gone and HERS not in gone, "of whom nothing is left nobody hears anything"
    assert (await phone.get(f"/s/{found.session}/captions/ur.vtt")).text.count(HERS) == 0


@anyio
@pytest.mark.parametrize("many", [0, 1_000])
async def test_a_part_of_a_hearing_is_told_as_the_whole_of_it_is(
    town: Town, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(replaying, "_MANY", many)  # words are read one by one, or all at once
    found = await test_replay.heard(town)
    await kept(town, found.session)
    live, folder = await town.service.live(found.session), town.settings.recordings.folder
    for state in ("new", "released", "kept"):
        decided(town, found, state)
        with town.service.store.read() as conn:
            for everything in (False, True):
                whole = replaying.replay(conn, live, folder, everything=everything)
                for only in ({1}, {2}, {1, 2}):
                    part = replaying.replay(conn, live, folder, everything=everything, only=only)
                    wanted = [each for each in part.chapters if each.n in only]
                    assert wanted == [each for each in whole.chapters if each.n in only]
                    assert part.languages == whole.languages and part.total == whole.total == 2
                    assert (part.began_at, part.ended_at) == (whole.began_at, whole.ended_at)
            heard = replaying.heard(conn, live, folder)
            public = replaying.replay(conn, live, folder)
            assert [each.open for each in heard.chapters] == [each.open for each in public.chapters]
            assert not any(each.lines for each in heard.chapters)
            assert replaying.captioned(conn, live, folder).public_lines == public.public_lines != ()


@anyio
async def test_a_span_and_words_that_are_taken_out_are_gone_with_the_next_request(
    town: Town, narrow: None, tmp_path: Path
) -> None:
    found = await with_sound(town, tmp_path)
    decided(town, found, "released")
    path, phone, store = f"/s/{found.session}/replay", town.phone("en"), town.service.store
    file = f"/s/{found.session}/chapter/2.m4a"
    assert ANSWER in (page := (await phone.get(f"{path}?c=2")).text) and "said-cut" not in page
    assert b"voice1" in (await phone.get(file)).content
    assert 'id="c2"' in (await phone.get(looking(path, "motor somwar"))).text
    live = await town.service.live(found.session)
    with store.read() as conn:
        told = next(each for each in replaying.replay(conn, live, tmp_path).chapters if each.n == 2)
    line = next(each.cue for each in told.lines if each.text == ANSWER)
    with store.write() as conn:  # as another process does it, of which this one has not heard
        now = store.now(conn)
        assert content.republish(conn, line.line, f"{TAKEN} تک")
        span = Redaction(
            id=new_id(now), session_id=found.session, starts_at=told.chapter.starts_at, ends_at=told.chapter.ends_at,
            reason="a number was said", made_by="acc", made_at=now,
        )  # fmt: skip
        redactions.add(conn, span)
    page = (await phone.get(f"{path}?c=2")).text
    assert ANSWER not in page and TAKEN in page and "said-cut" in page and "a number was said" in page
    taken = await phone.get(file)
    assert b"voice0" not in taken.content and b"voice1" not in taken.content
    assert 'id="c2"' not in (await phone.get(looking(path, "motor somwar"))).text
    other = (await phone.get(f"{path}?c=1")).text
    assert OPENING in other and "said-cut" not in other
