"""A command on its way to the writer, and the answer to one that was sent before."""

import asyncio
import hashlib
from dataclasses import dataclass

import msgspec

from rooms.base import Actor, Command, Refused

from .store import Connection, event_log


class Accepted(msgspec.Struct, frozen=True):
    """A command was carried out. `seq` is the number of its last event; `result` is what its reply tells."""

    seq: int
    result: dict[str, str] | None = None


@dataclass(slots=True)
class Pending:
    """A command on its way to the writer, and whom to tell."""

    session_id: str
    actor: Actor
    command: Command
    key: str
    future: "asyncio.Future[Accepted]"
    body_hash: bytes = b""
    outcome: "Accepted | Exception | None" = None


def repeated(known: event_log.Seen | event_log.Remembered, pending: Pending) -> Accepted | Refused:
    """The answer that a command got the first time; its key under anything else is a conflict that reveals nothing."""
    if (known.body_hash, known.actor) != (pending.body_hash, pending.actor.participant):
        return Refused("key_conflict")
    return Accepted(known.seq, msgspec.json.decode(known.result) if known.result else None)


def refuse_over(conn: Connection, head: event_log.Head, group: list[Pending]) -> None:
    """A session that is over takes no commands and is not loaded to say so; only what was done is confirmed again."""
    seen = event_log.keys_seen(conn, head.session_id, {each.key for each in group if each.key})
    for pending in group:
        known = seen.get(pending.key)
        pending.outcome = repeated(known, pending) if known else Refused("phase", phase=head.phase)


def body_hash(command: Command) -> bytes:
    """What two uses of one key must have in common."""
    return hashlib.sha256(msgspec.msgpack.encode(command)).digest()[:16]
