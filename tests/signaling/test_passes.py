"""An entry pass opens one connection, once, within 30 s, for exactly one person in one session."""

from __future__ import annotations

import re

import pytest

from signaling import passes
from signaling.passes import Bearer, Passes, PassRefused
from tests.conftest import MONDAY_MS

pytestmark = pytest.mark.anyio

KEY, OTHER = bytes(range(32)), bytes(range(32, 64))
BEARER = Bearer(session="abcd2345", participant="00000000000000aa", role="citizen")


def test_a_pass_carries_its_bearer() -> None:
    desk = Passes([KEY])
    staff = Bearer(session="abcd2345", participant="00000000000000ab", role="moderator", account="acc1")
    entry = desk.read(desk.issue(staff, MONDAY_MS), MONDAY_MS + 29_999)
    assert entry.bearer == staff
    assert entry.bearer.actor.account == "acc1" and entry.bearer.actor.role == "moderator"


def test_a_pass_fits_into_a_subprotocol() -> None:
    """RFC 6455 §4.1: a token of RFC 9110, so no padding and no slashes."""
    for _ in range(50):
        text = Passes([KEY]).issue(BEARER, MONDAY_MS)
        assert re.fullmatch(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", text)
        assert len(text) < passes.LENGTH_MOST


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "missing"), ("x", "wrong"), ("a.b", "wrong"), ("ü.ü", "wrong"), ("a" * 600 + ".a", "wrong"), (".", "wrong")],
)
def test_what_is_no_pass_is_refused(text: str, code: str) -> None:
    with pytest.raises(PassRefused) as refused:
        Passes([KEY]).read(text, MONDAY_MS)
    assert refused.value.code == code


def test_every_changed_letter_is_noticed() -> None:
    desk = Passes([KEY])
    text = desk.issue(BEARER, MONDAY_MS)
    body = text.index(".")
    for at in range(body):
        changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        with pytest.raises(PassRefused):
            desk.read(changed, MONDAY_MS)


@pytest.mark.parametrize("later", [30_000, 10**9, -60_000])
def test_a_pass_ends_after_thirty_seconds(later: int) -> None:
    desk = Passes([KEY])
    text = desk.issue(BEARER, MONDAY_MS)
    with pytest.raises(PassRefused) as refused:
        desk.read(text, MONDAY_MS + later)
    assert refused.value.code == "expired"


def test_keys_can_be_replaced_under_way() -> None:
    old = Passes([KEY]).issue(BEARER, MONDAY_MS)
    assert Passes([OTHER, KEY]).read(old, MONDAY_MS).bearer == BEARER
    with pytest.raises(PassRefused):
        Passes([OTHER]).read(old, MONDAY_MS)


async def test_a_pass_is_used_once() -> None:
    burnt: dict[str, int] = {}

    async def store(nonce: str, ttl_s: int) -> bool:
        if nonce in burnt:
            return False
        burnt[nonce] = ttl_s
        return True

    entry = Passes([KEY]).read(Passes([KEY]).issue(BEARER, MONDAY_MS), MONDAY_MS)
    await passes.burn(entry, store)
    with pytest.raises(PassRefused) as refused:
        await passes.burn(entry, store)
    assert refused.value.code == "used"
    assert burnt[entry.nonce] * 1_000 > passes.LIFE_MS + passes.SKEW_MS
