"""A real disk of a few megabytes, in a mount namespace of this process alone: what a recording does when it is full.

Run by test_full_disk.py as `unshare --mount python -m tests.recordings.small_disk NAME FOLDER`. Each scenario ends with
an assertion that fails, or in silence.
"""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kachehri.settings.tree import Recordings
from kachehri.store import Store, migrate
from recordings.archive import Archive, Part, RecordingError
from recordings.archive.space import Space
from recordings.archive.track import Track
from recordings.keeper import Keeper
from recordings.program.studio import Studio

from .archive.made import SESSION, begun, write, write_one

MEGABYTE = 1_000_000
SIZE_MB = 24


def mounted(folder: Path, *options: str) -> Path:
    """A disk on this folder; gone with this process."""
    told = ",".join([f"size={SIZE_MB}m", "mode=700", *options])
    subprocess.run(["mount", "-t", "tmpfs", "-o", told, "none", str(folder)], check=True)
    return folder


def fill(folder: Path, left: int) -> Path:
    """Somebody else's file, which leaves so many bytes free."""
    free = Space(folder)._room(folder)[0]
    path = folder / "somebody-elses"
    with path.open("ab") as file:
        file.write(bytes(max(0, free - left)))
    return path


def sound(made: Archive, rendition: str = "full") -> list[int]:
    """The numbers of its segments; each is what its lines say."""
    found = Archive(made.folder).index(SESSION, rendition).segments
    for each in found:
        data = made.read(SESSION, rendition, each.number)
        assert len(data) >= each.bytes
        assert not each.whole or hashlib.sha256(data).hexdigest() == each.sha256
    return [each.number for each in found]


def stops_early(folder: Path) -> None:
    """`low` is said long before; then it stops while others have room, whole; and goes on when room is made."""
    disk = mounted(folder)
    url = f"sqlite:///{folder.parent / 'house.db'}"
    migrate(url)
    made = Archive(disk / "r", Space(disk, least=4 * MEGABYTE, warn_percent=50))
    (disk / "r").mkdir()
    keeper = Keeper(Store(url), Recordings(folder=disk / "r"), archive=made)
    said: list[str] = []

    def look() -> None:
        keeper.round()
        if not said or said[-1] != keeper.space:
            said.append(keeper.space)

    look()
    track, number = begun(made), 0
    with pytest.raises(RecordingError, match="space"):
        while True:
            write_one(track, number)
            number += 1
            if number % 3 == 0:
                with (disk / "database").open("ab") as other:  # the house itself writes too
                    other.write(bytes(200_000))
            if number % 6 == 0:
                look()
    look()
    assert said == ["enough", "low", "full"], said
    assert Space(disk)._room(disk)[0] > 3 * MEGABYTE, "the house has room left"
    track.close()
    assert sum(len(each.parts) for each in made.index(SESSION, "full").segments) == number
    with pytest.raises(RecordingError, match="space"):
        made.track(SESSION, "full", 2)
    (disk / "database").unlink()
    look()
    assert said[-1] == "enough"
    again = begun(made, fence=2)
    write(again, number, 6)
    again.close()
    numbers = sound(made)
    assert numbers == list(range(len(numbers))) and len(numbers) > 1


def torn(folder: Path) -> None:
    """The last byte of the disk: half a part is there, nobody is ever told of it, and it is cut off."""
    disk = mounted(folder)
    made = Archive(disk / "r", Space(disk, least=-1))  # nothing kept back: the system says no
    (disk / "r").mkdir()
    track = begun(made)
    write(track, 0, 4)
    filler = fill(disk, left=0)
    grew = 0
    with pytest.raises(RecordingError, match="space"):
        for number in range(4, 400):
            write_one(track, number)
            grew += 1
    track.close()
    (growing,) = made.index(SESSION, "full").segments[-1:]
    told = sum(len(each.parts) for each in made.index(SESSION, "full").segments)
    assert told == 4 + grew and not growing.whole
    filler.unlink()
    again: Track = begun(made, fence=2)
    write(again, 500, 6)
    again.close()
    found = Archive(made.folder).index(SESSION, "full").segments
    assert all(each.whole for each in found)
    # A part whose line had no room is recognised by its boxes; half a part is not.
    assert 4 + grew <= sum(len(each.parts) for each in found) - 6 <= 5 + grew
    sound(made)


def read_only(folder: Path) -> None:
    """A disk that takes nothing any more: told at once, what is there can be read, and it goes on afterwards."""
    disk = mounted(folder)
    made = Archive(disk / "r", Space(disk, least=0))
    (disk / "r").mkdir()
    track = begun(made)
    write(track, 0, 8)
    track.close()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(RecordingError) as caught:
        made.track(SESSION, "full", 2)
    assert caught.value.code == "disk"
    assert sound(made) == [0, 1]
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    again = begun(made, fence=2)
    write(again, 12, 6)
    again.close()
    assert sound(made) == [0, 1, 2]


def program(folder: Path) -> None:
    """The program ends by saying so, cannot begin while there is no room, and begins anew when there is."""
    disk = mounted(folder)
    made = Archive(disk / "r", Space(disk, least=2 * MEGABYTE))
    (disk / "r").mkdir()

    async def life(fence: int, enough: int) -> str:
        parts: list[Part] = []
        studio = Studio(disk / "no-tap", SESSION, made, fence, {}, parts.append, renditions=())
        ending = asyncio.Event()
        running = asyncio.ensure_future(studio.run(ending))
        while not running.done():
            if len(parts) >= enough:
                if fence == 1:
                    fill(disk, left=MEGABYTE)
                else:
                    ending.set()
            await asyncio.sleep(0.05)
        return await running

    assert asyncio.run(life(1, 2)) == "space"
    with pytest.raises(RecordingError, match="space"):
        asyncio.run(life(2, 1))
    (disk / "somebody-elses").unlink()
    assert asyncio.run(life(3, 2)) == "told"
    assert len(sound(made, "sound")) == 2
    assert [each.epoch for each in Archive(made.folder).index(SESSION, "sound").segments] == [1, 2]


SCENARIOS: dict[str, Callable[[Path], None]] = {each.__name__: each for each in (stops_early, torn, read_only, program)}

if __name__ == "__main__":
    SCENARIOS[sys.argv[1]](Path(sys.argv[2]))
