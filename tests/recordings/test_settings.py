"""What an administrator is told before a recording is lost to a slip in the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from kachehri.settings import SettingsError, from_mapping


def settings(tmp_path: Path, **changed: object) -> dict[str, dict[str, object]]:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    fine = {
        "storage": "s3",
        "endpoint": "https://s3.example.pk",
        "bucket": "hearings-noorgarh",
        "prefix": "kachehri/",
        "access_key": "us",
        "secret_key_file": str(secret),
    }
    return {"recordings": fine | changed}


def test_a_storage_that_can_be_reached_is_fine(tmp_path: Path) -> None:
    assert from_mapping(settings(tmp_path)).recordings.bucket == "hearings-noorgarh"
    assert from_mapping(settings(tmp_path, endpoint="http://127.0.0.1:9000", prefix="")).recordings.prefix == ""
    assert from_mapping({}).recordings.storage == "local"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bucket", ""),
        ("bucket", "Has/Slash"),
        ("prefix", "no-slash"),
        ("prefix", "../"),
        ("endpoint", "http://s3.example.pk"),
        ("endpoint", "s3.example.pk"),
        ("access_key", ""),
        ("secret_key_file", "/nowhere/secret"),
        ("least_mb", 1),
        ("keep_days", -1),
    ],
)
def test_what_cannot_work_is_said(tmp_path: Path, name: str, value: object) -> None:
    with pytest.raises(SettingsError) as caught:
        from_mapping(settings(tmp_path, **{name: value}))
    assert [problem.path for problem in caught.value.problems] == [f"recordings.{name}"]


def test_languages_of_interpreters_are_short_tags() -> None:
    assert from_mapping({}).program.interpreted == ("en", "ur")
    assert from_mapping({"program": {"interpreted": ["ps", "pnb"]}}).program.interpreted == ("ps", "pnb")
    with pytest.raises(SettingsError) as caught:
        from_mapping({"program": {"interpreted": ["Pashto"]}})
    assert [problem.path for problem in caught.value.problems] == ["program.interpreted"]
