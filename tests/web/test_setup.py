"""Setting up in the browser: the link opens once, every step is saved by itself, can wait, and can be changed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kachehri import certificates, setting_up
from kachehri.certificates import Finding
from kachehri.i18n import LANGUAGES, words_for
from kachehri.store import accounts, district
from tests.web.conftest import Phone, Town
from tests.web.test_staff import signed_in
from tests.web.town import open_town
from web.pages import setup

pytestmark = pytest.mark.anyio
EN = words_for("en")
PASSWORD = "tall grass by the canal"


@pytest.fixture
async def empty(anyio_backend: str, tmp_path: Path) -> AsyncIterator[Town]:
    """A server on which nobody has an account yet, and which holds nothing."""
    async with open_town(tmp_path, empty=True) as town:
        yield town


async def began(town: Town, language: str = "en") -> Phone:
    """Somebody who has opened the link and made her account."""
    code = setting_up.offer(town.service.store)
    phone = town.phone(language)
    await phone.get(f"/setup?code={code}")
    answer = await phone.post("/setup", name="Nasreen", login="nasreen", password=PASSWORD)
    assert answer.url.path == "/setup/language", answer.text
    return phone


async def test_the_link_makes_one_administrator_and_then_opens_nothing(empty: Town) -> None:
    code = setting_up.offer(empty.service.store)
    phone = empty.phone("en")
    await phone.get(f"/setup?code={code}")
    form = phone.fields("/setup")
    answer = await phone.post("/setup", name="Nasreen", login="Nasreen", password=PASSWORD)
    assert answer.url.path == "/setup/language"
    with empty.service.store.read() as conn:
        found = accounts.by_login(conn, "nasreen")
    assert found and (found.role, found.name) == ("administrator", "Nasreen") and found.created_at > 0
    thief = empty.phone("en")
    assert (await thief.get(f"/setup?code={code}")).url.path == "/staff"
    thief.client.cookies.update({"k_form": phone.client.cookies["k_form"]})
    again = await thief.client.post(
        "/setup",
        data={**form, "name": "x", "login": "thief", "password": PASSWORD},
        headers={"origin": thief.origin},
    )
    assert again.status_code == 422 and EN.plain("setup.code_wrong") in again.text
    with empty.service.store.read() as conn:
        assert accounts.by_login(conn, "thief") is None


async def test_what_is_wrong_with_the_first_account_is_said_and_the_code_still_opens(empty: Town) -> None:
    code = setting_up.offer(empty.service.store)
    phone = empty.phone("en")
    assert EN.plain("setup.new.title") in (await phone.get("/setup")).text
    wrong = await phone.post("/setup", code="aaaa-bbbb-cccc-dddd-eeee")
    assert wrong.status_code == 422 and EN.plain("setup.code_wrong") in wrong.text
    typed = await phone.post("/setup", code=(code or "").upper().replace("-", " "))
    assert typed.status_code == 200 and EN.plain("setup.account.title") in typed.text
    for fields, key in (
        ({"name": "", "login": "nasreen", "password": PASSWORD}, "setup.need_name"),
        ({"name": "N", "login": "n n", "password": PASSWORD}, "setup.account_login"),
        ({"name": "N", "login": "nasreen", "password": "short"}, "setup.account_password_short"),
        ({"name": "N", "login": "nasreen", "password": "nasreen nasreen"}, "setup.account_password_plain"),
    ):
        answer = await phone.post("/setup", **fields)
        assert answer.status_code == 422 and EN.plain(key) in answer.text, key
        assert "short" not in answer.text and PASSWORD not in answer.text
    assert (await phone.post("/setup", name="N", login="nasreen", password=PASSWORD)).url.path == "/setup/language"


async def test_each_step_is_saved_by_itself_and_stands_on_every_page(empty: Town) -> None:
    phone = await began(empty)
    await phone.post("/setup/language", do="save", language="en", timezone="Asia/Karachi")
    assert '<html lang="en"' in (await empty.phone("fr").get("/")).text
    office = {"name_ur": "دفتر ڈپٹی کمشنر نور گڑھ", "name_en": "Deputy Commissioner, Noorgarh", "helpline": "۱۹۹۱"}
    await phone.get("/setup/office")
    assert (await phone.post("/setup/office", do="save", **office)).url.path == "/setup/address"
    for language, name in (("ur", office["name_ur"]), ("en", office["name_en"])):
        public = (await empty.phone(language).get("/")).text
        assert name in public and 'href="tel:1991"' in public
    await phone.get("/setup/offices")
    assert (await phone.post("/setup/offices", do="usual")).url.path == "/setup"
    with empty.service.store.read() as conn:
        assert len(district.offices(conn)) == 14 and len(district.categories(conn)) == 42
        assert len(district.rooms(conn)) == 1
    # Whoever comes back finds what is done, and changes it on the same page.
    again = empty.phone("en")
    again.client.cookies.update(dict(phone.client.cookies))
    listed = (await again.get("/setup")).text
    assert listed.count(EN.plain("setup.state.done")) >= 3
    assert 'value="Deputy Commissioner, Noorgarh"' in (await again.get("/setup/office")).text
    await again.post("/setup/office", do="save", **{**office, "helpline": ""})
    assert "tel:" not in (await empty.phone("en").get("/")).text


async def test_a_step_may_wait_and_a_hearing_waits_for_its_office(empty: Town) -> None:
    phone = await began(empty)
    for step, then in (("language", "office"), ("office", "address"), ("address", "offices")):
        await phone.get(f"/setup/{step}")
        assert (await phone.post(f"/setup/{step}", do="later")).url.path == f"/setup/{then}"
    assert (await phone.post("/setup/offices", do="later")).url.path == "/setup"
    states = {task.name: task.state for task in setup.tasks(await empty.service.read(setup.reached))}
    assert states == dict.fromkeys(setup.STEPS, "later") | {
        "people": "todo",
        "practice": "waiting",
        "hearing": "waiting",
    }
    assert EN.plain("plan.no_offices") in (await phone.get("/sessions/new")).text
    await phone.get("/setup/offices")
    await phone.post("/setup/offices", do="usual")
    states = {task.name: task.state for task in setup.tasks(await empty.service.read(setup.reached))}
    assert states["offices"] == "done" and states["hearing"] == "todo"
    assert empty.house.place.set_up_at == 0
    plan = {"title_en": "Roads", "room": "hall", "day": "2030-05-06", "starts": "11:00", "ends": "13:00", "ur": "1"}
    plan |= {"officials": "1", "citizens": "1", "interpreters": "0"}
    await phone.get("/sessions/new")
    assert (await phone.post("/sessions/new", **plan, practice="1")).url.path.endswith("/announced")
    assert empty.house.place.set_up_at == 0, "practice is no hearing"
    await phone.get("/sessions/new")
    assert (await phone.post("/sessions/new", **plan)).url.path.endswith("/announced")
    assert empty.house.place.set_up_at > 0


async def test_the_usual_list_never_goes_over_what_somebody_wrote(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    await phone.get("/setup/offices")
    assert EN.plain("setup.offices.usual") not in phone.page
    await phone.post("/setup/offices", do="usual")
    with town.service.store.read() as conn:
        assert {each.id for each in district.offices(conn)} == {"desk", "water"}


@pytest.mark.parametrize(
    ("step", "fields", "key"),
    [
        ("language", {"language": "xx"}, "setup.need_language"),
        ("language", {"language": "ur", "timezone": "Mars/Base"}, "setup.zone_unknown"),
        ("office", {"name_ur": " ", "name_en": ""}, "setup.need_office"),
        ("office", {"name_ur": "دفتر", "helpline": "call us"}, "setup.helpline_wrong"),
        ("address", {"address": "two words"}, "setup.address_wrong"),
    ],
)
async def test_mistakes_are_said_and_nothing_is_saved(town: Town, step: str, fields: dict[str, str], key: str) -> None:
    phone = await signed_in(town, "administrator")
    before = town.house.place
    await phone.get(f"/setup/{step}")
    answer = await phone.post(f"/setup/{step}", do="save", **fields)
    assert answer.status_code == 422 and EN.plain(key) in answer.text
    assert town.house.place == before


async def test_the_address_is_looked_at_before_it_is_kept(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    before = town.house.place
    await phone.get("/setup/address")
    answer = await phone.post("/setup/address", do="check", address="http://192.0.2.7")
    assert EN.plain("cert.plain_http") in answer.text and town.house.place == before
    assert 'value="http://192.0.2.7"' in answer.text
    await phone.post("/setup/address", do="save", address="HTTP://192.0.2.7/")
    try:
        assert town.house.place.address == "http://192.0.2.7" and town.house.origins == {"http://192.0.2.7"}
        assert town.house.renderer.site.address == "http://192.0.2.7"
        # On the machine itself everything still works, so that a wrong address can be mended.
        await phone.get("/setup/address")
        assert (await phone.post("/setup/address", do="save", address=town.url)).url.path == "/setup/offices"
    finally:
        await town.house.own.change(address=town.url, announced=False)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_finding_has_its_sentence(language: str) -> None:
    values: dict[str, dict[str, str | int]] = {
        "good": {"until": 0},
        "wrong_name": {"names": "a", "host": "b"},
        "not_yet": {"begins": 0, "now": 0},
        "expired": {"until": 0},
        "ends_soon": {"until": 0},
        "clock_behind": {"now": 0},
        "unknown_issuer": {"issuer": "a"},
        "refused": {"why": "a"},
        "someone_else": {"host": "a"},
        "media_address": {"address": "a"},
        **{code: {"host": "a", "port": 1} for code in ("no_answer", "closed", "not_tls")},
        "name_unknown": {"host": "a"},
    }
    source = Path(certificates.__file__ or "").read_text(encoding="utf-8")
    named = set(re.findall(r'Finding\("([a-z_]+)"', source)) | {"closed", "no_answer"}
    for code in named:
        said = setup.verdict(Finding(code, values=values.get(code, {})), words_for(language)).text
        assert said and "{" not in said


async def test_only_an_administrator_sets_up(town: Town) -> None:
    phone = await signed_in(town, "moderator")
    assert (await phone.get("/setup")).status_code == 403
    assert (await town.phone("en").get("/setup")).url.path == "/staff"


PAGES = (
    "/setup",
    "/setup/language",
    "/setup/office",
    "/setup/address",
    "/setup/offices",
    "/offices",
    "/offices?list=posts",
    "/offices?list=categories",
    "/offices/entry?list=offices",
    "/offices/entry?list=categories&code=water_none",
    "/offices/entry?list=posts",
    "/offices/import?list=areas",
    "/practice",
    "/sessions/new",
    "/sessions/{session}/edit",
    "/sessions/{session}/announced",
    "/sessions/{session}/poster",
)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
async def test_every_page_of_preparing_is_well_formed(town: Town, language: str) -> None:
    session = await town.schedule()
    phone = await signed_in(town, "administrator", language)
    for path in PAGES:
        answer = await phone.get(path.replace("{session}", session))
        assert answer.status_code == 200, (path, answer.text)
        html = answer.text
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), (path, sorted({each for each in ids if ids.count(each) > 1}))
        assert html.count("<h1") == 1 and html.count("<main") == 1, path
        named = re.findall(r'<label for="([^"]+)"', html)
        named += [
            each for group in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', html) for each in group.split()
        ]
        assert set(named) <= set(ids), (path, set(named) - set(ids))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids), path
