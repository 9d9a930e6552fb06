"""What no single setting can know: combinations that cannot work, and choices worth a warning."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kachehri.settings.tree import Settings

# sun_path holds 108 bytes on Linux (unix(7)); the rest is left for names made beside the socket.
SOCKET_PATH_BYTES = 100
# Goes into the relay's configuration as it is, so it is a plain host name (RFC 1123 §2.1) and nothing else.
_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9]([A-Za-z0-9-]{0,62}))*")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"([A-Za-z0-9_-]{1,64}/)+")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
#: A token for /metrics, in characters.
TOKEN_LEAST = 16
ONE_PROCESS = "SQLite allows exactly one process; use PostgreSQL for more, or set workers to 1"
URDU = {
    ONE_PROCESS: "SQLite کے ساتھ صرف ایک پروسیس چل سکتا ہے؛ زیادہ کے لیے PostgreSQL استعمال کریں یا workers کو 1 رکھیں۔"
}


def broken(settings: Settings) -> Iterator[tuple[str, str]]:
    """Pairs of setting and sentence, for everything that cannot work."""
    yield from _server(settings)
    yield from _processes(settings)
    yield from _media(settings)
    yield from _turn(settings)
    yield from _messages(settings)
    yield from _recordings(settings)
    if settings.program.enabled == "yes" and settings.bus.kind == "memory":
        yield "program.enabled", "the program is a process of its own and hears of the hearing over the bus: use local"
    if any(not _LANGUAGE.fullmatch(each) for each in settings.program.interpreted):
        yield "program.interpreted", "names languages by short tags (RFC 5646), such as en or ps"
    token = settings.secrets.metrics_token_file
    if token is not None and not (token.is_file() and len(token.read_text().strip()) >= TOKEN_LEAST):
        yield "secrets.metrics_token_file", f"must be a readable file with {TOKEN_LEAST} characters or more"
    for path in ("bus", "media"):
        socket: Path = getattr(settings, path).socket
        if len(str(socket).encode()) > SOCKET_PATH_BYTES:
            yield f"{path}.socket", f"the path is longer than {SOCKET_PATH_BYTES} bytes, the system's limit for sockets"
    try:
        ZoneInfo(settings.place.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "place.timezone", f"there is no time zone {settings.place.timezone!r}; an example is Asia/Karachi"


def _server(settings: Settings) -> Iterator[tuple[str, str]]:
    server = settings.server
    if server.public_url:
        parts = urlsplit(server.public_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            yield "server.public_url", "must look like https://hearing.example.pk, with no path behind the name"
    if (server.certificate is None) != (server.certificate_key is None):
        yield "server.certificate", "certificate and certificate_key come together; one of them is missing"
    for name in ("certificate", "certificate_key"):
        path: Path | None = getattr(server, name)
        if path is not None and not path.is_file():
            yield f"server.{name}", f"there is no file {path}"
    for network in server.trusted_proxies:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            yield "server.trusted_proxies", f"{network!r} is not an address or network such as 127.0.0.1 or 10.0.0.0/8"


def _processes(settings: Settings) -> Iterator[tuple[str, str]]:
    if not settings.database.url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        yield "database.url", "must begin with sqlite:/// or postgresql://"
    if settings.bus.kind == "redis" and not settings.bus.url.startswith(("redis://", "rediss://", "unix://")):
        yield "bus.url", "must begin with redis://, rediss:// or unix://"
    if settings.server.workers > 1:
        if settings.sqlite:
            yield "server.workers", ONE_PROCESS
        if settings.bus.kind != "redis":
            yield (
                "bus.kind",
                "several workers hear of each other's work through Redis; set kind to redis, or workers to 1",
            )


def _media(settings: Settings) -> Iterator[tuple[str, str]]:
    media = settings.media
    for name in ("addresses", "announced_addresses"):
        for address in getattr(media, name):
            try:
                ipaddress.ip_address(address)
            except ValueError:
                yield f"media.{name}", f"{address!r} is not an IP address"
    if (media.port_low == 0) != (media.port_high == 0) or media.port_low > media.port_high:
        yield "media.port_high", "port_low and port_high are both 0, or the lower one comes first"


def _turn(settings: Settings) -> Iterator[tuple[str, str]]:
    turn = settings.turn
    if turn.host and not _HOST.fullmatch(turn.host):
        yield "turn.host", "must be a name such as turn.hearing.example.pk or an IPv4 address"
    for name, addresses in (("addresses", turn.addresses), ("announced_address", (turn.announced_address,))):
        for address in filter(None, addresses):
            try:
                ipaddress.ip_address(address)
            except ValueError:
                yield f"turn.{name}", f"{address!r} is not an IP address"
    if (turn.certificate is None) != (turn.certificate_key is None):
        yield "turn.certificate", "certificate and certificate_key come together; one of them is missing"
    if turn.port_low > turn.port_high:
        yield "turn.port_high", "port_low must not be above port_high"
    if not turn.host:
        return
    media = settings.media
    if not turn.addresses:
        yield "turn.addresses", "the relay needs the addresses of its machine that it listens on"
    if not media.addresses and not media.announced_addresses:
        yield "media.addresses", "the relay reaches the media address and nothing else, so that must be named"
    if media.udp_ports and media.udp_ports[0] <= turn.port <= media.udp_ports[1]:
        yield "turn.port", "the media listens on that UDP port (media.port, or port_low to port_high)"
    if media.udp_ports and media.udp_ports[0] <= turn.port_high and turn.port_low <= media.udp_ports[1]:
        yield "turn.port_low", "the relay's ports and those of the media (media.port, or port_low to port_high) overlap"


def _messages(settings: Settings) -> Iterator[tuple[str, str]]:
    sms, email = settings.sms, settings.email
    try:
        time.fromisoformat(settings.notices.digest)
    except ValueError:
        yield "notices.digest", "must be a time of day such as 08:30"
    for name, url in (("url", sms.url), ("status_url", sms.status_url)):
        parts = urlsplit(url)
        if url and parts.scheme != "https" and not (parts.scheme == "http" and _loopback(parts.hostname or "")):
            yield f"sms.{name}", "must begin with https://; plain http only to this machine"
    try:
        re.compile(sms.taken)
    except re.error as error:
        yield "sms.taken", f"is no regular expression: {error}"
    for name, path in (
        ("sms.secret_file", sms.secret_file),
        ("sms.receipt_secret_file", sms.receipt_secret_file),
        ("email.password_file", email.password_file),
    ):
        least = TOKEN_LEAST if name == "sms.receipt_secret_file" else 1
        if path is not None and not (path.is_file() and len(path.read_text().strip()) >= least):
            yield name, f"must be a readable file with {least} characters or more"
    if email.host and "@" not in email.sender:
        yield "email.sender", "must be an address such as kachehri@district.example.pk"
    if email.host and email.security == "none" and not _loopback(email.host):
        yield "email.security", "none is only for a mail server on this machine"


def _recordings(settings: Settings) -> Iterator[tuple[str, str]]:
    kept = settings.recordings
    if kept.storage != "s3":
        return
    if not _BUCKET.fullmatch(kept.bucket):
        yield "recordings.bucket", "must be the name of a bucket, such as hearings-noorgarh"
    if kept.prefix and not _PREFIX.fullmatch(kept.prefix):
        yield "recordings.prefix", "must be letters, digits, -, _ and / and end in /, such as kachehri/"
    parts = urlsplit(kept.endpoint)
    if kept.endpoint and parts.scheme != "https" and not (parts.scheme == "http" and _loopback(parts.hostname or "")):
        yield "recordings.endpoint", "must begin with https://; plain http only to this machine"
    if not kept.access_key:
        yield "recordings.access_key", "the storage wants an account"
    path = kept.secret_key_file
    if path is None or not (path.is_file() and path.read_text().strip()):
        yield "recordings.secret_key_file", "must be a readable file with the secret key"


def warnings(settings: Settings) -> Iterator[str]:
    """Sentences for `check-config` and the start: it will run, but not as somebody probably hopes."""
    url = urlsplit(settings.public_url)
    if url.scheme == "http" and not _loopback(url.hostname or ""):
        yield (
            "Phones give the microphone to HTTPS pages only, and this server is reached over plain HTTP: people can "
            "write but nobody can speak. Set server.certificate, or put a proxy with a certificate in front."
        )
    if not _loopback(settings.server.host) and not settings.server.certificate and not settings.server.trusted_proxies:
        yield "The server listens on a network without a certificate and without a proxy that it trusts."
    if settings.media.announced_addresses and settings.media.udp_ports is None:
        yield "Behind NAT the media port must be forwarded: set media.port."
    if settings.notices.send == "on" and not settings.sms.url and not settings.email.host:
        yield "Messages are on, and there is neither sms.url nor email.host: they go to browsers and programs alone."
    if settings.turn.host and not (settings.turn.certificate or settings.server.certificate):
        yield "The relay has no certificate, so networks that let only TLS through keep people out: turn.certificate."


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
