"""The typefaces that travel with the program: Nastaliq for readers who choose it, and faces for printed documents.

A page's first visit loads no face at all; paper has no face of its own, so documents bring theirs. `manifest.json` says
of each file where it came from and what it must be, and make.py how it is made again.

May import: nothing of ours. Does not belong here: which page or document uses which face.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
#: File name by family and weight. The families are those of manifest.json.
NASTALIQ: Final = FOLDER / "nastaliq-400.woff2"
NASKH: Final = FOLDER / "naskh-400.woff2"
NASKH_BOLD: Final = FOLDER / "naskh-700.woff2"
LATIN: Final = FOLDER / "latin-400.woff2"
LATIN_BOLD: Final = FOLDER / "latin-700.woff2"
ALL: Final = (NASTALIQ, NASKH, NASKH_BOLD, LATIN, LATIN_BOLD)
