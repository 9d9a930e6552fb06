"""One port for everybody: whose a datagram is, and phones that change their address in the middle of a word."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aioice import stun

from signaling.client.media import Clip
from signaling.media import compat
from signaling.media.gate import Verdict
from signaling.media.mux import Listener, Mux, local_fragment
from signaling.media.peer import Peer
from signaling.media.plane import Plane
from signaling.media.port import MediaSettings
from tests.signaling.media.people import SESSION, Hall, until
from tests.signaling.media.translator import Translator

pytestmark = pytest.mark.anyio

HERE, THERE = ("127.0.0.1", 4_000), ("127.0.0.1", 4_001)


class End:
    """A member that remembers."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.lost: list[object] = []

    def arrived_on(self, listener: Listener, data: bytes, source: object) -> None:
        self.got.append(data)

    def displaced(self, listener: Listener, source: object) -> None:
        self.lost.append(source)


@pytest.fixture
async def mux() -> AsyncIterator[Mux]:
    mux = Mux(0, lambda: 0.0)
    yield mux
    mux.close()


def question(name: str) -> bytes:
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.attributes["PRIORITY"] = 1
    request.attributes["USERNAME"] = f"{name}:theirs"
    request.add_message_integrity(b"key")
    return bytes(request)


class TestWhose:
    async def test_media_is_the_one_s_who_proved_the_address(self, mux: Mux) -> None:
        [listener] = mux.listen(("127.0.0.1",))
        one, other = End(), End()
        listener.claim(HERE, one)
        listener.claim(THERE, other)
        listener.take(b"\x80\x60media", HERE)
        listener.take(b"\x16\xfe\xffrecord", THERE)
        assert one.got == [b"\x80\x60media"] and other.got == [b"\x16\xfe\xffrecord"]

    async def test_a_check_is_the_one_s_who_is_named(self, mux: Mux) -> None:
        """Even at an address that is another's: that is how it can go over."""
        [listener] = mux.listen(("127.0.0.1",))
        one, other = End(), End()
        mux.enrol("one", one)
        mux.enrol("other", other)
        listener.claim(HERE, one)
        listener.take(question("other"), HERE)
        listener.take(question("one"), THERE)
        assert (len(one.got), len(other.got)) == (1, 1)

    async def test_an_answer_is_the_one_s_who_asked(self, mux: Mux) -> None:
        [listener] = mux.listen(("127.0.0.1",))
        one, other = End(), End()
        listener.claim(HERE, one)
        answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE)
        listener.asked[answer.transaction_id] = other
        listener.take(bytes(answer), HERE)
        assert (len(one.got), len(other.got)) == (0, 1)

    async def test_nobody_s_is_counted_and_dropped(self, mux: Mux) -> None:
        [listener] = mux.listen(("127.0.0.1",))
        for data in (b"", b"\x80\x60" + bytes(20), question("nobody"), question("")[:30], b"\x01\x01" + bytes(18)):
            listener.take(data, HERE)
        assert mux.gate.counts[Verdict.UNCHECKED_SOURCE] == 3 and mux.gate.counts[Verdict.TOO_SHORT] == 2

    async def test_an_address_goes_over_when_it_is_proven(self, mux: Mux) -> None:
        [listener] = mux.listen(("127.0.0.1",))
        before, after = End(), End()
        listener.claim(HERE, before)
        assert not listener.is_free(HERE, after) and listener.is_free(HERE, before)
        listener.claim(HERE, after)
        assert before.lost == [HERE]
        listener.release(HERE, before)
        listener.take(b"\x80\x60media", HERE)
        assert after.got and not before.got

    async def test_every_address_has_the_same_port(self, mux: Mux) -> None:
        listeners = mux.listen(("127.0.0.1", "127.0.0.2", "::1"))
        assert {listener.port for listener in listeners} == {mux.port}
        [later] = mux.listen(("127.0.0.3",))
        assert later.port == mux.port

    async def test_an_address_that_the_machine_has_lost_is_left_out(self, mux: Mux) -> None:
        assert [listener.host for listener in mux.listen(("127.0.0.1", "203.0.113.7"))] == ["127.0.0.1"]
        assert mux.listen(("203.0.113.7",)) == []

    @pytest.mark.parametrize("cut", range(0, 60, 3))
    def test_a_cut_question_names_nobody_or_the_beginning_of_a_name(self, cut: int) -> None:
        whole = question("somebody")
        assert local_fragment(whole) == "somebody"
        assert (local_fragment(whole[:cut]) or "") in "somebody"


@pytest.fixture
async def hall(clip: Clip) -> AsyncIterator[Hall]:
    compat.limit_client_addresses(["127.0.0.1"])
    hall = Hall(clip, settings=MediaSettings(addresses=("127.0.0.1",), backend="mux"))
    await hall.start()
    try:
        yield hall
    finally:
        await hall.stop()


def peer_of(hall: Hall, name: str) -> Peer:
    assert isinstance(hall.plane, Plane)
    [peer] = [p for p in hall.plane._peers.values() if p.participant == name]
    return peer


def listener_of(hall: Hall) -> Listener:
    assert isinstance(hall.plane, Plane) and hall.plane.network.mux is not None
    [listener] = hall.plane.network.mux.listeners.values()
    return listener


async def test_everybody_is_served_through_one_port(hall: Hall) -> None:
    watchers = [await hall.watcher(f"viewer{i}") for i in range(3)]
    await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await until(lambda: all(w.seats["citizen1"].video_frames > 3 for w in watchers))
    listener = listener_of(hall)
    assert {peer_of(hall, name).wire.candidates[0].port for name in ("viewer0", "viewer2", "asma")} == {listener.port}
    assert len(listener.routes) == 4 and not listener.asked


async def test_who_has_left_leaves_no_address_behind(hall: Hall) -> None:
    await hall.watcher("viewer")
    listener = listener_of(hall)
    assert listener.routes
    await hall.plane.leave(SESSION, "viewer")
    await until(lambda: not listener.routes)
    assert isinstance(hall.plane, Plane) and hall.plane.network.mux is not None
    assert not hall.plane.network.mux.members


async def test_somebody_else_s_address_is_not_taken_by_saying_so(hall: Hall) -> None:
    """Mallory has a connection of her own and writes the viewer's address on her checks. What we send there to see
    does not come back to her, so nothing changes."""
    watcher = await hall.watcher("viewer")
    await hall.watcher("mallory")
    await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await until(lambda: watcher.seats["citizen1"].video_frames > 3)
    victim, mallory, listener = peer_of(hall, "viewer").wire, peer_of(hall, "mallory").wire, listener_of(hall)
    [(address, _)] = [(at, who) for at, who in listener.routes.items() if who is victim]
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    assert mallory._connection.remote_username is not None
    request.attributes["USERNAME"] = f"{mallory.local[0]}:{mallory._connection.remote_username}"
    request.attributes["PRIORITY"] = 1
    request.attributes["ICE-CONTROLLED"] = 1
    request.add_message_integrity(mallory.local[1].encode())
    listener.take(bytes(request), address)
    await until(lambda: listener.asked)  # we look whether she is there
    seen = watcher.seats["citizen1"].video_frames
    await until(lambda: watcher.seats["citizen1"].video_frames > seen + 10)
    assert listener.routes[address] is victim and address not in mallory.gate.checked


async def test_an_address_that_the_network_gave_to_another_phone_is_hers(hall: Hall) -> None:
    old = Translator()
    await hall.watcher("gone", through=old)
    listener, before = listener_of(hall), peer_of(hall, "gone").wire
    [address] = listener.routes
    old.open = False
    new = Translator(old.move())
    watcher = await hall.watcher("next", through=new)
    assert address == new.outer and listener.routes[address] is peer_of(hall, "next").wire
    assert before.path() is None and address not in before.gate.checked
    await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await until(lambda: watcher.seats["citizen1"].video_frames > 3)
    old.close()
    new.close()


async def test_phones_of_both_address_families_at_one_stage(clip: Clip) -> None:
    hall = Hall(clip, settings=MediaSettings(addresses=("127.0.0.1", "::1"), backend="mux"))
    await hall.start()
    try:
        watchers = {}
        for address in ("127.0.0.1", "::1"):
            compat.limit_client_addresses([address])
            watchers[address] = await hall.watcher(f"viewer {address}")
        await hall.speaker("asma")  # over IPv6
        await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
        await until(lambda: all(w.seats["citizen1"].video_frames > 3 for w in watchers.values()))
        assert isinstance(hall.plane, Plane) and hall.plane.network.mux is not None
        listeners = hall.plane.network.mux.listeners
        assert {at: len(listener.routes) for at, listener in listeners.items()} == {"127.0.0.1": 1, "::1": 2}
        assert len({listener.port for listener in listeners.values()}) == 1
    finally:
        await hall.stop()
