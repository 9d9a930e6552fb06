"""What a phone would stumble over, found by connecting to real servers with certificates that are wrong."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kachehri.certificates import check, matches, media_hint, normal

NOW = datetime(2026, 11, 28, 11, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Authority:
    """Signs certificates, and is known to whoever is given `trust`."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    path: Path

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.path))


def named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(
    folder: Path,
    host: str,
    authority: Authority | None,
    *,
    begins: datetime = NOW - DAY,
    ends: datetime = NOW + 90 * DAY,
) -> Path:
    """A key and a certificate for a name or an address; without an authority it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    other: x509.GeneralName
    try:
        other = x509.IPAddress(ip_address(host))
    except ValueError:
        other = x509.DNSName(host)
    subject = named("server")
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.name if authority else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([other]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key((authority.key if authority else key).public_key()),
            critical=False,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(authority.key if authority else key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def found(folder: Path) -> Authority:
    """A new authority, with its certificate in the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = named("District authority")
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 3650 * DAY)
        .not_valid_after(NOW + 3650 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "authority.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return Authority(name, key, path)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return found(tmp_path)


@contextmanager
def https(pem: Path, body: bytes = b"ok\n") -> Iterator[int]:
    """A server with this certificate. Yields its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Quiet(HTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that does not trust us hangs up: that is what is tested."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)


def codes(port: int, authority: Authority, *, host: str = "127.0.0.1", now: datetime = NOW) -> list[str]:
    return [each.code for each in check(f"https://{host}:{port}", now=now, trust=authority.trust())]


def test_a_right_certificate_says_until_when(tmp_path: Path, authority: Authority) -> None:
    # OpenSSL reads the machine's own clock, so this one is in force by both.
    today = datetime.now(UTC)
    pem = certificate(tmp_path, "127.0.0.1", authority, begins=today - DAY, ends=today + 90 * DAY)
    with https(pem) as port:
        (found,) = check(f"https://127.0.0.1:{port}", now=today, trust=authority.trust())
    assert (found.code, found.tone) == ("good", "ok")
    assert found.values["until"] == int((today + 90 * DAY).replace(microsecond=0).timestamp() * 1000)


def test_another_name(tmp_path: Path, authority: Authority) -> None:
    today = datetime.now(UTC)
    pem = certificate(tmp_path, "hearing.example.pk", authority, begins=today - DAY, ends=today + 90 * DAY)
    with https(pem) as port:
        (found,) = check(f"https://127.0.0.1:{port}", now=today, trust=authority.trust())
    assert found.code == "wrong_name"
    assert found.values == {"names": "hearing.example.pk", "host": "127.0.0.1"}


def test_its_time_is_over(tmp_path: Path, authority: Authority) -> None:
    today = datetime.now(UTC)
    pem = certificate(tmp_path, "127.0.0.1", authority, begins=today - 90 * DAY, ends=today - DAY)
    with https(pem) as port:
        assert codes(port, authority, now=today) == ["expired"]


def test_its_time_has_not_come_or_the_clock_is_wrong(tmp_path: Path, authority: Authority) -> None:
    today = datetime.now(UTC)
    pem = certificate(tmp_path, "127.0.0.1", authority, begins=today - DAY, ends=today + 90 * DAY)
    with https(pem) as port:
        assert codes(port, authority, now=today - 400 * DAY) == ["not_yet"]
        assert codes(port, authority, now=datetime(1970, 1, 1, tzinfo=UTC)) == ["clock_behind", "not_yet"]


def test_it_ends_soon(tmp_path: Path, authority: Authority) -> None:
    today = datetime.now(UTC)
    pem = certificate(tmp_path, "127.0.0.1", authority, begins=today - DAY, ends=today + 3 * DAY)
    with https(pem) as port:
        (found,) = check(f"https://127.0.0.1:{port}", now=today, trust=authority.trust())
    assert (found.code, found.tone) == ("ends_soon", "warn")


def test_it_signed_itself(tmp_path: Path, authority: Authority) -> None:
    today = datetime.now(UTC)
    pem = certificate(tmp_path, "127.0.0.1", None, begins=today - DAY, ends=today + 90 * DAY)
    with https(pem) as port:
        assert codes(port, authority, now=today) == ["self_signed"]


def test_nobody_knows_who_signed_it(tmp_path: Path, authority: Authority) -> None:
    today = datetime.now(UTC)
    pem = certificate(tmp_path, "127.0.0.1", authority, begins=today - DAY, ends=today + 90 * DAY)
    with https(pem) as port:
        (found,) = check(f"https://127.0.0.1:{port}", now=today)
    assert (found.code, found.values) == ("unknown_issuer", {"issuer": "District authority"})


def test_another_server_answers_there(tmp_path: Path, authority: Authority) -> None:
    today = datetime.now(UTC)
    pem = certificate(tmp_path, "127.0.0.1", authority, begins=today - DAY, ends=today + 90 * DAY)
    with https(pem, b"welcome") as port:
        assert codes(port, authority, now=today) == ["good", "someone_else"]


def test_nobody_listens(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    assert codes(port, authority) == ["closed"]


def test_a_server_that_speaks_no_tls(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def answer() -> None:
            line, _ = plain.accept()
            with line:
                line.recv(64)
                line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        assert codes(plain.getsockname()[1], authority) == ["not_tls"]
        thread.join(30)


def test_a_name_that_does_not_exist(authority: Authority) -> None:
    assert codes(443, authority, host="kachehri.invalid") == ["name_unknown"]  # RFC 6761 §6.4


def test_plain_http_is_enough_for_this_machine_alone() -> None:
    assert [each.code for each in check("http://127.0.0.1:8000", now=NOW)] == ["local"]
    assert [each.code for each in check("http://192.168.1.7:8000", now=NOW)] == ["plain_http"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("hearing.example.pk", "https://hearing.example.pk"),
        (" https://Hearing.example.pk/ ", "https://hearing.example.pk"),
        ("https://hearing.example.pk:443", "https://hearing.example.pk"),
        ("http://192.168.1.7:8000", "http://192.168.1.7:8000"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://hearing.example.pk/live", None),
        ("https://user@hearing.example.pk", None),
        ("ftp://hearing.example.pk", None),
        ("https://192.168.1", None),
        ("https://hearing_one.example", None),
        ("https://hearing.example.pk:seven", None),
        ("https://", None),
        ("two words", None),
    ],
)
def test_what_somebody_types_is_an_address_or_not(typed: str, kept: str | None) -> None:
    assert normal(typed) == kept


@pytest.mark.parametrize(
    ("name", "host", "fits"),
    [
        ("hearing.example.pk", "hearing.example.pk", True),
        ("*.example.pk", "hearing.example.pk", True),
        ("*.example.pk", "a.hearing.example.pk", False),
        ("*.example.pk", "example.pk", False),
        ("*.0.0.1", "127.0.0.1", False),
        ("127.0.0.1", "127.0.0.1", True),
    ],
)
def test_a_star_stands_for_one_label(name: str, host: str, fits: bool) -> None:
    assert matches(name, host) is fits


def test_behind_a_router_phones_are_told_another_address() -> None:
    hint = media_hint("https://192.0.2.7", ())
    assert hint is not None and (hint.code, hint.values) == ("media_address", {"address": "192.0.2.7"})
    assert media_hint("https://192.0.2.7", ("192.0.2.7",)) is None
    assert media_hint("https://127.0.0.1", ()) is None
