"""A caption file for a closed hearing: looked at, taken in, out again; nobody's words that nobody released."""

from __future__ import annotations

import re
import shutil
import threading

import httpx
import pytest

from kachehri.store import audit
from recordings import caption_files as files
from recordings import held_lines, replaying, said
from recordings.webvtt import Timed
from recordings.withheld import note_withheld
from tests.web.conftest import Phone, Town
from tests.web.test_lobby import has
from tests.web.test_replay import ANSWER, EN, OPENING, Heard, decided, heard, kept
from tests.web.test_staff import signed_in
from web.forms import new_key
from web.pages.caption_files import Asked

pytestmark = pytest.mark.anyio
FIRST, SECRET = "بسم اللہ، کچہری شروع ہوتی ہے", "میرا نمبر 0301-2345678 ہے"


async def send(phone: Phone, path: str, file: bytes, **fields: str) -> httpx.Response:
    """The form as a browser sends it; what the page says first is on the page."""
    page = (await phone.get(path)).text
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token
    given = {"form_token": token[1], "language": "ur", "zero": "hearing", "offset": "", "key": new_key(), **fields}
    return await phone.client.post(f"{path}/file", data=given, files={"file": ("a.srt", file)}, follow_redirects=True)


def srt(*lines: tuple[float, str]) -> bytes:
    def clock(s: float) -> str:
        return f"{int(s // 3600):02}:{int(s // 60 % 60):02}:{int(s % 60):02},{round(s % 1 * 1000):03}"

    return "\n".join(
        f"{n}\n{clock(s)} --> {clock(s + 0.002)}\n{text}\n" for n, (s, text) in enumerate(lines, 1)
    ).encode()


async def taken(phone: Phone, path: str, looked: httpx.Response) -> httpx.Response:
    """The second look."""
    form = looked.text[looked.text.index('id="h-preview"') :]
    fields = dict(re.findall(r'name="(key|language|zero|offset|content)" value="([^"]*)"', form))
    token = re.search(r'name="form_token" value="([^"]+)"', form)
    assert token
    files = {"unused": ("", b"")}
    data = {"form_token": token[1], **fields}
    return await phone.client.post(f"{path}/file", data=data, files=files, follow_redirects=True)


async def closed(town: Town, monkeypatch: pytest.MonkeyPatch) -> tuple[Heard, str, int]:
    """A hearing of a moment; its lines are as near to a citizen as any could be, so nearness counts only where said."""
    for rule in (held_lines, said):
        monkeypatch.setattr(rule, "TYPED_MS", 0)
    found = await heard(town)
    live = await town.service.live(found.session)
    with town.service.store.read() as conn:
        replay = replaying.replay(conn, live, town.settings.recordings.folder)
    return found, f"/sessions/{found.session}/captions", replay.ended_at - replay.began_at


async def test_is_looked_at_taken_in_and_out_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    found, path, length = await closed(town, monkeypatch)
    phone, anyone = await signed_in(town, "interpreter"), town.phone("en")
    assert has((await phone.get(path)).text, "capfile.title", "capfile.zero_only")
    end = length / 1000
    looked = await send(phone, path, srt((0, FIRST), (max(0.001, end - 0.001), SECRET), (end + 900, "x")))
    assert looked.status_code == 200 and FIRST in looked.text and ">00:00<" in looked.text
    assert "2345678" not in re.sub(r'name="content" value="[^"]*"', "", looked.text), "masked before anyone reads it"
    assert FIRST not in (await anyone.get(f"/s/{found.session}/replay")).text, "nothing is taken in by looking"
    for _ in range(2):  # a form that is sent twice is one file
        said = await taken(phone, path, looked)
        assert said.url.path == path and has(said.text, "capfile.taken")
    page = (await anyone.get(f"/s/{found.session}/replay")).text
    assert FIRST in page and OPENING not in page and ANSWER not in page, "it stands in the place of what was typed"
    vtt = (await anyone.get(f"/s/{found.session}/captions/ur.vtt")).text
    assert FIRST in vtt and OPENING not in vtt and "2345678" not in vtt
    form = (await phone.get(path)).text
    (file,) = re.findall(r'name="file" value="([^"]+)"', form)
    undone = await phone.post(f"{path}/undo", file=file)
    assert has(undone.text, "capfile.undone")
    assert OPENING in (await anyone.get(f"/s/{found.session}/replay")).text
    await phone.get(path)
    assert (await phone.post(f"{path}/undo", **{**phone.fields(f"{path}/file"), "file": "no"})).status_code == 404
    with town.service.store.read() as conn:
        acts = [row.action for row in audit.of_subject(conn, file)]
    assert acts == ["captions.take", "captions.undo"]


async def test_lines_near_a_citizen_wait_for_a_moderator(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    found, path, _ = await closed(town, monkeypatch)
    phone, anyone = await signed_in(town, "moderator"), town.phone("en")
    await taken(phone, path, await send(phone, path, srt((0, FIRST))))
    replay = f"/s/{found.session}/replay"
    assert FIRST in (await anyone.get(replay)).text
    monkeypatch.setattr(held_lines, "TYPED_MS", 10_000)
    assert FIRST not in (await anyone.get(replay)).text, "ten seconds from what nobody released"
    await kept(town, found.session)
    decided(town, found, "released")
    assert FIRST in (await anyone.get(replay)).text
    folder = town.settings.recordings.folder / found.session
    folder.mkdir(parents=True)
    live = await town.service.live(found.session)
    note_withheld(folder, (live.session.lifecycle.live_since or 0) - 1_000, live.session.at)
    try:
        assert FIRST not in (await anyone.get(replay)).text
        dumped = await send(phone, path, srt((0, FIRST)))
        assert dumped.status_code == 200 and has(dumped.text, "capfile.dumped", n=1)
    finally:
        shutil.rmtree(folder)


async def test_a_file_is_read_beside_the_event_loop(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    _, path, _ = await closed(town, monkeypatch)
    phone, read, there = await signed_in(town, "clerk"), files.read, []

    def noting(raw: bytes) -> list[Timed]:
        there.append(threading.current_thread())
        return read(raw)

    monkeypatch.setattr(files, "read", noting)
    assert (await send(phone, path, srt((0, FIRST)))).status_code == 200
    assert there and threading.main_thread() not in there


async def test_what_is_wrong_is_told_with_its_line(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    found, path, _ = await closed(town, monkeypatch)
    phone = await signed_in(town, "clerk")
    bad = await send(phone, path, srt((0, FIRST)) + b"\n2\n00:00:09,0 --> 00:00:08,0\nx\n")
    assert bad.status_code == 422 and has(bad.text, "capfile.at", line=6, said=EN.plain("capfile.bad.empty_time"))
    for file, key in (
        (b"", "none"), (b"\xd9", "encoding"), (b"x" * 1_000_001, "too_big"), (srt((90_000, "x")), "outside"),
    ):  # fmt: skip
        answer = await send(phone, path, file)
        assert answer.status_code == 422 and has(answer.text, f"capfile.bad.{key}"), key
    assert (await send(phone, path, b"x" * 2_100_000)).status_code == 413
    offset = await send(phone, path, srt((0, FIRST)), offset="3x")
    assert offset.status_code == 422 and has(offset.text, "capfile.offset_bad")
    assert (await send(phone, path, srt((0, FIRST)), language="fr")).status_code == 400
    live = await town.schedule(live=True)
    assert (await send(phone, f"/sessions/{live}/captions", srt((0, FIRST)))).status_code == 400, "it is not over"
    assert found.session


def test_offsets_are_whole_seconds_in_any_digits() -> None:
    def ms(text: str) -> int | None:
        return Asked("ur", "hearing", text, "").offset_ms

    assert [ms(each) for each in ("", "3", "-3", "\u22123", "۱۲", "43200")] == [
        0,
        3_000,
        -3_000,
        -3_000,
        12_000,
        43_200_000,
    ]
    assert [ms(each) for each in ("43201", "1.5", "x", "--3", "9" * 9)] == [None] * 5
