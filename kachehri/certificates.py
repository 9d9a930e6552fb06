"""Would a phone trust the public address? Looked at from outside the program: a connection like any browser's.

Each finding is a code with its values; the sentences are in the catalogue, `cert.<code>`. A browser gives the
microphone to https pages only (W3C Secure Contexts), and only where nothing is wrong with the certificate.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

TIMEOUT_S: Final = 6.0
#: Renewal is usual 30 days before the end; whoever is this close to it has a renewal that does not work.
SOON: Final = timedelta(days=14)
#: No machine runs this program before it was written.
WRITTEN: Final = datetime(2025, 1, 1, tzinfo=UTC)
#: What OpenSSL says of a chain that ends nowhere (X509_V_ERR_…, openssl-verification-options(1)).
_SELF_SIGNED: Final = 18
_NO_ISSUER: Final = (2, 19, 20, 21, 27)

Tone = Literal["ok", "warn", "error"]


@dataclass(frozen=True)
class Finding:
    """One thing that is right or wrong. `values` fill in its sentence; moments are milliseconds since the epoch."""

    code: str
    tone: Tone = "error"
    values: dict[str, str | int] = field(default_factory=dict)


def normal(typed: str) -> str | None:
    """The address as it is kept, "https://host" or "http://host:port"; None when it is none."""
    text = typed.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    more = parts.path.strip("/") or parts.query or parts.username
    if parts.scheme not in ("http", "https") or not _is_host(host) or more:
        return None
    shown = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}" + (f":{port}" if port and port != usual else "")


def _is_host(host: str) -> bool:
    if _ip(host) is not None:
        return True
    labels = host.split(".")
    good = all(0 < len(each) <= 63 and each.replace("-", "").isalnum() and each.isascii() for each in labels)
    # An address that nearly is one ("192.168.1") must not pass for a name.
    return good and len(host) <= 253 and not labels[-1].isdigit()


def check(address: str, *, now: datetime, trust: ssl.SSLContext | None = None) -> list[Finding]:
    """Everything that a phone would stumble over, the worst first. Blocks for a few seconds at most.

    Arguments:
        now: by the clock of this machine.
        trust: instead of the authorities that this machine knows.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    found = [Finding("clock_behind", values={"now": _ms(now)})] if now < WRITTEN else []
    if parts.scheme == "http":
        return [*found, Finding("local", "warn") if _loopback(host) else Finding("plain_http")]
    port = parts.port or 443
    try:
        line = socket.create_connection((host, port), TIMEOUT_S)
    except socket.gaierror:
        return [*found, Finding("name_unknown", values={"host": host})]
    except TimeoutError:
        return [*found, Finding("no_answer", values={"host": host, "port": port})]
    except OSError as error:
        closed = isinstance(error, ConnectionRefusedError)
        return [*found, Finding("closed" if closed else "no_answer", values={"host": host, "port": port})]
    with line:
        try:
            certificate = _shown(line, host)
        except (OSError, ValueError):
            return [*found, Finding("not_tls", values={"host": host, "port": port})]
    found += _about(certificate, host, now)
    found += _chain(host, port, trust, certificate, {each.code for each in found})
    if not found:
        found = [Finding("good", "ok", {"until": _ms(certificate.not_valid_after_utc)})]
    return [*found, *_behind(parts, port)]


def _shown(line: socket.socket, host: str) -> x509.Certificate:
    """The certificate that the server shows, right or wrong."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with context.wrap_socket(line, server_hostname=host) as tls:
        shown = tls.getpeercert(binary_form=True)
    if not shown:
        raise ValueError("no certificate")
    return x509.load_der_x509_certificate(shown)


def _about(certificate: x509.Certificate, host: str, now: datetime) -> list[Finding]:
    """What the certificate itself says: for whom, and from when to when."""
    found = []
    names = names_of(certificate)
    if not any(matches(name, host) for name in names):
        found.append(Finding("wrong_name", values={"names": ", ".join(names[:4]) or "?", "host": host}))
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < begins:
        # Nobody issues certificates for later: the likelier mistake is the clock.
        found.append(Finding("not_yet", values={"begins": _ms(begins), "now": _ms(now)}))
    elif ends < now:
        found.append(Finding("expired", values={"until": _ms(ends)}))
    elif ends - now < SOON:
        found.append(Finding("ends_soon", "warn", {"until": _ms(ends)}))
    return found


def _chain(
    host: str, port: int, trust: ssl.SSLContext | None, certificate: x509.Certificate, known: set[str]
) -> list[Finding]:
    """Whether somebody whom phones know has signed it."""
    context = trust or ssl.create_default_context()
    context.check_hostname = False  # the name has been looked at, and by one rule for all findings
    try:
        with socket.create_connection((host, port), TIMEOUT_S) as line, context.wrap_socket(line, server_hostname=host):
            return []
    except ssl.SSLCertVerificationError as error:
        if error.verify_code == _SELF_SIGNED or certificate.issuer == certificate.subject:
            return [Finding("self_signed")]
        if error.verify_code in _NO_ISSUER:
            return [Finding("unknown_issuer", values={"issuer": _common(certificate.issuer)})]
        return [] if known & {"expired", "not_yet"} else [Finding("refused", values={"why": error.verify_message})]
    except OSError:
        return [Finding("no_answer", values={"host": host, "port": port})]


def _behind(parts: SplitResult, port: int) -> list[Finding]:
    """Whether it is this program that answers there."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    line = http.client.HTTPSConnection(parts.hostname or "", port, timeout=TIMEOUT_S, context=context)
    try:
        line.request("GET", "/healthz")
        answer = line.getresponse()
        if answer.status == 200 and answer.read(16) == b"ok\n":
            return []
    except (OSError, http.client.HTTPException):
        pass
    finally:
        line.close()
    return [Finding("someone_else", "warn", {"host": parts.hostname or ""})]


def media_hint(address: str, announced: tuple[str, ...]) -> Finding | None:
    """Sound and picture go straight to an address of this machine; behind a router phones must be told another."""
    host = urlsplit(address).hostname or ""
    if announced or _loopback(host):
        return None
    try:
        place = socket.getaddrinfo(host, 0, type=socket.SOCK_DGRAM)[0]
    except OSError:
        return None
    with socket.socket(place[0], socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((place[4][0], 0))  # only an address of our own can be bound (bind(2), EADDRNOTAVAIL)
        except OSError:
            return Finding("media_address", "warn", {"address": str(place[4][0])})
    return None


def names_of(certificate: x509.Certificate) -> list[str]:
    """For whom it is: browsers read the alternative names alone (RFC 9525 §6.3)."""
    try:
        names = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        return []
    assert isinstance(names, x509.SubjectAlternativeName)
    return [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]


def matches(name: str, host: str) -> bool:
    """A star stands for one whole label, the first (RFC 9525 §6.3)."""
    name, host = name.lower().rstrip("."), host.lower()
    if name.startswith("*."):
        return _ip(host) is None and host.partition(".")[2] == name[2:]
    return name == host


def _common(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME) or name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(found[0].value) if found else "?"


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _loopback(host: str) -> bool:
    found = _ip(host)
    return found.is_loopback if found else host == "localhost" or host.endswith(".localhost")


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
