"""What others wrote and we send is what they wrote, under its licence, and is fetched by nobody who did not ask."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from web.assets import STATIC, Assets

FOLDERS = sorted(path.parent for path in (STATIC / "vendor").glob("*/manifest.json"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_file_is_the_one_of_the_manifest(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    files = {path.name for path in folder.iterdir()} - {"manifest.json"}
    assert files == set(manifest["files"]) and "LICENSE" in files
    for name, known in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == known["sha256"], name
    assert manifest["integrity"].startswith("sha512-") and manifest["licence"] in ("Apache-2.0", "MIT", "ISC")


def test_it_is_sent_as_it_is() -> None:
    assets = Assets()
    name = "vendor/hls.js/hls.light.min.js"
    assert assets.content(name)[0] == (STATIC / name).read_bytes()
    assert assets.kilobytes(name) <= 120, "what the button's tap costs"
