"""Makes the font files of this folder again: `python -m kachehri.fonts.make FOLDER`.

FOLDER holds the unpacked packages that manifest.json names (`npm pack NAME@VERSION`, then `tar xzf` each into a folder
of its name without the scope). Nothing is fetched here, and nothing of the program imports this file.

Each face is cut to what Urdu, Saraiki, Punjabi, Sindhi and Pashto write, with all of its layout rules: Nastaliq is
drawn by them, and a letter outside the cut would fall out of its word. Hints are dropped; no phone uses them.
The files depend on the versions of fontTools and Brotli too, so what counts is the checksum in the manifest.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any, Final

from fontTools import subset  # type: ignore[import-untyped]

FOLDER: Final = Path(__file__).parent
LETTERS: Final = "ءآأؤئابتثجحخدذرزسشصضطظعغفقلمنهوٹپچڈڑژکگںھہۂۃیےۓيكىةٱ"
#: Saraiki and Sindhi implosives, Pashto: a name keeps its spelling.
NEIGHBOURS: Final = "ٻڄݙڳݨٺڀڇڊڌڏڍڙڦڻڱټځڅډړږښګڼېۍٲ"
MARKS: Final = "".join(map(chr, (*range(0x600, 0x604), *range(0x610, 0x615), 0x640, *range(0x64B, 0x659), 0x670)))
DIGITS: Final = "".join(map(chr, (*range(0x660, 0x66A), *range(0x6F0, 0x6FA))))
STOPS: Final = "،؛؟۔٫٬٪٭؍«»…“”‘’–—ﷺﷲ◌ \u00a0\u200c\u200d\u200e\u200f"
ARABIC: Final = LETTERS + NEIGHBOURS + MARKS + DIGITS + STOPS
LATIN: Final = "".join(map(chr, range(0x20, 0x180))) + "–—‘’“”…•·×→←"


def cut(source: Path, target: Path, characters: str) -> None:
    """One file: `pyftsubset --flavor=woff2 --layout-features='*' --no-hinting --notdef-outline --name-IDs='*'`."""
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["*"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = ["*"]  # the copyright stays in the file
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(set(map(ord, characters))))
    cutter.subset(font)
    subset.save_font(font, str(target), options)


def main(packages: Path) -> None:
    path = FOLDER / "manifest.json"
    manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    for name, entry in manifest["files"].items():
        package = packages / entry["package"].split("/")[-1]
        cut(package / entry["source"], FOLDER / name, LATIN if entry["script"] == "latin" else ARABIC)
        body = (FOLDER / name).read_bytes()
        entry["sha256"] = hashlib.sha256(body).hexdigest()
        entry["bytes"] = len(body)
    path.write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
