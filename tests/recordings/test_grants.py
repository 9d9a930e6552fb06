"""Addresses of the program: the same for everybody, for one session, for a while."""

from __future__ import annotations

import pytest

from recordings.grants import BUCKET_S, HOLDS_S, GrantRefused, check, grant

KEY, OTHER = b"k" * 32, b"o" * 32
NOW = 1_790_000_000_000


def test_everybody_who_asks_within_an_hour_gets_the_same_address() -> None:
    start = NOW // (BUCKET_S * 1_000) * BUCKET_S * 1_000
    made = {grant(KEY, "s1", "live", start + second * 1_000) for second in range(0, BUCKET_S, 7)}
    assert len(made) == 1
    assert grant(KEY, "s1", "live", start + BUCKET_S * 1_000) not in made


def test_a_grant_holds_for_a_hearing_and_then_ends() -> None:
    made = grant(KEY, "s1", "live", NOW)
    assert check([KEY], "s1", made, NOW) == "live"
    assert check([KEY], "s1", made, NOW + HOLDS_S * 1_000) == "live"
    with pytest.raises(GrantRefused, match="expired"):
        check([KEY], "s1", made, NOW + (HOLDS_S + 2 * BUCKET_S) * 1_000)


def test_a_key_put_in_front_leaves_older_addresses_good() -> None:
    assert check([OTHER, KEY], "s1", grant(KEY, "s1", "replay", NOW), NOW) == "replay"


def test_what_is_not_ours_opens_nothing() -> None:
    made = grant(KEY, "s1", "live", NOW)
    letter = "A" if made[-1] != "A" else "B"
    forged = [
        made[:-1] + letter,
        "r" + made[1:],
        made[0] + "zzzzzz" + made[made.index("-") :],
        made + "\n",
        made.upper(),
        "",
        "..",
        "l0-" + "A" * 16,
        grant(OTHER, "s1", "live", NOW),
        grant(KEY, "s2", "live", NOW),
        "l" + "z" * 60 + "-" + "A" * 16,
        made.replace("-", "\u2010", 1),
    ]
    for each in forged:
        with pytest.raises(GrantRefused, match="foreign"):
            check([KEY], "s1", each, NOW)


def test_an_address_names_nobody() -> None:
    made = grant(KEY, "hearing-of-somebody", "live", NOW)
    assert "somebody" not in made and len(made) <= 26
