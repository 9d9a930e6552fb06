"""Lets the phones of a local network in: a certificate authority of this machine's own, and the address as a QR code.

Phones give a microphone to secure pages only, and no public authority signs for 192.168.1.7. So the demo signs for
itself. A phone that trusts such an authority trusts whoever holds its key; hence it is made here, never leaves its
folder, and is bound by name constraints (RFC 5280 §4.2.1.10) to private addresses: it cannot vouch for a bank.
"""

from __future__ import annotations

import fcntl
import io
import ipaddress
import os
import socket
import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Address = ipaddress.IPv4Address

#: RFC 1918, RFC 6598 (phones that share their line), RFC 3927, loopback.
PRIVATE = tuple(
    ipaddress.IPv4Network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8")
)
AUTHORITY_DAYS = 365
#: A server's certificate is made anew at each start; Apple takes none that is good for more than 398 days.
SERVER_DAYS = 30
#: Clocks of phones and machines differ.
BACKDATED = timedelta(days=1)
#: Networks inside this machine; no phone is on them.
INSIDE = ("docker", "br-", "veth", "virbr", "lxc", "cni", "podman")
_SIOCGIFADDR = 0x8915  # netdevice(7): an interface's IPv4 address
_DOCUMENTATION = ("192.0.2.1", 9)  # RFC 5737: routed like any other, belongs to nobody; nothing is sent there


def addresses() -> list[Address]:
    """The machine's private addresses, the one that leads outside first; empty without a network."""
    found: list[Address] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            if name.startswith(INSIDE):
                continue
            try:
                answer = fcntl.ioctl(probe, _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue  # an interface without an address
            found.append(Address(answer[20:24]))
        try:
            probe.connect(_DOCUMENTATION)
            main = Address(probe.getsockname()[0])
        except OSError:
            main = None
    usable = [address for address in dict.fromkeys(found) if not address.is_loopback and is_private(address)]
    return sorted(usable, key=lambda address: address != main)


def is_private(address: Address) -> bool:
    return any(address in network for network in PRIVATE)


@dataclass(frozen=True)
class Papers:
    """Files for the server and for phones. `fingerprint` is the authority's SHA-256, for comparing by eye."""

    authority: Path
    certificate: Path
    key: Path
    fingerprint: str


def papers(folder: Path, hosts: Sequence[Address], now: datetime | None = None) -> Papers:
    """A certificate for `hosts`, signed by the folder's authority, which is made if there is none in force."""
    now = now or datetime.now(UTC)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority, signer = _authority(folder, now)
    key = ec.generate_private_key(ec.SECP256R1())
    names: list[x509.GeneralName] = [x509.IPAddress(host) for host in hosts]
    names += [x509.IPAddress(Address("127.0.0.1")), x509.DNSName("localhost")]
    certificate = (
        _begin("Kachehri demo server", authority.subject, key.public_key(), now, SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
            critical=False,
        )
        .sign(signer, hashes.SHA256())
    )
    made = Papers(
        folder / "kachehri-demo-ca.crt", folder / "server.crt", folder / "server.key", _fingerprint(authority)
    )
    _write(made.key, _private(key))
    _write(made.certificate, _pem(certificate) + _pem(authority), 0o644)
    return made


def _authority(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The folder's own authority, kept from demo to demo so that a phone has to trust it only once."""
    cert_path, key_path = folder / "kachehri-demo-ca.crt", folder / "ca.key"
    if cert_path.exists() and key_path.exists():
        known = x509.load_pem_x509_certificate(cert_path.read_bytes())
        signer = serialization.load_pem_private_key(key_path.read_bytes(), None)
        in_force = known.not_valid_after_utc > now + timedelta(days=SERVER_DAYS)
        if in_force and isinstance(signer, ec.EllipticCurvePrivateKey):
            return known, signer
    signer = ec.generate_private_key(ec.SECP256R1())
    # The machine's name tells the entries of a phone's list apart.
    name = f"Kachehri demo authority, {socket.gethostname()}"[:64]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    permitted: list[x509.GeneralName] = [x509.IPAddress(network) for network in PRIVATE]
    certificate = (
        _begin(name, subject, signer.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.NameConstraints(permitted_subtrees=[*permitted, x509.DNSName("localhost")], excluded_subtrees=None),
            critical=True,
        )
        .add_extension(_may_sign(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    _write(key_path, _private(signer))
    _write(cert_path, _pem(certificate), 0o644)
    return certificate, signer


def _begin(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=days))
    )


def _may_sign() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex(" ", 2).upper()


def _write(path: Path, content: bytes, mode: int = 0o600) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def qr(text: str) -> str:
    """A QR code (ISO/IEC 18004) for a terminal, two modules to a character."""
    out = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out=out, border=2, compact=True)
    return out.getvalue()


class AuthorityOffer:
    """Hands the authority's certificate to phones over plain HTTP: they cannot fetch it over a line they do not trust.

    It gives out this one public file and nothing else; what guards it is comparing the fingerprint.
    """

    def __init__(self, certificate: Path, host: Address) -> None:
        content = certificate.read_bytes()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("content-type", "application/x-x509-ca-cert")
                self.send_header("content-disposition", 'attachment; filename="kachehri-demo-ca.crt"')
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing: the terminal belongs to the demo."""

        self._server = ThreadingHTTPServer((str(host), 0), Handler)
        self.url = f"http://{host}:{self._server.server_address[1]}/"
        self._thread = threading.Thread(target=self._server.serve_forever, name="authority", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
