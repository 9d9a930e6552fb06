"""The drawing child: `python -m kachehri.papers.picture`, started by studio.py and by nobody else.

Each frame of its input is one small page; each answer is that page as a PNG with few colours, a length in front, 0 for
one that could not be drawn. It lives on for the next one, because starting costs more than drawing.
"""

from __future__ import annotations

import io
import os
import resource
import sys
from typing import Any, Final

import msgspec

from kachehri import fonts

from .child import FACES
from .wire import FRAME_MOST, LENGTH_BYTES, NO_LIBRARY, printable

MEMORY_BYTES: Final = 1024**3
NICE: Final = 10
#: CSS pixels to dots: sharp on the screens that it is looked at, and still small.
SCALE: Final = 2.0
#: Black on white and what lies between.
COLOURS: Final = 8
#: CSS pixels in an inch over points in an inch: pypdfium2 counts in points.
PER_POINT: Final = 96 / 72


class Page(msgspec.Struct, frozen=True, array_like=True):
    """One picture: a whole HTML document and its style sheet, which names the size of the page."""

    html: str
    style: str


def main() -> int:
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        import pypdfium2  # type: ignore[import-untyped]
        import weasyprint  # type: ignore[import-untyped]
        from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
        from weasyprint.urls import FatalURLFetchingError, URLFetcher  # type: ignore[import-untyped]
    except (ImportError, OSError) as error:  # dlopen of Pango or HarfBuzz fails as an OSError
        print(error, file=sys.stderr)
        return NO_LIBRARY

    class OnlyFaces(URLFetcher):  # type: ignore[misc]
        """Opens our typefaces and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url not in {path.as_uri() for path in fonts.ALL}:
                raise FatalURLFetchingError("a picture brings nothing from elsewhere")
            return super().fetch(url, headers)

    fetcher: Any = OnlyFaces(allowed_protocols=("file",))
    faces: Any = FontConfiguration()
    pipe, out = sys.stdin.buffer, sys.stdout.buffer
    decoder = msgspec.msgpack.Decoder(Page)
    while head := pipe.read(LENGTH_BYTES):
        length = int.from_bytes(head, "big")
        if length > FRAME_MOST:
            return 1
        page = decoder.decode(pipe.read(length))
        try:
            sheet = weasyprint.CSS(string=FACES + page.style, font_config=faces, url_fetcher=fetcher)
            document = weasyprint.HTML(string=printable(page.html), base_url=None, url_fetcher=fetcher)
            drawn = png(pypdfium2, document.write_pdf(stylesheets=[sheet], font_config=faces))
        except Exception as error:  # one page that cannot be drawn must not cost the others their child
            print(repr(error), file=sys.stderr, flush=True)
            drawn = b""
        out.write(len(drawn).to_bytes(LENGTH_BYTES, "big") + drawn)
        out.flush()
    return 0


def png(pdfium: Any, pdf: bytes) -> bytes:
    """The first page, in few shades (PNG, W3C 2022: a palette of at most 256)."""
    found = pdfium.PdfDocument(pdf)
    picture = found[0].render(scale=SCALE * PER_POINT, grayscale=True).to_pil()
    packed = io.BytesIO()
    picture.quantize(COLOURS).save(packed, "PNG", optimize=True)
    return packed.getvalue()


if __name__ == "__main__":
    sys.exit(main())
