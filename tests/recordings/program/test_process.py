"""The program as the house runs it: begun when a hearing goes live, back when it was killed, ended at the close."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from kachehri.bus.local import LocalHub
from kachehri.programs import Programs
from kachehri.service import Service
from kachehri.settings import Settings, load
from recordings.announce import TOPIC
from recordings.archive.archive import Archive
from recordings.program.telling import CUT_TOPIC, STATUS_TOPIC, Doing
from rooms.base import Actor
from rooms.lifecycle import CloseSession, OpenDoors, StartSession
from rooms.turns import TakeSeat
from signaling.client.media import Clip, Speaker
from signaling.media import compat
from signaling.media.process import Server
from tests.bench.house import MODERATORS, SESSION, found, schedule, service_on
from tests.recordings.program.test_studio import CLIPS, probe
from tests.signaling.media.people import LOOPBACK, until

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
CHAIR = Actor("f" * 16, "chair", "account-chair")


@dataclass
class House:
    """What a server of one machine runs, in this process, but for the programs."""

    service: Service
    hub: LocalHub
    media: Server
    settings: Settings
    programs: Programs
    archive: Archive
    doing: list[Doing]

    @property
    def pid(self) -> int:
        child = self.programs._children[SESSION].process
        assert child is not None
        return child.pid


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    compat.limit_client_addresses(["127.0.0.1"])
    given = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'house.db'}",
        "BUS_SOCKET": tmp_path / "bus.sock",
        "MEDIA_SOCKET": tmp_path / "m.sock",
        "PROGRAM_ENABLED": "yes",
        "RECORDINGS_FOLDER": tmp_path / "recordings",
        "SECRETS_KEY_FILE": tmp_path / "key",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"KACHEHRI_{name}", str(value))
    settings = load()
    found(settings.database.url)
    hub = LocalHub(settings.bus.socket)
    await hub.start()
    media = Server(settings.media.socket, LOOPBACK)
    await media.start()
    doing: list[Doing] = []
    hub.subscribe(STATUS_TOPIC, lambda _topic, payload: doing.append(msgspec.msgpack.decode(payload, type=Doing)))
    async with service_on(settings.database.url, bus=hub, shared=True) as service:
        await schedule(service)
        programs = Programs(settings)
        try:
            archive = Archive(settings.recordings.folder)
            yield House(service, hub, media, settings, programs, archive, doing)
        finally:
            programs.close()
            await media.stop()
            await hub.close()


async def test_a_hearing_is_made_and_kept_through_a_kill_until_its_close(house: House, tmp_path: Path) -> None:
    await house.service.submit(MODERATORS[0], SESSION, OpenDoors())
    assert house.programs._children == {}
    rung: list[str] = []
    house.hub.subscribe(TOPIC, lambda topic, _payload: rung.append(topic))
    await house.service.submit(MODERATORS[0], SESSION, StartSession())
    await until(lambda: house.doing)
    assert house.doing[-1].slate == "waiting"

    plane = house.media.plane
    await plane.open(SESSION, 1, ("official-1", "citizen-1", "citizen-2"))
    speaker = Speaker(Clip.load(CLIPS / "officer.webm"))
    offer = await plane.offer(SESSION, CHAIR.participant, "publish")
    await plane.answer(SESSION, CHAIR.participant, offer.peer, await speaker.answer(offer.sdp))
    try:
        await plane.seat(SESSION, 1, "official-1", CHAIR.participant, 9)
        await house.service.submit(CHAIR, SESSION, TakeSeat(seat="official-1"))
        await until(lambda: house.doing[-1].slate == "")
        assert f"{TOPIC}{SESSION}/full" in rung
        house.hub.publish(CUT_TOPIC + SESSION, b"official-1")
        await until(lambda: house.doing[-1].cut == "official-1")

        before, killed = house.archive.index(SESSION, "full"), house.pid
        os.kill(killed, signal.SIGKILL)
        await until(lambda: house.doing[-1].epoch == 2)
        parts = sum(len(segment.parts) for segment in before.segments)
        now = house.archive.index(SESSION, "full")
        assert sum(len(segment.parts) for segment in now.segments if segment.epoch == 1) >= parts
        assert house.pid != killed
        await until(lambda: house.doing[-1].parts > 12)
    finally:
        await speaker.close()
    await house.service.submit(MODERATORS[0], SESSION, CloseSession())
    await until(lambda: SESSION not in house.programs._children)

    for rendition in ("full", "light", "sound"):
        index = house.archive.index(SESSION, rendition)
        assert [segment.number for segment in index.segments] == list(range(len(index.segments)))
        assert {segment.epoch for segment in index.segments} == {1, 2}
        assert all(segment.whole for segment in index.segments)
        for epoch in (1, 2):
            data = house.archive.read_init(SESSION, rendition, epoch)
            for segment in index.segments:
                if segment.epoch == epoch:
                    data += house.archive.read(SESSION, rendition, segment.number)
            (tmp_path / "epoch.mp4").write_bytes(data)
            probe(tmp_path / "epoch.mp4")
