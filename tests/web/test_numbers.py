"""What the program counts, as Prometheus reads it, and who may read it."""

from __future__ import annotations

import re
from unittest.mock import Mock

import pytest

from kachehri.metrics import write
from rooms.base import Actor, Refused
from rooms.lifecycle import StartSession
from signaling.media.port import MediaStats, SeatStats
from tests.web.conftest import Town
from web.forms import new_key
from web.numbers import of_media, of_recordings

pytestmark = pytest.mark.anyio
LINE = re.compile(r'kachehri_[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? -?[0-9.e-]+\Z')


async def test_every_line_is_of_the_format_and_none_is_about_a_person(town: Town) -> None:
    session = await town.schedule(live=True)
    with pytest.raises(Refused):
        await town.service.submit(Actor("00000000000000aa", "citizen"), session, StartSession(), new_key())
    phone = town.phone()
    answer = await phone.client.get("/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    numbers = [line for line in lines if not line.startswith("#")]
    assert [line for line in numbers if not LINE.match(line)] == []
    types = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(set(types)) == len(types) > 15
    assert {re.sub(r"_(bucket|sum|count)$", "", re.split(r"[{ ]", line)[0]) for line in numbers} <= set(types)
    assert 'kachehri_commands_total{type="session.start"} 1' in numbers
    assert 'kachehri_refusals_total{code="not_allowed"} 1' in numbers
    assert "00000000000000aa" not in answer.text and "127.0.0.1" not in answer.text


async def test_whoever_comes_through_a_proxy_needs_the_token(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    client = town.phone().client
    far = {"x-forwarded-for": "203.0.113.9"}
    assert (await client.get("/metrics", headers=far)).status_code == 404
    monkeypatch.setattr(town.app.state.numbers, "_token", b"a-token-of-some-length")
    wrong = {**far, "authorization": "Bearer a-token-of-some-lengtH"}
    assert (await client.get("/metrics", headers=wrong)).status_code == 404
    right = {**far, "authorization": "Bearer a-token-of-some-length"}
    assert (await client.get("/metrics", headers=right)).status_code == 200


def test_room_and_storage_of_recordings() -> None:
    keeper = Mock(space="low", trouble="")
    assert [sample.value for family in of_recordings(keeper) for sample in family.samples] == [1.0, 0.0, 0.0]
    keeper.space, keeper.trouble = "full", "away"
    assert [sample.value for family in of_recordings(keeper) for sample in family.samples] == [1.0, 1.0, 1.0]


def test_the_stage_by_session_and_seat() -> None:
    seat = SeatStats("official-1", "00000000000000c1", kbps=340, loss=0.02, rtt=45)
    stats = MediaStats("aaaa", 1, 2, forwarded=7, unsent=3, paused=1, seats=(seat,), dropped={"early": 4})
    text = write(of_media([stats]))
    for line in (
        'kachehri_media_peers{session="aaaa",kind="publisher"} 1',
        'kachehri_media_peers{session="aaaa",kind="watcher"} 2',
        'kachehri_media_forwarded_packets_total{session="aaaa"} 7',
        'kachehri_media_unsent_packets_total{session="aaaa"} 3',
        'kachehri_media_paused_pictures{session="aaaa"} 1',
        'kachehri_media_dropped_datagrams_total{session="aaaa",reason="early"} 4',
        'kachehri_seat_rtt_seconds{session="aaaa",seat="official-1"} 0.045',
        'kachehri_seat_loss_ratio{session="aaaa",seat="official-1"} 0.02',
        'kachehri_seat_bits_per_second{session="aaaa",seat="official-1"} 340000',
    ):
        assert f"{line}\n" in text
    assert "00000000000000c1" not in text
