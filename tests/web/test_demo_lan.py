"""The demo's own authority vouches for private addresses, is kept, and is really believed by a TLS client."""

from __future__ import annotations

import http.client
import socket
import ssl
import stat
import threading
import urllib.request
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509

from web import lan

HERE = IPv4Address("127.0.0.1")


def handshake(papers: lan.Papers, name: str) -> None:
    """One TLS handshake with `name`, on this machine, trusting nothing but the authority."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(papers.certificate, papers.key)
    client = ssl.create_default_context(cafile=str(papers.authority))
    ours, theirs = socket.socketpair()

    def answer() -> None:
        try:
            server.wrap_socket(ours, server_side=True).close()
        except (ssl.SSLError, OSError):
            ours.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        client.wrap_socket(theirs, server_hostname=name).close()
    finally:
        theirs.close()
        thread.join()


def test_a_client_that_trusts_the_authority_believes_the_server(tmp_path: Path) -> None:
    papers = lan.papers(tmp_path, [IPv4Address("192.168.1.7")])
    for name in ("192.168.1.7", "127.0.0.1", "localhost"):
        handshake(papers, name)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(papers, "192.168.1.8")


def test_the_authority_cannot_vouch_for_a_public_address(tmp_path: Path) -> None:
    papers = lan.papers(tmp_path, [IPv4Address("203.0.113.9")])
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        handshake(papers, "203.0.113.9")


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    lan.papers(tmp_path / "lan", [HERE])
    assert stat.S_IMODE((tmp_path / "lan").stat().st_mode) == 0o700
    for name in ("ca.key", "server.key"):
        assert stat.S_IMODE((tmp_path / "lan" / name).stat().st_mode) == 0o600


def test_a_phone_has_to_trust_only_once(tmp_path: Path) -> None:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    first = lan.papers(tmp_path, [HERE], now)
    again = lan.papers(tmp_path, [HERE], now + timedelta(days=100))
    assert again.fingerprint == first.fingerprint
    late = lan.papers(tmp_path, [HERE], now + timedelta(days=lan.AUTHORITY_DAYS))
    assert late.fingerprint != first.fingerprint


def test_the_server_certificate_is_short_lived_and_begins_before_now(tmp_path: Path) -> None:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    papers = lan.papers(tmp_path, [HERE], now)
    certificate = x509.load_pem_x509_certificate(papers.certificate.read_bytes())
    assert certificate.not_valid_before_utc < now
    assert certificate.not_valid_after_utc == now + timedelta(days=lan.SERVER_DAYS)


def test_phones_fetch_the_authority_and_nothing_else(tmp_path: Path) -> None:
    papers = lan.papers(tmp_path, [HERE])
    offer = lan.AuthorityOffer(papers.authority, HERE)
    try:
        for path in ("", "../ca.key"):
            with urllib.request.urlopen(offer.url + path) as answer:
                assert answer.read() == papers.authority.read_bytes()
                assert answer.headers["content-type"] == "application/x-x509-ca-cert"
    finally:
        offer.close()
    with pytest.raises(OSError):
        http.client.HTTPConnection(offer.url.split("/")[2], timeout=1).connect()


def test_addresses_are_this_machines_and_private() -> None:
    for address in lan.addresses():
        assert lan.is_private(address) and not address.is_loopback
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))


def test_the_code_is_drawn_with_blocks_that_every_terminal_has() -> None:
    drawn = lan.qr("https://192.168.1.7:8000/s/ab2cd3ef")
    assert len(drawn.splitlines()) > 10 and "█" in drawn
