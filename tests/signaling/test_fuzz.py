"""Whatever bytes come, the server neither stumbles nor says nothing: it answers or closes, and serves the others."""

from __future__ import annotations

import asyncio
import logging
import random
from pathlib import Path

import pytest

from signaling.connection import Rate
from signaling.protocol import TAGS
from tests.signaling.sockets import Raw, greeting
from tests.signaling.town import town_at

pytestmark = pytest.mark.anyio

ROUNDS = 150
SEED = 20_261_121
PIECES = [
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b":",
    b",",
    b"null",
    b"1e9",
    b"\\u0000",
    b"\xd9\xbe",
    b"\xff",
    b'"ref":1',
    b'"key":"',
]


def nonsense(random_: random.Random) -> bytes:
    match random_.randrange(3):
        case 0:
            return random_.randbytes(random_.randrange(200))
        case 1:
            return b"".join(random_.choices(PIECES, k=random_.randrange(40)))
        case _:
            tag = random_.choice(sorted(TAGS))
            return b'{"type":"%b","ref":%d,%b}' % (
                tag.encode(),
                random_.randrange(9),
                b",".join(random_.choices(PIECES, k=5)),
            )


async def test_nonsense_is_survived(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.WARNING)
    random_ = random.Random(SEED)
    async with town_at(tmp_path, rate=Rate(per_s=1_000, burst=1_000)) as town:
        for number in range(ROUNDS):
            raw = await Raw.open(town, extensions="permessage-deflate" if number % 2 else "")
            if number % 3:
                raw.frame(1, greeting(town))
            for _ in range(random_.randrange(1, 5)):
                if random_.random() < 0.2:
                    raw.writer.write(random_.randbytes(random_.randrange(1, 60)))
                else:
                    data = nonsense(random_)
                    opcode = random_.choice([0, 1, 1, 1, 1, 2, 8, 9, 10])
                    raw.frame(opcode, data, fin=random_.random() < 0.9, rsv1=random_.random() < 0.1)
            if random_.random() < 0.5:
                raw.writer.write_eof()
                await asyncio.wait_for(raw.reader.read(-1), 30)
            await raw.end()
        async with town.client(1) as client:
            assert (await client.send("question.ask", text="still here"))["result"]
        for _ in range(500):
            if not town.door.hub.connections:
                break
            await asyncio.sleep(0.01)
        assert not town.door.hub.connections
    faults = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    said = "".join(capfd.readouterr())
    assert not faults and "_failed" not in said, (SEED, faults[:3], said[-2_000:])
