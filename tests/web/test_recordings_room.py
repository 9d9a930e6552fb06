"""Whoever plans hearings is told on their first page that recordings run out of room."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from web.pages.staff import troubles


@pytest.mark.parametrize(
    ("space", "trouble", "told"),
    [
        ("enough", "", ()),
        ("low", "", ("low",)),
        ("full", "away", ("full", "away")),
        ("enough", "refused", ("away",)),
    ],
)
def test_room_and_storage_are_told(space: str, trouble: str, told: tuple[str, ...]) -> None:
    assert troubles(Mock(space=space, trouble=trouble)) == told


def test_a_house_that_records_nothing_tells_nothing() -> None:
    assert troubles(None) == ()
