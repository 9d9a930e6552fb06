"""Who walks through a session: citizens, the desk, whoever sits on the stage, and words by which a leak is found."""

from __future__ import annotations

from typing import Any

from rooms.base import Actor

CITIZENS = 34
#: Every participant's id begins alike and no other id does, so that one search of a frame's bytes finds a leak.
PERSON = "c0ffee"
#: Words that only their owner and the desk may read, and words that only the desk and those concerned may read.
SECRET, DESK_NOTE = "SECRET-", "DESKNOTE"


def person(number: int) -> str:
    return f"{PERSON}{number:010x}"


def staff_of(role: Any, *numbers: int) -> list[Actor]:
    return [Actor(person(number), role, f"account-{number}") for number in numbers]


CITIZEN_ACTORS = [Actor(person(number), "citizen") for number in range(CITIZENS)]
MODERATORS = staff_of("moderator", 101, 102, 103)
CHAIR = staff_of("chair", 110)
CLERKS = staff_of("clerk", 140)
SITTERS = [*CHAIR, *staff_of("official", 120, 121), *staff_of("interpreter", 130), *CLERKS]
OFFICERS = staff_of("officer", 145)
PLANNERS = staff_of("administrator", 150)
EVERYBODY = [*CITIZEN_ACTORS, *MODERATORS, *SITTERS, *OFFICERS, *PLANNERS]
DESK = [*MODERATORS, *CHAIR]
STAFF = [*MODERATORS, *SITTERS, *OFFICERS]
PARTICIPANTS = [actor.participant for actor in EVERYBODY]
