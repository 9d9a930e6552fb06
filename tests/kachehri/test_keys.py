"""The master key: made safely, and refused when somebody could guess or read it."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from kachehri import keys


def write(path: Path, *material: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(b"".join(base64.urlsafe_b64encode(key) + b"\n" for key in material))
    path.chmod(mode)
    return path


def refused(path: Path) -> str:
    with pytest.raises(keys.KeyRefused) as caught:
        keys.read(path)
    return caught.value.code


def test_a_new_key_is_random_and_private(tmp_path: Path) -> None:
    for name in ("a", "b"):
        keys.make(tmp_path / "var" / name)
    assert (tmp_path / "var" / "a").stat().st_mode & 0o777 == 0o600
    assert keys.read(tmp_path / "var" / "a") != keys.read(tmp_path / "var" / "b")


def test_an_existing_key_is_never_overwritten(tmp_path: Path) -> None:
    keys.make(tmp_path / "key")
    before = keys.read(tmp_path / "key")
    with pytest.raises(FileExistsError):
        keys.make(tmp_path / "key")
    assert keys.read(tmp_path / "key") == before


def test_the_first_line_is_in_force_and_older_ones_are_kept(tmp_path: Path) -> None:
    new, old = os.urandom(32), os.urandom(32)
    assert keys.read(write(tmp_path / "key", new, old)) == (new, old)


@pytest.mark.parametrize(
    "material", [b"\0" * 32, b"secret" * 6, b"change me, this is the default..", b"short", b"ab" * 16]
)
def test_a_weak_key_is_refused(tmp_path: Path, material: bytes) -> None:
    assert refused(write(tmp_path / "key", material)) == "weak"


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    assert refused(write(tmp_path / "key", os.urandom(32), mode=0o640)) == "exposed"


def test_a_file_without_a_key(tmp_path: Path) -> None:
    assert refused(tmp_path / "none") == "missing"
    assert refused(tmp_path) == "unreadable"
    assert refused(write(tmp_path / "empty")) == "unreadable"
    (tmp_path / "words").write_bytes(b"not*base64")
    (tmp_path / "words").chmod(0o600)
    assert refused(tmp_path / "words") == "unreadable"


def test_each_purpose_has_a_key_of_its_own() -> None:
    master = bytes(range(32))
    assert keys.derive(master, "device cookie") == keys.derive(master, "device cookie")
    assert keys.derive(master, "device cookie") != keys.derive(master, "entry pass")
    assert len(keys.derive(master, "x")) == 32
