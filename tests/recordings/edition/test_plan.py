"""What everybody gets of each segment: nothing that was not released, nothing that was taken out, and the rest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recordings.channels import LAG_MS
from recordings.edition.plan import (
    GUARD_MS,
    KEEP,
    Basis,
    Cover,
    Plan,
    edition_plan,
    gaps,
    merged,
    plan,
    said_later,
    touches,
)

WALL = 1_800_000_000_000
TWO_S = 2_000_000

spans = st.tuples(st.integers(-5_000, 9_000), st.integers(-5_000, 9_000)).map(
    lambda pair: (WALL + min(pair), WALL + max(pair))
)
covers = st.builds(
    lambda span, sound, picture: Cover(span[0], span[1], sound, picture), spans, st.booleans(), st.booleans()
)


def covered(found: tuple[tuple[int, int], ...], at_us: int) -> bool:
    return any(start <= at_us < end for start, end in found)


@given(st.lists(spans, max_size=4), st.lists(covers, max_size=4), st.integers(0, 1_999), st.booleans())
def test_no_moment_gets_out_that_is_not_released_or_was_taken_out(
    released: list[tuple[int, int]], taken: list[Cover], at_ms: int, picture: bool
) -> None:
    found = edition_plan(Basis(tuple(released), tuple(taken)), WALL, TWO_S, picture=picture)
    at = WALL + at_ms
    theirs = any(start <= at < end for start, end in released)
    gone = [each for each in taken if each.starts_at <= at < each.ends_at]
    if not theirs or any(each.sound for each in gone):
        assert covered(found.silent, at_ms * 1_000)
    if picture and (not theirs or any(each.picture for each in gone)):
        assert covered(found.dark, at_ms * 1_000)


@given(st.lists(spans, max_size=4), st.lists(covers, max_size=4), st.integers(0, 1_999))
def test_what_is_far_enough_from_all_of_that_is_left_as_it_is(
    released: list[tuple[int, int]], taken: list[Cover], at_ms: int
) -> None:
    found = edition_plan(Basis(tuple(released), tuple(taken)), WALL, TWO_S, picture=True)
    at = WALL + at_ms
    inside = any(start <= at - GUARD_MS - 1 and at + GUARD_MS + 1 <= end for start, end in merged(released))
    near = [each for each in taken if each.starts_at - GUARD_MS <= at < each.ends_at + GUARD_MS]
    if inside and not any(each.sound and each.starts_at < each.ends_at for each in near):
        assert not covered(found.silent, at_ms * 1_000)
    if inside and not any(each.picture and each.starts_at < each.ends_at for each in near):
        assert not covered(found.dark, at_ms * 1_000)


@given(st.lists(spans, max_size=5))
def test_gaps_are_what_spans_leave(given_spans: list[tuple[int, int]]) -> None:
    joined = merged(given_spans)
    assert merged([*joined, *gaps(joined)]) == ((-(2**62), 2**62),)
    assert all(start < end for start, end in joined)
    assert all(before[1] < after[0] for before, after in zip(joined, joined[1:], strict=False))


@given(covers, st.booleans())
def test_who_touches_a_segment_changes_it(cover: Cover, picture: bool) -> None:
    found = plan([cover], WALL, TWO_S, picture=picture)
    changes = (cover.sound or (cover.picture and picture)) and cover.starts_at < cover.ends_at
    if changes:
        assert (found != KEEP) == touches(cover, WALL, TWO_S)
    else:
        assert found == KEEP


def test_the_three_actions() -> None:
    assert plan([], WALL, TWO_S, picture=True) == KEEP
    assert edition_plan(Basis(), WALL, TWO_S, picture=True) == Plan("blank", ((0, TWO_S),), ((0, TWO_S),))
    assert edition_plan(Basis(), WALL, TWO_S, picture=False) == Plan("blank", ((0, TWO_S),))
    taken = Cover(WALL + 500, WALL + 700, sound=True, picture=False)
    assert plan([taken], WALL, TWO_S, picture=True) == Plan("render", ((350_000, 850_000),))
    hidden = Cover(WALL - 500, WALL + 5_000, sound=False)
    assert plan([hidden], WALL, TWO_S, picture=False) == KEEP
    assert plan([hidden], WALL, TWO_S, picture=True) == Plan("render", (), ((0, TWO_S),))


def test_two_chapters_that_touch_have_no_hole_between_them() -> None:
    basis = Basis(((WALL - 9_000, WALL + 1_000), (WALL + 1_000, WALL + 9_000)))
    assert edition_plan(basis, WALL, TWO_S, picture=True) == KEEP


def test_an_interpreter_says_later_what_was_taken_out() -> None:
    taken = (Cover(WALL, WALL + 3_000), Cover(WALL + 9_000, WALL + 9_000))
    assert said_later(taken, "sound") == said_later(taken, "light") == taken
    assert said_later(taken, "sound-1") == (Cover(WALL, WALL + 3_000 + LAG_MS),)
    unreleased = Basis(released=((WALL + 20_000, WALL + 90_000),)).all_covers
    assert plan(unreleased, WALL + 22_000, TWO_S, picture=False) == KEEP
    assert plan(said_later(unreleased, "sound-2"), WALL + 22_000, TWO_S, picture=False).action == "blank"
    assert plan(said_later(unreleased, "sound-2"), WALL + 31_000, TWO_S, picture=False) == KEEP
