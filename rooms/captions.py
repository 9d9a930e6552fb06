"""What is said, typed by a captioner line by line, for whoever cannot hear it or follows in writing.

A line names the floor's seat at the moment it was sent, so that later it is known whether an official or a citizen was
speaking. The last lines can be corrected or taken back; what is further back stands as it was read. The words are
masked like everybody's and stand beside the log. What a moderator takes off the air with the dump key is taken off the
page with it: the lines of those seconds, and any that is still being typed of them.
"""

from typing import Annotated, Literal, assert_never

import msgspec

from .base import Command, ContentRef, Context, Event, Id, Refused
from .limits import CAPTION_REACH_MAX_MS, CAPTION_TOOK_MAX_MS, CAPTIONS_OPEN

Language = Literal["ur", "en"]
Line = Annotated[str, msgspec.Meta(description="one line of what is said, masked before anyone reads it")]


class TypeCaption(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="caption.type"):
    """Put down one line of what is being said; `took_ms` is how long ago its typing began."""

    language: Language
    line: Line
    took_ms: Annotated[int, msgspec.Meta(ge=0, le=CAPTION_TOOK_MAX_MS)] = 0
    texts = ("line",)


class CorrectCaption(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="caption.correct"):
    """Put other words in the place of one of the last lines; without words the line is taken back."""

    caption: Id
    line: Line = ""
    texts = ("line",)


class WithholdCaptions(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="caption.withhold"):
    """What was just said was dumped: the lines of the last `reach_ms` are nobody's to read."""

    reach_ms: Annotated[int, msgspec.Meta(ge=0, le=CAPTION_REACH_MAX_MS)]


class CaptionTyped(Event, frozen=True, kw_only=True, omit_defaults=True, tag="caption.typed"):
    """One line of what is being said."""

    desk_only = ("by",)
    caption: str
    language: Language
    line: ContentRef
    took_ms: int = 0
    #: The seat that had the floor.
    seat: str = ""
    #: Who typed it.
    by: str = ""


class CaptionCorrected(Event, frozen=True, kw_only=True, omit_defaults=True, tag="caption.corrected"):
    """Other words stand there now, or none."""

    desk_only = ("by",)
    caption: str
    line: ContentRef | None = None
    by: str = ""


class CaptionsWithheld(Event, frozen=True, kw_only=True, omit_defaults=True, tag="caption.withheld"):
    """Lines that were typed since then are nobody's to read: what they say was dumped before it went out."""

    desk_only = ("by",)
    #: Unix time in ms; the span ends with this event.
    since: int
    by: str = ""


CaptionCommand = TypeCaption | CorrectCaption | WithholdCaptions
CaptionEvent = CaptionTyped | CaptionCorrected | CaptionsWithheld


class Caption(msgspec.Struct, frozen=True):
    """One of the last lines; `line` is a content id."""

    id: str
    language: Language
    line: str
    at: int
    seat: str = ""
    corrected: bool = False
    #: When its words were put down: what was corrected a moment ago may say what was said a moment ago.
    worded_at: int = 0


class CaptionState(msgspec.Struct):
    """The lines that can still be corrected, the newest last. What is older is in the log alone."""

    last: list[Caption] = []
    #: When something was dumped last.
    withheld_at: int = 0


def decide(state: CaptionState, command: CaptionCommand, actor: str, ctx: Context, seat: str) -> list[Event]:
    """What follows from a captioner's line.

    Arguments:
        actor: who types it.
        seat: the seat that has the floor, or nothing.
    Errors: `Refused` with `text_empty`, `caption_gone`, `caption_withheld`.
    """
    line = ctx.kept.get("line")
    match command:
        case TypeCaption():
            if line is None:
                raise Refused("text_empty", field="line")
            if ctx.now - command.took_ms < state.withheld_at:
                raise Refused("caption_withheld")
            return [
                CaptionTyped(
                    caption=ctx.new_id(),
                    language=command.language,
                    line=line,
                    took_ms=command.took_ms,
                    seat=seat,
                    by=actor,
                )
            ]
        case CorrectCaption():
            if all(each.id != command.caption for each in state.last):
                raise Refused("caption_gone")
            return [CaptionCorrected(caption=command.caption, line=line, by=actor)]
        case WithholdCaptions():
            return [CaptionsWithheld(since=ctx.now - command.reach_ms, by=actor)]
        case _:
            assert_never(command)


def evolve(state: CaptionState, event: CaptionEvent, at: int) -> None:
    """Carry one event of this feature into the state."""
    match event:
        case CaptionTyped():
            typed = Caption(
                id=event.caption, language=event.language, line=event.line.id, at=at, seat=event.seat, worded_at=at
            )
            state.last = [*state.last, typed][-CAPTIONS_OPEN:]
        case CaptionCorrected():
            words = event.line.id if event.line else ""
            state.last = [
                msgspec.structs.replace(each, line=words, corrected=True, worded_at=at)
                if each.id == event.caption
                else each
                for each in state.last
                if words or each.id != event.caption
            ]
        case CaptionsWithheld():
            state.last = [each for each in state.last if each.worded_at < event.since]
            state.withheld_at = at
        case _:
            assert_never(event)
