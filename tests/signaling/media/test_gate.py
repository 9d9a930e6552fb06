from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.media.gate import MAX_DATAGRAM, MAX_SOURCES, MIN_STUN_REQUEST, SOUND_KBPS, Gate, GateLimits, Verdict
from tests.signaling.media.packets import rtp

KNOWN, OTHER = ("192.0.2.1", 5000), ("192.0.2.2", 5000)
REQUEST = b"\x00\x01" + bytes(94)
RESPONSE = b"\x01\x01" + bytes(30)
RECORD = b"\x16\xfe\xff" + bytes(20)
REPORT = b"\x80\xc9\x00\x01" + bytes(4)


@pytest.fixture
def gate() -> Gate:
    gate = Gate()
    gate.checked.add(KNOWN)
    return gate


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (REQUEST, Verdict.STUN),
        (RESPONSE, Verdict.STUN),
        (RECORD, Verdict.DTLS),
        (rtp(), Verdict.RTP),
        (REPORT, Verdict.RTCP),
        (b"", Verdict.TOO_SHORT),
        (b"\x00", Verdict.TOO_SHORT),
        (b"\x16", Verdict.TOO_SHORT),
        (b"\x80", Verdict.TOO_SHORT),
        (b"\x80\xc9\x00", Verdict.TOO_SHORT),
        (RECORD[:12], Verdict.TOO_SHORT),
        (rtp()[:11], Verdict.TOO_SHORT),
        (REQUEST[: MIN_STUN_REQUEST - 1], Verdict.TOO_SHORT),
        (RESPONSE[:19], Verdict.TOO_SHORT),
        (bytes([0x80]) * (MAX_DATAGRAM + 1), Verdict.TOO_LONG),
        (b"\x10" + bytes(30), Verdict.UNKNOWN_CLASS),  # ZRTP
        (b"\x40" + bytes(30), Verdict.UNKNOWN_CLASS),  # TURN channel
        (b"\xff" + bytes(30), Verdict.UNKNOWN_CLASS),
    ],
)
def test_class_and_length(gate: Gate, data: bytes, verdict: Verdict) -> None:
    assert gate.admit(data, KNOWN, 0.0) is verdict
    assert gate.counts[verdict] == 1


@pytest.mark.parametrize("data", [RECORD, rtp(), REPORT])
def test_only_who_passed_a_check_may_send_more_than_stun(gate: Gate, data: bytes) -> None:
    assert gate.admit(data, OTHER, 0.0) is Verdict.UNCHECKED_SOURCE
    assert gate.admit(REQUEST, OTHER, 0.0) is Verdict.STUN
    assert gate.dropped() == {"unchecked_source": 1}


@given(st.binary(max_size=60))
def test_strangers_never_get_past_stun(data: bytes) -> None:
    assert Gate().admit(data, OTHER, 0.0) not in (Verdict.DTLS, Verdict.RTP, Verdict.RTCP)


def test_checks_from_one_source_are_limited_and_recover(gate: Gate) -> None:
    verdicts = [gate.admit(REQUEST, OTHER, 0.0) for _ in range(150)]
    assert verdicts.count(Verdict.STUN) == 100
    assert gate.admit(REQUEST, KNOWN, 0.0) is Verdict.STUN, "someone else's flood is not hers"
    assert gate.admit(REQUEST, OTHER, 1.0) is Verdict.STUN
    assert sum(gate.admit(REQUEST, OTHER, 1.0) is Verdict.STUN for _ in range(100)) == 49


def test_many_sources_share_one_bucket_and_bounded_memory(gate: Gate) -> None:
    passed = 0
    for i in range(5_000):
        passed += gate.admit(REQUEST, (f"198.51.100.{i % 250}", i), 0.0) is Verdict.STUN
    assert len(gate._stun) <= MAX_SOURCES + 1
    assert passed <= MAX_SOURCES + 100
    assert gate.admit(REQUEST, KNOWN, 0.0) is Verdict.STUN


def test_whatever_comes_from_a_checked_source_is_bounded() -> None:
    gate = Gate(GateLimits(bytes_per_s=10_000, bytes_burst=5_000))
    gate.checked.add(KNOWN)
    packet = rtp(payload=bytes(988))
    passed = sum(gate.admit(packet, KNOWN, i / 100) is Verdict.RTP for i in range(100))
    assert 13 <= passed <= 15
    assert gate.dropped()["too_fast"] == 100 - passed


def test_garbage_in_her_name_uses_up_nothing_of_hers(gate: Gate) -> None:
    """2,000 packets a second that only look like hers: each is let to the cipher, which refuses it."""
    packet = rtp(payload=bytes(1_188))
    for i in range(4_000):
        assert gate.admit(packet, KNOWN, i / 2_000) is Verdict.RTP
        if i % 40 == 0:
            assert gate.pace(False, 100, i / 2_000)
    assert not gate.dropped()


def test_a_flood_of_one_kind_costs_the_other_nothing() -> None:
    """Ten times the picture that was negotiated, for ten seconds, beside a voice of 25 packets a second."""
    gate = Gate(GateLimits(picture_bytes_per_s=2 * 600 * 125))
    size, rate, voice = 1_200, 625, 0
    passed = 0
    for i in range(10 * rate):
        passed += gate.pace(True, size, i / rate)
        if i % 25 == 0:
            assert gate.pace(False, 160, i / rate)
            voice += 1
    assert voice == 250
    assert passed * size <= 11 * 2 * 600 * 125
    assert passed * size >= 10 * 2 * 600 * 125, "what was negotiated goes on, twice over"
    assert gate.dropped()["too_fast"] == 10 * rate - passed


def test_a_flood_of_sound_is_cut_too(gate: Gate) -> None:
    passed = sum(gate.pace(False, 1_000, i / 1_000) for i in range(5_000))
    assert passed * 1_000 <= 6 * 2 * SOUND_KBPS * 125
