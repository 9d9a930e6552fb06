"""Every kind of command and of event that a session knows, by its tag, and the bytes in which an event is recorded.

A list of its own, so that the log, the role table and the protocol can be checked against it without any rule.
"""

from typing import Any, get_args

import msgspec

from . import attendance, captions, closing, erasing, lifecycle, questions, turns
from .base import Command, Event


class Tick(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="clock.tick"):
    """Time has passed: do what is due."""


ClockCommand = Tick | closing.OpenTickets | closing.SealSession | erasing.EraseContent
AnyCommand = (
    lifecycle.LifecycleCommand
    | questions.QueueCommand
    | turns.StageCommand
    | attendance.AttendanceCommand
    | captions.CaptionCommand
    | ClockCommand
)
AnyEvent = (
    lifecycle.LifecycleEvent
    | questions.QueueEvent
    | turns.StageEvent
    | attendance.AttendanceEvent
    | captions.CaptionEvent
    | closing.TicketsOpened
    | closing.SessionClosed
    | erasing.ContentErased
)

COMMANDS: tuple[type[Command], ...] = get_args(AnyCommand)
EVENTS: tuple[type[Event], ...] = get_args(AnyEvent)
BY_TAG: dict[str, type[Any]] = {str(kind.__struct_config__.tag): kind for kind in (*COMMANDS, *EVENTS)}

EVENT_ENCODER = msgspec.json.Encoder()
EVENT_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder(AnyEvent)


def encode_event(event: Event) -> bytes:
    """The bytes of an event, written once into the log."""
    return EVENT_ENCODER.encode(event)


def decode_event(body: bytes) -> Event:
    """The event in recorded bytes."""
    event: Event = EVENT_DECODER.decode(body)
    return event
