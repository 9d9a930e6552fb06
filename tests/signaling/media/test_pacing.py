"""One narrow line's pictures on their way out, second by second."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from signaling.media.pacing import BURST_BYTES, MAX_BYTES, MAX_S, SPEED, Pacer


class Out:
    """What has left, and when; `now` is put on by the test."""

    def __init__(self) -> None:
        self.now = 0.0
        self.left: list[tuple[float, bytes]] = []

    def send(self, data: bytes) -> None:
        self.left.append((self.now, data))


def test_a_small_picture_leaves_as_it_comes() -> None:
    out, pacer = Out(), Pacer[str](150.0, 0.0)
    for i in range(150):
        out.now = i / 15
        assert pacer.put("a", i, bytes(800), out.send, out.now)  # 96 kbit/s
    assert [at for at, _ in out.left] == [i / 15 for i in range(150)]


def test_a_keyframe_is_spread_over_the_time_that_the_line_needs() -> None:
    out, pacer = Out(), Pacer[str](150.0, 0.0)
    for i in range(10):
        assert pacer.put("a", i, bytes(1_100), out.send, 0.0)
    for beat in range(40):
        out.now = beat * 0.025
        pacer.flush(out.now)
    assert len(out.left) == 10
    for at, _ in out.left:
        sent = sum(len(data) for when, data in out.left if when <= at)
        assert sent <= BURST_BYTES + 1_100 + SPEED * 150 * at
    assert 0.3 < out.left[-1][0] < 0.6


def test_order_is_kept() -> None:
    out, pacer = Out(), Pacer[str](60.0, 0.0)
    for i in range(30):
        pacer.put("ab"[i % 2], i, i.to_bytes(2, "big") * 50, out.send, i / 100)
    for beat in range(100):
        pacer.flush(0.3 + beat / 40)
    numbers = [int.from_bytes(data[:2], "big") for _, data in out.left]
    assert numbers == list(range(30))


def test_what_would_wait_too_long_is_dropped_with_all_of_its_picture() -> None:
    out, pacer = Out(), Pacer[str](60.0, 0.0)
    assert pacer.put("small", 1, bytes(500), out.send, 0.0)
    assert pacer.put("small", 2, bytes(1_200), out.send, 0.0)
    assert pacer.put("small", 3, bytes(500), out.send, 0.0)
    taken = sum(1 for _ in iter(lambda: pacer.put("big", 7, bytes(1_200), out.send, 0.0), False))
    assert 2 < taken < 7 and pacer.drop("big") == [7] * taken
    assert pacer.bytes == 500 and "big" not in pacer.sent_to
    assert pacer.drop("big") == [] and pacer.drop("none") == []
    pacer.flush(1.0)
    assert pacer.sent_to == {"small": 3}


def test_a_retransmission_goes_first_or_not_at_all() -> None:
    out, pacer = Out(), Pacer[str](60.0, 0.0)
    for i in range(4):
        pacer.put("a", i, b"a" * 1_200, out.send, 0.0)
    assert pacer.again(b"r" * 400, out.send, 0.0)
    assert out.left[-1][1][:1] == b"r"
    assert sum(pacer.again(b"r" * 400, out.send, 0.0) for _ in range(50)) < 4
    assert pacer.again(b"r" * 400, out.send, 1.0)


def test_a_faster_line_lets_go_at_once() -> None:
    out, pacer = Out(), Pacer[str](30.0, 0.0)
    for i in range(3):
        pacer.put("a", i, bytes(1_000), out.send, 0.0)
    pacer.set(2_000.0, 0.1)
    pacer.flush(0.11)
    assert len(out.left) == 3 and pacer.delay == 0.0
    pacer.set(30.0, 0.11)
    for i in range(3):
        pacer.put("a", 3 + i, bytes(1_000), out.send, 0.11)
    assert pacer.delay > 0
    pacer.release()
    assert len(out.left) == 6 and pacer.bytes == 0


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 1_300), st.floats(0, 0.2), st.booleans()), max_size=120),
    st.floats(30, 600),
)
def test_never_too_fast_never_too_much_never_out_of_order(
    steps: list[tuple[str, int, float, bool]], kbps: float
) -> None:
    out, pacer = Out(), Pacer[str](kbps, 0.0)
    put: dict[str, int] = {}
    last: dict[str, int] = {}
    marks: dict[int, tuple[str, int]] = {}
    for i, (key, size, passed, again) in enumerate(steps):
        out.now += passed
        if again:
            pacer.again(bytes(size), out.send, out.now)
        else:
            put[key] = put.get(key, 0) + 1
            data = i.to_bytes(2, "big") + bytes(size)
            marks[i] = (key, put[key])
            pacer.put(key, put[key], data, out.send, out.now)
        assert 0 <= pacer.bytes <= MAX_BYTES
        assert pacer.delay <= MAX_S + 0.5
        sent = sum(len(data) for _, data in out.left)
        burst = max(BURST_BYTES, 0.04 * SPEED * kbps)
        assert sent <= burst + SPEED * kbps * out.now + 1_400 + 0.2 * SPEED * kbps
    for _, data in out.left:
        number = int.from_bytes(data[:2], "big")
        if number in marks and len(data) > 2:
            key, place = marks[number]
            if place > last.get(key, 0):
                last[key] = place
    assert all(place <= put[key] for key, place in last.items())
