"""Words are public when somebody released them, and for no other reason."""

from __future__ import annotations

from itertools import product

import pytest

from moderation.release import public_words


@pytest.mark.parametrize(
    "masked, privacy, protected, released_at",
    list(product((None, "", "A pump"), ("public", "private", "protected", ""), (False, True), (None, 0, 5))),
)
def test_every_door_is_shut_unless_somebody_opened_it(
    masked: str | None, privacy: str, protected: bool, released_at: int | None
) -> None:
    shown = public_words(masked, privacy=privacy, protected=protected, released_at=released_at)
    opened = masked == "A pump" and privacy == "public" and not protected and released_at is not None
    assert shown == ("A pump" if opened else None)
