"""Killed once at each call that touches the disk, under strace's injection, while it mends a folder and goes on in it.

The errand finds a segment that somebody left torn, finishes it, begins an epoch and writes two segments; after each
part that is on the disk it notes so. Wherever it dies, whoever comes next finds every part that was noted, nothing
torn, and goes on without help.

    python -m tests.bench.recording_points FOLDER NOTES      is the errand itself
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from tests.recordings.archive.made import PARTS, SESSION, abandon, archive, begun, fragment, write, write_one
from tests.servers import require

CALLS: Final = ("write", "fsync", "rename", "ftruncate", "unlink", "truncate")
#: Parts that are there before: a whole segment and three parts of the next.
BEFORE: Final = PARTS + 3
#: Parts of the errand: two segments and a third.
WRITTEN: Final = 2 * PARTS + 2
_LINE: Final = re.compile(r"^\d+ +(\w+)\(")


def prepare(folder: Path) -> None:
    """What a killed process left: the last part of the growing segment is there by half, and so is its line."""
    track = begun(archive(folder))
    write(track, 0, BEFORE)
    abandon(track)
    with open(folder / SESSION / "full" / "000001.open", "ab") as file:
        file.write(fragment(BEFORE)[:333])
    with open(folder / SESSION / "full" / "000001.parts", "ab") as file:
        file.write(b"part 99")


def errand(folder: Path, notes: Path) -> None:
    """What is killed. A segment of the new epoch begins at a multiple of six, as `write_one` has it."""
    handle = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    track = begun(archive(folder), fence=2)
    for number in range(2 * PARTS, 2 * PARTS + WRITTEN):
        write_one(track, number)
        os.write(handle, b".")
    track.close()


def run(folder: Path, notes: Path, trace: Path, aim: tuple[str, int] | None) -> bool:
    """Run the errand in a process of its own; whether it was killed."""
    command = [str(require("strace")), "-f", "-o", str(trace), "-e", f"trace={','.join(CALLS)}"]
    if aim is not None:
        command += ["-e", f"inject={aim[0]}:signal=KILL:when={aim[1]}"]
    command += [sys.executable, "-m", "tests.bench.recording_points", str(folder), str(notes)]
    subprocess.run(command, capture_output=True, timeout=60)
    return "killed by SIGKILL" in trace.read_text(errors="replace")


def points(trace: Path) -> list[tuple[str, int]]:
    """Every call of a dry run, with its ordinal among those of its name."""
    counts: Counter[str] = Counter()
    found = []
    for line in trace.read_text(errors="replace").splitlines():
        if match := _LINE.match(line):
            counts[match[1]] += 1
            found.append((match[1], counts[match[1]]))
    return found


def look(folder: Path, noted: int) -> str:
    """What is wrong with the recording after a kill, once the next process has begun; empty when nothing is."""
    made = archive(folder)
    track = begun(made, fence=3)
    write_one(track, 5 * PARTS)
    track.close()
    index = made.index(SESSION, "full")
    epochs: dict[int, int] = {}
    for segment in index.segments:
        data = made.read(SESSION, "full", segment.number)
        if not segment.whole or len(data) != segment.bytes:
            return f"segment {segment.number} is torn"
        for part in segment.parts:
            number = round(part.starts_ms * 3 / 1_000)
            if data[part.offset : part.ends] != fragment(number):
                return f"part {part.index} of segment {segment.number} is not what was written"
        epochs[segment.fence] = epochs.get(segment.fence, 0) + len(segment.parts)
    if [segment.number for segment in index.segments] != list(range(len(index.segments))):
        return "a number is missing"
    if epochs.get(1, 0) != BEFORE:
        return f"{BEFORE - epochs.get(1, 0)} parts of before are gone"
    if not noted <= epochs.get(2, 0) <= noted + 1:
        return f"{noted} parts were noted, {epochs.get(2, 0)} are there"
    if left := [path.name for path in (folder / SESSION / "full").iterdir() if path.suffix in (".open", ".new")]:
        return f"{left} were left"
    return ""


def campaign(folder: Path, most: int | None) -> tuple[int, int, list[str]]:
    """Kill at each point, or at `most` of them, evenly spread.

    Returns how many were killed, of how many, and what was wrong.
    """
    template = folder / "template"
    prepare(template)
    trace, notes = folder / "trace", folder / "notes"
    dry = folder / "dry"
    shutil.copytree(template, dry)
    if run(dry, notes, trace, None) or notes.stat().st_size != WRITTEN:
        raise RuntimeError("the errand does not end by itself")
    aims = points(trace)
    if most is not None and len(aims) > most:
        aims = [aims[place * len(aims) // most] for place in range(most)]
    killed, wrong = 0, []
    for aim in aims:
        here = folder / "here"
        shutil.copytree(template, here)
        notes.unlink()
        notes.touch()
        killed += run(here, notes, trace, aim)
        if fault := look(here, notes.stat().st_size):
            wrong.append(f"{aim[0]} {aim[1]}: {fault}")
        shutil.rmtree(here)
    return killed, len(aims), wrong


if __name__ == "__main__":
    errand(Path(sys.argv[1]), Path(sys.argv[2]))
