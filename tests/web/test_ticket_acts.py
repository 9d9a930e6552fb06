"""What is done with a ticket from its page, by whom, and what each is told: through HTTP on a running server."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import httpx
import pytest
from PIL import Image

from kachehri import staff, ticketing
from kachehri.i18n import words_for
from kachehri.store import accounts, audit, district, evidence
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Office, Post, Posting
from kachehri.tickets import acts as a
from kachehri.tickets import events
from kachehri.tickets.acts import Doer
from kachehri.tickets.life import Life
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion
from tests.web.conftest import Phone, Town
from tests.web.test_register import PHONE, ask, closed
from web.act_forms import FORMS
from web.forms import new_key

pytestmark = pytest.mark.anyio
EN, UR = words_for("en"), words_for("ur")
PASSWORD = "tall-grass-by-the-canal"
#: Login → role, office, post.
STAFF = {
    "sdo": ("officer", "water", "ph-sdo"),
    "xen": ("officer", "water", "ph-xen"),
    "chief": ("official", "desk", "chief"),
    "chair": ("chair", None, ""),
    "clerk": ("clerk", None, ""),
    "roads": ("officer", "roads", ""),
}


@pytest.fixture(scope="module")
async def desk(town: Town) -> dict[str, str]:
    """Accounts on posts, in a line: sub-divisional officer, executive engineer, chief."""
    with town.service.store.write() as conn:
        now = town.service.store.now(conn)
        district.save_offices(conn, [Office(id="roads", code="roads", name_ur="سڑکیں", name_en="Roads")])
        posts = (
            ("chief", "desk", "چیف", "Chief engineer", None),
            ("ph-xen", "water", "ایکسین", "Executive engineer", "chief"),
            ("ph-sdo", "water", "ایس ڈی او", "Sub-divisional officer", "ph-xen"),
        )
        rows = [Post(id=id, office_id=of, title_ur=ur, title_en=en, reports_to=up) for id, of, ur, en, up in posts]
        district.save_posts(conn, rows)
    found = {}
    for login, (role, office, post) in STAFF.items():
        made = staff.add(town.service.store, login, f"The {login}", role, PASSWORD)
        found[login] = made.id
        with town.service.store.write() as conn:
            accounts.place(conn, made.id, role, office)
            if post:
                row = Posting(id=f"h-{post}", post_id=post, account_id=made.id, name=f"The {login}", from_at=now - 1)
                district.save_postings(conn, [row])
    town.house.districts.forget()
    return found


async def opened(town: Town, *, by_phone: bool = False, due: str = "2030-01-20", **fields: object) -> str:
    """The number of a ticket that lies with the water office, ordered in a hearing.

    Arguments:
        by_phone: asked through the pages, so that there is somebody behind it who left a number.
        due: the day that was promised.
    """
    session = await town.schedule(live=True)
    if by_phone:
        await town.phone().ask(session, "نلکا بند ہے", phone=PHONE, area="uc1")
        (question,) = (await town.service.live(session)).session.queue.questions
    else:
        question = await ask(town, session, 1, **{"name": "نسرین بی بی", "text": "نلکا بند ہے", **fields})
    await town.moderate(session, AdmitQuestion(question=question))
    note = NoteOutcome(question=question, outcome="ordered", office="water", due=due, note="نیا پمپ لگے گا")
    await town.moderate(session, note)
    await closed(town, session)
    return (await town.service.live(session)).session.queue.questions[question].reference


async def entered(town: Town, login: str, language: str = "en") -> Phone:
    phone = town.phone(language)
    await phone.get("/staff")
    answer = await phone.post("/staff", login=login, password=PASSWORD)
    assert answer.url.path != "/staff", answer.text
    return phone


async def do(phone: Phone, number: str, name: str, /, **fields: str) -> httpx.Response:
    """Open the page and send the form of an act."""
    await phone.get(f"/tickets/{number}")
    path = f"/tickets/{number}/act"
    sent = {**form_token(phone), **phone.fields(path), **fields, "do": name}
    return await phone.client.post(path, data=sent, headers={"origin": phone.origin})


def life(town: Town, reference: str) -> Life:
    with town.service.store.read() as conn:
        found = ticket_rows.by_reference(conn, reference)
        assert found is not None
        ticket_rows.verify(conn, found.id)
        assert (found.state, found.post_id or "") == ((loaded := ticketing.load(conn, found.id)).state, loaded.post)
        return loaded


def by_citizen(town: Town, reference: str, act: a.Act) -> Life:
    with town.service.store.write() as conn:
        found = ticket_rows.by_reference(conn, reference)
        assert found is not None
        return ticketing.act(conn, town.service.store.now(conn), found.id, act, Doer("citizen", "her"))


def offered(page: str) -> set[str]:
    return set(re.findall(r'<details class="more act-card[^"]*" id="([a-z_]+)"', page))


async def test_from_the_office_to_the_citizens_yes(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, sdo = await entered(town, "xen"), await entered(town, "sdo")
    page = (await xen.get(f"/tickets/{number}")).text
    assert {"assign", "transfer", "note"} <= offered(page) and "start" not in offered(page)
    for sign in ("Executive engineer", "Sub-divisional officer", "نیا پمپ لگے گا", EN.t("office.turn.office")):
        assert sign in page, sign
    assert (await do(xen, number, "assign", post="ph-sdo")).status_code == 200
    assert (found := life(town, number)).state == "assigned" and found.account == desk["sdo"]
    page = (await sdo.get(f"/tickets/{number}")).text
    assert {"start", "propose", "ask_citizen", "wait_outside"} <= offered(page)
    assert not {"force", "warn", "countersign", "uphold"} & offered(page)
    day = (EN.dates.local(town.house.now()) + timedelta(days=4)).date().isoformat()
    answer = await do(sdo, number, "start", plan="Pump from the store, call 0301 2345678", day=day)
    assert EN.t("office.did.start") in answer.text and "2345678" not in answer.text
    answer = await do(sdo, number, "propose", outcome="relief_granted", note="The pump runs")
    assert life(town, number).state == "resolution_proposed" and "The pump runs" in answer.text
    assert EN.t("office.turn.citizen") in answer.text and offered(answer.text) == {"classify", "note"}
    by_citizen(town, number, a.Confirm())
    page = (await sdo.get(f"/tickets/{number}")).text
    assert EN.t("office.basis.citizen_confirmed") in page and EN.t("office.told.confirmed") in page


async def test_a_no_goes_to_the_superior_and_the_next_answer_is_signed(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, sdo = await entered(town, "xen"), await entered(town, "sdo")
    await do(xen, number, "assign", post="ph-sdo")
    await do(sdo, number, "propose", outcome="relief_granted", note="Done")
    by_citizen(town, number, a.Dispute(solved="no"))
    page = (await xen.get("/supervise")).text
    assert page.count(f'href="/tickets/{number}"') == 1, "in the list of the disputed alone"
    page = (await sdo.get(f"/tickets/{number}")).text
    assert EN.t("office.told.disputed_no") in page and "propose" not in offered(page)
    page = (await xen.get(f"/tickets/{number}")).text
    assert "assign" in offered(page) and EN.t("office.lead.propose_again") not in page, "it was not this hand's answer"
    await do(xen, number, "assign", post="ph-sdo")
    assert EN.t("office.lead.propose_again") in (await sdo.get(f"/tickets/{number}")).text
    answer = await do(sdo, number, "propose", outcome="relief_granted", note="Now it really runs")
    assert life(town, number).submitted is not None and EN.t("office.draft") in answer.text
    assert EN.t("office.did.submitted") in answer.text
    page = (await xen.get("/supervise")).text
    assert page.count(f'href="/tickets/{number}"') == 1, "in the list of those to be signed alone"
    assert "countersign" in offered((await xen.get(f"/tickets/{number}")).text)
    await do(xen, number, "countersign")
    assert life(town, number).state == "resolution_proposed"


async def test_a_promised_day_counts_on_the_page_as_in_the_list(town: Town, desk: dict[str, str]) -> None:
    """It is the day that the citizen was told; the days of the topic end later."""
    now = town.house.now()
    day = EN.dates.local(now) + timedelta(days=1)
    number = await opened(town, due=day.date().isoformat())
    xen = await entered(town, "xen")
    listed, page = (await xen.get("/tickets")).text, (await xen.get(f"/tickets/{number}")).text
    found = [re.search(r"</svg>([^<]+ left)</span>", each) for each in (listed[listed.index(number) :], page)]
    assert found[0] is not None and found[1] is not None and found[0][1] == found[1][1]


async def test_it_does_not_concern_us_is_a_transfer_and_its_end_is_said(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen = await entered(town, "xen")
    page = (await xen.get(f"/tickets/{number}")).text
    assert EN.t("office.lead.transfer") in page
    back = await do(xen, number, "transfer", office="roads", reason="")
    assert back.status_code == 422 and EN.t("office.need.words") in back.text
    assert re.search(r'<option value="roads" selected>', back.text), "what was chosen stays"
    await do(xen, number, "transfer", office="roads", reason="A road question")
    assert (found := life(town, number)).office == "roads" and found.transfers == 1
    assert (await xen.get(f"/tickets/{number}")).status_code == 404
    roads = await entered(town, "roads")
    assert number in (await roads.get("/tickets")).text
    await do(roads, number, "transfer", office="water", reason="It is the pipe after all")
    page = (await xen.get(f"/tickets/{number}")).text
    options = re.search(r'id="transfer-office".*?</select>', page, re.DOTALL)
    assert options is not None and set(re.findall(r'value="(\w+)"', options[0])) == {"desk"}


async def test_what_is_missing_comes_back_with_what_was_typed(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, sdo = await entered(town, "xen"), await entered(town, "sdo")
    back = await do(xen, number, "assign", post="")
    assert back.status_code == 422 and EN.t("office.need.post") in back.text
    await do(xen, number, "assign", post="ph-sdo")
    refusal = await do(sdo, number, "propose", outcome="relief_not_possible", note="Not in the budget")
    assert refusal.status_code == 422 and EN.t("office.need.rule") in refusal.text
    assert (
        "Not in the budget</textarea>" in refusal.text
        and '<details class="more act-card" id="propose" open>' in refusal.text
    )
    for fields, said in (
        ({"outcome": "relief_granted", "note": "x" * 1_001}, "1001"),
        ({"outcome": "duplicate", "note": "x"}, EN.t("office.need.outcome")),
        ({"outcome": "", "note": "x"}, EN.t("office.need.outcome")),
        ({"outcome": "relief_granted", "note": "\u0000\u0007"}, ""),
    ):
        answer = await do(sdo, number, "propose", **fields)
        assert answer.status_code == 422 and said in answer.text, fields
    for day in ("2020-01-01", "soon", "2090-01-01"):
        answer = await do(sdo, number, "start", plan="x", day=day)
        assert answer.status_code == 422 and EN.t("office.need.day") in answer.text
    answer = await do(sdo, number, "no_such_act")
    assert answer.status_code == 200 and life(town, number).state == "assigned"


async def test_a_form_that_comes_twice_is_done_once(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen = await entered(town, "xen")
    path = f"/tickets/{number}/act"
    await xen.get(f"/tickets/{number}")
    sent = {**xen.fields(path), "do": "assign", "post": "ph-sdo"}
    for _ in range(2):
        answer = await xen.client.post(path, data=sent, headers={"origin": xen.origin})
        assert answer.status_code == 200 and EN.t("office.did.assign") in answer.text
    with town.service.store.read() as conn:
        found = ticket_rows.by_reference(conn, number)
        assert found is not None
        assert [s.type for s in ticket_rows.steps(conn, found.id)].count("ticket.assigned") == 1


async def test_a_heavy_act_is_not_done_onto_what_nobody_has_seen(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen = await entered(town, "xen")
    await xen.get(f"/tickets/{number}")
    seen = str(life(town, number).seq)
    await do(xen, number, "note", note="Something new")
    answer = await do(xen, number, "transfer", seq=seen, office="roads", reason="A road question")
    assert answer.status_code == 409 and EN.t("refused.ticket_busy") in answer.text
    assert "A road question</textarea>" in answer.text and life(town, number).office == "water"


async def test_what_the_table_or_the_side_forbids_is_refused_with_a_sentence(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    before = life(town, number).seq
    sdo, roads = await entered(town, "sdo"), await entered(town, "roads")
    for name in ("force", "uphold", "countersign", "escalate"):
        answer = await do(sdo, number, name, outcome="relief_granted", reason="x", order="x")
        assert answer.status_code == 422, name
    answer = await do(roads, number, "note", note="hello")
    assert answer.status_code == 404
    assert life(town, number).seq == before


async def test_why_something_is_not_possible_is_shown(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, sdo, chief = await entered(town, "xen"), await entered(town, "sdo"), await entered(town, "chief")
    await do(xen, number, "assign", post="ph-sdo")
    for _ in range(2):
        await do(sdo, number, "ask_citizen", question="Which street?")
        by_citizen(town, number, a.Answer())
    page = (await sdo.get(f"/tickets/{number}")).text
    assert EN.t("refused.ask_limit") in page and "ask_citizen" not in offered(page)
    page = (await xen.get(f"/tickets/{number}")).text
    assert EN.t("refused.force_level") in page
    page = (await chief.get(f"/tickets/{number}")).text
    assert "warn" in offered(page) and EN.t("refused.force_unwarned") in page


async def test_another_office_has_a_part_and_finds_it(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, roads = await entered(town, "xen"), await entered(town, "roads")
    await do(xen, number, "assign", post="ph-sdo")
    assert (await roads.get(f"/tickets/{number}")).status_code == 404
    await do(xen, number, "share", office="roads")
    page = (await roads.get(f"/tickets/{number}")).text
    assert offered(page) == {"finish_part", "note"} and number in (await roads.get("/tickets")).text
    await do(roads, number, "finish_part", note="The road is open again")
    assert life(town, number).parts["roads"] is not None
    assert EN.t("office.part_done") in (await xen.get(f"/tickets/{number}")).text


async def test_two_tickets_go_on_together_and_apart(town: Town, desk: dict[str, str]) -> None:
    first, second = await opened(town), await opened(town)
    clerk = await entered(town, "clerk")
    for wrong in ("2600000000", "12"):
        answer = await do(clerk, first, "join", reference=wrong)
        assert answer.status_code == 422 and EN.t("office.need.reference") in answer.text
    await do(clerk, first, "join", reference=second)
    page = (await clerk.get(f"/tickets/{first}")).text
    assert f'href="/tickets/{second}"' in page and "leave" in offered(page) and "join" not in offered(page)
    assert f'href="/tickets/{first}"' in (await clerk.get(f"/tickets/{second}")).text
    await do(clerk, first, "leave")
    assert life(town, first).parent == ""


async def test_an_appeal_is_decided_by_whoever_had_no_hand_in_it(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, sdo, chair = await entered(town, "xen"), await entered(town, "sdo"), await entered(town, "chair")
    await do(xen, number, "assign", post="ph-sdo")
    await do(sdo, number, "propose", outcome="relief_granted", note="Done")
    by_citizen(town, number, a.Confirm())
    by_citizen(town, number, a.Appeal())
    page = (await chair.get(f"/tickets/{number}")).text
    assert {"direct", "uphold"} <= offered(page) and EN.t("office.turn.appeal") in page
    assert not {"direct", "uphold"} & offered((await xen.get(f"/tickets/{number}")).text)
    await do(chair, number, "direct", order="Lay the pipe within ten days", office="water")
    assert (found := life(town, number)).state == "assigned" and found.office == "water"


def jpeg(size: tuple[int, int] = (90, 60)) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "A phone"
    Image.new("RGB", size, "green").save(out, "JPEG", exif=exif.tobytes())
    return out.getvalue()


async def send_picture(phone: Phone, number: str, content: bytes, **fields: str) -> httpx.Response:
    await phone.get(f"/tickets/{number}")
    path = f"/tickets/{number}/pictures"
    token = re.search(r'name="form_token" value="([^"]+)"', phone.page)
    assert token is not None
    return await phone.client.post(
        path,
        data={"form_token": token[1], **fields},
        files={"file": ("photo.jpg", content, "image/jpeg")},
        headers={"origin": phone.origin},
    )


async def test_a_photograph_is_drawn_anew_and_shown_to_whom_it_is_marked_for(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, roads, citizen = await entered(town, "xen"), await entered(town, "roads"), town.phone("en")
    answer = await send_picture(xen, number, jpeg())
    assert answer.status_code == 200 and EN.t("office.did.add_evidence") in answer.text
    await send_picture(xen, number, jpeg((60, 90)), shown="1")
    await send_picture(xen, number, jpeg((60, 90)), shown="1")
    with town.service.store.read() as conn:
        ticket = ticket_rows.by_reference(conn, number)
        assert ticket is not None and ticket.question_id is not None
        hidden, shown = evidence.of_ticket(conn, ticket.id)
        assert (hidden.shown, shown.shown) == (False, True)
        assert [each.id for each in evidence.of_ticket(conn, ticket.id, shown=True)] == [shown.id]
    picture = await xen.client.get(f"/tickets/{number}/pictures/{hidden.id}")
    assert picture.headers["content-type"] == "image/jpeg" and b"A phone" not in picture.content
    assert picture.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert picture.headers["x-content-type-options"] == "nosniff" and "no-store" in picture.headers["cache-control"]
    assert (await roads.client.get(f"/tickets/{number}/pictures/{hidden.id}")).status_code == 404
    token = town.service.people.receipt(ticket.question_id)
    assert (await citizen.client.get(f"/q/{token}/pictures/{shown.id}")).content[:2] == b"\xff\xd8"
    assert (await citizen.client.get(f"/q/{token}/pictures/{hidden.id}")).status_code == 404
    assert (await citizen.client.get(f"/q/nonsense/pictures/{shown.id}")).status_code == 404
    assert life(town, number).evidence == [hidden.id, shown.id]
    # A proposal rests on what was ticked.
    sdo = await entered(town, "sdo")
    await do(xen, number, "assign", post="ph-sdo")
    await do(sdo, number, "propose", outcome="relief_granted", note="See the picture", picture=shown.id)
    with town.service.store.read() as conn:
        steps = ticketing.history(conn, ticket.id)
    (said,) = [step.body for step in steps if isinstance(step.body, events.Proposed)]
    assert said.evidence == (shown.id,)


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "picture_none"), (b"%PDF-1.7", "picture_kind"), (jpeg()[:200], "picture_broken")]
)
async def test_a_file_that_is_no_photograph_is_refused_plainly(
    town: Town, desk: dict[str, str], content: bytes, code: str
) -> None:
    number = await opened(town)
    answer = await send_picture(await entered(town, "xen"), number, content)
    assert answer.status_code == 422 and EN.t(f"office.refused.{code}") in answer.text
    assert life(town, number).evidence == []


async def test_the_phone_is_shown_with_a_reason_that_stays(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town, by_phone=True)
    xen, roads = await entered(town, "xen"), await entered(town, "roads")
    path = f"/tickets/{number}/phone"
    assert "2345678" not in (await xen.get(f"/tickets/{number}")).text
    answer = await xen.post(path, words="no reason chosen")
    assert answer.status_code == 422 and EN.t("office.need.why") in answer.text and "2345678" not in answer.text
    answer = await xen.post(path, why="visit", words="gate is shut, 35201-1234567-1")
    assert "+923012345678" in answer.text and "no-store" in answer.headers["cache-control"]
    with town.service.store.read() as conn:
        (row,) = [each for each in audit.of_subject(conn, number) if each.action == "phone.reveal"]
    assert row.account_id == desk["xen"] and "gate is shut" in row.reason and "1234567" not in row.reason
    await roads.get("/tickets")
    answer = await roads.client.post(path, data={**form_token(roads), "why": "visit"}, headers={"origin": roads.origin})
    assert answer.status_code == 404 and "2345678" not in answer.text


def form_token(phone: Phone) -> dict[str, str]:
    found = re.search(r'name="form_token" value="([^"]+)"', phone.page)
    assert found is not None
    return {"form_token": found[1]}


async def test_the_history_shows_the_chain(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen = await entered(town, "xen")
    await do(xen, number, "assign", post="ph-sdo")
    await do(xen, number, "note", note="Only among us")
    page = (await xen.get(f"/tickets/{number}/history")).text
    with town.service.store.read() as conn:
        ticket = ticket_rows.by_reference(conn, number)
        assert ticket is not None
        steps = ticket_rows.steps(conn, ticket.id)
    assert all(step.hash.hex()[:12] in page for step in steps) and ticket.head_hash.hex() in page
    assert EN.t("office.history.whole") in page and "Only among us" in page


async def test_many_are_given_to_a_post_and_taken_back(town: Town, desk: dict[str, str]) -> None:
    numbers = [await opened(town), await opened(town)]
    xen = await entered(town, "xen")
    await xen.get("/tickets")
    fields = form_token(xen)
    sent = {**fields, "key": "k" * 22, "post": "ph-sdo", "ticket": [*numbers, "2600000000"]}
    answer = await xen.client.post("/tickets", data=sent, headers={"origin": xen.origin})
    assert [life(town, each).state for each in numbers] == ["assigned", "assigned"]
    assert EN.t("office.many_undo") in answer.text and EN.t("office.many_failed") in answer.text
    answer = await xen.client.post(
        "/tickets", data={**fields, "key": "l" * 22, "do": "undo", "ticket": numbers}, headers={"origin": xen.origin}
    )
    assert [(life(town, each).state, life(town, each).post) for each in numbers] == [("routed", ""), ("routed", "")]
    for missing in ({"ticket": numbers}, {"post": "ph-sdo"}):
        answer = await xen.client.post(
            "/tickets", data={**fields, "key": "m" * 22, **missing}, headers={"origin": xen.origin}
        )
        assert answer.status_code == 200 and life(town, numbers[0]).state == "routed"


async def test_only_what_one_gave_is_taken_back_and_what_is_not_is_told(town: Town, desk: dict[str, str]) -> None:
    """An officer may have begun, or somebody else have given it on, before whoever gave it takes it back."""
    begun, given_on, free = [await opened(town) for _ in range(3)]
    xen, sdo = await entered(town, "xen"), await entered(town, "sdo")

    async def many(**sent: object) -> str:
        await xen.get("/tickets")
        data = {**form_token(xen), "key": new_key(), **sent}
        return (await xen.client.post("/tickets", data=data, headers={"origin": xen.origin})).text

    assert EN.t("office.many_failed") in await many(post="no-such-post", ticket=[free])
    await many(post="ph-sdo", ticket=[begun, given_on, free])
    day = (EN.dates.local(town.house.now()) + timedelta(days=4)).date().isoformat()
    await do(sdo, begun, "start", plan="Pump from the store", day=day)
    with town.service.store.write() as conn:
        ticket = ticket_rows.by_reference(conn, given_on)
        assert ticket is not None
        by = Doer("office", desk["chief"], "water", "ph-xen")
        now = town.service.store.now(conn)
        ticketing.act(conn, now, ticket.id, a.TakeBack(), by)
        ticketing.act(conn, now, ticket.id, a.Assign(post="ph-sdo", account=desk["sdo"]), by)
    page = await many(do="undo", ticket=[begun, given_on, free])
    assert [life(town, each).state for each in (begun, given_on, free)] == ["in_progress", "assigned", "routed"]
    assert EN.t("office.many_kept") in page and EN.plain("office.many_undone", 1) in page
    assert EN.grouped(begun) in page and EN.grouped(given_on) in page


async def test_the_list_is_narrowed_and_searched_by_number(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen = await entered(town, "xen")
    found = await xen.get(f"/tickets?find={number}")
    assert found.url.path == f"/tickets/{number}"
    assert number in (await xen.get(f"/tickets?find={number[-4:]}")).text
    swapped = number[:4] + number[5] + number[4] + number[6:]
    if swapped != number:
        answer = (await xen.get(f"/tickets?find={swapped}")).text
        assert EN.t("office.find_none") in answer or EN.raw("office.find_places").split("{")[0] in answer
    assert EN.t("office.find_short") in (await xen.get("/tickets?find=12")).text
    assert number in (await xen.get("/tickets?topic=water_none&area=uc1")).text
    for query in ("topic=other", "area=t1", "whose=mine", "show=disputed", "show=appeal", "show=risk"):
        assert f"/tickets/{number}" not in (await xen.get(f"/tickets?{query}")).text, query
    await do(xen, number, "assign", post="ph-xen")
    assert number in (await xen.get("/tickets?whose=mine")).text


async def test_a_ready_answer_goes_into_the_form_and_nothing_is_done(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, roads = await entered(town, "xen"), await entered(town, "roads")
    await xen.get("/replies")
    answer = await xen.post("/replies", do="save", name="Pump", text="We repair {number} by {dey}.")
    assert answer.status_code == 422 and "dey" in answer.text and "We repair" in answer.text
    answer = await xen.post("/replies", do="save", name="Pump", text="We repair {number} at {place}.")
    assert EN.t("office.replies_saved") in answer.text
    id = re.search(r"/replies\?change=(\w[\w-]*)", answer.text)
    assert id is not None
    before = life(town, number).seq
    back = await do(xen, number, "note", note="First look.", insert="1", reply=id[1])
    assert back.status_code == 200 and life(town, number).seq == before
    assert f"First look.\nWe repair {EN.grouped(number)} at Chak 57.</textarea>" in back.text
    sent = {**form_token(xen), "text": "", "kind": "note", "insert": "1", "reply": id[1]}
    line = await xen.client.post(f"/tickets/{number}", data=sent, headers={"origin": xen.origin})
    assert f"We repair {EN.grouped(number)} at Chak 57.</textarea>" in line.text and life(town, number).seq == before
    assert "Pump" not in (await roads.get("/replies")).text
    await roads.client.post(
        "/replies", data={**form_token(roads), "do": "retire", "id": id[1]}, headers={"origin": roads.origin}
    )
    assert "Pump" in (await xen.get("/replies")).text
    await xen.post("/replies", do="retire", id=id[1])
    assert "Pump" not in (await xen.get("/replies")).text


async def test_the_brief_says_what_the_house_will_ask(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    session = await town.schedule(live=True)
    await ask(town, session, 7)
    xen = await entered(town, "xen")
    page = (await xen.get(f"/brief/{session}")).text
    for sign in (number, "نیا پمپ لگے گا", "Public Health Engineering", EN.t("office.brief_asked"), "No water"):
        assert sign in page, sign
    assert (await xen.get("/brief/nowhere2")).status_code == 404


async def test_what_is_private_is_for_its_office_and_the_desk(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town, private=True)
    for login, status in (("xen", 200), ("clerk", 200), ("chair", 200), ("chief", 404), ("roads", 404)):
        phone = await entered(town, login)
        assert (await phone.get(f"/tickets/{number}")).status_code == status, login
        assert (await phone.get(f"/tickets/{number}/history")).status_code == status, login
        assert status == 200 or number not in (await phone.get("/supervise")).text, login
        assert status == 200 or f"/tickets/{number}" not in (await phone.get(f"/tickets?find={number}")).text, login


def test_every_form_has_its_words() -> None:
    for name, form in FORMS.items():
        for words in (UR, EN):
            for key in (f"office.act.{name}", f"office.lead.{name}", f"office.do.{name}", f"office.did.{name}"):
                assert words.has(key), key
            for each in form.asks:
                assert words.has(f"office.field.{each.name}") or words.has(f"office.field.{name}.{each.name}")
                assert each.kind in ("tick", "pictures") or words.has(f"office.need.{each.kind}")
