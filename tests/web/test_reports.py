"""The reports: for whom, of what, on paper and in tables, and as they were."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile

import httpx
import pytest

from kachehri.store import district
from kachehri.store import reports as rows
from kachehri.store.tables import Office
from tests.web.conftest import Phone, Town
from tests.web.test_register import ask, closed
from tests.web.test_staff import signed_in
from tests.web.test_tickets import officer

pytestmark = pytest.mark.anyio
NAMES = ("ageing", "honesty", "offices", "causes")


@pytest.fixture(scope="module")
async def chair(town: Town) -> Phone:
    session = await town.schedule(live=True)
    for number in range(6):
        await ask(town, session, number + 1, text="نلکا بند ہے")
    await closed(town, session)
    return await signed_in(town, "chair")


async def made(phone: Phone, path: str) -> httpx.Response:
    """A paper, which takes its time on a busy machine."""
    async with asyncio.timeout(100):
        while (answer := await phone.get(path)).status_code == 202:
            assert answer.headers["refresh"] == "3"
    return answer


@pytest.mark.parametrize("name", NAMES)
async def test_every_report_says_what_its_figures_mean(chair: Phone, name: str) -> None:
    answer = await chair.get(f"/reports?show={name}")
    assert answer.status_code == 200 and 'aria-current="page"' in answer.text
    assert len(re.findall(r"<dt>[^<]+<small>", answer.text)) >= 4


async def test_six_new_questions_are_six_that_wait(chair: Phone) -> None:
    page = (await chair.get("/reports?show=ageing")).text
    assert re.search(r'class="whole".*?<bdi dir="ltr">6</bdi>', page, re.S)
    assert "report-bar" in page and " style=" not in page
    answer = await chair.get("/reports.csv?show=causes")
    assert answer.content.startswith(b"\xef\xbb\xbf") and b'"6","6",' in answer.content


async def test_the_same_as_a_spreadsheet_and_on_paper(chair: Phone) -> None:
    book = await made(chair, "/reports.xlsx?show=ageing")
    assert book.status_code == 200 and "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(book.content)).namelist()
    paper = await made(chair, "/reports.pdf?show=ageing")
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF")


async def test_a_day_that_was_kept_stays_as_it_was(town: Town, chair: Phone) -> None:
    snapshots = town.app.state.snapshots
    snapshots.keep()
    assert not snapshots.keep()
    with town.service.store.read() as conn:
        [day] = rows.days(conn)
    before = (await chair.get(f"/reports?show=ageing&day={day}")).text
    session = await town.schedule(live=True)
    await ask(town, session, 1, text="نیا سوال")
    await closed(town, session)
    after = (await chair.get(f"/reports?show=ageing&day={day}")).text
    assert re.findall(r"<td.*?</td>", before) == re.findall(r"<td.*?</td>", after)
    assert (await chair.get("/reports?show=ageing&day=1999-01-01")).status_code == 404
    assert (await chair.get("/reports?show=secrets")).status_code == 404


async def test_an_officer_sees_the_offices_own_figures_and_no_past_ones(town: Town, chair: Phone) -> None:
    with town.service.store.write() as conn:
        district.save_offices(conn, [Office(id="road", code="road", name_ur="سڑکیں", name_en="Roads")])
    phone = await officer(town, "road")
    page = await phone.get("/reports?show=ageing")
    assert page.status_code == 200 and "report-bar" not in page.text
    with town.service.store.read() as conn:
        kept = rows.days(conn)
    assert all([(await phone.get(f"/reports?show=ageing&day={day}")).status_code == 404 for day in kept])


async def test_a_citizen_is_led_to_the_door(town: Town) -> None:
    answer = await town.phone("en").get("/reports")
    assert answer.url.path == "/staff"
