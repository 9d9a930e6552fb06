"""Puts the pictures of a scene together: planes of luma and colour (4:2:0), written straight into place.

Names, captions and slates are drawn once and stay where they are; a picture is scaled only when a new one has come, and
lies beside its strip, not under it. Nothing is converted to RGB and back.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from recordings.program.lettering import alpha, direction
from recordings.program.scene import CAPTIONS, HEIGHT, STRIP, WIDTH, Box, Place, Scene

Plane = NDArray[np.uint8]

#: Luma of the ground, of a strip and of letters (BT.601, limited range), and what no colour is.
GROUND, BAR, INK, SOFT, GREY = 30, 44, 235, 180, 128
#: The slates' ground: a deep green, as luma and colour difference.
SLATE: Final = (52, 120, 108)
#: Height of the word that says what the whole picture is.
LABEL: Final = 28
#: A picture may lose so much of itself to fill its place; else it is shown whole between margins.
MOST_CROPPED: Final = 0.35
#: What a slate says: a line in each language of the house.
Words = Mapping[str, tuple[str, ...]]


class Composer:
    """The full rendition's picture.

    Arguments:
        words: the sentences of each slate, and of `practice`.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self._planes = (
            np.full((HEIGHT, WIDTH), GROUND, np.uint8),
            np.full((HEIGHT // 2, WIDTH // 2), GREY, np.uint8),
            np.full((HEIGHT // 2, WIDTH // 2), GREY, np.uint8),
        )
        self._scene: Scene | None = None
        self._shown: dict[str, VideoFrame] = {}
        self._scalers: dict[str, VideoReformatter] = {}

    def compose(self, scene: Scene, pictures: Mapping[str, VideoFrame]) -> bool:
        """Brings the planes to this scene; False when nothing has changed since the last time."""
        changed = scene != self._scene
        if changed:
            self._scene = scene
            self._shown.clear()
            self._scalers = {place.seat: self._scalers.get(place.seat, VideoReformatter()) for place in scene.places}
            self._ground(scene)
        for place in scene.places:
            picture = pictures.get(place.seat)
            if picture is not None and place.pictured and self._shown.get(place.seat) is not picture:
                self._shown[place.seat] = picture
                self._blit(place, picture)
                changed = True
        if changed and scene.practice:
            self._label("   ".join(self._words.get("practice", ())))
        return changed

    def frame(self) -> VideoFrame:
        """A copy of the planes as a picture for the encoders."""
        made = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, ours in zip(made.planes, self._planes, strict=True):
            height, width = ours.shape
            _view(plane, height)[:, :width] = ours
        return made

    def _ground(self, scene: Scene) -> None:
        luma = self._planes[0]
        if scene.slate is not None:
            self._fill(Box(0, 0, WIDTH, HEIGHT), SLATE)
            _slate(luma, scene.title, self._words.get(scene.slate, ()))
            return
        self._fill(Box(0, 0, WIDTH, HEIGHT), (GROUND, GREY, GREY))
        for place in scene.places:
            box = place.box
            if place.strip:
                top = box.top + box.height - place.strip
                luma[top : top + place.strip, box.left : box.left + box.width] = strip(
                    place.name, place.about, box.width, place.strip
                )
            if not place.pictured:
                _name(luma, place)
        for row, text in enumerate(scene.captions):
            top = HEIGHT - CAPTIONS + row * (CAPTIONS // 2)
            luma[top : top + CAPTIONS // 2] = line(text, WIDTH, CAPTIONS // 2, 16, INK)

    def _label(self, text: str) -> None:
        """A word over the upper edge, which nothing covers."""
        made = label(text)
        self._fill(Box(0, 0, made.shape[1], made.shape[0]), (BAR, GREY, GREY))
        self._planes[0][: made.shape[0], : made.shape[1]] = made

    def _fill(self, box: Box, colour: tuple[int, int, int]) -> None:
        for plane, value, shift in zip(self._planes, colour, (0, 1, 1), strict=True):
            _part(plane, box, shift)[:] = value

    def _blit(self, place: Place, picture: VideoFrame) -> None:
        box = place.box
        within = Box(box.left, box.top, box.width, box.height - place.strip)
        width, height = fit(picture.width, picture.height, within.width, within.height)
        scaler = self._scalers[place.seat]
        scaled = scaler.reformat(picture, width, height, "yuv420p", interpolation=Interpolation.FAST_BILINEAR)
        covers = width >= within.width and height >= within.height
        if not covers:
            self._fill(within, (GROUND, GREY, GREY))
        for plane, ours, shift in zip(scaled.planes, self._planes, (0, 1, 1), strict=True):
            there = _part(ours, within, shift)
            rows, columns = height >> shift, width >> shift
            source = _view(plane, rows)[:, :columns]
            from_top, to_top, high = _middle(rows, there.shape[0])
            from_left, to_left, wide = _middle(columns, there.shape[1])
            there[to_top : to_top + high, to_left : to_left + wide] = source[
                from_top : from_top + high, from_left : from_left + wide
            ]


def fit(width: int, height: int, wide: int, high: int) -> tuple[int, int]:
    """The size to which a picture is scaled for a place: to cover it, or, if it would lose too much, to lie in it."""
    width, height = max(1, width), max(1, height)
    grow, shrink = max(wide / width, high / height), min(wide / width, high / height)
    scale = grow if 1 - shrink / grow <= MOST_CROPPED else shrink
    bound = wide if scale == grow else 2
    return _even(width * scale, bound), _even(height * scale, high if scale == grow else 2)


def _even(size: float, least: int) -> int:
    return max(least, 2 * round(size / 2))


def _middle(source: int, there: int) -> tuple[int, int, int]:
    """Where to take from, where to put it, and how much, so that both middles meet."""
    if source >= there:
        return (source - there) // 2, 0, there
    return 0, (there - source) // 2, source


def _part(plane: Plane, box: Box, shift: int) -> Plane:
    top, left = box.top >> shift, box.left >> shift
    return plane[top : top + (box.height >> shift), left : left + (box.width >> shift)]


def _view(plane: object, rows: int) -> Plane:
    """A picture's plane as rows of its own width in memory."""
    stride: int = plane.line_size  # type: ignore[attr-defined]
    return np.frombuffer(plane, np.uint8, rows * stride).reshape(rows, stride)  # type: ignore[call-overload, no-any-return]


def ink(coverage: Plane, ground: int, letters: int) -> Plane:
    """Letters of one luma on a ground of another."""
    mixed = ground + coverage.astype(np.int32) * (letters - ground) // 255
    return mixed.astype(np.uint8)


@lru_cache(64)
def strip(name: str, about: str, width: int, height: int) -> Plane:
    """A name where its script begins to be read, and what is said about her at the other edge, if there is room."""
    size, edge = height // 2, 8
    made = np.full((height, width), BAR, np.uint8)
    first = alpha(name, size, width - 2 * edge, bold=True)
    rest = width - 3 * edge - first.shape[1]
    second = alpha(about, size * 7 // 8, rest) if about and rest > 4 * size else first[:, :0]
    if second.shape[1] >= rest:
        second = second[:, :0]
    right = direction(name) == "rtl"
    for coverage, at_right, letters in ((first, right, INK), (second, not right, SOFT)):
        _put(made, coverage, edge if not at_right else width - edge - coverage.shape[1], letters)
    return made


@lru_cache(4)
def label(text: str) -> Plane:
    """A word on a bar of its own length."""
    size = 18
    width = min(WIDTH, _even(alpha(text, size, WIDTH - 16).shape[1] + 24, 2))
    return line(text, width, LABEL, size, INK)


def line(text: str, width: int, height: int, size: int, letters: int, ground: int = BAR) -> Plane:
    """One line in the middle of a bar."""
    made = np.full((height, width), ground, np.uint8)
    coverage = alpha(text, size, width - 16)
    _put(made, coverage, (width - coverage.shape[1]) // 2, letters)
    return made


def _put(made: Plane, coverage: Plane, left: int, letters: int) -> None:
    """Letters onto a bar, in the middle of its height."""
    extra = coverage.shape[0] - made.shape[0]
    if extra > 0:
        coverage = coverage[extra // 2 : extra // 2 + made.shape[0]]
    top = (made.shape[0] - coverage.shape[0]) // 2
    there = made[top : top + coverage.shape[0], left : left + coverage.shape[1]]
    there[:] = ink(coverage, int(made[0, 0]), letters)


def _name(luma: Plane, place: Place) -> None:
    """Who sends no picture is there by name, in the middle of her place."""
    box = place.box
    size = 22 if place.strip == STRIP else 14
    made = line(place.name, box.width, 3 * size, size, SOFT, GROUND)
    top = box.top + (box.height - place.strip - len(made)) // 2
    luma[top : top + len(made), box.left : box.left + box.width] = made


def _slate(luma: Plane, title: str, sentences: tuple[str, ...]) -> None:
    rows = [(title, 24, INK)] + [(each, 20, SOFT) for each in sentences]
    rows = [row for row in rows if row[0]]
    height = 60
    top = (HEIGHT - height * len(rows)) // 2
    for text, size, letters in rows:
        luma[top : top + height] = line(text, WIDTH, height, size, letters, SLATE[0])
        top += height
