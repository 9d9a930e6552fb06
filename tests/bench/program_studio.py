"""The measured half of the program's bench, a process of its own: one studio, fed by the other half through a tap.

python -m tests.bench.program_studio paced SOCKET FOLDER RENDITIONS      runs until its standard input ends
python -m tests.bench.program_studio simulated FOLDER SECONDS CLIP…      time by hand; prints its memory, in kB
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from recordings.archive.archive import Archive
from recordings.program.encode import FULL, LIGHT, SOUND, Rendition
from recordings.program.fragments import Fragmenter
from recordings.program.outlet import Outlet
from recordings.program.program import Program
from recordings.program.scene import Facts, Sitting
from recordings.program.studio import Studio
from signaling.media.tap import TapFrame

SESSION = "bench"
#: Two who are seen, and four who are heard.
SEATS = (("o1", "official"), ("c1", "citizen"), ("o2", "official"), ("h1", "hall"))
FACTS = Facts(
    "live", "کھلی کچہری",
    tuple(Sitting(seat, kind, "عائشہ بی بی", "مری", who=seat) for seat, kind in SEATS),
    floor="c1",
)  # fmt: skip
#: The interpreter of the bench's channel.
INTERPRETER = ("i1", "interpreter")
WITH_CHANNEL = replace(FACTS, sitting=(*FACTS.sitting, Sitting(*INTERPRETER, who="i1", channel=1)))
RENDITIONS: dict[str, tuple[Rendition, ...]] = {"video": (FULL,), "audio": (), "two": (FULL, LIGHT), "channel": ()}
SLATES = {"waiting": ("انتظار کریں", "Please wait")}


async def paced(socket: Path, folder: Path, renditions: str) -> None:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, ending.set)
    studio = Studio(
        socket, SESSION, Archive(folder), 1, SLATES, lambda part: None, renditions=RENDITIONS[renditions]
    )  # fmt: skip
    studio.facts(WITH_CHANNEL if renditions == "channel" else FACTS)
    gc.freeze()
    why = await studio.run(ending)
    status = studio.program.status
    print(json.dumps({"why": why, "parts": studio.outlet.parts, "step": status.step, "pictured": status.pictured}))


def simulated(folder: Path, seconds: int, clips: list[Path]) -> dict[str, Any]:
    """So much program with time by hand: memory after a tenth of it, and at its end."""
    made = [json.loads(clip.read_text()) for clip in clips]
    outlet: Outlet | None = None
    program = Program(0.0, lambda name, packet: outlet.packet(name, packet), SLATES, cpu=lambda: 0.0)  # type: ignore[union-attr]
    program.facts(FACTS)
    shape = program.sound.shape
    makers = {name: Fragmenter(encoder.shape, shape) for name, encoder in program.shapes.items()}
    makers[SOUND] = Fragmenter(None, shape)
    outlet = Outlet(Archive(folder), SESSION, 1, 1, makers, 0, lambda part: None)
    began, memory = time.process_time(), []
    for tick in range(1, seconds * 25 + 1):
        now = 40.0 * tick
        for seat, clip in zip(SEATS, made, strict=True):
            for frame in frames(seat[0], clip, now - 40 if tick > 1 else -1.0, now):
                program.frame(frame)
        program.tick(now)
        while outlet.behind > 64:
            time.sleep(0.001)
        if tick % (seconds * 25 // 10) == 0:
            memory.append(rss_kb())
    spent = time.process_time() - began
    outlet.close()
    status = program.status
    return {"memory_kb": memory, "cpu_s": spent, "failed": outlet.failed, "pictured": status.pictured}


def frames(seat: str, clip: dict[str, Any], since: float, until: float) -> list[TapFrame]:
    """What of a clip that is played over and over arrives after `since` and up to `until`, in milliseconds."""
    found = []
    for kind, rate in (("audio", 48_000), ("video", 90_000)):
        length = clip["seconds"] * 1000
        for turn in range(int(since // length), int(until // length) + 1):
            for pts, key, data in clip[kind]:
                at = turn * length + pts * 1000 / rate
                if since < at <= until:
                    codec = "opus" if kind == "audio" else "vp8"
                    stamp = round(at * rate / 1000) & 0xFFFFFFFF
                    found.append(TapFrame(seat, kind, codec, stamp, round(at), key, bytes.fromhex(data)))  # type: ignore[arg-type]
    return found


def rss_kb() -> int:
    """Resident memory of this process (proc(5))."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


if __name__ == "__main__":
    if sys.argv[1] == "paced":
        asyncio.run(paced(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]))
    else:
        print(json.dumps(simulated(Path(sys.argv[2]), int(sys.argv[3]), [Path(each) for each in sys.argv[4:]])))
