"""What is given up first, by hand."""

from __future__ import annotations

from recordings.program.load import DOWN_MS, STEPS, UP_MS, Load


def test_each_step_gives_up_something_more_and_never_sound() -> None:
    for before, after in zip(STEPS, STEPS[1:], strict=False):
        assert after.full_every >= before.full_every
        assert after.light_every >= before.light_every
        assert (after.beside, after.pictures) <= (before.beside, before.pictures)
        assert after != before
        for name, rate in (("full", 15), ("light", 12)):
            assert 2 * rate % after.every(name) == 0  # a segment's first picture is always made


def test_down_one_step_at_a_time_and_up_only_after_a_long_calm() -> None:
    load = Load()
    seen = []
    for now in range(0, 60_000, 500):
        hard = now < 8_000
        if load.look(now, 400.0 if hard else 0.0, 0.9 if hard else 0.2):
            seen.append((now, load.step.name))
    names = [name for _, name in seen]
    assert names == ["light_slower", "full_slower", "large_only", "still", "large_only", "full_slower", "light_slower",
                     "all"]  # fmt: skip
    times = [now for now, _ in seen]
    assert times[:4] == [DOWN_MS + 1_500 * step for step in range(4)]
    assert all(b - a >= UP_MS for a, b in zip(times[3:], times[4:], strict=False))


def test_one_bad_moment_changes_nothing_and_neither_does_what_is_in_between() -> None:
    load = Load()
    for now in range(0, 20_000, 500):
        assert not load.look(now, 400.0 if now % 1_000 else 0.0, 0.2)
    for now in range(20_000, 60_000, 500):
        assert not load.look(now, 100.0, 0.6)
    assert load.level == 0


def test_late_alone_and_busy_alone_are_too_much() -> None:
    for late, busy in ((400.0, 0.1), (0.0, 0.95)):
        load = Load()
        load.look(0, late, busy)
        assert load.look(DOWN_MS, late, busy)
