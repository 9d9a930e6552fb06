"""A folder and a real S3 API keep the same promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from recordings.storage import LocalStorage, Storage, StorageError, Stored
from recordings.storage.s3 import S3Storage
from tests.servers import free_port

from .conftest import KEYS, S3

NAME = "aaaabbbb/full/000001.m4s"


def test_what_is_put_is_there_whole_and_in_ranges(storage: Storage) -> None:
    data = bytes(range(256)) * 400
    storage.put(NAME, data)
    assert storage.get(NAME) == data
    assert storage.range(NAME, 1_000, 300) == data[1_000:1_300]
    assert storage.range(NAME, len(data) - 5, 100) == data[-5:]
    storage.put(NAME, b"anew")
    assert storage.get(NAME) == b"anew"


def test_a_folder_is_listed_and_nothing_beside_it(storage: Storage) -> None:
    for name in ("a/full/1.m4s", "a/full/2.m4s", "a/light/1.m4s", "ab/full/1.m4s"):
        storage.put(name, name.encode())
    assert sorted(storage.list("a/full/")) == [Stored("a/full/1.m4s", 12), Stored("a/full/2.m4s", 12)]
    assert len(list(storage.list("a/"))) == 3 and len(list(storage.list(""))) == 4
    assert list(storage.list("c/")) == []


def test_what_is_deleted_is_gone_and_may_be_deleted_again(storage: Storage) -> None:
    storage.put(NAME, b"x")
    storage.put("aaaabbbb/full/000002.m4s", b"y")
    storage.delete([NAME])
    storage.delete([NAME])
    assert [each.name for each in storage.list("")] == ["aaaabbbb/full/000002.m4s"]
    with pytest.raises(StorageError, match="gone"):
        storage.get(NAME)
    with pytest.raises(StorageError, match="gone"):
        storage.range(NAME, 0, 1)


@pytest.mark.parametrize("name", ["", "..", "../x", "/etc/passwd", "a//b", "a/../b", "a/.b", "a\\..\\b", "a/b\n", "ä"])
def test_no_name_leads_elsewhere(storage: Storage, name: str) -> None:
    for call in (
        lambda: storage.put(name, b"x"),
        lambda: storage.get(name),
        lambda: storage.range(name, 0, 1),
        lambda: storage.delete([name]),
        lambda: list(storage.list(f"{name}/")),
    ):
        with pytest.raises(StorageError, match="name"):
            call()
    for offset, length in ((-1, 5), (0, 0), (0, -1)):
        with pytest.raises(StorageError, match="name"):
            storage.range(NAME, offset, length)


def test_half_a_file_is_not_listed(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    storage.put(NAME, b"x")
    (tmp_path / "aaaabbbb" / "full" / "000002.m4s.new").write_bytes(b"half")
    assert [each.name for each in storage.list("")] == [NAME]


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "aaaabbbb").write_bytes(b"a file where a folder should be")
    with pytest.raises(StorageError):
        LocalStorage(tmp_path).put(NAME, b"x")
    with pytest.raises(StorageError, match="gone"):
        LocalStorage(tmp_path).get(NAME)


def test_a_bucket_that_is_not_there_and_a_server_that_is_away(s3: S3) -> None:
    missing = S3Storage(bucket="no-such-bucket", endpoint=s3.url, **KEYS)
    with pytest.raises(StorageError) as caught:
        missing.put(NAME, b"x")
    assert caught.value.code in ("gone", "refused", "away")
    away = S3Storage(bucket="some-bucket", endpoint=f"http://127.0.0.1:{free_port()}", **KEYS)
    with pytest.raises(StorageError, match="away"):
        away.get(NAME)
