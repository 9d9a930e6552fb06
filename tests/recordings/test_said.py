"""The lines of hearings that were read lately are held, and no more than was said."""

from __future__ import annotations

from recordings.outlines import Outline
from recordings.said import Lines


def test_a_hearing_without_a_line_takes_room_as_well() -> None:
    lines, quiet = Lines(most=2), {name: Outline((), (), {}, 0) for name in "abc"}
    first = lines.of("a", quiet["a"], {})
    assert lines.of("a", quiet["a"], {}) is first, "placed once"
    lines.of("b", quiet["b"], {})
    lines.of("c", quiet["c"], {})
    assert lines.of("a", quiet["a"], {}) is not first, "put out, with the outline that it held"
