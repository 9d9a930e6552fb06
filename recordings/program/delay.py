"""The safety delay: what the stage sends waits as it came, sealed on the disk too, and may be dumped while it waits.

Frames wait before anything is decoded, so what was dumped was never in any picture, mix or file. A process that follows
one that died takes up what still waits. Each of two files holds the frames of a while; the older is emptied when the
newer is full, so that nothing stays much longer than the delay.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from kachehri.logs import logger
from kachehri.vault import Vault, VaultError
from recordings.archive.disk import failure, write_all
from recordings.archive.layout import DELAYED
from signaling.media.tap import TapFrame

#: Frames are sealed together after so many ms, or bytes.
CHUNK_MS, CHUNK_BYTES = 200, 64 * 1024
#: Largest chunk that is read back.
MOST: Final = 4 * 1024 * 1024
#: Says which start of the machine its monotonic clock counts from (proc(5), random(4)).
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


class _Chunk(msgspec.Struct, array_like=True):
    """Frames that are sealed together. `clocks`: Unix time less the machine's own when they came, in ms; `written`: as
    their epoch writes it. `sitting`: who sat where then, by seat."""

    clocks: float
    written: float
    sitting: dict[str, str]
    frames: list[TapFrame]


class Left(NamedTuple):
    """A frame that an earlier process left. `who`: stands for the person whose it is; empty where nobody sat."""

    frame: TapFrame
    who: str


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Chunk)


class Journal:
    """The frames of the last `delay_ms`, sealed. Times are ms of the machine's monotonic clock."""

    def __init__(self, folder: Path, vault: Vault, session: str, delay_ms: int) -> None:
        self._files = tuple(folder / name for name in DELAYED)
        self._vault, self._delay_ms = vault, delay_ms
        self._place = f"program/{session}/{_boot()}"
        self._chunk: list[TapFrame] = []
        self._bytes = 0
        self._current = 0
        self._since: float | None = None
        self._file = -1
        self._clocks = self._written = 0.0
        self._sitting: dict[str, str] = {}
        #: By which clocks the epoch wrote that left what was read.
        self.left_by: float | None = None

    def set(self, clocks: float, written: float) -> None:
        """What comes from now on is said by these clocks, and these are the epoch's."""
        self.flush(self._chunk[-1].arrived_ms if self._chunk else 0.0)
        self._clocks, self._written = clocks, written

    def sits(self, sitting: Mapping[str, str]) -> None:
        """What comes from now on is of these, by seat: a later process shows it under no other name."""
        if sitting != self._sitting:
            self.flush(self._chunk[-1].arrived_ms if self._chunk else 0.0)
            self._sitting = dict(sitting)

    def read(self, clocks: float | None = None, within_ms: float = 0.0) -> list[Left]:
        """What an earlier process left, oldest first; what cannot be opened (another start, another key) is passed
        over.

        Arguments:
            clocks: what came by clocks that differ from these by more than `within_ms` is passed over too.
        """
        found: list[_Chunk] = []
        for path in self._files:
            with suppress(FileNotFoundError):
                for sealed in _chunks(path.read_bytes()):
                    with suppress(VaultError, msgspec.MsgspecError):
                        found.append(_decoder.decode(self._vault.open(self._place, sealed)))
        if found:
            self.left_by = max(found, key=lambda chunk: chunk.frames[-1].arrived_ms).written
        frames = (
            Left(frame, chunk.sitting.get(frame.seat, ""))
            for chunk in found
            if clocks is None or abs(chunk.clocks - clocks) <= within_ms
            for frame in chunk.frames
        )
        return sorted(frames, key=lambda left: left.frame.arrived_ms)

    def begin(self) -> None:
        """Both files are emptied; what they held was read."""
        for path in self._files:
            path.unlink(missing_ok=True)
        self._open(0)

    def _open(self, which: int) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._current, self._since = which, None
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        self._file = -1
        try:
            self._file = os.open(self._files[which], flags, 0o600)
        except OSError as error:
            self._unkept(error)

    def _unkept(self, error: OSError) -> None:
        """The disk takes no more: what waits is lost with this process, and the program goes on."""
        logger(__name__).error("program.unkept", code=failure(error).code, way="!")
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def keep(self, frame: TapFrame) -> None:
        """One frame more."""
        self._chunk.append(frame)
        self._bytes += len(frame.data)
        if self._bytes > CHUNK_BYTES or frame.arrived_ms - self._chunk[0].arrived_ms >= CHUNK_MS:
            self.flush(frame.arrived_ms)

    def flush(self, now: float) -> None:
        """What waits in memory is on the disk."""
        if not self._chunk or self._file < 0:
            self._chunk, self._bytes = [], 0
            return
        if self._since is not None and now - self._since > self._delay_ms + 1_000:
            self._open(1 - self._current)
        self._since = now if self._since is None else self._since
        sealed = self._vault.seal(self._place, _encoder.encode(self._made_up()))
        self._chunk, self._bytes = [], 0
        if self._file < 0:
            return
        try:
            write_all(self._file, len(sealed).to_bytes(4, "big") + sealed)
        except OSError as error:
            self._unkept(error)

    def _made_up(self) -> _Chunk:
        return _Chunk(self._clocks, self._written, self._sitting, self._chunk)

    def wipe(self) -> None:
        """Nothing of what was kept is left."""
        self._chunk, self._bytes = [], 0
        self.begin()

    def close(self, *, keep: bool) -> None:
        """Ends. `keep`: a later process may take up what waits; else nothing stays."""
        if keep:
            self.flush(self._chunk[-1].arrived_ms if self._chunk else 0.0)
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        if not keep:
            for path in self._files:
                path.unlink(missing_ok=True)


def _chunks(data: bytes) -> Iterator[bytes]:
    at = 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size > MOST or at + 4 + size > len(data):
            return  # torn by the end of who wrote it
        yield data[at + 4 : at + 4 + size]
        at += 4 + size


def _boot() -> str:
    with suppress(OSError):
        return _BOOT.read_text().strip()
    return "unknown"
