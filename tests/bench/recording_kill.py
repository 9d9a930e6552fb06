"""Killed with signal 9 at random moments: every recording plays from start to end, and next to nothing is missing.

The program process makes three renditions of a stage with a real publisher (tests/bench/killed_house.py); it is
killed, a successor with a higher fence goes on in a new epoch, is killed, and so on, four times to a recording. After
each kill the files are read as a player would, without anybody's help: every segment against its checksum, every part
against the one before, every playlist's line against the files, and every picture and run of sound is decoded. The
lines are thrown away and read from the segments again, once with the rows of the database and once with the lines of
the other renditions alone; epochs and wall times are the same then. The rows are made anew from the lines, and the
moment of each kill has its place in the recording, as the moments of chapters have. Lost is what had been mixed and is
not there; how long the program was away is reported apart.

Then, with made-up parts, a process is killed at each call that touches the disk (tests/bench/recording_points.py).

    make bench NAME=recording-kill     python -m tests.bench.recording_kill --small
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import av

from kachehri.store import Store
from kachehri.store.tables import RecordedSegment, table_of
from recordings.archive import Archive, Index, Segment
from recordings.archive.manifest import Manifest, known_rows
from recordings.archive.placing import Known
from recordings.chapters import Piece, program_ms
from recordings.playlists import SHAPES as CUT
from recordings.playlists import vod_playlist
from tests.recordings.program.encoded import Picture, Sound

from . import recording_points
from .house import SESSION
from .killed_house import KilledHouse
from .recorded import LOOP_US, RENDITIONS, Encoded, Mixed

KILLS, KILLS_SMALL = 100, 5
POINTS_SMALL = 9
PER_RECORDING = 4
WORST_LOSS_S = 2.0
#: Moments at which a process dies, after it began; the shortest lie before its first part.
LEAST_S, MOST_S = 0.0, 4.5
SHAPES = {"full": (15, 640, 360), "light": (12, 426, 240)}


def encode() -> dict[str, Encoded]:
    """Eight seconds of each rendition, by the encoders that the program uses."""
    seconds = LOOP_US // 1_000_000
    made = {}
    for name, (rate, width, height) in SHAPES.items():
        picture, sound = Picture(rate, width, height), Sound()
        packets = [
            packet
            for number in range(seconds * rate)
            for packet in (*picture.at(number), *sound.until((number + 1) / rate))
        ]
        made[name] = Encoded(picture.shape, sound.shape, packets)
    sound = Sound()
    made["sound"] = Encoded(None, sound.shape, list(sound.until(seconds)))
    return made


@dataclass
class Findings:
    kills: int = 0
    playable: int = 0
    lost_s: list[float] = field(default_factory=list)
    back_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    rendition_lost_s: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0


class Faulty(Exception):
    """A recording that does not play as it should."""


def runs(index: Index) -> Iterator[list[Segment]]:
    """The segments of each epoch."""
    found: list[Segment] = []
    for segment in index.segments:
        if found and found[-1].epoch != segment.epoch:
            yield found
            found = []
        found.append(segment)
    if found:
        yield found


def examine(archive: Archive, session: str, rendition: str, decoded: set[tuple[str, int, int]]) -> float:
    """Look at a rendition as a stranger would. Returns how many seconds of it there are.

    Arguments:
        decoded: segments that were decoded before and have not changed since, by rendition, number and size.
    """
    index = archive.index(session, rendition)
    for segments in runs(index):
        fresh = [s for s in segments if (rendition, s.number, s.bytes) not in decoded]
        for segment in fresh:
            data = archive.read(session, rendition, segment.number)
            if not segment.whole or hashlib.sha256(data).hexdigest() != segment.sha256 or len(data) != segment.bytes:
                raise Faulty(f"{rendition}/{segment.number} is not what its lines say")
            if not segment.parts[0].independent:
                raise Faulty(f"{rendition}/{segment.number} does not begin with a key picture")
        parts = [part for segment in segments for part in segment.parts]
        for before, after in zip(parts, parts[1:], strict=False):
            if abs(before.starts_ms * 1_000 + before.duration_us - after.starts_ms * 1_000) > 2_000:
                raise Faulty(f"{rendition}: a hole between parts at {after.starts_ms} ms")
        if fresh:
            play(archive, session, rendition, segments)
            decoded.update((rendition, s.number, s.bytes) for s in fresh)
    if index.segments:
        listed(archive, session, index)
    return sum(segment.duration_us for segment in index.segments) / 1e6


def play(archive: Archive, session: str, rendition: str, segments: list[Segment]) -> None:
    """Decode an epoch from its head to its last part, and count what comes out."""
    head = archive.read_init(session, rendition, segments[0].epoch)
    data = head + b"".join(archive.read(session, rendition, segment.number) for segment in segments)
    seconds = sum(segment.duration_us for segment in segments) / 1e6
    counts, packets = {"video": 0, "audio": 0}, {"video": 0, "audio": 0}
    with av.open(io.BytesIO(data), "r") as file:
        for packet in file.demux():
            packets[packet.stream.type] += bool(packet.size)
            counts[packet.stream.type] += len(packet.decode())
    # A machine that is short of time makes fewer pictures (recordings/program/load.py), each for longer.
    most = round(seconds * SHAPES[rendition][0]) if rendition != "sound" else 0
    if not most / 20 <= counts["video"] <= most or counts["video"] != packets["video"]:
        raise Faulty(f"{rendition}: {counts['video']} pictures of {packets['video']} in {seconds:.2f} s")
    if abs(counts["audio"] * 1_024 / 24_000 - seconds) > 0.3:
        raise Faulty(f"{rendition}: {counts['audio']} runs of sound in {seconds:.2f} s")


def listed(archive: Archive, session: str, index: Index) -> None:
    """The playlist of the replay names nothing that is not there, and all that is."""
    text = vod_playlist(index, CUT[index.rendition])
    names = [line for line in text.splitlines() if line and not line.startswith("#")]
    if names != [f"{segment.number:06}.m4s" for segment in index.segments]:
        raise Faulty(f"{index.rendition}: the playlist names other segments")
    if text.count("#EXT-X-MAP") != len(list(runs(index))):
        raise Faulty(f"{index.rendition}: the playlist names other heads")
    folder = archive.folder / session / index.rendition
    for name in names:
        if not (folder / name).is_file():
            raise Faulty(f"{index.rendition}: there is no {name}")
    if left := [path.name for path in folder.iterdir() if path.suffix in (".open", ".new")]:
        raise Faulty(f"{index.rendition}: {left} were left")


class Recording:
    """One recording, with as many lives as it is given."""

    def __init__(self, folder: Path, environment: Mapping[str, str], store: Store) -> None:
        self._folder, self._environment, self._store = folder, environment, store
        folder.mkdir()
        self._mixed = folder / "mixed"
        self.mixed = Mixed(self._mixed)
        self._decoded: set[tuple[str, int, int]] = set()

    def life(self, fence: int, seconds: float, found: Findings) -> None:
        """Start a process, kill it after so long, and look at what it left."""
        before = {name: self.mixed.get(name) for name in RENDITIONS}
        away = time.monotonic()
        command = [sys.executable, "-m", "tests.bench.killed_house", SESSION, str(fence), str(self._mixed)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self._environment
        ) as process:
            assert process.stdout
            process.stdout.readline()  # it is about to begin its epoch
            deadline = time.monotonic() + seconds
            archive = Archive(self._folder)
            while time.monotonic() < deadline and process.poll() is None:
                if fence > 1 and len(found.back_s) < found.kills and self._grown(archive, fence):
                    found.back_s.append(time.monotonic() - away)
                time.sleep(0.02)
            ended = process.poll()
            os.kill(process.pid, signal.SIGKILL)
        found.kills += 1
        if ended is not None:
            found.wrong.append(f"the process ended by itself ({ended})")
            return
        self._look(before, found, time.time_ns() // 1_000_000)

    def _grown(self, archive: Archive, fence: int) -> bool:
        growing = archive.index(SESSION, "full").growing
        return growing is not None and growing.fence == fence

    def _look(self, before: dict[str, int], found: Findings, killed_ms: int) -> None:
        archive = Archive(self._folder)
        archive.rebuild(SESSION)
        worst = 0.0
        try:
            for name in RENDITIONS:
                found.seconds += examine(archive, SESSION, name, self._decoded)
                rebuilt(archive, self._store, SESSION, name, killed_ms)
                mixed = self.mixed.get(name)
                if mixed == before[name]:
                    continue  # it died before anything was mixed
                segments = archive.index(SESSION, name).segments
                ends = segments[-1].parts[-1] if segments else None
                reached = ends.starts_ms + ends.duration_us / 1_000 if ends is not None else 0
                # If nothing of this life is there, all that it mixed is lost, but not the time before it began.
                lost = (mixed - max(reached, self.mixed.get("began"))) / 1_000
                found.rendition_lost_s[name] = max(found.rendition_lost_s.get(name, 0.0), lost)
                worst = max(worst, lost)
        except (Faulty, av.FFmpegError, OSError) as error:
            found.wrong.append(f"{self._folder.name}: {error}")
            return
        found.lost_s.append(worst)
        found.playable += 1


def rebuilt(archive: Archive, store: Store, session: str, rendition: str, killed_ms: int) -> None:
    """Lines follow from segments and rows, rows from the lines, and moments of the hearing have their place in them."""
    before = archive.index(session, rendition)
    table = table_of(RecordedSegment)
    with store.write() as conn:
        conn.execute(table.delete().where(table.c.session_id == session, table.c.rendition == rendition))
    if Manifest(store, archive).of(session) < len(before.segments):
        raise Faulty(f"{rendition}: rows are missing")
    known = [each for each in known_rows(store, session) if each.rendition == rendition]
    compare(before, without_lines(archive, session, rendition, [], *RENDITIONS), unplaced=True)
    compare(before, without_lines(archive, session, rendition, [], rendition), unplaced=True)
    compare(before, without_lines(archive, session, rendition, known, *RENDITIONS), unplaced=False)
    pieces = [Piece(each.starts_ms, each.wall_ms, each.duration_us // 1_000) for each in before.segments if each.placed]
    for piece in pieces:
        if program_ms(piece.wall_ms + 1, pieces) != piece.starts_ms + 1 or piece.wall_ms > killed_ms:
            raise Faulty(f"{rendition}: the moment {piece.wall_ms} has another place than {piece.starts_ms}")


def without_lines(archive: Archive, session: str, rendition: str, known: list[Known], *lost: str) -> Index:
    """The index of a rendition in a copy, rebuilt after the lines of some are lost."""
    with tempfile.TemporaryDirectory() as copy:
        other = Archive(Path(copy))
        for name in archive.renditions(session):
            shutil.copytree(archive.folder_of(session, name), other.folder_of(session, name))
        for name in lost:
            for path in other.folder_of(session, name).glob("*.parts"):
                path.unlink()
        other.rebuild(session, known)
        return other.index(session, rendition)


def compare(before: Index, after: Index, *, unplaced: bool) -> None:
    """Both say the same of every segment; with `unplaced`, the second may not know when, and then of which life."""
    for one, two in zip_longest(before.segments, after.segments):
        # Without lines a part's length is that of its samples, in whole ticks of their clock.
        if one is None or two is None or abs(one.duration_us - two.duration_us) > 99:
            raise Faulty(f"{before.rendition}: the index is another without its lines")
        blank = unplaced and not two.placed
        if _identity(one, blank) != _identity(two, blank):
            raise Faulty(f"{before.rendition}: {one.number} is another without its lines")


def _identity(segment: Segment, unplaced: bool) -> tuple[object, ...]:
    said = segment.number, segment.sha256, segment.starts_ms, len(segment.parts)
    return said if unplaced else (*said, segment.epoch, *(part.wall_ms - part.starts_ms for part in segment.parts))


def run(kills: int, points: int | None, folder: Path, rng: random.Random) -> dict[str, Any]:
    found = Findings()
    with tempfile.TemporaryDirectory(prefix="kachehri-") as short, KilledHouse(Path(short)) as house:
        store = Store(f"sqlite:///{short}/house.db")
        number = 0
        while found.kills < kills:
            number += 1
            place = folder / f"recording{number:04}"
            recording = Recording(place, house.environment(place), store)
            for fence in range(1, min(PER_RECORDING, kills - found.kills) + 1):
                recording.life(fence, rng.uniform(LEAST_S, MOST_S), found)
            print(f"{found.kills} kills, {found.playable} playable, {found.wrong or 'all whole'}", flush=True)
            shutil.rmtree(place, ignore_errors=True)
        store.close()
    (folder / "points").mkdir()
    killed, expected, wrong = recording_points.campaign(folder / "points", points)
    print(f"{killed} of {expected} calls killed, {wrong or 'nothing lost'}", flush=True)
    return {
        "kills": found.kills,
        "playable": found.playable,
        "worst_loss_s": round(max(found.lost_s, default=0.0), 3),
        "worst_loss_by_rendition_s": {name: round(lost, 3) for name, lost in sorted(found.rendition_lost_s.items())},
        "median_loss_s": round(sorted(found.lost_s)[len(found.lost_s) // 2], 3) if found.lost_s else None,
        "back_s_median": round(sorted(found.back_s)[len(found.back_s) // 2], 3) if found.back_s else None,
        "points_killed": killed,
        "points_expected": expected,
        "wrong": found.wrong + wrong,
        "seconds": round(found.seconds, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help=f"{KILLS_SMALL} kills, {POINTS_SMALL} calls")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="kachehri-recording-"))
    try:
        kills = options.kills or (KILLS_SMALL if options.small else KILLS)
        result = run(kills, POINTS_SMALL if options.small else None, folder, random.Random(options.seed))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps({**result, "seed": options.seed}))
    good = result["playable"] == result["kills"] and not result["wrong"] and result["worst_loss_s"] <= WORST_LOSS_S
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
