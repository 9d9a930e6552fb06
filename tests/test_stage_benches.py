"""Small samples of the benches of the stage: that they run, and that what they count comes out.

The ratios themselves are not asserted here: on a busy machine a sample this small says nothing about them.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.bench import forward, join, stage_queue, two_stages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def test_forwarding_is_measured_beside_its_peers() -> None:
    result = forward.inside(forward.SMALL, 7)
    for key in ("vs_janus_1pub_50sub", "vs_janus_3pub_50sub"):
        assert (result[key] is None) is ("janus" in result["absent"]), result
        assert result[key] is None or 0 < result[key], result
    assert 0 < result["vs_relay_8sub"], result
    assert result["us_per_packet_200sub"] > 0
    assert not any(number for name, number in result["not_authentic"].items() if name.startswith("ours")), result
    # A speaker's clip has about a hundred packets a second, and on a busy machine fewer: all of them sent.
    for what, rate in result["packets_per_s_each"].items():
        assert rate > (60 if what.endswith("3pub") else 20), result


def test_everybody_who_joins_in_one_go_is_up() -> None:
    result = join.inside(join.SMALL, 7)
    for backend in result["backends"].values():
        assert backend["peers_up"] == result["of"] == join.SMALL.peers, result
        assert 0 < backend["cpu_ms"], result
        assert backend["kb"] < 2_000, result


def test_no_packet_crosses_from_one_stage_to_another() -> None:
    result = two_stages.inside(two_stages.SMALL, 7)
    assert (result["crossed"], result["shared_ssrcs"]) == (0, 0), result
    assert result["examined"] > 500 and result["sounds_examined"] > 5, result
    assert result["two_vs_one"] > 0


def test_commands_are_timed_while_packets_are_forwarded_and_while_they_are_not() -> None:
    result = asyncio.run(stage_queue.run(stage_queue.SMALL, 7))
    assert result["packets_busy"] > 500 > 5 * result["packets_idle"], result
    assert 0 < result["idle_median_ms"] <= result["idle_p99_ms"], result
    assert 0 < result["busy_median_ms"] <= result["busy_p99_ms"], result
