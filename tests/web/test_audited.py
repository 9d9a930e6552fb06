"""Whoever changes how the house works is in the list of acts, in plain words and without anybody's particulars."""

from __future__ import annotations

import html
import re

import pytest

from kachehri.audit import ACTS, REASON_MOST
from kachehri.i18n import LANGUAGES, words_for
from kachehri.store import audit
from tests.web.conftest import Phone, Town
from tests.web.test_notices import doubtful
from tests.web.test_posts import add
from tests.web.test_staff import signed_in

pytestmark = pytest.mark.anyio
EN = words_for("en")
NAME = "Kulsoom Marked"


def acts(town: Town) -> list[tuple[str, str]]:
    with town.service.store.read() as conn:
        found = [row for row, who in audit.listing(conn, limit=200) if who]
    return [(row.action, row.subject) for row in reversed(found)]


async def on_the_page(admin: Phone) -> str:
    return html.unescape((await admin.get("/audit")).text)


@pytest.mark.parametrize("verdict", ["arrived", "failed", "again"])
async def test_what_a_person_says_of_a_message_is_kept(town: Town, verdict: str) -> None:
    admin = await signed_in(town, "administrator")
    name = doubtful(town, f"judged-{verdict}")
    await admin.get("/notices")
    await admin.post("/notices", delivery=name, do=verdict)
    assert acts(town)[-1] == (f"message.{verdict}", name)
    before = acts(town)
    await admin.get("/hooks-out")
    await admin.post("/notices", delivery="nothing", do=verdict, **admin.fields("/hooks-out"))
    assert acts(town) == before and EN.plain(f"audit.act.message.{verdict}") in await on_the_page(admin)


async def test_who_comes_and_goes_on_a_post_is_kept_without_names(town: Town) -> None:
    admin = await signed_in(town, "administrator")
    begun = len(acts(town))
    post = await add(admin, "Audited Engineer")
    for kind in ("holds", "acting", "away"):
        await admin.get(f"/posts/{post}")
        await admin.post(f"/posts/{post}", do="take", kind=kind, name=NAME)
    undo = re.findall(r'name="undo" value="([^"]+)"', admin.page)[-1]
    await admin.post(f"/posts/{post}", do="undo", undo=undo)
    posting = re.findall(r'name="posting" value="([^"]+)"', admin.page)[-1]
    await admin.post(f"/posts/{post}", do="end", posting=posting)
    await admin.post(f"/posts/{post}", do="undo", undo="take.nothing.")
    await admin.get(f"/posts/{post}")
    await admin.post(f"/posts/{post}", do="retire")
    done = (
        "post.write",
        "posting.holds",
        "posting.acting",
        "posting.away",
        "posting.undo",
        "posting.end",
        "post.retire",
    )
    assert acts(town)[begun:] == [(act, post) for act in done]
    page = await on_the_page(admin)
    assert NAME not in page and all(EN.plain(f"audit.act.{act}") in page for act in done)


async def test_rules_lists_and_programs_are_kept(town: Town) -> None:
    admin = await signed_in(town, "administrator")
    begun = len(acts(town))
    await admin.get("/routing/rule")
    await admin.post("/routing/rule", do="look", what="c.water_none", where="uc1", to="o.desk")
    await admin.post("/routing/rule", do="save")
    id = re.findall(r'href="/routing/rule\?id=([0-9a-f]+)"', admin.page)[0]
    await admin.get(f"/routing/rule?id={id}")
    await admin.post("/routing/rule", do="retire")
    number = re.findall(r'name="undo" value="(\d+)"', admin.page)[0]
    await admin.post("/routing", undo=number)
    await admin.get("/offices/entry?list=categories")
    entry = {"code": "dust", "name_ur": "دھول", "name_en": "Dust", "group": "water", "office": "water", "days": "5"}
    await admin.post("/offices/entry", list="categories", do="save", **entry)
    await admin.get("/offices/entry?list=categories&code=dust")
    await admin.post("/offices/entry", do="retire")
    await admin.get("/hooks-out")
    secret = "https://tickets.example.com/in/very-secret-path"
    await admin.post("/hooks-out", do="add", url=secret)
    hook = re.findall(r'name="hook" value="([^"]+)"', admin.page)[0]
    for do in ("rotate", "disable", "disable", "enable", "replay"):
        await admin.post("/hooks-out", do=do, hook=hook)
    found = acts(town)[begun:]
    assert [act for act, _ in found] == [
        *("routing.change", "routing.end", "routing.undo", "lists.change", "lists.retire"),
        *("hook.add", "hook.rotate", "hook.disable", "hook.enable"),
    ]
    assert dict(found)["lists.change"] == "categories/dust" and dict(found)["hook.add"] == hook
    page = await on_the_page(admin)
    assert "tickets.example.com" in page and "very-secret" not in page
    assert 'href="/tickets/1"' not in page and 'href="/tickets/2"' not in page


async def test_why_is_kept_with_the_act_where_somebody_gives_it(town: Town) -> None:
    admin = await signed_in(town, "administrator")
    with town.service.store.read() as conn:
        begun = len(audit.listing(conn, limit=200))
    post = await add(admin, "Explained Engineer", why="a new chair")
    path = f"/posts/{post}"
    await admin.get(path)
    await admin.post(path, do="take", kind="holds", name=NAME, why="her  order came ")
    posting = re.findall(r'name="posting" value="([^"]+)"', admin.page)[0]
    await admin.post(path, do="end", posting=posting, why="call her: 0300 1234567")
    wrong = await admin.post(path, do="take", kind="away", why="a reason that was typed")
    assert wrong.status_code == 422 and 'value="a reason that was typed"' in wrong.text
    await admin.get(path)
    await admin.post(path, do="retire", why="\u200f")
    await admin.get("/routing/rule")
    await admin.post("/routing/rule", do="look", what="c.water_none", where="", to="o.desk", why="r" * 400)
    await admin.post("/routing/rule", do="save")
    id = re.findall(r'href="/routing/rule\?id=([0-9a-f]+)"', admin.page)[0]
    await admin.get(f"/routing/rule?id={id}")
    await admin.post("/routing/rule", do="retire", why="nobody is there")
    await admin.get("/calendar/day")
    await admin.post("/calendar/day", do="save", day="2027-02-03", name_en="Flood", name_ur="", why="the water rose")
    await admin.get("/calendar/day?id=2027-02-03")
    await admin.post("/calendar/day", do="remove", why="the water fell")
    await admin.get("/calendar/week")
    while_ = {"first": "2027-02-08", "last": "2027-03-09", "st_opens": "09:00", "st_closes": "15:00", "only": ""}
    await admin.post("/calendar/week", do="stretch", **while_, why="a short winter")
    with town.service.store.read() as conn:
        found = [(row.action, row.reason) for row, who in reversed(audit.listing(conn, limit=200))][begun:]
    assert ("posting.end", "") not in found and found[2][1].startswith("call her: ") and "1234567" not in found[2][1]
    assert [each for each in found if each[0] != "posting.end"] == [
        ("post.write", "a new chair"),
        ("posting.holds", "her order came"),
        ("post.retire", ""),
        ("routing.change", "r" * REASON_MOST),
        ("routing.end", "nobody is there"),
        *(("calendar.change", why) for why in ("the water rose", "the water fell", "a short winter")),
    ]
    page = await on_the_page(admin)
    assert all(why in page for why in ("her order came", "nobody is there", "a short winter", "c.water_none"[2:]))


def test_every_act_has_its_plain_words() -> None:
    assert not [(act, code) for act in ACTS for code in LANGUAGES if not words_for(code).has(f"audit.act.{act}")]
