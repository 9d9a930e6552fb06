"""Rules on their pages: written, looked at on past complaints, tried, ended, taken back; and what they leave open."""

from __future__ import annotations

import re

import pytest

from kachehri.i18n import LANGUAGES, words_for
from kachehri.routing import routing
from kachehri.store import district
from kachehri.store import routing as rows
from kachehri.store import tickets as ticket_rows
from kachehri.store.event_log import GENESIS
from kachehri.store.rows import put
from kachehri.store.tables import Area, Category, Office, Post, Posting, Ticket
from tests.web.conftest import Phone, Town
from tests.web.test_staff import signed_in
from web.routing_words import Names

pytestmark = pytest.mark.anyio
EN = words_for("en")
DAY_MS = 86_400_000


@pytest.fixture(scope="module", autouse=True)
def house(town: Town) -> None:
    """Two villages, a second office with two posts, of which one is empty, and a topic that nobody has."""
    with town.service.store.write() as conn:
        now = town.service.store.now(conn)
        district.save_offices(conn, [Office(id="tehsil", code="tehsil", name_ur="تحصیل", name_en="Tehsil Office")])
        place = {"kind": "uc", "parent_id": "t1", "path": "t1/uc2/", "name_ur": "چک 58", "name_en": "Chak 58"}
        district.save_areas(conn, [Area(id="uc2", code="uc2", **place)])
        district.save_posts(
            conn, [Post(id="ac", office_id="tehsil", title_ur="اے سی", title_en="Assistant Commissioner")]
        )
        district.save_posts(
            conn, [Post(id="sdo", office_id="water", title_ur="ایس ڈی او", title_en="SDO Water", reports_to="ac")]
        )
        district.save_postings(conn, [Posting(id="p1", post_id="ac", name="Nasreen", from_at=1)])
        dust = Category(id="dust", code="dust", group_code="water", name_ur="دھول", name_en="Dust", position=9)
        district.save_categories(conn, [dust])
        for n, (category, area, private) in enumerate(
            [("water_none", "uc1", False)] * 3 + [("water_none", "uc2", True), ("dust", "uc1", False)]
        ):
            step = ticket_rows.step(GENESIS, f"t{n}", 1, now, "ticket.opened", "system", b"{}")
            put(
                conn,
                [
                    Ticket(
                        id=f"t{n}",
                        reference=f"264071882{n}",
                        office_id="water",
                        category=category,
                        area=area,
                        privacy="private" if private else "public",
                        state="routed",
                        origin="session",
                        opened_at=now - n * DAY_MS,
                        head_seq=1,
                        head_hash=step.hash,
                    )
                ],
            )


async def write(phone: Phone, **fields: str) -> str:
    """A rule by its form, the look and the save."""
    await phone.get("/routing/rule")
    look = await phone.post("/routing/rule", do="look", **fields)
    assert look.status_code == 200 and EN.plain("routing.trial") in look.text, look.text
    return (await phone.post("/routing/rule", do="save")).text


async def tried(phone: Phone, place: str = "uc1", about: str = "", topic: str = "water_none") -> str:
    return (await phone.get(f"/routing?topic={topic}&place={place}&about={about}")).text


def got(page: str) -> str:
    """The answer of the page: where it goes and who has it today."""
    return str(re.findall(r'class="rule-found".*?</div>', page, re.S)[0])


def rules(town: Town) -> int:
    with town.service.store.read() as conn:
        return len(rows.rules(conn))


async def test_without_rules_all_goes_by_the_topic_and_holes_are_told(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    page = (await phone.get("/routing")).text
    assert EN.plain("routing.none") in page and str(EN.t("routing.holes_sum", 1)) in page
    found = await tried(phone)
    assert "Public Health Engineering" in found and EN.plain("routing.step.rule.none") in found
    assert EN.t("routing.step.category.applies", to="Public Health Engineering") in found
    holes = (await phone.get("/routing/holes")).text
    assert "Dust" in holes and EN.plain("routing.hole.whole") in holes and EN.plain("routing.hole.no_office") in holes
    assert re.search(r'href="/routing/rule\?what=c\.dust"', holes)
    form = (await phone.get("/routing/rule?what=c.dust")).text
    assert re.search(r'value="c\.dust" selected', form)


async def test_a_rule_is_looked_at_saved_tried_changed_ended_and_taken_back(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    await phone.get("/routing/rule")
    look = await phone.post("/routing/rule", do="look", what="c.water_none", where="uc1", to="p.sdo")
    assert str(EN.t("routing.trial_sum", total=5, moved=3)) in look.text
    # A number to look up, and never that of a private complaint.
    assert "26-4071-882" in look.text and "26-4071-8823" not in look.text
    assert rules(town) == 0
    back = await phone.post("/routing/rule", do="back")
    assert re.search(r'value="p\.sdo" selected', back.text)
    await phone.post("/routing/rule", do="look", what="c.water_none", where="uc1", to="p.sdo")
    saved = await phone.post("/routing/rule", do="save")
    assert EN.plain("routing.saved.new") in saved.text and rules(town) == 1
    found = await tried(phone)
    # Nobody sits there yet, so it is said who has to act.
    assert "SDO Water" in got(found) and "Assistant Commissioner" in got(found)
    assert "SDO Water" not in got(await tried(phone, "uc2"))
    # Changed: everywhere in the tehsil.
    id = re.findall(r'href="/routing/rule\?id=([0-9a-f]+)"', (await phone.get("/routing")).text)[0]
    form = await phone.get(f"/routing/rule?id={id}")
    assert re.search(r'value="uc1" selected', form.text) and re.search(r'value="p\.sdo" selected', form.text)
    await phone.post("/routing/rule", do="look", what="c.water_none", where="t1", to="p.sdo")
    changed = await phone.post("/routing/rule", do="save")
    assert EN.plain("routing.saved.change") in changed.text and rules(town) == 1
    assert "SDO Water" in got(await tried(phone, "uc2"))
    # One that is gone meanwhile is not changed.
    gone = await phone.get(f"/routing/rule?id={id}")
    assert gone.status_code == 404
    await phone.get("/routing")
    stale = await phone.client.post(
        "/routing/rule",
        data={**phone.fields("/language"), "id": id, "do": "save", "what": "c.dust", "to": "o.water"},
        headers={"origin": phone.origin},
    )
    assert stale.status_code == 422 and EN.plain("routing.no.gone") in stale.text
    # Ended, and taken back.
    id = re.findall(r'href="/routing/rule\?id=([0-9a-f]+)"', (await phone.get("/routing")).text)[0]
    await phone.get(f"/routing/rule?id={id}")
    ended = await phone.post("/routing/rule", do="retire")
    assert EN.plain("routing.saved.retire") in ended.text and rules(town) == 0
    number = re.findall(r'name="undo" value="(\d+)"', ended.text)[0]
    undone = await phone.post("/routing", undo=number)
    assert EN.plain("routing.saved.undo") in undone.text and rules(town) == 1
    again = await phone.post("/routing", **phone.fields("/language"), undo=number)
    assert EN.plain("routing.saved.not_last") in again.text and rules(town) == 1


async def test_a_ticket_about_somebody_goes_around(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    await write(phone, what="c.dust", where="", to="p.sdo")
    page = await tried(phone, about="sdo", topic="dust")
    assert "Assistant Commissioner" in got(page) and "Nasreen" in got(page)
    assert str(EN.t("routing.step.around.applies", to="x"))[:20] in page


async def test_a_ticket_can_be_tried_by_its_number(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    page = (await phone.get("/routing?ticket=26-4071-8824")).text
    assert re.search(r'value="dust" selected', page) and re.search(r'value="uc1" selected', page) and got(page)
    assert 'class="rule-found"' not in (await phone.get("/routing?ticket=1")).text


async def test_what_is_wrong_is_told_at_its_field(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    right = {"what": "g.water", "where": "uc2", "to": "o.tehsil"}
    await write(phone, **right)
    for changed, field, code in (
        ({"what": "c.nothing"}, "what", "what"),
        ({"what": "water_none"}, "what", "what"),
        ({"where": "nowhere"}, "where", "where"),
        ({"to": "p.nobody"}, "to", "to"),
        ({"to": "o.nothing"}, "to", "to"),
        ({"where": "uc1", "since": "2026-02-30"}, "since", "day"),
        ({"where": "uc1", "since": "9999-01-01"}, "since", "day"),
        ({"where": "uc1", "since": "2026-05-02", "until": "2026-05-01"}, "until", "days"),
        ({}, "what", "twice"),
    ):
        await phone.get("/routing/rule")
        wrong = await phone.post("/routing/rule", **{"do": "look", **right, **changed})
        assert wrong.status_code == 422, changed
        assert f'id="{field}-error"' in wrong.text and EN.plain(f"routing.no.{code}") in wrong.text, changed
    assert (await phone.post("/routing/rule", do="burn")).status_code == 400


async def test_a_rule_for_later_says_so_and_one_beside_it_may_stand(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    await phone.get("/routing/rule")
    await phone.post("/routing/rule", do="look", what="c.dust", where="uc2", to="o.tehsil", since="2035-01-01")
    assert EN.plain("routing.saved.later") in (await phone.post("/routing/rule", do="save")).text
    page = await write(phone, what="c.dust", where="uc2", to="o.water", until="2034-12-31")
    assert str(EN.t("routing.later", day=EN.day(2_051_200_000_000)))[:10] in page
    with town.service.store.read() as conn:
        soon, then = (routing(conn, at).route("dust", area="uc2").office for at in (1, 2_060_000_000_000))
    assert (soon, then) == ("water", "tehsil")


async def test_a_post_that_a_rule_names_stays(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    await phone.get("/posts/sdo")
    kept = await phone.post("/posts/sdo", do="retire")
    assert kept.status_code == 422 and EN.plain("posts.in_use") in kept.text


async def test_only_administrators_of_the_whole_house_see_rules(town: Town) -> None:
    for role in ("moderator", "officer", "chair"):
        phone = await signed_in(town, role)
        for path in ("/routing", "/routing/holes", "/routing/rule"):
            assert (await phone.get(path)).status_code == 403


@pytest.mark.parametrize("language", sorted(LANGUAGES))
async def test_every_page_is_well_formed(town: Town, language: str) -> None:
    phone = await signed_in(town, "administrator", language)
    for path in (
        "/posts",
        "/posts/new",
        "/posts/ac",
        "/routing",
        "/routing?topic=dust",
        "/routing/holes",
        "/routing/rule",
    ):
        html = (await phone.get(path)).text
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), (path, sorted({each for each in ids if ids.count(each) > 1}))
        assert html.count("<h1") == 1 and html.count("<main") == 1, path
        named = re.findall(r'<label for="([^"]+)"', html)
        named += [
            each for group in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', html) for each in group.split()
        ]
        assert set(named) <= set(ids), (path, set(named) - set(ids))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids), path


def test_names_alone_keep_the_readers_direction() -> None:
    """Between two names stands only a comma; a guess from that would turn an Urdu line around (UAX #9, P2 and P3)."""
    office = Office(id="water", code="water", name_ur="پانی", name_en="Water")
    post = Post(id="xen", office_id="water", title_ur="ایکسین", title_en="XEN")
    for language, mark in (("ur", "\u2067"), ("en", "\u2066")):
        said = Names(words_for(language), {"water": office}, {"xen": post}, {}, ()).to("water", "xen")
        assert said.startswith(mark) and said.endswith("\u2069")
