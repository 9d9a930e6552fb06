"""What a run of `kachehri edition` says to whoever started it."""

from __future__ import annotations

from typing import Final

import msgspec

#: Exit statuses: somebody else makes it or writes the recording; there is nothing of which one could be made.
BUSY: Final = 6
NOTHING: Final = 7


class Report(msgspec.Struct, frozen=True):
    """Everything that it did; the same again, told twice, does no harm.

    Arguments:
        done, back, over, failed: ids of redactions that the archive agrees with, that were put back, whose originals
            were destroyed, and that could not be carried out.
        replaced: rendition, number, bytes, SHA-256 of segments that are others now.
        unsealed: rendition and number of originals that are not kept any longer.
        destroyed: rendition and number of originals of which something is gone for good, whether the rest is kept.
        made: segments that were made for the edition.
    """

    done: list[str]
    back: list[str]
    over: list[str]
    failed: list[str]
    replaced: list[tuple[str, int, int, str]]
    unsealed: list[tuple[str, int]]
    destroyed: list[tuple[str, int]]
    made: int

    def kept(self) -> Report:
        """The same where somebody holds the recording by now: what the storage has is not destroyed, and what is over
        is over once more when nobody holds it.
        """
        unsealed = [each for each in self.unsealed if each not in self.destroyed]
        return msgspec.structs.replace(self, over=[], unsealed=unsealed, destroyed=[])
