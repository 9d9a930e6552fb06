"""The contract of `MediaPlane`: the plane in this process and the process behind its socket pass the same tests."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from signaling.client.media import Clip
from signaling.media import compat, port
from signaling.media.plane import Plane
from signaling.media.port import MediaPlane, MediaRefused, MediaSettings
from signaling.media.remote import RemotePlane
from signaling.media.tap_server import TapServer, tap_path
from tests.signaling.media.maker import Maker
from tests.signaling.media.people import LOOPBACK, SEATS, SESSION, Hall, end_process, start_process, until

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def process_sockets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[MediaSettings], Path]]:
    """The process with these settings, started when it is first asked for."""
    running: dict[MediaSettings, tuple[Path, subprocess.Popen[bytes]]] = {}

    def start(settings: MediaSettings) -> Path:
        if settings not in running:
            socket = tmp_path_factory.mktemp("media") / "m.sock"
            running[settings] = (socket, start_process(socket, settings))
        return running[settings][0]

    yield start
    for _, process in running.values():
        end_process(process)


@pytest.fixture
def tap(
    request: pytest.FixtureRequest,
    loopback: MediaSettings,
    tmp_path: Path,
    process_sockets: Callable[[MediaSettings], Path],
) -> Path:
    """Where a program finds the plane's tap."""
    here = request.node.callspec.params["hall"] == "here"
    return tmp_path / "m.tap" if here else tap_path(process_sockets(loopback))


@pytest.fixture(params=["here", "process"])
async def hall(
    request: pytest.FixtureRequest,
    clip: Clip,
    loopback: MediaSettings,
    process_sockets: Callable[[MediaSettings], Path],
    tap: Path,
) -> AsyncIterator[Hall]:
    compat.limit_client_addresses(["127.0.0.1"])
    plane: Plane | RemotePlane
    here: TapServer | None = None
    if request.param == "here":
        plane = Plane(loopback)
        here = TapServer(tap, plane.stage_of)
        plane.opened = here.look
        await here.start()
    else:
        plane = RemotePlane(process_sockets(loopback))
    hall = Hall(clip, plane)
    plane.start()
    await until(lambda: hall.told(port.Ready))
    await hall.start()
    try:
        yield hall
    finally:
        await hall.stop()
        await plane.close(SESSION, 1_000_000)
        if here is not None:
            await here.stop()
        await plane.stop()


async def refused(request: Any) -> str:
    with pytest.raises(MediaRefused) as caught:
        await request
    assert caught.value.code in port.REFUSALS
    return caught.value.code


async def flowing(hall: Hall, seat: str = "citizen1") -> None:
    """Waits until sound and pictures arrive at the watcher who came first."""
    seen = hall.watchers[0].seats[seat]
    sound, pictures = seen.audio_packets, seen.video_frames
    await until(lambda: seen.audio_packets > sound + 3 and seen.video_frames > pictures + 3)


def test_both_implementations_have_every_request_of_the_port() -> None:
    names = [name for name, value in vars(MediaPlane).items() if asyncio.iscoroutinefunction(value)]
    assert {"open", "offer", "answer", "leave", "seat", "mute", "private", "echo", "close", "stats"} <= set(names)
    for implementation in (Plane, RemotePlane):
        assert all(asyncio.iscoroutinefunction(getattr(implementation, name)) for name in names)


async def test_only_the_occupant_is_forwarded(hall: Hall) -> None:
    watcher = await hall.watcher("viewer")
    await hall.speaker("asma")
    await hall.speaker("bilal")
    await asyncio.sleep(0.3)
    assert all(seen.audio_packets == seen.video_frames == 0 for seen in watcher.seats.values())
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await flowing(hall)
    assert watcher.seats["official"].audio_packets == 0
    assert (await hall.plane.stats(SESSION)).unseated > 0
    await hall.plane.seat(SESSION, 1, "official", "bilal", 6)
    await flowing(hall, "official")


async def test_the_program_goes_to_whoever_asks_for_it_in_h264_whatever_the_stage_speaks(hall: Hall, tap: Path) -> None:
    assert await refused(hall.plane.offer(SESSION, "viewer", "program")) == "media_no_program"
    async with Maker(tap) as maker:
        await until_made(hall)
        assert await refused(hall.plane.offer(SESSION, "viewer", "program", most=0)) == "media_program_full"
        seen = (await hall.follower("viewer", most=1)).seats["program"]
        await until(lambda: seen.audio_packets > 10 and seen.video_frames > 10)
        assert maker.direct.watched
        assert await refused(hall.plane.offer(SESSION, "other", "program", most=1)) == "media_program_full"
        assert (await hall.plane.stats(SESSION)).program == 1
        assert hall.told(port.Up, participant="viewer", direction="program")


async def until_made(hall: Hall) -> None:
    """The program's process has been noticed."""
    async with asyncio.timeout(30):
        while True:
            try:
                await hall.plane.leave(SESSION, "nobody", (await hall.plane.offer(SESSION, "nobody", "program")).peer)
            except MediaRefused:
                await asyncio.sleep(0.05)
            else:
                return


async def test_taken_off_is_not_heard_any_more(hall: Hall) -> None:
    await hall.watcher("viewer")
    await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await flowing(hall)
    await hall.plane.seat(SESSION, 1, "citizen1", None, 6)
    before = (await hall.plane.stats(SESSION)).forwarded
    await asyncio.sleep(0.3)
    stats = await hall.plane.stats(SESSION)
    assert stats.forwarded == before and stats.publishers == 1


async def test_muted_means_a_picture_without_sound(hall: Hall) -> None:
    watcher = await hall.watcher("viewer")
    await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await flowing(hall)
    await hall.plane.mute(SESSION, 1, "citizen1", True, 6)
    await asyncio.sleep(0.5)
    seen = watcher.seats["citizen1"]
    sound, pictures = seen.audio_packets, seen.video_frames
    await until(lambda: seen.video_frames > pictures + 5)
    assert seen.audio_packets == sound
    await hall.plane.mute(SESSION, 1, "citizen1", False, 7)
    await flowing(hall)


async def test_a_mute_belongs_to_its_occupant(hall: Hall) -> None:
    await hall.watcher("viewer")
    await hall.speaker("asma")
    await hall.speaker("bilal")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await hall.plane.mute(SESSION, 1, "citizen1", True, 6)
    await hall.plane.seat(SESSION, 1, "citizen1", "bilal", 7)
    await flowing(hall)


async def test_a_late_push_cannot_undo_a_newer_one(hall: Hall) -> None:
    await hall.watcher("viewer")
    await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", None, 9)
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 8)
    await asyncio.sleep(0.3)
    assert (await hall.plane.stats(SESSION)).forwarded == 0
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 10)
    await hall.plane.mute(SESSION, 1, "citizen1", False, 12)
    await hall.plane.mute(SESSION, 1, "citizen1", True, 11)
    await flowing(hall)


async def test_who_changes_seats_leaves_the_first(hall: Hall) -> None:
    watcher = await hall.watcher("viewer")
    await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await flowing(hall)
    await hall.plane.seat(SESSION, 1, "citizen2", "asma", 6)
    await flowing(hall, "citizen2")
    packets = watcher.seats["citizen1"].audio_packets
    await flowing(hall, "citizen2")
    assert watcher.seats["citizen1"].audio_packets == packets
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 4)
    await flowing(hall, "citizen2")


async def test_a_new_lease_takes_over_and_the_old_one_is_refused(hall: Hall) -> None:
    await hall.watcher("viewer")
    await hall.speaker("asma")
    await hall.plane.open(SESSION, 2, SEATS)
    assert await refused(hall.plane.open(SESSION, 1, SEATS)) == "media_stale"
    assert await refused(hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)) == "media_stale"
    assert await refused(hall.plane.mute(SESSION, 1, "citizen1", True, 5)) == "media_stale"
    assert await refused(hall.plane.floor(SESSION, 1, "citizen1", 5)) == "media_stale"
    assert await refused(hall.plane.close(SESSION, 1)) == "media_stale"
    await hall.plane.seat(SESSION, 2, "citizen1", "asma", 5)
    await flowing(hall)


async def test_a_dropped_phone_comes_back_on_a_fresh_peer_and_keeps_its_seat(hall: Hall) -> None:
    watcher = await hall.watcher("viewer")
    phone = await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await flowing(hall)
    [first] = hall.told(port.Up, participant="asma")
    await phone.vanish()
    await asyncio.sleep(0.2)
    await hall.speaker("asma")
    await flowing(hall)
    [gone] = hall.told(port.Closed, participant="asma")
    assert (gone.peer, gone.reason) == (first.peer, "replaced")
    assert len(hall.told(port.Up, participant="asma")) == 2
    assert watcher.state == "connected"


async def test_a_second_offer_does_not_cut_the_first_line(hall: Hall) -> None:
    await hall.watcher("viewer")
    await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await hall.plane.offer(SESSION, "asma", "publish")
    await hall.plane.offer(SESSION, "asma", "publish")
    await flowing(hall)


async def test_a_watcher_gets_only_what_she_may(hall: Hall) -> None:
    await hall.watcher("viewer")
    other = await hall.watcher("guest", ("signer",))
    await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await flowing(hall)
    assert other.seats["citizen1"].audio_packets == 0
    await hall.plane.seat(SESSION, 1, "signer", "asma", 6)
    await until(lambda: other.seats["signer"].video_frames > 3)


async def test_nobody_gets_her_own_voice_back(hall: Hall) -> None:
    await hall.watcher("viewer")
    mine = await hall.watcher("asma")
    await hall.speaker("asma")
    await hall.speaker("bilal")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await flowing(hall)
    late = await hall.watcher("asma")
    await flowing(hall)
    for watcher in (mine, late):
        assert watcher.seats["citizen1"].audio_packets == watcher.seats["citizen1"].video_frames == 0
    await hall.plane.seat(SESSION, 1, "citizen1", "bilal", 6)
    await until(lambda: all(w.seats["citizen1"].video_frames > 3 for w in (mine, late)))


async def test_sound_alone(hall: Hall) -> None:
    watcher = await hall.watcher("viewer")
    await hall.speaker("asma", picture=False)
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await until(lambda: watcher.seats["citizen1"].audio_packets > 10)
    assert watcher.seats["citizen1"].video_frames == 0


async def test_leaving_is_reported_and_may_be_asked_for_twice(hall: Hall) -> None:
    await hall.speaker("asma")
    await hall.watcher("asma")
    await hall.plane.leave(SESSION, "asma", hall.told(port.Up, direction="publish")[0].peer)
    await until(lambda: hall.told(port.Closed, participant="asma", direction="publish", reason="left"))
    await hall.plane.leave(SESSION, "asma")
    await until(lambda: hall.told(port.Closed, participant="asma", direction="watch", reason="left"))
    await hall.plane.leave(SESSION, "asma")
    stats = await hall.plane.stats(SESSION)
    assert (stats.publishers, stats.watchers) == (0, 0)


async def test_a_browser_that_hangs_up_is_noticed(hall: Hall) -> None:
    speaker = await hall.speaker("asma")
    await speaker.close()
    await until(lambda: hall.told(port.Closed, participant="asma", reason="hung_up"))


async def test_closing_ends_everything(hall: Hall) -> None:
    await hall.speaker("asma")
    await hall.watcher("viewer")
    await hall.plane.close(SESSION, 1)
    await until(lambda: len(hall.told(port.Closed, reason="ended")) == 2)
    assert await refused(hall.plane.offer(SESSION, "asma", "publish")) == "media_unknown_session"
    await hall.plane.close(SESSION, 1)


async def test_seats_are_measured(hall: Hall) -> None:
    await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    # The first interval began before she was there.
    await until(lambda: any(r.seats and r.seats[0].audio_packets >= 40 for r in hall.told(port.Seats)))
    seat = next(r.seats[0] for r in hall.told(port.Seats) if r.seats and r.seats[0].audio_packets >= 40)
    assert (seat.seat, seat.participant, seat.loss) == ("citizen1", "asma", 0.0)
    assert seat.video_packets >= 20 and 40 < seat.kbps < 110 and seat.rtt is not None
    assert (await hall.plane.stats(SESSION)).seats[0].participant == "asma"


async def test_bad_requests_are_refused_by_code_and_hurt_nobody(hall: Hall) -> None:
    plane = hall.plane
    await hall.watcher("viewer")
    await hall.speaker("asma")
    await plane.seat(SESSION, 1, "citizen1", "asma", 5)
    offer = await plane.offer(SESSION, "bilal", "publish")
    assert await refused(plane.open("x" * 65, 1, SEATS)) == "media_invalid"
    for seats in ((), ("a", "a"), ("no blanks",), ("x" * 41,), tuple(str(i) for i in range(13)), ("a\r\nb",)):
        assert await refused(plane.open("other", 1, seats)) == "media_invalid"
    assert await refused(plane.open("other", 1, SEATS, "av1")) == "media_invalid"  # type: ignore[arg-type]
    assert await refused(plane.offer("other", "asma", "publish")) == "media_unknown_session"
    assert await refused(plane.offer(SESSION, "", "publish")) == "media_invalid"
    assert await refused(plane.answer(SESSION, "asma", offer.peer, "v=0")) == "media_unknown_peer"
    assert await refused(plane.answer(SESSION, "bilal", "nobody", "v=0")) == "media_unknown_peer"
    assert await refused(plane.answer("other", "bilal", offer.peer, "v=0")) == "media_unknown_session"
    assert await refused(plane.answer(SESSION, "bilal", offer.peer, "v=0\r\n" * 9)) == "media_answer_invalid"
    assert await refused(plane.answer(SESSION, "bilal", offer.peer, "v" * 60_000)) == "media_answer_too_long"
    assert await refused(plane.answer(SESSION, "bilal", offer.peer, "v" * 600_000)) == "media_answer_too_long"
    assert await refused(plane.seat(SESSION, 1, "balcony", "asma", 6)) == "media_unknown_seat"
    assert await refused(plane.mute(SESSION, 1, "balcony", True, 6)) == "media_unknown_seat"
    await plane.floor(SESSION, 1, "citizen1", 6)
    await plane.floor(SESSION, 1, None, 7)
    assert await refused(plane.floor(SESSION, 1, "balcony", 8)) == "media_unknown_seat"
    assert await refused(plane.stats("other")) == "media_unknown_session"
    assert await refused(plane.leave("other", "asma")) == "media_unknown_session"
    [up] = hall.told(port.Up, participant="asma")
    assert await refused(plane.answer(SESSION, "asma", up.peer, "v=0")) == "media_answered"
    await flowing(hall)


async def test_too_many_tabs_close_the_oldest(hall: Hall) -> None:
    for _ in range(LOOPBACK.max_watching + 1):
        await hall.watcher("viewer")
    await until(lambda: hall.told(port.Closed, participant="viewer"))
    [oldest] = hall.told(port.Closed, participant="viewer")
    assert (oldest.peer, oldest.reason) == (hall.told(port.Up)[0].peer, "replaced")
    assert (await hall.plane.stats(SESSION)).watchers == LOOPBACK.max_watching


async def test_private_lines(hall: Hall) -> None:
    """A phrase comes back to who said it; a moderator hears her once she was told, and until she takes a seat."""
    await hall.speaker("asma", picture=False)
    viewer = await hall.watcher("viewer")
    hers, desk = await hall.private("asma"), await hall.private("desk")
    assert await refused(hall.plane.echo(SESSION, "asma", "play")) == "media_unknown_peer"
    await hall.plane.echo(SESSION, "asma", "record")
    await asyncio.sleep(1.0)
    heard = await hall.plane.echo(SESSION, "asma", "play")
    assert heard is not None and heard.packets > 15 and heard.lost == 0
    await until(lambda: hers.audio_packets > heard.packets // 2)  # her decoder keeps the last few
    assert desk.audio_packets == 0

    await hall.plane.private(SESSION, 1, "desk", "asma")
    await until(lambda: hall.told(port.Private, moderator="desk", participant="asma", state="asked"))
    assert await refused(hall.plane.private(SESSION, 0, "desk", "asma")) == "media_stale"
    assert desk.audio_packets == 0
    await hall.plane.echo(SESSION, "asma", "told")
    await until(lambda: desk.audio_packets > 5)
    assert hers.audio_packets <= heard.packets + 2
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 10)
    await until(lambda: hall.told(port.Private, state="over", cause="on_stage"))
    await until(lambda: viewer.seats["citizen1"].audio_packets > 5)
