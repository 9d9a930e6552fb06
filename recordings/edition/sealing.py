"""The original of a segment that something was taken out of: sealed beside it, and put back.

A segment and its lines are two files and are replaced one after the other. Whoever is interrupted between them begins
again from the sealed original, which is written before and removed after everything else; so no original is lost, and
none is left in the clear.

Before a sealed original stands a line with the ids of the redactions that its segment was made anew for. It says
whether the database knows all that was taken out, and is in the clear, so that no key is needed to look.
"""

from __future__ import annotations

from collections.abc import Set
from hashlib import sha256
from pathlib import Path
from typing import Final

from kachehri.vault import Vault, VaultError
from recordings.archive import RecordingError, Segment
from recordings.archive.disk import sync_folder, write_whole
from recordings.archive.layout import REPLACED, read_lines, segment_name

from .samples import lines_of

#: What the vault seals begins with a byte that is no letter.
_NAMES: Final = b"kachehri-sealed 1"


class Original:
    """The bytes of a segment and of its lines."""

    def __init__(self, rendition: str, number: int, data: bytes, lines: bytes) -> None:
        segment = read_lines(rendition, number, lines)
        if segment is None or not segment.whole or sha256(data).hexdigest() != segment.sha256:
            raise RecordingError("damaged", segment_name(number))
        self.data, self.lines, self.segment = data, lines, segment

    @classmethod
    def of(cls, data: bytes, segment: Segment) -> Original:
        """Of a segment that was made anew."""
        return cls(segment.rendition, segment.number, data, lines_of(segment))


class Sealing:
    """The originals of one rendition.

    Arguments:
        place: what they are sealed for, "recording/SESSION/RENDITION".
    """

    def __init__(self, folder: Path, rendition: str, vault: Vault, place: str) -> None:
        self._folder, self._rendition, self._vault, self._place = folder, rendition, vault, place

    def path(self, number: int) -> Path:
        return self._folder / segment_name(number, "sealed")

    def read(self, number: int) -> Original | None:
        """The sealed original; None without one. Errors: `RecordingError` sealed, damaged."""
        try:
            data = self.path(number).read_bytes()
            if data.startswith(_NAMES):
                data = data.partition(b"\n")[2]
            text = self._vault.open(f"{self._place}/{number}", data)
        except FileNotFoundError:
            return None
        except VaultError:
            raise RecordingError("sealed", segment_name(number)) from None
        size = int.from_bytes(text[:4], "big")
        return Original(self._rendition, number, text[4 + size :], text[4 : 4 + size])

    def sealed_at(self, number: int) -> int:
        """When its original was sealed, in milliseconds since the Unix epoch; 0 where it has none."""
        return sealed_at(self.path(number))

    def sealed_for(self, number: int) -> frozenset[str]:
        """Ids of the redactions that its original was sealed for."""
        return sealed_for(self.path(number))

    def plain(self, number: int) -> Original:
        """A segment as it lies in the archive. Errors: `RecordingError` gone, damaged."""
        try:
            data = (self._folder / segment_name(number)).read_bytes()
            lines = (self._folder / segment_name(number, "parts")).read_bytes()
        except FileNotFoundError:
            raise RecordingError("gone", segment_name(number)) from None
        except OSError as error:  # the disk does not give it back any more
            raise RecordingError("damaged", segment_name(number)) from error
        return Original(self._rendition, number, data, lines)

    def seal(self, number: int, original: Original, names: Set[str]) -> None:
        """Keep an original; on return it outlasts a power cut, and can be opened. `names`: what it is sealed for."""
        text = len(original.lines).to_bytes(4, "big") + original.lines + original.data
        head = " ".join([_NAMES.decode(), *sorted(names)]).encode() + b"\n"
        write_whole(self.path(number), head + self._vault.seal(f"{self._place}/{number}", text))
        kept = self.read(number)
        if kept is None or kept.data != original.data:
            raise RecordingError("sealed", "what was sealed does not open")

    def replace(self, number: int, fresh: Original) -> None:
        """Put a segment into the archive in place of the one that is there."""
        write_whole(self._folder / segment_name(number), fresh.data)
        write_whole(self._folder / segment_name(number, "parts"), fresh.lines)

    def drop(self, number: int) -> bool:
        """Destroy a sealed original. Whether there was one."""
        there = self.path(number).exists()
        self.path(number).unlink(missing_ok=True)
        sync_folder(self._folder)
        return there

    def tell(self) -> None:
        """Let whoever has read the index read it anew."""
        write_whole(self._folder / REPLACED, b"")


def sealed_at(path: Path) -> int:
    """When an original was sealed, in milliseconds since the Unix epoch; 0 where there is none any more."""
    try:
        return path.stat().st_mtime_ns // 1_000_000
    except FileNotFoundError:
        return 0


def sealed_for(path: Path) -> frozenset[str]:
    """Ids of the redactions that an original was sealed for; none where it does not say so, or is not there."""
    try:
        with path.open("rb") as file:
            head = file.readline() if file.read(len(_NAMES)) == _NAMES else b""
    except FileNotFoundError:
        return frozenset()
    return frozenset(head.decode("ascii", "replace").split())
