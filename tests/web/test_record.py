"""A slip, the page that looks it up, and the log that anybody may take along and check alone."""

from __future__ import annotations

import html
import json
import re

import pytest

from kachehri.proof.checking import Tampered, check, holds
from tests.servers import run
from tests.web.conftest import Town
from tests.web.test_following import reference_in
from tests.web.test_receipts import asked

pytestmark = pytest.mark.anyio
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
    assert "signature" in run("verify", str(file), "--key", "A" * 43 + "=").stdout
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
