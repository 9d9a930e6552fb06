"""Pictures put together, and words in every script: looked at by their pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from recordings.program.lettering import _of_machine, _runs, alpha, direction
from recordings.program.picture import BAR, GROUND, SLATE, Composer, fit, line, strip
from recordings.program.scene import HEIGHT, WIDTH, Cut, Facts, Scene, Sitting, large, scene

URDU, ENGLISH, HINDI, MIXED = "عائشہ بی بی", "Asma Bibi", "आयशा बीबी", "وارڈ 12 (Murree)"


def plain(width: int, height: int, luma: int) -> VideoFrame:
    frame = VideoFrame(width, height, "yuv420p")
    for plane, value in zip(frame.planes, (luma, 100, 150), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    return frame


def two() -> Scene:
    facts = Facts("live", "", (Sitting("o", "official", URDU, "DC"), Sitting("c", "citizen", ENGLISH)))
    seats = frozenset({"o", "c"})
    return scene(facts, seats, large(facts, seats, Cut(), 0))


def luma(composer: Composer) -> NDArray[np.uint8]:
    return np.asarray(composer.frame().to_ndarray(format="yuv420p")[:HEIGHT], np.uint8)


def test_each_picture_is_in_its_place_and_its_strip_beside_it() -> None:
    composer = Composer({})
    assert composer.compose(two(), {"o": plain(640, 480, 200), "c": plain(320, 240, 120)})
    found = luma(composer)
    assert found.shape == (HEIGHT, WIDTH)
    assert (found[:328, :448] == 200).mean() > 0.99
    assert found[40, 540] == 120
    assert (found[330:358, :448] == BAR).any() and (found[330:358, :448] > 200).any()
    assert (found[110:, 450:] == GROUND).all()


def test_nothing_is_drawn_again_until_something_changes() -> None:
    composer, made = Composer({}), two()
    first, second = plain(640, 480, 200), plain(640, 480, 90)
    assert composer.compose(made, {"o": first})
    assert not composer.compose(made, {"o": first})
    assert composer.compose(made, {"o": second})
    assert luma(composer)[100, 100] == 90
    assert composer.compose(Scene("waiting"), {})
    assert (luma(composer) == SLATE[0]).all()


def test_practice_says_so_over_every_picture_and_slate() -> None:
    composer, made = Composer({"practice": ("مشق", "Practice"), "waiting": ("Soon",)}), replace(two(), practice=True)
    for value in (200, 90):  # the word is over the next picture too
        composer.compose(made, {"o": plain(640, 480, value)})
        corner = luma(composer)[:28, :80]
        assert (corner == BAR).any() and (corner > 220).any() and (corner == value).mean() < 0.1
        assert (luma(composer)[40:320, :440] == value).all()
    composer.compose(Scene("waiting", practice=True), {})
    assert (luma(composer)[:28, :80] == BAR).any()
    assert scene(Facts("live", practice=True), frozenset(), Cut()).practice


@pytest.mark.parametrize(
    ("size", "scaled"),
    [
        ((640, 480), (448, 336)),  # loses its edges only
        ((1280, 720), (584, 328)),
        ((480, 640), (246, 328)),  # a phone held upright is shown whole
        ((16, 2_000), (2, 328)),
        ((2_000, 16), (448, 4)),
        ((1, 1), (448, 448)),
    ],
)
def test_how_a_picture_is_fitted(size: tuple[int, int], scaled: tuple[int, int]) -> None:
    assert fit(*size, 448, 328) == scaled


def test_an_upright_picture_has_margins() -> None:
    composer = Composer({})
    composer.compose(two(), {"o": plain(480, 640, 200)})
    found = luma(composer)
    assert found[100, 224] == 200
    assert found[100, 10] == GROUND


@pytest.mark.parametrize(
    ("text", "way"), [(URDU, "rtl"), (ENGLISH, "ltr"), (HINDI, "ltr"), ("12 وارڈ", "rtl"), ("3", "ltr")]
)
def test_directions(text: str, way: str) -> None:
    assert direction(text) == way


GREEK = pytest.param("Ω", marks=pytest.mark.skipif(_of_machine("GREEK") is None, reason="no typeface has it"))


@pytest.mark.parametrize("text", [URDU, ENGLISH, MIXED, "ڈپٹی کمشنر، راولپنڈی", GREEK, "12:30"])
def test_every_script_has_letters(text: str) -> None:
    drawn = alpha(text, 16, 400)
    assert drawn.shape[0] == 32
    assert drawn.shape[1] > 4
    assert drawn.max() > 200


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Ali 👍", "Ali"),
        ("🎉\u200d🎉 عائشہ", "عائشہ"),
        ("Asma\U0010ffff Bibi", "Asma Bibi"),
        ("👨\u200d👩\u200d👧", ""),
    ],
)
def test_what_no_typeface_has_is_left_out(text: str, without: str) -> None:
    assert np.array_equal(alpha(text, 16, 400), alpha(without, 16, 400))


@pytest.mark.parametrize("text", ["नाज़िया १२", "ਗੁਰਪ੍ਰੀਤ", "নাজিয়া", "அமீனா"])
def test_a_name_is_in_one_typeface_with_its_signs_and_digits(text: str) -> None:
    (run,) = _runs(text)
    assert run[1] == text and run[0] != "LATIN"


@pytest.mark.parametrize("text", ["چک 110 جنوبی", "Zila ضلع Sadar"])
def test_a_blank_stands_between_the_words_that_it_parts(text: str) -> None:
    """Also beside what goes the other way: neither end of it sticks to its neighbour."""
    inked = np.flatnonzero(alpha(text, 40, 2_000).any(axis=0))
    narrow, wide = sorted(np.diff(inked))[-2:]
    assert narrow > 12 and wide - narrow < 4


def test_urdu_is_joined_and_runs_from_right_to_left() -> None:
    joined = alpha("بب", 20, 400).shape[1]
    apart = 2 * alpha("ب", 20, 400).shape[1]
    assert joined < apart
    # The first word of a line stands at its right, also before letters of another direction.
    first, line_ = alpha("مری", 20, 400), alpha("مری Murree", 20, 400)
    right = line_[:, -first.shape[1] :]
    assert np.abs(right.astype(int) - first).mean() < 8


def test_what_is_too_long_loses_its_end() -> None:
    for text in (URDU, ENGLISH):
        drawn = alpha(f"{text} " * 40, 16, 200)
        assert drawn.shape == (32, 200)
    long = strip(f"{ENGLISH} " * 40, "about", 192, 26)
    assert long.shape == (26, 192)


def test_a_name_stands_where_reading_begins() -> None:
    for text, left_ink in ((URDU, False), (ENGLISH, True)):
        made = strip(text, "", 400, 32)
        assert bool((made[:, :60] > BAR + 60).any()) is left_ink
        assert bool((made[:, -60:] > BAR + 60).any()) is not left_ink


@pytest.mark.parametrize("text", ["", "   ", "\u200f\u200e", "\u0000\u0001", "\ufffd\U0001f600", "a" * 5_000, "‮abc"])
def test_odd_texts_do_no_harm(text: str) -> None:
    assert line(text, 640, 30, 16, 235).shape == (30, 640)
    assert strip(text, text, 192, 26).shape == (26, 192)
