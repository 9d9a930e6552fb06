"""What follows from each answer and from none: the rules of doubt, tried with everything that can be said."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kachehri.notices.doubt import (
    BACKOFF_MS,
    DOUBT_MS,
    HOOK_MS,
    TRIES_MOST,
    Said,
    State,
    after_doubt,
    after_receipt,
    after_refusal,
)

SAID = st.sampled_from(get_args(Said))
STATES = st.sampled_from(get_args(State))


@given(st.integers(0, 10 * DOUBT_MS), st.integers(1, 20), SAID)
def test_nothing_is_repeated_where_our_key_is_not_known(waited: int, tries: int, said: Said) -> None:
    found = after_doubt(waited, 0, tries, said, honours_key=False)
    assert not found.again
    if said in ("none", "silent"):
        assert found.state == "unknown" and found.at == (DOUBT_MS if waited < DOUBT_MS else None)


@given(st.integers(0, 10 * DOUBT_MS), st.integers(1, 20), SAID)
def test_where_it_is_known_it_is_repeated_after_half_an_hour_and_not_for_ever(
    waited: int, tries: int, said: Said
) -> None:
    found = after_doubt(waited, 0, tries, said, honours_key=True)
    assert found.again == (said in ("none", "silent") and waited >= DOUBT_MS and tries < TRIES_MOST)
    assert found.at is None or found.at > waited


@given(STATES, st.lists(SAID, max_size=6))
def test_what_was_delivered_stays_so_and_order_and_repetition_change_little(state: State, said: list[Said]) -> None:
    after = state
    for each in said:
        once = after_receipt(after, each)
        assert after_receipt(once, each) == once
        after = once
    assert (after == "delivered") == (state == "delivered" or "delivered" in said)


@pytest.mark.parametrize(
    ("state", "said", "after"),
    [
        ("sending", "sent", "sent"),
        ("unknown", "sent", "sent"),
        ("unknown", "failed", "failed"),
        ("failed", "sent", "failed"),
        ("failed", "delivered", "delivered"),
        ("sent", "none", "sent"),
        ("waiting", "delivered", "delivered"),
    ],
)
def test_single_receipts(state: State, said: Said, after: State) -> None:
    assert after_receipt(state, said) == after


def test_a_refusal_is_tried_again_only_where_it_may_be() -> None:
    assert after_refusal(0, 1, again=False, channel="sms") == ("failed", False, None)
    waits = [after_refusal(0, tries, again=True, channel="sms").at for tries in range(1, 8)]
    assert waits == [*BACKOFF_MS, BACKOFF_MS[-1], BACKOFF_MS[-1], BACKOFF_MS[-1]]


def test_a_program_is_told_seven_times() -> None:
    waits = [after_refusal(0, tries, again=True, channel="hook").at for tries in range(1, 7)]
    assert waits == list(HOOK_MS)
    assert after_refusal(0, 7, again=True, channel="hook").state == "failed"
