"""What an edition follows from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recordings.edition.plan import Span, less

spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5)


@given(spans, spans)
def test_what_is_left_is_in_the_ones_and_in_none_of_the_others(ones: list[Span], others: list[Span]) -> None:
    def within(found: list[Span] | tuple[Span, ...], at: int) -> bool:
        return any(since <= at < until for since, until in found)

    left = less(ones, others)
    for at in range(61):
        assert within(left, at) is (within(ones, at) and not within(others, at))
