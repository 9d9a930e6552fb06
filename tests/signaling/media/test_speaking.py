"""Who speaks, by levels in -dBov and a clock that is moved by hand."""

from signaling.media.speaking import BEGINS, GOES_ON, LOOK_S, PAUSE_S, Speaking

LOUD, SOFT, QUIET = BEGINS - 20, GOES_ON - 2, GOES_ON + 10


class Hand:
    """One stage that is looked at regularly."""

    def __init__(self) -> None:
        self.speaking = Speaking()
        self.now = 100.0
        self.told: list[tuple[float, tuple[str, ...]]] = []

    def look(self, seconds: float = LOOK_S, **levels: int | None) -> list[tuple[str, ...]]:
        """Looks at the same levels for so long; what was told."""
        before = len(self.told)
        for _ in range(round(seconds / LOOK_S)):
            self.now += LOOK_S
            found = self.speaking.look(levels, self.now)
            if found is not None:
                self.told.append((self.now, found))
        return [seats for _, seats in self.told[before:]]


def test_a_voice_is_told_once_and_so_is_its_end() -> None:
    hand = Hand()
    assert hand.look(1, a=LOUD, b=QUIET) == [("a",)]
    assert hand.look(3, a=LOUD, b=QUIET) == []
    assert hand.look(PAUSE_S + 2 * LOOK_S, a=None, b=QUIET) == [()]


def test_a_cough_is_no_voice() -> None:
    hand = Hand()
    for _ in range(5):
        assert hand.look(a=LOUD) == []
        assert hand.look(0.5, a=QUIET) == []


def test_a_pause_for_breath_ends_nothing_and_a_falling_voice_goes_on() -> None:
    hand = Hand()
    hand.look(1, a=LOUD)
    assert hand.look(PAUSE_S - LOOK_S, a=None) == []
    assert hand.look(4, a=SOFT) == [], "the lower level keeps it"


def test_a_murmur_does_not_begin() -> None:
    assert Hand().look(5, a=SOFT) == []


def test_two_at_once_stand_in_the_order_of_the_stage() -> None:
    hand = Hand()
    hand.look(1, a=QUIET, b=LOUD)
    assert hand.look(1, a=LOUD, b=LOUD) == [("a", "b")]


def test_whoever_left_or_was_muted_does_not_speak() -> None:
    hand = Hand()
    hand.look(1, a=LOUD)
    assert hand.look(0.5, b=QUIET) == [()]
    assert hand.look(LOOK_S, a=LOUD) == [], "and begins anew"


def test_at_most_four_changes_a_second() -> None:
    hand = Hand()
    for turn in range(400):
        names = ("a", "b", "c")
        hand.look(**{name: LOUD for at, name in enumerate(names) if (turn >> at) & 1})
    gaps = [later - earlier for (earlier, _), (later, _) in zip(hand.told, hand.told[1:], strict=False)]
    assert len(gaps) > 20
    assert min(gaps) >= 0.25
