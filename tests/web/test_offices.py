"""The lists on their pages: by hand, as a file with a preview, and back out again."""

from __future__ import annotations

import httpx
import pytest

from kachehri import offices
from kachehri.i18n import words_for
from kachehri.store import district
from tests.web.conftest import Phone, Town
from tests.web.test_staff import signed_in
from web.forms import FormRefused
from web.uploads import parts

pytestmark = pytest.mark.anyio
EN = words_for("en")
TOPICS = "code,name_ur,name_en,office,days\ndirty,گندا پانی,Dirty water,water,5\n"


async def send(phone: Phone, content: bytes, kind: str = "categories") -> httpx.Response:
    await phone.get(f"/offices/import?list={kind}")
    return await phone.client.post(
        "/offices/import",
        data=phone.fields("/offices/import"),
        files={"file": ("list.csv", content, "text/csv")},
        headers={"origin": phone.origin},
    )


async def take_over(phone: Phone, preview: httpx.Response) -> httpx.Response:
    phone.page = preview.text
    fields = {name: (None, value) for name, value in phone.fields("/offices/import").items()}
    return await phone.client.post("/offices/import", files=fields, headers={"origin": phone.origin})


async def test_a_file_is_looked_at_first_and_then_taken_over(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    preview = await send(phone, TOPICS.encode())
    assert preview.status_code == 200 and "Dirty water" in preview.text
    assert EN.t("lists.sum", new=1, changed=0, same=0) in preview.text
    with town.service.store.read() as conn:
        assert "dirty" not in offices.book(conn).of("categories")
    done = await take_over(phone, preview)
    assert done.url.path == "/offices" and EN.plain("lists.saved.file") in done.text
    with town.service.store.read() as conn:
        found = {each.id: each for each in district.categories(conn)}
    assert found["dirty"].sla_days == 5 and found["dirty"].position > found["water_none"].position
    session = await town.schedule()
    assert "Dirty water" in (await town.phone("en").get(f"/s/{session}/ask")).text


async def test_a_file_with_one_mistake_changes_nothing_and_can_be_sent_again(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    wrong = TOPICS.replace("dirty,", "smelly,") + "noise,شور,Noise,nobody,5\nnight,رات,Night,water,soon\n"
    answer = await send(phone, wrong.encode())
    assert answer.status_code == 422 and EN.plain("lists.nothing_saved") in answer.text
    for line in (3, 4):
        assert str(EN.t("lists.line", n=line)) in answer.text
    assert EN.plain("lists.unknown", column="office", code="nobody") in answer.text
    with town.service.store.read() as conn:
        assert not {"smelly", "noise", "night"} & set(offices.book(conn).of("categories"))
    again = await send(phone, wrong.replace("nobody", "water").replace("soon", "9").encode())
    assert again.status_code == 200 and (await take_over(phone, again)).url.path == "/offices"
    with town.service.store.read() as conn:
        assert {"smelly", "noise", "night"} <= set(offices.book(conn).of("categories"))


async def test_letters_that_had_to_be_guessed_are_said(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    preview = await send(phone, TOPICS.replace("ی", "ي").encode("cp1256"))
    assert EN.t("lists.guessed", encoding="Windows-1256") in preview.text and "گندا پانی" in preview.text


async def test_a_list_goes_out_and_comes_back_without_a_change(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    for kind in ("offices", "categories", "areas"):
        out = await phone.client.get(f"/offices/file?list={kind}")
        assert out.headers["content-disposition"] == f'attachment; filename="{kind}.csv"'
        preview = await send(phone, out.content, kind)
        assert EN.t("lists.sum", new=0, changed=0, same=len(out.text.splitlines()) - 1) in preview.text, kind
    empty = await phone.client.get("/offices/file?list=posts&empty=1")
    columns = "code,office,title_ur,title_en,reports_to,holder,login,acting,acting_login"
    assert empty.content.decode("utf-8-sig").splitlines() == [columns]


async def test_one_entry_is_written_by_hand_by_the_same_rules(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    await phone.get("/offices/entry?list=offices")
    made = await phone.post("/offices/entry", name_ur="محکمہ انہار", name_en="Irrigation", parent="", do="save")
    assert made.url.path == "/offices" and "Irrigation" in made.text
    await phone.get("/offices/entry?list=offices&code=irrigation")
    changed = await phone.post("/offices/entry", name_ur="انہار", name_en="Canals", parent="water", do="save")
    assert "Canals" in changed.text and "Irrigation" not in changed.text
    await phone.get("/offices/entry?list=categories")
    wrong = await phone.post("/offices/entry", name_ur="", name_en="", office="irrigation", days="0", do="save")
    assert wrong.status_code == 422
    assert EN.plain("lists.no_name") in wrong.text and EN.plain("lists.days", text="0") in wrong.text
    await phone.get("/offices/entry?list=categories")
    taken = await phone.post("/offices/entry", code="water_none", name_ur="x", name_en="X", days="7", do="save")
    assert taken.status_code == 422 and EN.plain("lists.taken", code="water_none") in taken.text
    await phone.get("/offices/entry?list=offices&code=irrigation")
    gone = await phone.post("/offices/entry", do="retire")
    assert EN.plain("lists.saved.retired") in gone.text and "Canals" not in gone.text
    await phone.get("/offices/entry?list=offices&code=desk")
    assert EN.plain("lists.offices.retire") not in phone.page
    stays = await phone.post("/offices/entry", do="retire")
    assert stays.status_code == 422 and EN.plain("lists.triage_stays") in stays.text


async def test_a_file_from_elsewhere_or_without_an_end_is_no_form_of_ours(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    form = {"list": "offices", "form_token": "x" * 44}
    forged = await phone.client.post("/offices/import", data=form, files={"file": b"name_ur,name_en\n"})
    assert forged.status_code == 403
    for body in (b"", b"--b\r\n\r\n--b--", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx'):
        with pytest.raises(FormRefused):
            parts(body, b"b")


def test_the_bytes_of_a_file_stay_as_they_are() -> None:
    content = bytes(range(256)) + b"\r\n\r\n--bo\r\n"
    body = (
        b'--bound\r\nContent-Disposition: form-data; name="list"\r\n\r\nareas\r\n'
        b'--bound\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
        + content
        + b"\r\n--bound--\r\n"
    )
    upload = parts(body, b"bound")
    assert upload.fields == {"list": "areas"} and upload.files == {"file": content}
