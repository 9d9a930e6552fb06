"""Logs say what happened and never to whom."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from kachehri import logs
from kachehri.settings import Settings, from_mapping


@pytest.fixture
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("_restored")
class TestLines:
    def test_a_line_is_one_json_object(self, capfd: pytest.CaptureFixture[str]) -> None:
        logs.set_up(Settings())
        logs.logger("rooms").info("session.closed", session="abcdefgh", seq=9, way="=")
        line = json.loads(capfd.readouterr().err)
        assert {
            "event": "session.closed",
            "session": "abcdefgh",
            "seq": 9,
            "way": "=",
            "level": "info",
        }.items() <= line.items()
        assert line["timestamp"].endswith("Z")

    def test_a_field_nobody_vouched_for_loses_its_value(self, capfd: pytest.CaptureFixture[str]) -> None:
        logs.set_up(Settings())
        logs.logger("web").warning("form.refused", name="Amina Bibi", phone="0300 1234567", code="too_long")
        text = capfd.readouterr().err
        assert "Amina" not in text and "0300" not in text
        assert json.loads(text)["phone"] == logs.GONE

    def test_an_exception_shows_its_kind_and_place_but_not_its_words(self, capfd: pytest.CaptureFixture[str]) -> None:
        logs.set_up(Settings())
        try:
            raise ValueError("42101-1234567-1 is not a number")
        except ValueError as error:
            logs.logger("web").exception("form.failed")
            logging.getLogger("library").error("failed", exc_info=error)
        text = capfd.readouterr().err
        assert "42101" not in text
        for line in map(json.loads, text.splitlines()):
            assert line["exception"].startswith("builtins.ValueError at tests.kachehri.test_logs:")

    def test_lines_of_libraries_have_the_same_shape_and_access_logs_are_off(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        logs.set_up(Settings())
        logging.getLogger("uvicorn.error").info("Started")
        logging.getLogger("uvicorn.access").info("203.0.113.9 GET /")
        assert json.loads(capfd.readouterr().err)["event"] == "Started"

    def test_a_person_at_a_terminal_may_have_plain_lines(self, capfd: pytest.CaptureFixture[str]) -> None:
        logs.set_up(from_mapping({"logs": {"shape": "plain", "level": "error"}}))
        logs.logger("web").info("unheard")
        logs.logger("web").error("heard", code="x")
        text = capfd.readouterr().err
        assert "heard" in text and "unheard" not in text and not text.startswith("{")
