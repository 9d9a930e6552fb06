"""Who is large, who is beside, and when a slate stands instead: pure, by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from recordings.program.scene import (
    CAPTIONS,
    FAILURE_MS,
    HEIGHT,
    HOLD_MS,
    WIDTH,
    Box,
    Cut,
    Facts,
    Scene,
    Sitting,
    heard,
    large,
    scene,
)

OFFICIAL = Sitting("o1", "official", "DC", "Deputy Commissioner", who="a")
SECOND = Sitting("o2", "official", "MEPCO", who="b")
CITIZEN = Sitting("c1", "citizen", "Asma", "Murree", who="c")
HALL = Sitting("h", "hall", "Hall", who="d")
SIGNER = Sitting("s", "signer", "Signer", who="e")
SLIDES = Sitting("x", "slides", "The plan of the drain", who="f")
INTERPRETER = Sitting("i", "interpreter", "Interpreter", who="g")
EVERYBODY = (OFFICIAL, SECOND, CITIZEN, HALL, SIGNER, SLIDES, INTERPRETER)


def shown(*sitting: Sitting, pictured: str | None = None, **more: object) -> Scene:
    facts = replace(Facts(sitting=sitting), **more)  # type: ignore[arg-type]
    seats = frozenset(pictured.split() if pictured is not None else [each.seat for each in sitting])
    return scene(facts, seats, large(facts, seats, Cut(), 0))


def seats(made: Scene) -> list[str]:
    return [place.seat for place in made.places]


def test_the_official_is_large_and_the_citizen_beside() -> None:
    made = shown(CITIZEN, OFFICIAL)
    assert seats(made) == ["o1", "c1"]
    assert made.places[0].box == Box(0, 0, 448, 360)
    assert made.places[1].box == Box(448, 0, 192, 108)


def test_one_alone_has_the_whole_picture() -> None:
    assert shown(CITIZEN).places[0].box == Box(0, 0, WIDTH, HEIGHT)


@pytest.mark.parametrize(
    ("more", "first"),
    [
        ({}, "o1"),
        ({"floor": "o2"}, "o2"),
        ({"floor": "c1"}, "o1"),  # a citizen who speaks stays beside whom she speaks to
        ({"floor": "h"}, "h"),
        ({"cut": "c1", "floor": "o2"}, "c1"),
        ({"cut": "gone"}, "o1"),
        ({"cut": "i"}, "o1"),  # an interpreter is never shown
        ({"pictured": "c1 o2"}, "o2"),
        ({"pictured": ""}, "o1"),
    ],
)
def test_who_is_large(more: dict[str, str], first: str) -> None:
    assert seats(shown(OFFICIAL, SECOND, CITIZEN, HALL, INTERPRETER, **more))[0] == first


def test_a_shared_screen_comes_first_while_it_has_a_picture() -> None:
    assert seats(shown(OFFICIAL, SLIDES))[0] == "x"
    assert seats(shown(OFFICIAL, SLIDES, pictured="o1"))[0] == "o1"


def test_a_word_in_between_does_not_throw_the_picture_about() -> None:
    both = frozenset({"o1", "o2"})
    facts = Facts(sitting=(OFFICIAL, SECOND))
    first = large(facts, both, Cut(), 0)
    told = replace(facts, floor="o2")
    assert large(told, both, first, HOLD_MS - 1) == first
    assert large(told, both, first, HOLD_MS) == Cut("o2", HOLD_MS)
    assert large(replace(told, cut="o2"), both, first, 1) == Cut("o2", 1)  # a cut is at once
    assert large(replace(facts, sitting=(SECOND,)), both, first, 1) == Cut("o2", 1)  # so is whoever is left
    assert large(facts, frozenset({"o2"}), first, 1) == Cut("o2", 1)  # and whoever still has a picture
    assert large(Facts(), both, first, 1) == Cut()


def test_the_signer_is_never_covered_and_nobody_lies_over_another() -> None:
    for count in range(1, len(EVERYBODY) + 1):
        for people in combinations(EVERYBODY, count):
            for captions in ((), ("one", "two", "three")):
                made = shown(*people, captions=captions)
                cells: set[tuple[int, int]] = set()
                for place in made.places:
                    box = place.box
                    assert not {box.left % 2, box.top % 2, box.width % 2, box.height % 2, place.strip % 2} & {1}
                    own = {
                        (x, y)
                        for x in range(box.left, box.left + box.width, 4)
                        for y in range(box.top, box.top + box.height, 4)
                    }
                    assert not own & cells
                    cells |= own
                bottom = HEIGHT - (CAPTIONS if captions and made.places else 0)
                assert all(x < WIDTH and y < bottom for x, y in cells)
                assert ("s" in seats(made)) == (SIGNER in people)
                assert "i" not in seats(made)


def test_whoever_sends_no_picture_is_there_by_name() -> None:
    made = shown(OFFICIAL, CITIZEN, pictured="o1")
    assert [(place.name, place.pictured) for place in made.places] == [("DC", True), ("Asma", False)]


@pytest.mark.parametrize(
    ("phase", "people", "away", "slate"),
    [
        ("doors_open", (OFFICIAL,), 0, "starting"),
        ("live", (), 0, "waiting"),
        ("live", (INTERPRETER,), 0, "waiting"),
        ("live", (OFFICIAL,), FAILURE_MS - 1, None),
        ("live", (OFFICIAL,), FAILURE_MS, "failure"),
        ("adjourned", (OFFICIAL,), FAILURE_MS, "adjourned"),
        ("closing", (OFFICIAL,), 0, "over"),
        ("cancelled", (), 0, "over"),
    ],
)
def test_slates(phase: str, people: tuple[Sitting, ...], away: int, slate: str | None) -> None:
    facts = Facts(phase, "Hearing", people)
    made = scene(facts, frozenset(), large(facts, frozenset(), Cut(), 0), away)
    assert made.slate == slate
    assert made.title == "Hearing"
    assert bool(made.places) == (slate is None)


def test_who_is_in_the_mix() -> None:
    everybody = Facts(sitting=EVERYBODY)
    assert heard(everybody) == {"o1", "o2", "c1", "h", "x"}
    assert heard(replace(everybody, sitting=(replace(CITIZEN, muted=True), OFFICIAL))) == {"o1"}
    assert heard(replace(everybody, phase="adjourned")) == frozenset()
