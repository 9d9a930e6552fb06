"""The page of rules says what the rules do: nothing is stale, and the code printed on it computes the same line."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kachehri import documents, rulebook
from moderation.roles import allows
from rooms import limits
from rooms.base import Command, Refused
from rooms.lifecycle import PHASES
from rooms.queue import QUESTIONS
from rooms.refusals import REFUSALS
from rooms.session import owner
from rooms.stage import TURNS
from tests.bench.walk import Walker
from tests.bench.walk_cast import CITIZEN_ACTORS
from tests.bench.walk_sight import Plan
from tests.rooms.hearing import Hearing

PAGE = rulebook.RULES.read_text(encoding="utf-8")
ARROW = re.compile(r"^    (\S+) --> (\S+) : (.+)$", re.MULTILINE)


def test_no_generated_region_is_stale() -> None:
    assert rulebook.main(write=False) == 0


def test_every_region_is_on_the_page() -> None:
    assert set(re.findall(r"<!-- generated: (\w+) -->", PAGE)) == set(rulebook.REGIONS)


@pytest.mark.parametrize(
    ("drawn", "steps"),
    [
        (rulebook.phases, len(PHASES)),
        (rulebook.questions, len(QUESTIONS) + 1),
        (rulebook.turns, len(TURNS) + 1),
    ],
)
def test_a_diagram_has_an_arrow_for_every_step_and_no_other(drawn: Callable[[], str], steps: int) -> None:
    assert sum(len(actions.split(", ")) for _, _, actions in ARROW.findall(drawn())) == steps


def test_every_number_is_in_the_table_with_its_reason() -> None:
    units = {"SECOND_MS", "MINUTE_MS", "HOUR_MS"}
    found = rulebook.commented(Path(limits.__file__).read_text(encoding="utf-8"))
    assert {name for names, _ in found for name in names} == {name for name in vars(limits) if name.isupper()} - units
    assert all(names and reason.endswith(".") for names, reason in found)


def test_every_refusal_is_in_the_table() -> None:
    assert re.findall(r"^\| `(\w+)`", rulebook.refusals(), re.MULTILINE) == sorted(REFUSALS)


def test_a_region_that_nobody_generates_is_noticed() -> None:
    with pytest.raises(KeyError):
        documents.fill("<!-- generated: weather -->\n<!-- end -->", rulebook.REGIONS)


def printed() -> Callable[[list[tuple[int, str, dict[str, Any]]]], list[str]]:
    """The function that the page prints for whoever wants to check an order."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    line: Callable[[list[tuple[int, str, dict[str, Any]]]], list[str]] = names["line"]
    return line


@pytest.mark.parametrize("seed", range(12))
def test_the_code_on_the_page_computes_the_line_from_the_log_alone(seed: int) -> None:
    """Through a random hearing: held, moved, joined, called, put back and taken back in any order."""
    rng, accepted, line = random.Random(seed), Counter[type[Command]](), printed()
    hearing = Hearing()
    for citizen in CITIZEN_ACTORS[:20]:
        hearing.admitted(citizen)
    walker = Walker(hearing.session, Plan(length=600, ending="closed"), rng, accepted)
    log: list[tuple[int, str, dict[str, Any]]] = []
    steps = 0
    while steps < 600:
        hearing.now += rng.randrange(3_000)
        actor, command = walker.choose(steps, hearing.now)
        own = owner(hearing.session, command) == actor.participant
        if not allows(actor.role, str(command.__struct_config__.tag), own):
            continue
        try:
            hearing.do(command, actor, **{field: "words" for field in command.texts if getattr(command, field)})
        except Refused:
            continue
        steps += 1
        accepted[type(command)] += 1
        for seq, _, body in hearing.log[len(log) :]:
            event = msgspec.json.decode(body)
            log.append((seq, event.pop("type"), event))
        if steps % 20 == 0:
            assert line(log) == hearing.line(), f"seed {seed}, event {log[-1][0]}"
    assert {"question.moved", "question.merged", "turn.ended"} <= {kind for _, kind, _ in log}
