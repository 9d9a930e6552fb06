"""A phrase that comes back to her who said it, and the voice that a private line gets."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from signaling.media.private import PHRASE_BYTES, PHRASE_PACKETS, PHRASE_S, Feed, Phrase
from signaling.media.rtp import Rtp
from tests.signaling.media.behind_stage import sound


class TestPhrase:
    @given(
        st.lists(
            st.tuples(st.integers(0, 70_000), st.integers(0, 2**32 - 1), st.integers(0, 1_300), st.integers(1, 3)),
            max_size=400,
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_stays_small_and_ends_whatever_comes(self, packets: list[tuple[int, int, int, int]]) -> None:
        phrase = Phrase(0.0)
        for i, (ext, timestamp, size, ssrc) in enumerate(packets):
            phrase.take(Rtp(0, 111, ext & 0xFFFF, timestamp, ssrc, bytes(size), 20), ext, i * 0.01)
            assert len(phrase._packets) <= PHRASE_PACKETS
            assert sum(len(packet.payload) for _, _, packet in phrase._packets) <= PHRASE_BYTES
        phrase.play(10.0)
        sent = phrase.due(10.0 + PHRASE_S)
        assert phrase.over(10.0 + PHRASE_S) and len(sent) <= PHRASE_PACKETS


class TestFeed:
    def test_numbers_and_clock_go_on_from_one_voice_to_the_next(self) -> None:
        feed = Feed(2)
        packets = []
        for voice, first, at in (("a", 60_000, 0.0), ("b", 5, 1.0), ("a", 60_003, 2.0)):
            packets += [feed.write(voice, sound(first + i), first + i, at + i * 0.04) for i in range(3)]
        heads = [(int.from_bytes(p[2:4], "big"), int.from_bytes(p[4:8], "big"), p[1] >> 7) for p in packets if p]
        assert [seq for seq, _, _ in heads] == list(range(1, 10))
        stamps = [stamp for _, stamp, _ in heads]
        assert stamps == sorted(stamps) and stamps[3] - stamps[2] == round(0.92 * 48_000)
        assert [marker for _, _, marker in heads] == [1, 0, 0, 1, 0, 0, 1, 0, 0]

    def test_a_lost_packet_stays_a_gap_and_a_late_one_falls_into_it(self) -> None:
        feed = Feed(2)
        numbers = [
            int.from_bytes((feed.write("a", sound(ext), ext, 0.0) or b"")[2:4], "big") for ext in (10, 11, 14, 13)
        ]
        assert numbers == [1, 2, 5, 4]
        assert feed.write("a", sound(9), 9, 0.0) is None
