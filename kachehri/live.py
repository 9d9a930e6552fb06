"""A session as this process follows it: fed by what was committed, read by pages and the hub."""

import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from rooms.base import Command, Event
from rooms.erasing import ContentErased
from rooms.session import Session, evolve

TAGS: dict[type, str] = {}


class Recorded(NamedTuple):
    """One committed event: its number, its instant, and the bytes of the log decoded once."""

    seq: int
    at: int
    event: Event
    body: bytes


class Announced(NamedTuple):
    """What one commit did to one session: events without a gap, and the public words that they point to."""

    session_id: str
    epoch: str
    first_seq: int
    events: Sequence[Recorded]
    texts: Mapping[str, str]


class Live:
    """This process's own copy of a session."""

    def __init__(self, session: Session, epoch: str, texts: dict[str, str]) -> None:
        self.session = session
        self.epoch = epoch
        self.texts = texts
        #: When somebody last asked for it, in seconds of a clock that never runs backwards.
        self.looked_at = time.monotonic()

    @property
    def seq(self) -> int:
        """The number of the last event that this copy has seen."""
        return self.session.seq

    def apply(self, announced: Announced) -> list[Recorded]:
        """Carry a commit into the copy; events that it has seen already are passed over. Returns the new ones."""
        self.texts.update(announced.texts)
        fresh = [record for record in announced.events if record.seq > self.session.seq]
        for record in fresh:
            evolve(self.session, record.event, record.seq, record.at)
            if isinstance(record.event, ContentErased):
                for each in record.event.contents:
                    self.texts.pop(each, None)
        return fresh


class Wire(msgspec.Struct, array_like=True):
    """An announcement on the bus; without events it is a heartbeat that tells where the log ends."""

    origin: str
    session_id: str
    epoch: str
    first_seq: int
    events: list[tuple[int, bytes]]
    texts: dict[str, str]
    head: int


WIRE: msgspec.msgpack.Decoder[Wire] = msgspec.msgpack.Decoder(Wire)


def tag_of(struct: Command | Event) -> str:
    """The tag of a command or event, looked up once for each class. Wire classes share the tag of their command."""
    kind = type(struct)
    tag = TAGS.get(kind)
    if tag is None:
        tag = TAGS[kind] = str(kind.__struct_config__.tag)
    return tag
