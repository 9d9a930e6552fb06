"""Posts on their pages: the tree of the house, who comes and goes, and what can be taken back."""

from __future__ import annotations

import re

import pytest

from kachehri import posts
from kachehri.i18n import words_for
from kachehri.store import accounts, audit, district
from kachehri.store import posts as rows
from kachehri.store.tables import Post
from tests.conftest import ManualClock
from tests.web.conftest import Phone, Town
from tests.web.test_lobby import has
from tests.web.test_staff import signed_in

pytestmark = pytest.mark.anyio
EN = words_for("en")


async def add(phone: Phone, title: str, **fields: str) -> str:
    """A post made by hand; returns its code."""
    await phone.get("/posts/new")
    made = await phone.post("/posts/new", do="save", title_en=title, **{"office": "water", **fields})
    assert made.status_code == 200, made.text
    return made.url.path.removeprefix("/posts/")


async def test_a_house_without_posts_says_how_to_begin(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    page = await phone.get("/posts")
    assert EN.plain("posts.none") in page.text
    assert (await phone.get("/offices?list=posts")).url.path == "/posts"
    assert (await phone.get("/offices/entry?list=posts")).url.path == "/posts/new"


async def test_a_post_is_added_by_the_rules_of_a_file(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    head = await add(phone, "Executive Engineer")
    assert head == "executive-engineer" and EN.plain("posts.saved.new") in phone.page
    await phone.get("/posts/new")
    wrong = await phone.post("/posts/new", do="save", title_en="", office="")
    assert wrong.status_code == 422
    assert EN.plain("lists.no_name") in wrong.text and EN.plain("lists.no_office") in wrong.text
    below = await add(phone, "Sub-Divisional Officer", reports_to=head)
    page = await phone.get(f"/posts/{head}")
    # Whoever answers to a post cannot stand above it, so it is not offered.
    assert f'value="{below}"' not in page.text
    circle = await phone.post(f"/posts/{head}", do="save", title_en="Executive", office="water", reports_to=below)
    assert circle.status_code == 422 and EN.plain("lists.circle", code=head) in circle.text
    tree = (await phone.get("/posts")).text
    assert tree.index("Executive Engineer") < tree.index("Sub-Divisional Officer")
    assert EN.t("posts.empty_sum", 2) in tree and EN.plain("posts.bare") in tree


async def test_people_come_and_go_and_a_slip_is_taken_back(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    head = await add(phone, "Medical Superintendent")
    below = await add(phone, "Ward Doctor", reports_to=head)
    with town.service.store.read() as conn:
        account = accounts.listing(conn)[0].id

    async def take(post: str, **fields: str) -> str:
        await phone.get(f"/posts/{post}")
        return (await phone.post(f"/posts/{post}", do="take", **fields)).text

    def holder(post: str) -> str:
        with town.service.store.read() as conn:
            found = posts.holder(conn, post, town.service.store.now(conn))
            return found.id if found else ""

    assert EN.plain("posts.no.posting_who") in await take(below, kind="holds")
    assert EN.plain("posts.no.posting_nobody") in await take(below, kind="away")
    assert EN.plain("posts.saved.holds") in await take(head, kind="holds", account=account)
    # A name without an account holds the post, but whatever has to be done goes to the next one who can sign in.
    assert "Asif Ali" in await take(below, kind="holds", name="Asif  Ali")
    assert holder(below) == holder(head) == account
    assert "Nasreen" in await take(below, kind="holds", name="Nasreen")
    assert EN.plain("posts.end.holds") in phone.page and EN.t("posts.past", 1) in phone.page
    undone = await phone.post(f"/posts/{below}", do="undo", undo=undo_of(phone))
    assert EN.plain("posts.saved.undo") in undone.text
    with town.service.store.read() as conn:
        sitter = posts.chart(conn, town.service.store.now(conn)).sitter(below, town.service.store.now(conn))
    assert sitter is not None and sitter.name == "Asif Ali"
    away = await take(below, kind="away")
    assert (
        EN.t("posts.away_who", name="Asif Ali") in away and EN.t("posts.goes_to", post="Medical Superintendent") in away
    )
    back = await phone.post(f"/posts/{below}", do="end", posting=re.findall(r'name="posting" value="([^"]+)"', away)[0])
    assert EN.plain("posts.saved.end") in back.text and EN.plain("posts.vacant") not in back.text


def undo_of(phone: Phone) -> str:
    return str(re.findall(r'name="undo" value="([^"]+)"', phone.page)[0])


async def test_what_stood_before_is_taken_from_the_record_and_not_from_the_form(town: Town, clock: ManualClock) -> None:
    phone = await signed_in(town, "administrator")
    post, other = await add(phone, "Drain Inspector"), await add(phone, "Drain Clerk")

    def days() -> list[tuple[str, int | None]]:
        with town.service.store.read() as conn:
            return [(each.name, each.to_at) for each in rows.postings(conn, post)]

    await phone.get(f"/posts/{post}")
    await phone.post(f"/posts/{post}", do="take", kind="holds", name="Asif", until="2026-12-31")
    ((_, until),) = days()
    clock.advance(1)
    posting = re.findall(r'name="posting" value="([^"]+)"', phone.page)[0]
    await phone.post(f"/posts/{post}", do="end", posting=posting)
    act, ended = undo_of(phone), days()
    assert until is not None and ended != [("Asif", until)]
    for forged in (
        f"end.{posting}.",
        f"end.{posting}.{until + 1}",
        f"take.{posting}.",
        f"{act}.{until + 1}",
        posting,
        "",
    ):
        await phone.get(f"/posts/{post}?saved=end&undo={act}")
        refused = await phone.post(f"/posts/{post}", do="undo", undo=forged)
        assert refused.status_code == 422 and has(refused.text, "posts.no.posting_gone"), forged
        assert days() == ended
    await phone.get(f"/posts/{other}?saved=end&undo={act}")
    assert (await phone.post(f"/posts/{other}", do="undo", undo=act)).status_code == 422, "another post's act"
    assert days() == ended
    await phone.get(f"/posts/{post}?saved=end&undo={act}")
    await phone.post(f"/posts/{post}", do="undo", undo=act)
    assert days() == [("Asif", until)]
    await phone.post(f"/posts/{post}", do="end", posting=posting)
    later, ended = undo_of(phone), days()
    await phone.post(f"/posts/{post}", do="undo", undo=act)
    assert days() == ended, "once"
    clock.advance(1)
    await phone.post(f"/posts/{post}", do="take", kind="holds", name="Nasreen")
    sits = days()
    await phone.get(f"/posts/{post}?saved=end&undo={later}")
    assert (await phone.post(f"/posts/{post}", do="undo", undo=later)).status_code == 422, "something came after it"
    assert days() == sits
    with town.service.store.read() as conn:
        acts = [each.action for each in audit.of_subject(conn, post)]
    assert acts.count("posting.undo") == 1


async def test_days_that_make_no_sense_are_told_at_their_field(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    post = await add(phone, "Assistant Commissioner")
    for since, until, field, code in (
        ("2026-13-40", "", "since", "day"),
        ("2026-05-05", "2026-05-01", "until", "posting_days"),
        ("", "2099-01-01", "until", "posting_days"),
    ):
        await phone.get(f"/posts/{post}")
        wrong = await phone.post(f"/posts/{post}", do="take", kind="holds", name="Asif", since=since, until=until)
        assert wrong.status_code == 422
        assert f'id="{field}-error"' in wrong.text and EN.plain(f"posts.no.{code}") in wrong.text
    with town.service.store.read() as conn:
        assert rows.postings(conn, post) == []


async def test_a_post_that_is_taken_out_hands_its_people_up(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    top = await add(phone, "Chief of Canals")
    middle = await add(phone, "Canal Engineer", reports_to=top)
    low = await add(phone, "Canal Foreman", reports_to=middle)
    await phone.get(f"/posts/{middle}")
    gone = await phone.post(f"/posts/{middle}", do="retire")
    assert gone.url.path == "/posts" and "Canal Engineer" not in gone.text
    assert (await phone.get(f"/posts/{middle}")).status_code == 404
    with town.service.store.read() as conn:
        assert {each.id: each.reports_to for each in district.posts(conn)}.items() >= {top: None, low: top}.items()


async def test_a_post_that_was_taken_out_comes_back_with_whom_it_led(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    top = await add(phone, "Chief of Dykes")
    middle = await add(phone, "Dyke Engineer", reports_to=top)
    low, moved = await add(phone, "Dyke Foreman", reports_to=middle), await add(phone, "Dyke Clerk", reports_to=middle)
    await phone.get(f"/posts/{middle}")
    gone = await phone.post(f"/posts/{middle}", do="retire")
    undo = gone.url.params["undo"].rpartition(".")[2]
    assert has(gone.text, "posts.saved.retired", "posts.undo")
    with town.service.store.write() as conn:
        (clerk,) = (each for each in district.posts(conn) if each.id == moved)
        district.save_posts(conn, [Post(**{**clerk.model_dump(), "reports_to": None})])
    back = await phone.post(f"/posts/{middle}", do="bring_back")
    assert back.url.path == f"/posts/{middle}" and has(back.text, "posts.saved.undo")
    with town.service.store.read() as conn:
        above = {each.id: each.reports_to for each in district.posts(conn)}
    assert (above[middle], above[low], above[moved]) == (top, middle, None), "who moved on meanwhile stays there"
    again = await phone.post(f"/posts/{middle}", do="bring_back", undo=undo)
    assert has(again.text, "posts.saved.not_last"), "once"


async def test_only_administrators_of_the_whole_house_see_posts(town: Town) -> None:
    with town.service.store.write() as conn:
        district.save_posts(conn, [Post(id="xen", office_id="water", title_ur="ایکسین", title_en="XEN")])
    for role in ("moderator", "officer", "chair"):
        phone = await signed_in(town, role)
        assert (await phone.get("/posts")).status_code == 403
        assert (await phone.get("/posts/xen")).status_code == 403
    assert (await town.phone("en").get("/posts")).url.path == "/staff"
