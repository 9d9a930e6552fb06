"""A number that is broken over two typed lines is masked in both, by the rule for lines that are read one behind the
other (`moderation.masking.mask_lines`). Takes a connection.

The line before may have been read already: its public words are replaced in the transaction of the line that completes
the number, and every process hears of them with it. The originals and their digests in the log stay.
"""

from __future__ import annotations

from collections.abc import Mapping

from moderation.masking import NEAR, mask_lines
from rooms.base import Command
from rooms.captions import CaptionState, CorrectCaption, TypeCaption

from .intake import Taken
from .store import Connection, content


def across(
    conn: Connection, state: CaptionState, command: Command, taken: Taken, fresh: Mapping[str, str]
) -> dict[str, str]:
    """Public words that change because a line is typed, corrected or taken back, by content id.

    Arguments:
        taken: what was made of the command's words.
        fresh: public words of this transaction; they are not in the database yet.
    """
    mine = [taken.refs["line"].id] if "line" in taken.refs else []
    match command:
        case TypeCaption():
            ids = [each.line for each in state.last if each.language == command.language]
            before, behind = ids[-NEAR:], []
        case CorrectCaption():
            found = {each.id: each for each in state.last}.get(command.caption)
            if found is None:
                return {}  # the rules refuse it
            ids = [each.line for each in state.last if each.language == found.language]
            at = ids.index(found.line)
            before, behind = ids[max(0, at - NEAR) : at], ids[at + 1 : at + 1 + NEAR]
        case _:
            return {}
    ids = [*before, *mine, *behind]
    known = {**content.texts_of(conn, [*before, *behind]), **fresh, **taken.texts}
    there = [each for each in ids if each in known]  # the words of the others were erased
    masked = mask_lines([known[each] for each in there])
    return {id: new.text for id, new in zip(there, masked, strict=True) if new.text != known[id]}
