"""Every offer carries the ways through the relay, with credentials that are hers and end."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path

import pytest

from kachehri import keys, turn
from kachehri.settings import Settings, from_mapping
from signaling.protocol import IceServer
from tests.signaling.noted_plane import Notes
from tests.signaling.town import town_at
from web.stage import relays

NOW_MS = 1_795_000_000_123


def house(path: Path) -> Settings:
    keys.make(path / "key")
    return from_mapping(
        {
            "secrets": {"key_file": str(path / "key")},
            "turn": {"host": "turn.example.pk", "addresses": ["203.0.113.9"]},
            "media": {"addresses": ["203.0.113.8"]},
        }
    )


def test_without_a_relay_there_is_nothing_to_carry() -> None:
    assert relays(Settings(), lambda: NOW_MS)("asma") == ()


def test_credentials_that_the_relay_takes_and_that_end(tmp_path: Path) -> None:
    settings = house(tmp_path)
    now = [NOW_MS]
    relay = relays(settings, lambda: now[0])
    [given] = relay("asma")
    assert given.urls == ("turn:turn.example.pk:3478?transport=udp", "turn:turn.example.pk:3478?transport=tcp")
    ends, _ = given.username.split(":")
    assert NOW_MS // 1000 < int(ends) <= NOW_MS // 1000 + 600
    secret = turn.secret(keys.read(tmp_path / "key")[0]).encode()
    assert base64.b64decode(given.credential) == hmac.new(secret, given.username.encode(), hashlib.sha1).digest()
    assert "asma" not in given.username
    now[0] += 60_000
    [later] = relay("asma")
    assert later.username != given.username and later.username.split(":")[1] == given.username.split(":")[1]
    assert relay("bilal")[0].username.split(":")[1] != given.username.split(":")[1]


@pytest.mark.anyio
async def test_an_offer_carries_them_and_another_offer_others(tmp_path: Path) -> None:
    now = [NOW_MS]
    async with town_at(tmp_path, plane=Notes()) as town:
        media = town.door.media
        assert media is not None
        media._ice_servers = relays(house(tmp_path), lambda: now[0])
        async with town.client(1) as asma, town.client(2) as bilal:
            offers = []
            for client in (asma, bilal):
                offers.append(await client.send("media.watch"))
            now[0] += 1_000
            offers.append(await asma.send("media.watch"))
        sent = [server for offer in offers for server in offer["ice_servers"]]
        assert [len(server["urls"]) for server in sent] == [2, 2, 2]
        assert len({server["username"] for server in sent}) == 3
        assert set(sent[0]) == set(IceServer.__struct_fields__)
