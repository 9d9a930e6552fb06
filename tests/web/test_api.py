"""The program interface: what is public, described by itself, and the same under both."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio.to_thread
import httpx
import jsonschema  # type: ignore[import-untyped]
import pytest

from kachehri.i18n import words_for
from tests.web.open311.conftest import Doors, doors
from web import timeline
from web.api.operations import PREFIX
from web.api.reading import OPERATIONS

__all__ = ["doors"]
pytestmark = pytest.mark.anyio
#: Tries for each operation; what is tried is the same in every run.
TRIES = 25


async def get(doors: Doors, path: str, status: int = 200, **params: Any) -> Any:
    async with httpx.AsyncClient(timeout=30) as client:
        answer = await client.get(f"{doors.town.url}{PREFIX}/{path}", params=params)
    assert answer.status_code == status, answer.text
    kind = "application/json" if status == 200 else "application/problem+json"
    assert answer.headers["content-type"] == kind and answer.headers["access-control-allow-origin"] == "*"
    return answer.json()


async def described(doors: Doors) -> dict[str, Any]:
    found: dict[str, Any] = await get(doors, "openapi.json")
    return found


async def test_every_answer_fits_its_description(doors: Doors) -> None:
    document = await described(doors)
    assert document["openapi"].startswith("3.1.") and document["servers"] == [{"url": doors.town.url}]
    assert set(document["paths"]) == {each.path for each in OPERATIONS}
    for operation in OPERATIONS:
        path = operation.path.removeprefix(f"{PREFIX}/").format(session=doors.session, reference=doors.heard)
        schema = {"$ref": f"#/components/schemas/{operation.returns.__name__}", "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(await get(doors, path))
        problem = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
        jsonschema.Draft202012Validator(problem).validate(await get(doors, path, 400, nothing="x"))


async def test_a_hearing_has_its_balance_and_its_tickets(doors: Doors) -> None:
    (head,) = (await get(doors, "sessions"))["items"]
    assert head["id"] == doors.session and head["phase"] == "closed" and head["title"]["en"] == "Drinking water"
    found = await get(doors, f"sessions/{doors.session}")
    assert found["balance"] == {"raised": 3, "tickets": 3, "followers": 0, "withdrawn": 0, "refused": 0}
    assert found["promises"] == {"made": 0, "kept": 0, "broken": 0} and found["office"] == "desk"
    tickets = (await get(doors, f"sessions/{doors.session}/tickets"))["items"]
    assert {each["reference"] for each in tickets} == {doors.heard, doors.unheard}
    assert [each["session"] for each in tickets] == [doors.session] * 2
    assert (await get(doors, "sessions", phase="live"))["items"] == []


async def test_the_figures_of_a_hearing_stand_under_the_same_switch_as_their_page(doors: Doors) -> None:
    path = f"sessions/{doors.session}/scorecard"
    found = await get(doors, path)
    assert found["raised"] == sum(found["ends"].values()) == 3 and found["whole"]["tickets"] == 3
    assert [each["days"] for each in found["whole"]["solved"]] == [7, 15, 30, 60]
    assert sum(each["tickets"] for each in found["offices"]) == 3
    await doors.town.house.own.change(open_scorecards=False)
    try:
        assert (await get(doors, path, 404))["status"] == 404
    finally:
        await doors.town.house.own.change(open_scorecards=True)
    live = await doors.town.schedule(live=True)
    assert (await get(doors, f"sessions/{live}/scorecard", 404))["status"] == 404


async def test_a_ticket_has_its_steps_and_nobodys_words(doors: Doors) -> None:
    found = await get(doors, f"tickets/{doors.heard}")
    assert found["open"] is True and found["office"] == "water" and found["words"] is None
    assert found["steps"][0]["name"] == "opened" and found["steps"][0]["words"]["en"] == "Received"
    unheard = await get(doors, f"tickets/{doors.unheard}")
    assert unheard["words"] is None
    for path in (f"tickets/{doors.private}", "tickets/2600000000", "sessions/nothing2", "sessions/nothing2/tickets"):
        assert (await get(doors, path, 404))["status"] == 404
    everything = json.dumps([found, unheard, await get(doors, "tickets")], ensure_ascii=False)
    for secret in (doors.private, "نسرین", "Aslam", "Shazia", "7654321", "1234567", "نلکا"):
        assert secret not in everything, secret


async def test_pages_follow_each_other_to_the_end(doors: Doors) -> None:
    for number in range(3):
        await doors.post(service_code="other", address_id="uc1", description=f"page {number}")
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await get(doors, "tickets", limit=2, **cursor)
        seen += [each["reference"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    every = [each["reference"] for each in (await get(doors, "tickets", limit=200))["items"]]
    assert seen == every and len(set(seen)) == len(seen) >= 5
    assert (await get(doors, "tickets", open="true", limit=200))["items"] and not (
        await get(doors, "tickets", open="false")
    )["items"]


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("tickets?limit=0", ["limit"]),
        ("tickets?limit=201", ["limit"]),
        ("tickets?limit=1&limit=2", ["limit"]),
        ("tickets?limit=&open=yes", ["limit", "open"]),
        ("tickets?cursor=x", ["cursor"]),
        ("sessions?phase=new", ["phase"]),
        ("tickets?reference=2600000000", ["reference"]),
        ("tickets?limit=%DB%B2", ["limit"]),
    ],
)
async def test_what_cannot_be_read_is_told_by_name(doors: Doors, path: str, wrong: list[str]) -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        answer = await client.get(f"{doors.town.url}{PREFIX}/{path}")
    assert answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "about:blank" and problem["title"] == "Bad Request" and problem["status"] == 400
    assert [each["parameter"] for each in problem["errors"]] == wrong


async def test_who_has_the_same_already_is_told_so(doors: Doors) -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        url = f"{doors.town.url}{PREFIX}/offices"
        first = await client.get(url)
        mark = first.headers["etag"]
        assert first.headers["cache-control"] == "no-cache" and re.fullmatch('"[0-9a-f]{32}"', mark)
        for sent in (mark, f'"x", W/{mark}', "*"):
            again = await client.get(url, headers={"if-none-match": sent})
            assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == mark
        assert (await client.get(url, headers={"if-none-match": '"x"'})).status_code == 200


async def test_an_unknown_address_and_another_method_are_problems_too(doors: Doors) -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        for method, path, status in (("GET", "nothing", 404), ("POST", "tickets", 405), ("GET", "tickets/x", 404)):
            answer = await client.request(method, f"{doors.town.url}{PREFIX}/{path}")
            assert answer.status_code == status and answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == status
        assert "GET" in (await client.post(f"{doors.town.url}{PREFIX}/tickets")).headers["allow"]


def test_every_public_step_has_its_sentence() -> None:
    for code in ("ur", "en"):
        for name in timeline.names():
            assert words_for(code).has(f"moment.{name}"), (code, name)


async def test_the_page_for_programs_names_every_address(doors: Doors) -> None:
    for language in ("ur", "en"):
        page = await doors.town.phone(language).get("/developers")
        assert page.status_code == 200 and f"{doors.town.url}/open311/v2" in page.text
        for each in OPERATIONS:
            assert each.path in page.text.replace("<wbr>", "")
        assert "600" in page.text


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("known", [False, True], ids=["whatever fits", "what is there"])
async def test_a_tester_by_description_finds_nothing(doors: Doors, tmp_path: Path, known: bool) -> None:
    """Every operation, with what fits its description and with what does not; bounded, and the same each time."""
    program = Path(sys.executable).with_name("schemathesis")
    there = {"path.session": doors.session, "path.reference": doors.heard} if known else {}
    lines = ["[parameters]", *(f'"{name}" = "{value}"' for name, value in there.items())]
    (tmp_path / "schemathesis.toml").write_text("\n".join(lines) + "\n")
    command = [
        *(str(program), "--config-file", str(tmp_path / "schemathesis.toml")),
        *("run", f"{doors.town.url}{PREFIX}/openapi.json", "--checks", "all"),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", str(TRIES), "--generation-deterministic"),
        *("--request-timeout", "20", "--workers", "1", "--no-color"),
    ]
    done = await anyio.to_thread.run_sync(
        lambda: subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280)
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert f"Tested: {len(OPERATIONS)}\n" in done.stdout, done.stdout[-3000:]
    cases = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert cases is not None and cases[1] == cases[2] and int(cases[1]) > TRIES * len(OPERATIONS), done.stdout[-3000:]
    assert not known or "Missing test data" not in done.stdout, done.stdout[-3000:]
