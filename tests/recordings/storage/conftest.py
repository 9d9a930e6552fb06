"""Storages of both kinds: a folder, and a real S3 API on loopback."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from recordings.storage import LocalStorage, Storage
from recordings.storage.s3 import S3Storage
from tests.servers import _Server

KEYS = {"access_key": "testing", "secret_key": "testing-secret", "region": "us-east-1"}


class S3(_Server):
    """moto's server, a process of its own."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        return [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/moto-api/", timeout=2):
                return True
        except OSError:
            return False

    def bucket(self) -> str:
        """A new bucket: a PUT on its name (the server believes every signature)."""
        name = f"b{uuid4().hex[:12]}"
        request = urllib.request.Request(f"{self.url}/{name}", method="PUT")
        request.add_header("Authorization", "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request")
        with urllib.request.urlopen(request, timeout=10):
            return name


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    server = S3()
    server.start()
    yield server
    server.close()


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "local":
        return LocalStorage(tmp_path / "storage")
    server: S3 = request.getfixturevalue("s3")
    return S3Storage(bucket=server.bucket(), endpoint=server.url, prefix="kachehri/", **KEYS)
