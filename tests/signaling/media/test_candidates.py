"""A client's own addresses are nobody's business: they are neither looked up, nor tried, nor passed on.

A name that ends in `.local`, behind which browsers hide a phone's address, would cost a second each to look up. Nothing
here is timed: the look-ups are counted.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from aioice import ice, mdns

from signaling.client.media import Speaker, Watcher
from signaling.media.port import Up
from tests.signaling.media.people import SESSION, Hall, until

pytestmark = pytest.mark.anyio

STRANGE = [
    "a=candidate:1 1 udp 2122260223 3f1c0d5e-6b3f-4c1e-9a44-0f6c1d2b7a11.local 53211 typ host generation 0",
    "a=candidate:2 1 tcp 1518280447 3f1c0d5e-6b3f-4c1e-9a44-0f6c1d2b7a11.local 9 typ host tcptype active",
    "a=candidate:3 1 tcp 1518280447 192.0.2.9 9 typ host tcptype active",
    "a=candidate:4 1 udp 2122260223 relay.example 40000 typ relay raddr 0.0.0.0 rport 0",
    "a=candidate:5 1 udp 2122260223 192.0.2.9 40000 typ host",
    "a=candidate:6 1 ssltcp 1 fd00::1 443 typ host",
    "a=candidate:nonsense",
    "a=end-of-candidates",
]


def strange(answer: str) -> str:
    """The answer with such candidates behind each line, and none of its own."""
    rows: list[str] = []
    for row in answer.splitlines():
        if row.startswith(("a=candidate", "a=end-of-candidates")):
            continue
        rows.append(row)
        if row.startswith("a=mid:"):
            rows += STRANGE
    return "\r\n".join(rows) + "\r\n"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every name that somebody asks for, by any of the ways there are."""
    asked: list[str] = []

    def ask(host: Any, *_: Any, **__: Any) -> Any:
        asked.append(str(host))
        raise socket.gaierror(socket.EAI_NONAME, "not here")

    async def ask_later(self: Any, host: Any, *_: Any, **__: Any) -> Any:
        ask(host)

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    monkeypatch.setattr(socket, "gethostbyname", ask)
    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", ask_later)
    monkeypatch.setattr(mdns.MDnsProtocol, "resolve", ask_later)
    return asked


@pytest.mark.parametrize("direction", ["publish", "watch"])
async def test_names_in_an_answer_are_not_looked_up(hall: Hall, asked: list[str], direction: Any) -> None:
    tried: list[object] = []
    person = Speaker(hall.clip) if direction == "publish" else Watcher()
    hall.people.append(person)
    offer = await hall.plane.offer(SESSION, "asma", direction)
    answer = strange(await person.answer(offer.sdp))
    assert answer.count(".local") >= 4
    before = ice.Connection.add_remote_candidate

    async def add(self: Any, candidate: Any) -> None:
        tried.append(candidate)
        await before(self, candidate)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ice.Connection, "add_remote_candidate", add)
        await hall.plane.answer(SESSION, "asma", offer.peer, answer)
        await until(lambda: hall.told(Up, participant="asma"))
    assert asked == []
    assert [candidate for candidate in tried if candidate is not None] == []


async def test_the_count_counts(asked: list[str]) -> None:
    """Or the test above could not fail."""
    with pytest.raises(socket.gaierror):
        await asyncio.get_running_loop().getaddrinfo("phone.local", 9)
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("phone.local", 9)
    assert asked == ["phone.local", "phone.local"]


async def test_no_address_of_a_client_is_in_another_s_offer(hall: Hall) -> None:
    offer = await hall.plane.offer(SESSION, "asma", "publish")
    speaker = Speaker(hall.clip)
    hall.people.append(speaker)
    await hall.plane.answer(SESSION, "asma", offer.peer, strange(await speaker.answer(offer.sdp)))
    other = await hall.plane.offer(SESSION, "bilal", "watch")
    for word in ("192.0.2.9", ".local", "relay.example", "fd00::1"):
        assert word not in other.sdp
