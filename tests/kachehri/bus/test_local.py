"""The Unix socket: who may come, peers that vanish, peers that do not read, lines that break."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kachehri.bus import BusError
from kachehri.bus.local import LocalHub
from kachehri.bus.local_client import MOST_KEPT, LocalClient
from kachehri.bus.wire import MOST_FRAME, MOST_UNREAD
from tests.kachehri.bus.conftest import heard, until

pytestmark = pytest.mark.anyio

_PEER = """
import asyncio, sys
from pathlib import Path
from kachehri.bus.local_client import LocalClient

async def main():
    bus = LocalClient(Path(sys.argv[1]))
    bus.subscribe("t", lambda topic, payload: print(payload.decode(), flush=True))
    await bus.start()
    await bus.settled()
    bus.publish("hello", b"")
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_only_our_account_may_open_the_socket(socket_path: Path) -> None:
    hub = LocalHub(socket_path)
    await hub.start()
    assert stat.S_IMODE(socket_path.stat().st_mode) == 0o600
    await hub.close()
    assert not socket_path.exists()


async def test_two_hubs_cannot_share_a_path(socket_path: Path) -> None:
    hub = LocalHub(socket_path)
    await hub.start()
    with pytest.raises(BusError) as caught:
        await LocalHub(socket_path).start()
    assert caught.value.code == "in_use"
    await hub.close()


async def test_a_socket_left_by_a_killed_process_is_replaced(socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(socket_path))
    hub = LocalHub(socket_path)
    await hub.start()
    client = LocalClient(socket_path)
    await client.start()
    await client.settled()
    await client.close()
    await hub.close()


@pytest.mark.parametrize("name", ["a" * 120, "no/such/folder.sock"])
async def test_a_path_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(BusError) as caught:
        await LocalHub(tmp_path / name).start()
    assert caught.value.code == "address"


async def test_a_client_may_come_before_the_hub(socket_path: Path) -> None:
    client = LocalClient(socket_path)
    await client.start()
    for number in range(MOST_KEPT + 5):
        client.publish("t", b"%d" % number)
    hub = LocalHub(socket_path)
    there: list[tuple[str, bytes]] = []
    await heard(hub, "t", there)
    await hub.start()
    await until(lambda: len(there) == MOST_KEPT)
    assert [int(payload) for _, payload in there] == list(range(5, MOST_KEPT + 5))
    await client.close()
    await hub.close()


async def test_after_a_break_the_client_listens_again_and_is_told_of_the_gap(socket_path: Path) -> None:
    hub, client = LocalHub(socket_path), LocalClient(socket_path)
    there: list[bytes] = []
    gaps: list[int] = []
    client.subscribe("t", lambda _topic, payload: there.append(payload), lambda: gaps.append(1))
    await hub.start()
    await client.start()
    await client.settled()
    hub.publish("t", b"1")
    await until(lambda: there == [b"1"])
    assert gaps == []
    await hub.close()
    hub.publish("t", b"lost")
    again = LocalHub(socket_path)
    await again.start()
    await until(lambda: gaps == [1])
    again.publish("t", b"2")
    await until(lambda: there == [b"1", b"2"])
    await client.close()
    await again.close()


async def test_a_process_that_is_killed_is_forgotten(socket_path: Path) -> None:
    hub = LocalHub(socket_path)
    hellos: list[tuple[str, bytes]] = []
    await heard(hub, "hello", hellos)
    await hub.start()
    peer = subprocess.Popen([sys.executable, "-c", _PEER, str(socket_path)], stdout=subprocess.PIPE)
    assert peer.stdout is not None
    await until(lambda: bool(hellos))
    hub.publish("t", b"over there")
    assert await asyncio.to_thread(peer.stdout.readline) == b"over there\n"
    peer.send_signal(signal.SIGKILL)
    peer.wait()
    peer.stdout.close()
    await until(lambda: not hub._peers)
    hub.publish("t", b"nobody")
    await hub.close()


async def test_a_peer_that_stops_reading_is_cut_off_and_others_hear_on(socket_path: Path) -> None:
    hub = LocalHub(socket_path)
    hellos: list[tuple[str, bytes]] = []
    await heard(hub, "hello", hellos)
    await hub.start()
    other = LocalClient(socket_path)
    there: list[tuple[str, bytes]] = []
    await other.start()
    await heard(other, "t", there)
    peer = subprocess.Popen([sys.executable, "-c", _PEER, str(socket_path)], stdout=subprocess.DEVNULL)
    await until(lambda: bool(hellos))
    peer.send_signal(signal.SIGSTOP)
    piece = os.urandom(1_000_000)
    for number in range(2 * MOST_UNREAD // len(piece)):
        hub.publish("t", piece)
        await until(lambda number=number: len(there) > number)  # type: ignore[misc]
    assert len(hub._peers) == 1
    peer.send_signal(signal.SIGKILL)
    peer.wait()
    await other.close()
    await hub.close()


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        (MOST_FRAME + 1).to_bytes(4, "big"),
        b"\x00\x00\x00\x01\xc1",
        b"\x00\x00\x00\x03\x92\x63\xa1",
        b"\x00\x00\x00\x04\x92\x02\xa1\xff",
        b"\x00\x00\x00\x00",
    ],
)
async def test_what_is_not_our_language_ends_that_line_only(socket_path: Path, garbage: bytes) -> None:
    hub, client = LocalHub(socket_path), LocalClient(socket_path)
    await hub.start()
    await client.start()
    await client.settled()
    reader, writer = await asyncio.open_unix_connection(str(socket_path))
    writer.write(garbage)
    try:
        assert await reader.read() == b""
    except ConnectionResetError:
        pass
    writer.close()
    await client.settled()
    assert client.connections == 1
    await client.close()
    await hub.close()


async def test_a_frame_may_come_in_any_pieces(socket_path: Path) -> None:
    hub = LocalHub(socket_path)
    there: list[tuple[str, bytes]] = []
    await heard(hub, "t", there)
    await hub.start()
    _reader, writer = await asyncio.open_unix_connection(str(socket_path))
    message = b"\x93\x01\xa1t\xc4\x02hi"
    for byte in (len(message).to_bytes(4, "big") + message) * 2:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)
    await until(lambda: len(there) == 2)
    assert there == [("t", b"hi")] * 2
    writer.close()
    await hub.close()
