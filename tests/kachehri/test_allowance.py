"""Floods of questions: slowed for each browser and network, and nobody else notices."""

from __future__ import annotations

import pytest

from kachehri import allowance
from kachehri.allowance import Allowance, Asking
from rooms.base import Refused


class Seconds:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def refused_ms(share: Allowance, who: str) -> int:
    with pytest.raises(Refused) as caught:
        share.take(who)
    assert caught.value.code == "slow_down"
    return int(caught.value.params["retry_ms"])


def test_a_share_may_be_used_at_once_and_comes_back_evenly() -> None:
    clock = Seconds()
    share = Allowance(6, clock)
    for _ in range(6):
        share.take("one")
    assert refused_ms(share, "one") == 10_000
    share.take("other")
    clock.now += 4
    assert refused_ms(share, "one") == 6_000, "asking again does not make the wait longer"
    clock.now += 6
    share.take("one")
    clock.now += 3_600
    for _ in range(6):
        share.take("one")
    refused_ms(share, "one")


def test_a_flood_of_names_is_forgotten_in_the_order_of_coming(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "KNOWN_MOST", 2)
    share = Allowance(1, Seconds())
    for who in ("one", "two", "three"):
        share.take(who)
    refused_ms(share, "three")
    share.take("one")


def test_one_network_has_one_share_whatever_its_browsers_are_called() -> None:
    asking = Asking(device=1, network=3)
    for number in range(3):
        asking.take(f"2001:db8::{number}", f"browser {number}")
    with pytest.raises(Refused):
        asking.take("2001:db8::77", "browser 77")
    asking.take("2001:db8:0:1::77", "browser 78")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", ""])
def test_an_undeclared_proxy_on_this_machine_does_not_make_everybody_one_network(address: str) -> None:
    asking = Asking(device=2, network=1)
    for number in range(5):
        asking.take(address, f"browser {number}")
    asking.take(address, "browser 0")
    with pytest.raises(Refused):
        asking.take(address, "browser 0")
