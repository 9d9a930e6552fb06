"""The few shapes that every feature of a session shares.

Rule 1: nothing here knows a feature. Rule 2: nothing here reads a clock or draws a number: both come in through
`Context`.
Times are whole milliseconds since the Unix epoch, durations end in `_ms`.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from .limits import NOTE_MAX

# `$` alone lets a trailing newline through; the look-ahead closes that door in Python and in ECMAScript alike.
Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}$(?!\n)", description="16 lowercase hex digits")]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)", description="a short name in a table")]
Place = Annotated[
    str,
    msgspec.Meta(pattern=r"^[a-z0-9_-]{0,40}$(?!\n)", description="code of an area in the district; empty: unknown"),
]
Millis = Annotated[
    int, msgspec.Meta(ge=0, le=2**53 - 1, description="milliseconds; an instant counts from the Unix epoch")
]
Note = Annotated[
    str, msgspec.Meta(max_length=NOTE_MAX, description="free words beside the reason, masked before anyone reads them")
]

Audience = Literal["public", "desk", "official", "system"]
Role = Literal[
    "citizen",
    "moderator",
    "chair",
    "official",
    "clerk",
    "interpreter",
    "officer",
    "observer",
    "administrator",
    "system",
]

Day = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$(?!\n)",
        description="a day of the calendar, year-month-day (ISO 8601), as it is counted in the district",
    ),
]

#: Roles whose coming and going is recorded, with times: the minutes say who sat and for how long.
STAFF: frozenset[str] = frozenset({"moderator", "chair", "official", "clerk", "interpreter", "officer"})
#: Roles whose absence for 15 minutes adjourns a live session: somebody must be able to call and to close.
PRESIDING: frozenset[str] = frozenset({"moderator", "chair"})


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """Something a person or the clock asks for. Its tag is also its row in the role table."""

    #: Text fields whose words go to the content table; the rules only see what was kept of them.
    texts: ClassVar[tuple[str, ...]] = ()


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """Something that happened; recorded once, in order, and never changed."""

    #: Who may be told. "public" reaches everyone, "desk" the staff of the session, "system" nobody.
    audience: ClassVar[Audience] = "public"
    #: Fields that only the desk receives of an event that is otherwise public.
    desk_only: ClassVar[tuple[str, ...]] = ()


class ContentRef(msgspec.Struct, frozen=True, array_like=True):
    """Points at words kept beside the log: erasing the words leaves the log's chain whole.

    `digest` is the hex SHA-256 over a random salt and the words, so that the words can be proved but not guessed.
    """

    id: str
    digest: str


class Actor(msgspec.Struct, frozen=True):
    """Whoever gives a command: a participant of this session, in a role, perhaps signed in."""

    participant: str
    role: Role
    account: str | None = None


#: The clock and the server itself.
SYSTEM = Actor(participant="0" * 16, role="system")


class Context(msgspec.Struct, frozen=True):
    """Everything from outside that a rule may look at.

    Arguments:
        now: the instant of the decision, in milliseconds.
        new_id: draws a fresh 16-digit id.
        new_reference: draws the next reference, ten digits.
        kept: for each text field of the command, where its words were put.
        held_ms: the safety delay: what is typed of the hearing is everybody's to read so much later.
    """

    now: int
    new_id: Callable[[], str]
    new_reference: Callable[[], str]
    kept: Mapping[str, ContentRef] = {}
    held_ms: int = 0


class Refused(Exception):
    """A lawful no: nothing happened, and the person may try something else.

    `code` is for programs and is listed in `rooms.refusals`; pages turn it into a sentence with `params`.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class SetFact(msgspec.Struct, frozen=True):
    """A fact that is true once however often it is said: a row under a unique key, told to others only as a count."""

    kind: Literal["support"]
    subject: str
    participant: str
