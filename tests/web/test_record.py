"""A slip, the page that looks it up, and the log that anybody may take along and check alone."""

from __future__ import annotations

import html
import json
import re

import pytest

from kachehri.i18n import words_for
from kachehri.proof.checking import Tampered, check, holds
from tests.servers import run
from tests.web.conftest import Town
from tests.web.test_following import reference_in
from tests.web.test_receipts import asked

pytestmark = pytest.mark.anyio
EN = words_for("en")
CODE = re.compile(r"(?:[0-9a-f]{4}-){3}[0-9a-f]{4}")


async def slip_of(town: Town, session: str) -> tuple[str, str]:
    """Number and proof code of a question, as they stand on its slip."""
    phone, path, _ = await asked(town, session)
    page = (await phone.get(f"{path}/slip")).text
    found = CODE.search(page)
    assert found is not None
    return reference_in(page), found[0]


async def test_a_slip_is_in_the_record(town: Town) -> None:
    session = await town.schedule(live=True)
    reference, code = await slip_of(town, session)
    phone = town.phone("en")
    await phone.get("/verify")
    page = (await phone.post("/verify", number=reference, code=code.upper())).text
    assert "It is in the record, unchanged" in page and f"/s/{session}/log" in page
    urdu = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    read = code.translate(urdu).replace("-", "\u2011")
    assert "unchanged" in (await phone.post("/verify", number=reference.translate(urdu), code=read)).text


async def test_a_wrong_code_and_a_wrong_number_get_one_answer(town: Town) -> None:
    session = await town.schedule(live=True)
    reference, code = await slip_of(town, session)
    other, _ = await slip_of(town, await town.schedule(live=True))
    phone = town.phone("en")
    await phone.get("/verify")
    told = set()
    for number, proof in ((reference, code[::-1].replace("-", "")), (other, code)):
        answer = await phone.post("/verify", number=number, code=proof)
        assert answer.status_code == 404
        told.add(re.search(r"We have no question[^<]*", html.unescape(answer.text))[0])  # type: ignore[index]
    assert len(told) == 1


async def test_what_is_no_number_and_no_code_is_said_at_the_field(town: Town) -> None:
    phone = town.phone("en")
    await phone.get("/verify")
    answer = await phone.post("/verify", number="12", code="zzzz")
    assert answer.status_code == 422
    assert "not a number of ours" in answer.text and "sixteen digits" in answer.text


async def test_the_log_holds_and_names_nobody(town: Town) -> None:
    session = await town.schedule(live=True)
    reference, code = await slip_of(town, session)
    log = (await town.phone("en").get(f"/s/{session}/log")).content
    lines = log.splitlines(keepends=True)
    checked = check(lines)
    assert checked.session == session and holds(checked, reference, code)
    assert reference.encode() not in log and b"asker" not in log and b"participant" not in log
    assert [json.loads(line)["seq"] for line in lines[1:-1]] == list(range(1, checked.events + 1))
    with pytest.raises(Tampered):
        check([*lines[:2], *lines[3:]])


async def test_the_command_checks_a_slip_with_the_file_alone(
    town: Town, tmp_path_factory: pytest.TempPathFactory
) -> None:
    session = await town.schedule(live=True)
    reference, code = await slip_of(town, session)
    log = (await town.phone("en").get(f"/s/{session}/log")).content
    file = tmp_path_factory.mktemp("log") / "log.jsonl"
    file.write_bytes(log)
    key = check(log.splitlines(keepends=True)).key
    done = run("verify", str(file), "--number", reference, "--code", code, "--key", key)
    assert done.returncode == 0 and "The question is in it" in done.stdout
    assert run("verify", str(file), "--number", reference, "--code", "0" * 16).returncode == 1
    wrong = run("verify", str(file), "--key", "A" * 43 + "=").stdout
    assert "signed with another key" in wrong and "کسی اور کلید" in wrong
    # As a phone reads a photograph of a slip that somebody wrote in Urdu digits.
    urdu = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    read = run(
        "verify", str(file), "--number", reference.translate(urdu), "--code", f"\u2066{code.translate(urdu)}\u2069"
    )
    assert read.returncode == 0 and "سوال اس میں ہے" in read.stdout and "Compare this key" in read.stdout
    assert "no number of a slip" in run("verify", str(file), "--number", "12", "--code", code).stdout
    assert "no proof code of a slip" in run("verify", str(file), "--number", reference, "--code", "zz").stdout
    file.write_bytes(log[: len(log) // 2])
    assert run("verify", str(file)).returncode == 1
    assert run("verify", str(file.parent / "none")).returncode == 2


async def test_heads_are_published_as_digests(town: Town) -> None:
    record = town.app.state.record
    await slip_of(town, await town.schedule(live=True))
    assert record.keep()
    lines = (await town.phone("en").get("/heads.jsonl")).text.splitlines()
    assert {*json.loads(lines[-1])} == {"n", "at", "digest"}
    kept = record.file.read_bytes().splitlines(keepends=True)
    assert len(kept) == len(lines)
    record.file.unlink()
    assert not record.keep() and record.file.read_bytes().splitlines(keepends=True) == kept


@pytest.mark.parametrize("way", ["her question", "another"])
async def test_a_slip_and_the_log_say_that_the_record_does_not_hold(town: Town, way: str) -> None:
    """An edit of her own question makes her code unknown, and is told as what it is."""
    town.app.state.record.keep()
    session = await town.schedule(live=True)
    reference, code = await slip_of(town, session)
    assert town.app.state.record.keep()
    phone = town.phone("en")
    with town.service.store.read() as conn:
        entries = conn.exec_driver_sql("SELECT count(*) FROM event WHERE session_id = ?", (session,)).scalar_one()
    whole = html.unescape((await phone.get("/verify")).text)
    assert EN.t("verify.latest", int(entries)) in whole and EN.plain("verify.reach") in whole
    where = "type = 'question.asked'" if way == "her question" else "seq = 1"
    with town.service.store.write() as conn:
        triggers = conn.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        for name, _ in triggers:
            conn.exec_driver_sql(f"DROP TRIGGER {name}")
        changed = f"UPDATE event SET body = replace(CAST(body AS TEXT), ':', ': ') WHERE session_id = ? AND {where}"
        kept = conn.exec_driver_sql("SELECT seq, body FROM event WHERE session_id = ?", (session,)).all()
        conn.exec_driver_sql(
            changed.replace("replace(", "CAST(replace(").replace("': ')", "': ') AS BLOB)"), (session,)
        )
    answer = await phone.post("/verify", number=reference, code=code)
    assert answer.status_code == 409 and "does not hold" in html.unescape(answer.text)
    page = await phone.get("/verify")
    assert page.status_code == 409 and EN.plain("verify.latest_broken") in html.unescape(page.text)
    assert 'name="code"' in page.text and "Computed again" not in page.text
    log = (await town.phone("en").get(f"/s/{session}/log")).content
    with pytest.raises(Tampered, match="end"):
        check(log.splitlines(keepends=True))
    with town.service.store.write() as conn:
        for seq, body in kept:
            conn.exec_driver_sql("UPDATE event SET body = ? WHERE session_id = ? AND seq = ?", (body, session, seq))
        for _, sql in triggers:
            conn.exec_driver_sql(sql)
