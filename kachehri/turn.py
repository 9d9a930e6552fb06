"""The relay for networks that let no UDP through: short-lived credentials, and a configuration for coturn.

A phone that reaches the media address by itself never needs this. Elsewhere it goes through the relay (TURN, RFC 8656)
over TCP, or over TLS on the port of web pages. The relay knows nobody: a user name is the second it ends at and a
number that says nothing about the person; the password is a MAC of it under a secret that server and relay share
("A REST API for Access to TURN Services"). Whoever has such credentials reaches the media address through the relay
and nothing else on any network, its own included.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import stat
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from kachehri.keys import derive
from kachehri.settings import Settings
from kachehri.settings.tree import Turn

#: How long credentials open a line. A line that stands goes on; a new one asks again.
LIFE_S = 600
#: Bytes per second of one relayed line: every seat's picture at its most, and room for what is sent again.
LINE_BYTES_S = 1_000_000
#: Everything: what is not the media address is refused. Mapped IPv4 (::ffff:0:0/96) is named by itself, because it is
#: IPv4 to the system and IPv6 to the filter.
DENIED = (
    "0.0.0.0-255.255.255.255",
    "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "::ffff:0.0.0.0-::ffff:255.255.255.255",
)


@dataclass(frozen=True, slots=True)
class Pass:
    """What a browser needs to open lines through the relay until `ends`, in seconds since the epoch."""

    urls: tuple[str, ...]
    username: str
    credential: str
    ends: int


def secret(master: bytes) -> str:
    """What server and relay share, derived from the master key."""
    return derive(master, "turn relay").hex()


def urls(settings: Settings) -> tuple[str, ...]:
    """The ways to the relay, for `RTCConfiguration.iceServers` (RFC 7065); none without a relay."""
    turn = settings.turn
    if not turn.host:
        return ()
    ways = [f"turn:{turn.host}:{turn.port}?transport={transport}" for transport in ("udp", "tcp")]
    if certificate(settings) is not None:
        ways.append(f"turns:{turn.host}:{turn.tls_port}?transport=tcp")
    return tuple(ways)


def certificate(settings: Settings) -> tuple[Path, Path] | None:
    """Chain and key for TLS."""
    turn, server = settings.turn, settings.server
    for chain, key in (
        (turn.certificate, turn.certificate_key),
        (server.certificate, server.certificate_key),
    ):
        if chain is not None and key is not None:
            return chain, key
    return None


def credentials(shared: str, person: str, now: int, ways: tuple[str, ...], life_s: int = LIFE_S) -> Pass:
    """For one person, who has the same number each time, so that the relay can count her lines.

    Arguments:
        person: an id; a MAC of it is all that leaves the house.
        now: seconds since the epoch.
    """
    if not 0 < life_s <= LIFE_S:
        raise ValueError(f"credentials live for 1 to {LIFE_S} seconds, not {life_s}")
    key = shared.encode()
    number = hmac.new(key, b"person " + person.encode(), hashlib.sha256).hexdigest()[:20]
    username = f"{now + life_s}:{number}"
    # SHA-1 is what the relays know; as a keyed MAC it is not weakened by its collisions (RFC 6151 §2.3).
    password = base64.b64encode(hmac.new(key, username.encode(), hashlib.sha1).digest()).decode()
    return Pass(ways, username, password, now + life_s)


def peers(settings: Settings) -> tuple[str, ...]:
    """Where the relay may send to: the addresses that offers name."""
    return settings.media.announced_addresses or settings.media.addresses


def configuration(settings: Settings, shared: str) -> str:
    """coturn's configuration file. Everything that it can do and a hearing does not need is off."""
    turn, tls = settings.turn, certificate(settings)
    lines = [
        "# Written by `python -m kachehri turn --write`; change the settings, not this file.",
        "use-auth-secret",
        f"static-auth-secret={shared}",
        f"realm={turn.host}",
        "fingerprint",
        "stale-nonce=600",
        f"listening-port={turn.port}",
        f"min-port={turn.port_low}",
        f"max-port={turn.port_high}",
        *(f"listening-ip={address}" for address in turn.addresses),
        *(f"relay-ip={address}" for address in sending(settings)),
        *external(turn),
        "# UDP, TCP and TLS towards phones; only UDP towards the media.",
        *(tls_lines(turn, *tls) if tls else ["no-tls"]),
        "no-dtls",
        "no-tcp-relay",
        "no-multicast-peers",
        "# The media address and nothing else: an allowed address wins over the ranges that are denied.",
        *(f"allowed-peer-ip={address}" for address in peers(settings)),
        *(f"denied-peer-ip={addresses}" for addresses in DENIED),
        "# Bounds: lines of one person and of all, bytes per second of a line and of all, seconds of an idle line.",
        f"user-quota={turn.allocations_per_person}",
        f"total-quota={turn.allocations}",
        f"max-bps={LINE_BYTES_S}",
        f"bps-capacity={turn.total_kbps * 125}",
        "max-allocate-lifetime=600",
        "max-allocate-timeout=10",
        "# It answers nobody who only asks who he is, and says little about itself.",
        "no-stun",
        "no-rfc5780",
        "no-stun-backward-compatibility",
        "no-software-attribute",
        "no-cli",
        "no-dynamic-ip-list",
        "no-dynamic-realms",
        "log-file=stdout",
        "simple-log",
    ]
    return "\n".join(lines) + "\n"


def sending(settings: Settings) -> tuple[str, ...]:
    """Addresses to relay from: of IPv6 only when there is media to reach on it."""
    versions = {ip_address(address).version for address in peers(settings)}
    return tuple(address for address in settings.turn.addresses if ip_address(address).version in versions)


def external(turn: Turn) -> list[str]:
    if not turn.announced_address:
        return []
    version = ip_address(turn.announced_address).version
    local = next((a for a in turn.addresses if ip_address(a).version == version), None)
    return [f"external-ip={turn.announced_address}" + (f"/{local}" if local else "")]


def tls_lines(turn: Turn, chain: Path, key: Path) -> list[str]:
    return [
        f"tls-listening-port={turn.tls_port}",
        f"cert={chain.absolute()}",
        f"pkey={key.absolute()}",
        "no-tlsv1",
        "no-tlsv1_1",
    ]


def write(path: Path, text: str) -> None:
    """Puts the configuration, which holds the secret, in a file that other accounts cannot read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o640)
        file.truncate()
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


SERVICE = """# systemctl edit coturn: this configuration, and no more rights than it needs.
[Service]
ExecStart=
ExecStart=/usr/bin/turnserver -c {path} --pidfile=
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
LimitNOFILE=65536
MemoryMax=512M
"""

FIREWALL = """# /etc/nftables.conf: of the media address only the media's ports, even where other programs listen on it.
table inet kachehri_turn {{
  chain output {{
    type filter hook output priority filter; policy accept;
    meta l4proto udp udp sport {low}-{high} udp dport != {media} drop
  }}
}}
"""


def hints(settings: Settings, path: Path) -> str:
    """For the administrator: the service, and the firewall's part where the media's ports are known."""
    turn, media = settings.turn, settings.media
    parts = [SERVICE.format(path=path)]
    if media.udp_ports:
        ports = "-".join(dict.fromkeys(map(str, media.udp_ports)))
        parts.append(FIREWALL.format(low=turn.port_low, high=turn.port_high, media=ports))
    return "\n".join(parts)
