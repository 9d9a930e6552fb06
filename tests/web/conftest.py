"""The town of these tests: one server for the tests of a module."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.web.town import HOUR_MS, MODERATOR, TITLE, Phone, Town, founded, open_town

__all__ = ["HOUR_MS", "MODERATOR", "TITLE", "Phone", "Town", "founded"]


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[Town]:
    """The server with a district and nothing announced; each test announces a hearing of its own."""
    async with open_town(tmp_path_factory.mktemp("town")) as found:
        yield found
