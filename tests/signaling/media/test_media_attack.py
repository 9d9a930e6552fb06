"""A small sample of `make bench NAME=media-attack`, on both back ends."""

from __future__ import annotations

import asyncio

import pytest

from signaling.media.compat import MAX_QUEUED
from tests.bench import media_attack
from tests.bench.hostile import CLASSES, Attacker, Victim, alert, check, hello

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.mark.parametrize("backend", ["mux", "direct"])
def test_calls_come_up_and_go_on_under_fire(backend: str) -> None:
    found = asyncio.run(media_attack.run(4, 11, backend))
    assert (found["setup_ok"], found["mid_ok"], found["of"]) == (4, 4, 4)
    assert found["answers_to_strangers"] > 0, "wrong keys are answered with an error, so that the weighing has weighed"
    assert found["amplification_max"] <= 1
    assert found["longest_queue"] <= MAX_QUEUED
    assert found["rss_growth_kb"] < 30_000
    assert found["backend"] == backend
    assert set(found["not_sent"]) <= {"replayed"}, "every class went out; only root can see what to repeat"


def test_what_is_sent_is_what_it_is_called() -> None:
    attacker = Attacker(1)
    try:
        victim = Victim(("127.0.0.1", 9), "name", seen=[b"\x80" + bytes(40)])
        made = {kind: attacker._datagram(kind, victim) for kind in CLASSES}
    finally:
        attacker._end.set()
        attacker.start()
        attacker.close()
    assert made["empty"] == b"" and len(made["one_byte"] or b"") == 1 and len(made["too_long"] or b"") > 1_500
    assert (made["cut_stun"] or b"")[:1] in (b"", b"\x00")
    assert hello()[0] == 22 and alert()[0] == 21
    assert len(check("name", b"key")[0]) >= 80, "as long as a browser's own, or the gate would drop it for its length"
    assert 128 <= (made["srtp_garbage"] or b"")[0] < 192 and 128 <= (made["srtcp_garbage"] or b"")[0] < 192
