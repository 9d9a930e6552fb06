"""The typefaces are those of the manifest, under their licence, and can write what people write."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from kachehri import fonts
from kachehri.fonts.make import ARABIC, LATIN
from kachehri.i18n import catalogue

MANIFEST = json.loads((fonts.FOLDER / "manifest.json").read_text("utf-8"))


def test_every_file_is_the_one_of_the_manifest() -> None:
    assert {path.name for path in fonts.FOLDER.glob("*.woff2")} == set(MANIFEST["files"])
    assert {path.name for path in fonts.ALL} == set(MANIFEST["files"])
    for name, entry in MANIFEST["files"].items():
        body = (fonts.FOLDER / name).read_bytes()
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (entry["sha256"], entry["bytes"]), name
        package = MANIFEST["packages"][entry["package"]]
        assert package["licence"] == "OFL-1.1"
        assert package["copyright"] in (fonts.FOLDER / "OFL.txt").read_text("utf-8")


@pytest.mark.parametrize("path", fonts.ALL, ids=lambda path: path.name)
def test_a_face_has_its_letters_its_rules_and_its_licence(path: Path) -> None:
    entry = MANIFEST["files"][path.name]
    font = TTFont(path)
    assert font["name"].getDebugName(1) == entry["family"]
    assert font["name"].getDebugName(0) == MANIFEST["packages"][entry["package"]]["copyright"]
    has = set(font.getBestCmap())
    if entry["script"] == "arabic":
        assert {"GSUB", "GPOS", "GDEF"} <= set(font.keys())
        assert {"init", "medi", "fina"} <= {
            record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord
        }
    # What no face has a glyph for is drawn by another: marks of layout, and letters that only one of the two faces has.
    least = (
        set("ءآأؤئابتثجحخدذرزسشصضطظعغفقلمنوٹپچڈڑژکگںھہۂۃیےۓيكىةٻڄݙڳݨۍښ،؛؟۔")
        if entry["script"] == "arabic"
        else set(LATIN[:95])
    )
    assert {character for character in least if ord(character) not in has} == set()
    assert has <= set(map(ord, ARABIC + LATIN)) | {0, 0xD}


def test_nastaliq_can_write_every_sentence_of_ours() -> None:
    said = {
        character
        for message in catalogue.read("ur")
        for form in ([message.string] if isinstance(message.string, str) else message.string or ())
        for character in form
        if "\u0600" <= character <= "\u077f"
    }
    assert {character for character in said if ord(character) not in TTFont(fonts.NASTALIQ).getBestCmap()} == set()


def test_nastaliq_stays_affordable() -> None:
    assert fonts.NASTALIQ.stat().st_size <= 115_000
