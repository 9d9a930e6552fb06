"""The dump key and what was typed of the dumped seconds: gone from every page at once, from what is kept, and the log
says so in one event. Delay 5 s.
"""

from __future__ import annotations

import pytest

from rooms.captions import TypeCaption
from tests.web.conftest import Town
from tests.web.test_following import close
from tests.web.test_program import Studio, bus, studio
from tests.web.test_staff import signed_in
from web import program_desk

pytestmark = pytest.mark.anyio
__all__ = ["bus", "studio"]  # fixtures
DUMPED, AFTER = "یہ کسی کے لیے نہیں", "یہ بعد کی بات ہے"


async def test_what_was_typed_of_it_is_gone_with_it(
    town: Town, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = studio.doing.session
    monkeypatch.setattr(program_desk, "ANSWER_S", 30.0)
    studio.say(delay_ms=10_000)
    await town.moderate(session, TypeCaption(language="ur", line=DUMPED))
    path, public = f"/sessions/{session}/program", f"/s/{session}/live"
    assert DUMPED in (await town.phone("ur").get(public)).text
    phone = await signed_in(town, "moderator")
    await phone.get(path)
    await phone.post(path, do="dump")
    await town.moderate(session, TypeCaption(language="ur", line=AFTER))
    page = (await town.phone("ur").get(public)).text
    assert DUMPED not in page and AFTER in page
    assert DUMPED not in (await (await signed_in(town, "interpreter")).get(f"/sessions/{session}/captions")).text
    await close(town, session)
    studio.answers = True
    await phone.get(path)
    assert "There will be silence instead" in (await phone.post(path, do="dump")).text, "after the close too"
    replay = (await town.phone("ur").get(f"/s/{session}/replay")).text
    vtt = (await town.phone("ur").get(f"/s/{session}/captions/ur.vtt")).text
    assert DUMPED not in replay and AFTER in replay and DUMPED not in vtt and AFTER in vtt


async def test_the_lines_are_gone_also_where_the_program_does_not_answer(
    town: Town, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = studio.doing.session
    studio.say(delay_ms=10_000)
    studio.answers = False
    monkeypatch.setattr(program_desk, "ANSWER_S", 0.05)
    await town.moderate(session, TypeCaption(language="ur", line=DUMPED))
    phone = await signed_in(town, "moderator")
    path = f"/sessions/{session}/program"
    await phone.get(path)
    assert "Press again" in (await phone.post(path, do="dump")).text
    assert DUMPED not in (await town.phone("ur").get(f"/s/{session}/live")).text
