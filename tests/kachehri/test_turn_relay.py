"""The relay as it runs: it reaches the media, and nothing and nobody else."""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kachehri import turn
from tests.kachehri.test_certificates import DAY, certificate, found
from tests.namespaces import Network
from tests.relays import FORBIDDEN, MEDIA, MEDIA6, RELAY, RELAY6, Relay, addressed, settings
from tests.servers import require, until
from tests.turn_client import BINDING, TCP, TurnClient, TurnRefused

CITIZEN = "192.0.2.77"
WORD = b"from a citizen"


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with Network("relay") as network:
        addressed(network, CITIZEN, RELAY, RELAY6, MEDIA, MEDIA6, *FORBIDDEN)
        yield network


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for the relay, and who trusts it."""
    folder = tmp_path_factory.mktemp("relay")
    authority = found(folder)
    now = datetime.now(UTC)
    return certificate(folder, RELAY, authority, begins=now - DAY, ends=now + timedelta(days=9)), authority.trust()


@pytest.fixture(scope="module")
def relay(network: Network, trust: tuple[Path, ssl.SSLContext]) -> Iterator[Relay]:
    pem = str(trust[0])
    relay = Relay(network, settings({"certificate": pem, "certificate_key": pem}))
    relay.start()
    try:
        yield relay
    finally:
        relay.close()


@pytest.fixture
def line(relay: Relay) -> Iterator[Callable[..., TurnClient]]:
    """Lines to the relay, closed afterwards."""
    made: list[TurnClient] = []

    def make(*arguments: object, **named: object) -> TurnClient:
        made.append(relay.client(*arguments, **named))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        try:
            each.refresh(0)  # gives the place back
        except (TurnRefused, OSError):
            pass
        each.close()


def refused(what: Callable[[], object]) -> int:
    """The code with which the relay refuses."""
    with pytest.raises(TurnRefused) as caught:
        what()
    return caught.value.code


def echo(network: Network, address: str) -> socket.socket:
    with network.entered():
        peer = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    peer.bind((address, 0))
    peer.settimeout(3)
    return peer


@pytest.mark.parametrize("way", ["udp", "tcp", "tls"])
def test_with_good_credentials_the_media_is_reached_every_way(
    relay: Relay, network: Network, line: Callable[..., TurnClient], trust: tuple[Path, ssl.SSLContext], way: str
) -> None:
    client = line(way=way, trust=trust[1])
    host, port = client.allocate()
    assert host == RELAY and relay.settings.turn.port_low <= port <= relay.settings.turn.port_high
    with echo(network, MEDIA) as media:
        client.permit(MEDIA)
        client.send(media.getsockname(), WORD)
        data, source = media.recvfrom(2_000)
        assert (data, source) == (WORD, (host, port))
        media.sendto(b"heard", source)
        assert client.receive() == b"heard"


def test_no_line_without_credentials_or_with_wrong_ones(relay: Relay, line: Callable[..., TurnClient]) -> None:
    now = int(time.time())
    assert refused(line(now=now - turn.LIFE_S - 5).allocate) == 401, "expired"
    stranger = TurnClient(relay.connect())
    assert refused(stranger.allocate) == 401
    stranger.close()
    good = turn.credentials(relay.secret, "asma", now, ())
    longer = f"{now + 10 * turn.LIFE_S}:{good.username.split(':')[1]}"
    for username, password in ((longer, good.credential), (good.username, "guess"), ("asma", good.credential)):
        forged = TurnClient(relay.connect(), username, password)
        assert refused(forged.allocate) == 401
        forged.close()


def test_a_line_that_stands_outlives_its_credentials(line: Callable[..., TurnClient]) -> None:
    """Somebody who speaks for a quarter of an hour is not cut off; a new line takes new credentials."""
    now = int(time.time())
    client = line(now=now - turn.LIFE_S + 2)
    client.allocate()
    client.permit(MEDIA)
    while time.time() <= now + 3:
        time.sleep(0.1)
    client.refresh()
    client.permit(MEDIA)
    assert refused(line(now=now - turn.LIFE_S + 2).allocate) == 401


NOWHERE = [*(each for each in FORBIDDEN if ":" not in each), "127.0.0.1", "127.0.0.53", "0.0.0.0", RELAY]
NOWHERE += ["224.0.0.1", "255.255.255.255", "192.0.2.99"]


@pytest.mark.parametrize("peer", NOWHERE)
def test_nothing_else_on_ipv4_is_reached(line: Callable[..., TurnClient], peer: str) -> None:
    client = line()
    client.allocate()
    assert refused(lambda: client.permit(peer)) == 403
    assert refused(lambda: client.bind((peer, 53))) == 403


@pytest.mark.parametrize("peer", ["::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.5", "fd00::5", MEDIA6, "fe80::1"])
def test_without_media_on_ipv6_there_is_no_relay_on_it(line: Callable[..., TurnClient], peer: str) -> None:
    client = line()
    assert refused(lambda: client.allocate(family=6)) == 440
    client.allocate()
    assert refused(lambda: client.permit(peer)) in (403, 443)
    assert refused(lambda: client.bind((peer, 53))) in (403, 443)


def test_with_media_on_ipv6_still_nothing_else(network: Network) -> None:
    """Mapped IPv4 among it: to the system it is IPv4, whatever it is called."""
    both = settings({"addresses": [RELAY, RELAY6], "port": 3500}, {"addresses": [MEDIA, MEDIA6]})
    relay = Relay(network, both)
    relay.start()
    try:
        peers = ["::1", "::", "fd00::5", "fe80::1", "ff02::1", RELAY6, "2001:db8::9"]
        peers += [f"::ffff:{each}" for each in ("127.0.0.1", "10.0.0.5", "169.254.169.254", "0.0.0.0", RELAY)]
        peers += ["::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]
        client = relay.client()
        client.allocate(family=6)
        for peer in peers:
            assert refused(lambda peer=peer: client.permit(peer)) == 403, peer  # type: ignore[misc]
            assert refused(lambda peer=peer: client.bind((peer, 53))) == 403, peer  # type: ignore[misc]
        with echo(network, MEDIA6) as media:
            client.permit(MEDIA6)
            client.send(media.getsockname()[:2], WORD)
            assert media.recvfrom(2_000)[0] == WORD
        client.close()
    finally:
        relay.close()


def test_no_tcp_is_relayed(line: Callable[..., TurnClient], trust: tuple[Path, ssl.SSLContext]) -> None:
    client = line(way="tcp")
    assert refused(lambda: client.allocate(transport=TCP)) in (442, 403, 400, 508)
    client = line(way="tls", trust=trust[1])
    client.allocate()
    assert refused(lambda: client.connect((MEDIA, 80))) in (400, 403, 405, 420, 437)


def test_who_only_asks_is_not_answered(relay: Relay) -> None:
    """A relay that tells strangers their address can be used against others."""
    asker = TurnClient(relay.connect())
    asker.sock.settimeout(0.5)
    with pytest.raises(TimeoutError):
        asker.request(BINDING)
    asker.close()


def test_an_answer_to_a_stranger_names_no_program(relay: Relay) -> None:
    asker = TurnClient(relay.connect())
    assert refused(asker.allocate) == 401
    assert 0x8022 not in asker.answer
    asker.close()


def test_nobody_manages_it_from_the_machine(relay: Relay, network: Network) -> None:
    with network.entered():
        probe = socket.socket()
    with probe:
        assert probe.connect_ex(("127.0.0.1", 5766)) != 0, "coturn's command line"


def test_the_lines_of_one_and_of_all_are_counted(network: Network) -> None:
    relay = Relay(network, settings({"port": 3501, "allocations_per_person": 3, "allocations": 5}))
    relay.start()
    clients: list[TurnClient] = []

    def more(who: str, now: int) -> None:
        clients.append(relay.client(who, now))
        clients[-1].allocate()

    def allocated(who: str, now: int) -> bool:
        try:
            more(who, now)
        except TurnRefused:
            return False
        return True

    try:
        now = int(time.time())
        for i in range(3):
            more("asma", now - i)
        assert refused(lambda: more("asma", now - 9)) == 486, "under another second, but it is she"
        more("bilal", now)
        more("chand", now)
        assert refused(lambda: more("dara", now)) == 486
        clients[0].refresh(0)
        until(lambda: allocated("dara", now))
    finally:
        for client in clients:
            client.close()
        relay.close()


def test_nothing_of_people_is_in_its_log(relay: Relay, network: Network) -> None:
    """Neither her address nor who she is; only a number from which nobody can tell."""
    with network.entered():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((CITIZEN, 0))
    sock.connect(relay.address)
    given = turn.credentials(relay.secret, "participant-of-asma", int(time.time()), ())
    client = TurnClient(sock, given.username, given.credential)
    client.allocate()
    client.permit(MEDIA)
    refused(lambda: client.permit("10.0.0.5"))
    client.refresh(0)
    client.close()
    log = relay.log.read_text()
    assert "participant-of-asma" not in log and relay.secret not in log
    assert CITIZEN not in log


def test_the_firewall_s_part_keeps_other_ports_of_the_media_address(network: Network) -> None:
    """What coturn cannot say: of the media address only the media's ports."""
    require("nft")
    both = settings({"port": 3502}, {"port_low": 40_000, "port_high": 40_009})
    rules = turn.FIREWALL.format(low=both.turn.port_low, high=both.turn.port_high, media="40000-40009")
    assert rules in turn.hints(both, Path("/etc/x"))
    relay = Relay(network, both)
    relay.start()
    network.run("nft", "-f", "-", text=rules)
    try:
        client = relay.client()
        client.allocate()
        client.permit(MEDIA)
        with (
            echo(network, MEDIA) as other,
            network.entered(),
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media,
        ):
            media.bind((MEDIA, 40_003))
            media.settimeout(3)
            client.send((MEDIA, 40_003), WORD)
            assert media.recvfrom(2_000)[0] == WORD
            other.settimeout(0.3)
            client.send(other.getsockname(), WORD)  # it costs whoever tries the line
            with pytest.raises(TimeoutError):
                other.recvfrom(2_000)
        client.close()
    finally:
        network.run("nft", "delete", "table", "inet", "kachehri_turn")
        relay.close()


def test_it_is_ended_by_its_process_id(relay: Relay) -> None:
    """The program named in the settings runs in the foreground: what was started is what is ended."""
    assert relay.process is not None and relay.process.poll() is None
    name = subprocess.run(["ps", "-o", "comm=", "-p", str(relay.process.pid)], capture_output=True, text=True).stdout
    assert name.strip() == "turnserver"
