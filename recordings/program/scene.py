"""What the program shows: which picture is large, who is beside, which words stand where, or which slate. Pure.

The official is large and the citizen beside; a shared screen comes before both; the seat that has the floor, or that
the moderator cut to, takes the large place. Nobody who sits on the stage disappears, while there is room: who sends no
picture is shown by name. A signer has a place of her own that nothing covers. An interpreter is heard in a channel.
Measures are pixels of the full rendition; every edge is even, since colour is kept for every second pixel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

WIDTH, HEIGHT = 640, 360
Slate = Literal["starting", "waiting", "adjourned", "failure", "over", "withheld"]

#: The column beside the large picture, and one picture in it.
_BESIDE: Final = 192
_SMALL: Final = 108
_SIGNER: Final = 144
#: Below the pictures, while there are captions: two lines.
CAPTIONS: Final = 60
#: A name's strip, over its picture's lower edge.
STRIP, SMALL_STRIP = 32, 26
#: A large place is kept at least so long, unless somebody cut: a word in between does not throw the picture about.
HOLD_MS: Final = 2_000
#: Without the media process for so long the slate says so; it is back within a moment mostly.
FAILURE_MS: Final = 1_500


@dataclass(frozen=True, slots=True)
class Sitting:
    """Somebody on the stage. `name` and `about` are what the public reads; `about` is a place or a post."""

    seat: str
    kind: str
    name: str = ""
    about: str = ""
    muted: bool = False
    #: Stands for the person, so that nobody's picture is shown under another's name; never shown itself.
    who: str = ""
    #: The sound channel that an interpreter on this seat speaks into (recordings/channels.py); 0: none.
    channel: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What the session says of its stage, in the order of its seats."""

    phase: str = "live"
    title: str = ""
    sitting: tuple[Sitting, ...] = ()
    floor: str = ""
    #: The seat that the moderator cut to; empty: the program follows the floor.
    cut: str = ""
    captions: tuple[str, ...] = ()
    #: Nobody's hearing: it says so in every picture.
    practice: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A place in the picture."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Place:
    """One person's picture. `pictured`: there is one; else her name stands in its middle."""

    seat: str
    box: Box
    name: str
    about: str
    strip: int
    pictured: bool = True


@dataclass(frozen=True, slots=True)
class Scene:
    """All of one picture."""

    slate: Slate | None = None
    title: str = ""
    places: tuple[Place, ...] = ()
    captions: tuple[str, ...] = ()
    practice: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """Which seat is large, and since when."""

    seat: str = ""
    since: int = -HOLD_MS


def slate_of(facts: Facts, away_ms: int) -> Slate | None:
    """The slate that stands instead of people, if any. `away_ms`: how long the media process has been away."""
    if facts.phase == "adjourned":
        return "adjourned"
    if facts.phase in ("closing", "closed", "cancelled"):
        return "over"
    if facts.phase != "live":
        return "starting"
    if away_ms >= FAILURE_MS:
        return "failure"
    return None if any(each.kind != "interpreter" for each in facts.sitting) else "waiting"


def large(facts: Facts, pictured: frozenset[str], before: Cut, now: int) -> Cut:
    """Who is large now. `pictured`: the seats of which a picture comes."""
    sitting = [each for each in facts.sitting if each.kind not in ("interpreter", "signer")]
    if not sitting:
        return Cut()
    seats = {each.seat: each for each in sitting}
    if facts.cut in seats:
        return before if before.seat == facts.cut else Cut(facts.cut, now)

    def rank(each: Sitting) -> tuple[bool, bool, bool, bool]:
        return (
            each.kind != "slides" or each.seat not in pictured,
            each.seat not in pictured,
            each.seat != facts.floor or each.kind == "citizen",
            each.kind != "official",
        )

    best = min(sitting, key=rank).seat
    if best == before.seat:
        return before
    held = before.seat in seats and (before.seat in pictured or not pictured)
    if held and now - before.since < HOLD_MS:
        return before
    return Cut(best, now)


def scene(facts: Facts, pictured: frozenset[str], cut: Cut, away_ms: int = 0) -> Scene:
    """The picture that follows from all this."""
    slate = slate_of(facts, away_ms)
    if slate is not None:
        return Scene(slate, facts.title, practice=facts.practice)
    shown = [each for each in facts.sitting if each.kind != "interpreter"]
    signer = next((each for each in shown if each.kind == "signer"), None)
    people = [each for each in shown if each is not signer]
    main = next((each for each in people if each.seat == cut.seat), people[0] if people else None)
    beside = [each for each in people if each is not main]
    beside.sort(key=lambda each: (each.seat != facts.floor, each.kind != "citizen"))
    captions = facts.captions[-2:]
    height = HEIGHT - (CAPTIONS if captions else 0)
    column = _BESIDE if beside or signer is not None else 0
    places = []
    if main is not None:
        places.append(_place(main, Box(0, 0, WIDTH - column, height), STRIP, pictured))
    room = height - (_SIGNER if signer is not None else 0)
    count = min(len(beside), room // _SMALL)
    for row, each in enumerate(beside[:count]):
        places.append(_place(each, Box(WIDTH - column, row * _SMALL, column, _SMALL), SMALL_STRIP, pictured))
    if signer is not None:
        box = Box(WIDTH - column, height - _SIGNER, column, _SIGNER)
        places.append(replace(_place(signer, box, 0, pictured), name="" if signer.seat in pictured else signer.name))
    return Scene(None, facts.title, tuple(places), captions, facts.practice)


def _place(each: Sitting, box: Box, strip: int, pictured: frozenset[str]) -> Place:
    return Place(each.seat, box, each.name, each.about, strip if each.name else 0, each.seat in pictured)


def heard(facts: Facts) -> frozenset[str]:
    """Whose sound is in the mix: while the hearing is live, everybody on a seat but an interpreter and a signer."""
    if facts.phase != "live":
        return frozenset()
    return frozenset(
        each.seat for each in facts.sitting if each.kind not in ("interpreter", "signer") and not each.muted
    )


def interpreting(facts: Facts) -> dict[int, str]:
    """Who is heard over the floor in each channel, while the hearing is live: the unmuted interpreter on its seat."""
    if facts.phase != "live":
        return {}
    return {each.channel: each.seat for each in facts.sitting if each.channel and not each.muted}
