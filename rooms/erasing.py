"""What somebody said is destroyed at her wish: her words and her name, never what was done about them.

The log keeps the question, its number, its topic and its outcome, and says which words are gone; its chain holds, since
it only ever held digests of them. The rule has one condition, which the session knows: nobody is erased in the middle
of her own turn.
"""

from typing import Annotated

import msgspec

from .base import Command, Event, Id

#: One person's words in one session; more than this she cannot have said.
CONTENTS_MAX = 2_000
Contents = Annotated[tuple[Id, ...], msgspec.Meta(max_length=CONTENTS_MAX)]


class EraseContent(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="content.erase"):
    """Destroy what a participant said; given by the server when she, or an administrator at her wish, asks for it."""

    participant: Id
    contents: Contents = ()


class ContentErased(Event, frozen=True, kw_only=True, omit_defaults=True, tag="content.erased"):
    """These words are gone for good. Whoever holds a copy of them drops it."""

    desk_only = ("participant",)
    participant: str
    contents: tuple[str, ...] = ()


def erase(command: EraseContent) -> ContentErased:
    """What is recorded of it."""
    return ContentErased(participant=command.participant, contents=command.contents)
