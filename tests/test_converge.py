"""A small sample of `make bench NAME=converge`, and proof that the campaign would notice."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from rooms import queue, session
from rooms.base import Event
from signaling import patch
from tests.bench import converge

# The same walk each time, so that the same code gives the same answer; `make bench NAME=converge` takes others.
SEED = 20260105


def test_whoever_followed_equals_whoever_reloaded() -> None:
    said: list[str] = []
    result = converge.campaign(3_000, SEED, say=said.append)
    assert result["diverged"] == 0, (SEED, said)
    assert result["steps"] >= 3_000
    assert result["participants"] >= 30
    assert result["audiences"] == 3
    assert result["steps_in_long_sessions"] >= 1_000
    assert min(result["accepted"].values()) >= 3, (SEED, result["accepted"])


def faults(steps: int = 400) -> str:
    """What a short campaign finds."""
    said: list[str] = []
    result = converge.campaign(steps, 7, say=said.append)
    assert result["diverged"] > 0
    return "\n".join(said)


def test_a_patch_that_loses_a_removal_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = patch.diff

    def lossy(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in whole(old, new).items() if value is not None}

    monkeypatch.setattr(converge, "diff", lossy)
    assert "a reload would change" in faults()


def test_a_field_that_is_not_in_the_log_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(body: bytes) -> Event:
        return session.decode_event(body.replace(b'"hide_name":true', b'"hide_name":false'))

    monkeypatch.setattr(converge, "decode_event", forgetful)
    assert "Diverged" in faults()


def test_a_question_in_two_indexes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "leave", lambda state, question: None)
    assert "in two indexes" in faults()


def test_a_name_that_leaves_the_desk_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converge, "visible", lambda event, audience: msgspec.to_builtins(event))
    assert "reached the audience public" in faults()
