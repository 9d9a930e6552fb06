"""What everybody may read of a hearing: a moderator decides it, a citizen takes hers out, a captioner types it."""

from __future__ import annotations

import re

import pytest

from kachehri.store import audit, replays
from kachehri.store.tables import Post
from rooms.captions import TypeCaption
from tests.web.conftest import Phone, Town
from tests.web.test_following import close
from tests.web.test_lobby import has
from tests.web.test_replay import HERS, heard
from tests.web.test_staff import signed_in
from web.forms import new_key
from web.pages.captioning import took
from web.pages.releases import head_of

pytestmark = pytest.mark.anyio


async def decided(moderator: Phone, session: str, do: str, **fields: str) -> str:
    """Press one of the buttons of the first chapter; the page that follows."""
    path = f"/sessions/{session}/chapters"
    await moderator.get(path)
    return (await moderator.post(path, **{"do": do, **fields})).text


async def test_a_moderator_releases_a_chapter_or_keeps_it_back_and_answers_for_it(town: Town) -> None:
    found = await heard(town)
    moderator = await signed_in(town, "moderator")
    page = (await moderator.get(f"/sessions/{found.session}/chapters")).text
    assert HERS in page and "نلکا" in page and "2345678" not in page, "masked for the desk's decision too"
    assert has(page, "releases.state.new")
    public = f"/s/{found.session}/replay"
    assert has(await decided(moderator, found.session, "keep"), "releases.need_reason")
    assert HERS not in (await town.phone("en").get(public)).text
    assert has(await decided(moderator, found.session, "release"), "releases.released")
    assert HERS in (await town.phone("en").get(public)).text
    kept = await decided(moderator, found.session, "keep", reason="نام لیا گیا 0301-2345678")
    assert has(kept, "releases.kept") and HERS not in (await town.phone("en").get(public)).text
    with town.service.store.read() as conn:
        (row,) = replays.of_question(conn, found.question)
        acts = audit.of_subject(conn, row.key)
    assert [act.action for act in acts] == ["chapter.release", "chapter.keep"]
    assert all(act.account_id for act in acts) and "2345678" not in acts[1].reason + row.reason


async def test_only_those_who_run_the_hearing_decide(town: Town) -> None:
    found = await heard(town)
    for role in ("clerk", "official", "interpreter", "observer", "administrator"):
        phone = await signed_in(town, role)
        assert (await phone.get(f"/sessions/{found.session}/chapters")).status_code == 403, role
    moderator = await signed_in(town, "moderator")
    assert (await moderator.get(f"/sessions/{found.session}/chapters")).status_code == 200
    path = f"/sessions/{found.session}/chapters"
    token = moderator.fields(path)
    for wrong in ({"do": "all"}, {"do": "release", "chapter": "nothing"}):
        answer = await moderator.client.post(path, data={**token, **wrong}, headers={"origin": moderator.origin})
        assert answer.status_code in (400, 404)
    live = await town.schedule(live=True)
    assert has((await moderator.get(f"/sessions/{live}/chapters")).text, "releases.not_yet")


async def test_what_waits_is_listed_until_it_is_decided_and_late_with_its_post(town: Town) -> None:
    found = await heard(town)
    moderator = await signed_in(town, "moderator")
    page = (await moderator.get("/releases")).text
    way = f"/sessions/{found.session}/chapters"
    assert way in page and not has(page, "releases.answers_none")
    with town.service.store.write() as conn:
        moved = (4 * 86_400_000, found.session)
        conn.exec_driver_sql("UPDATE replay_chapter SET ends_at = ends_at - ? WHERE session_id = ?", moved)
    assert has((await moderator.get("/releases")).text, "releases.answers_none")
    await decided(moderator, found.session, "release")
    assert way not in (await moderator.get("/releases")).text


async def test_whoever_holds_the_receipt_takes_her_part_out_at_once(town: Town) -> None:
    found = await heard(town)
    moderator = await signed_in(town, "moderator")
    await decided(moderator, found.session, "release")
    public = f"/s/{found.session}/replay"
    assert HERS in (await town.phone("en").get(public)).text
    path = f"{found.receipt}/replay"
    assert path in (await found.phone.get(found.receipt)).text
    assert has((await found.phone.get(path)).text, "removal.state.released")
    gone = await found.phone.post(path, text="میرا نام سنا جا سکتا ہے")
    assert has(gone.text, "removal.state.new") and "Your part is hidden since" in gone.text
    assert has((await found.phone.get(found.receipt)).text, "removal.news.asked")
    assert HERS not in (await town.phone("en").get(public)).text
    again = await found.phone.client.post(path, data=moderator.fields(path), headers={"origin": found.phone.origin})
    assert again.status_code in (400, 403), "without her page's token it is nobody's wish"
    asked = (await moderator.get(f"/sessions/{found.session}/chapters")).text
    assert has(asked, "releases.asked.removal")
    await decided(moderator, found.session, "keep", reason="مانگا گیا")
    answered = (await found.phone.get(path)).text
    assert has(answered, "removal.state.kept", "removal.answer.kept", "removal.open") and "مانگا گیا" in answered
    assert has((await found.phone.get(found.receipt)).text, "removal.news.answered")
    assert (await town.phone("en").get("/q/nothing/replay")).status_code == 404


async def test_a_question_that_was_not_heard_has_no_part(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone("en")
    receipt = await phone.ask(session, "نلکا بند ہے")
    assert has((await phone.get(f"{receipt}/replay")).text, "replay.not_yet")
    await close(town, session)
    assert has((await phone.get(f"{receipt}/replay")).text, "removal.none")


async def test_a_captioner_types_and_puts_right_without_a_script(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = await signed_in(town, "interpreter")
    path = f"/sessions/{session}/captions"
    await phone.get(path)
    sent = await phone.post(path, language="ur", line="میرا نمبر 0301-2345678 ہے", took="2000")
    assert sent.status_code == 200 and "2345678" not in sent.text
    (last,) = (await town.service.live(session)).session.captions.last
    assert has(sent.text, "captions.correct") and last.language == "ur"
    assert (await phone.post(path, language="ur", line=" ", key=new_key(), caption="")).status_code == 422
    await phone.get(path)
    corrected = await phone.post(path, line="موٹر بدلے گی", do="correct")
    assert "موٹر بدلے گی" in corrected.text and has(corrected.text, "replay.corrected")
    (last,) = (await town.service.live(session)).session.captions.last
    taken = await phone.post(path, do="take", line="موٹر بدلے گی")
    assert has(taken.text, "captions.none")
    unknown = await phone.post(path, language="ur", line="x", caption=last.id, key=new_key())
    assert unknown.status_code == 422 and has(unknown.text, "refused.caption_gone")
    assert (await phone.post(path, language="fr", line="x", key=new_key(), caption="")).status_code == 400
    assert [took(each) for each in ("", "x", "900", "99999999", "9999999")] == [0, 0, 900, 0, 60_000]


async def test_lines_are_on_the_live_page_and_typed_only_while_it_lasts(town: Town) -> None:
    session = await town.schedule(live=True)
    await town.moderate(session, TypeCaption(language="ur", line=HERS))
    page = (await town.phone("ur").get(f"/s/{session}/live")).text
    assert HERS in page and re.search(r'<section[^>]*id="captions"', page)
    await close(town, session)
    assert HERS not in (await town.phone("ur").get(f"/s/{session}/live")).text
    phone = await signed_in(town, "clerk")
    assert has((await phone.get(f"/sessions/{session}/captions")).text, "capfile.new")


def test_the_post_that_answers_is_the_head_of_the_office() -> None:
    def post(id: str, office: str, to: str | None, retired: int | None = None) -> Post:
        return Post(id=id, office_id=office, title_ur=id, title_en=id, reports_to=to, retired_at=retired)

    rows = [post("clerk", "water", "xen"), post("xen", "water", "dc"), post("dc", "dc", None), post("o", "z", None, 1)]
    assert [head.id if (head := head_of(rows, office)) else "" for office in ("water", "dc", "z", "")] == [
        "xen",
        "dc",
        "",
        "",
    ]
