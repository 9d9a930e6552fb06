"""The printing child: `python -m kachehri.papers.child`, started by press.py and by nobody else.

Reads frames from its input, prints each part as it comes so that memory does not grow with the number of rows, and
joins them at the end. Says "done" after each part. It has no network: the only files it opens are our typefaces.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import Any, BinaryIO, Final

from kachehri import fonts

from .sheets import Book
from .wire import DECODER, FRAME_MOST, LENGTH_BYTES, NO_LIBRARY, PAGES, Frame, Job, Part, Rows, printable

CPU_S: Final = 1_800
MEMORY_BYTES: Final = 2 * 1024**3
NICE: Final = 10
FACES: Final = "".join(
    f'@font-face{{font-family:"{family}";font-weight:{weight};src:url({path.as_uri()})}}'
    for family, weight, path in (
        ("K Nastaliq", 400, fonts.NASTALIQ),
        ("K Naskh", 400, fonts.NASKH),
        ("K Naskh", 700, fonts.NASKH_BOLD),
        ("K Latin", 400, fonts.LATIN),
        ("K Latin", 700, fonts.LATIN_BOLD),
    )
)
#: The pages of a paper that is printed in one part are counted in advance.
COUNTED: Final = '@page{@bottom-center{content:counter(page) " / " counter(pages)}}'


class Printer:
    """Parts of a PDF, each with the page numbers that follow the last one's."""

    def __init__(self, job: Job) -> None:
        import pypdfium2  # type: ignore[import-untyped]
        import weasyprint  # type: ignore[import-untyped]
        from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
        from weasyprint.urls import FatalURLFetchingError, URLFetcher  # type: ignore[import-untyped]

        class OnlyFaces(URLFetcher):  # type: ignore[misc]
            """Opens our typefaces and nothing else."""

            def fetch(self, url: str, headers: Any = None) -> Any:
                if url not in {path.as_uri() for path in fonts.ALL}:
                    raise FatalURLFetchingError("a paper brings nothing from elsewhere")
                return super().fetch(url, headers)

        self._job = job
        self._pdfium: Any = pypdfium2
        self._weasyprint: Any = weasyprint
        self._faces: Any = FontConfiguration()
        self._fetcher: Any = OnlyFaces(allowed_protocols=("file",))
        self._style: Any = self._sheet(FACES + job.style)
        self._parts: list[bytes] = []
        self._pages = 0

    def _sheet(self, text: str) -> Any:
        return self._weasyprint.CSS(string=text, font_config=self._faces, url_fetcher=self._fetcher)

    def add(self, part: Part) -> None:
        whole = part.last and not self._parts
        html, document = part.html, self._render(part.html, whole)
        if part.last and PAGES in html:
            # The number may take more room than its mark did; a page that this adds is counted, once.
            for _ in range(2):
                pages = self._pages + len(document.pages)
                document = self._render(html.replace(PAGES, str(pages)), whole)
                if self._pages + len(document.pages) == pages:
                    break
        self._parts.append(document.write_pdf(pdf_tags=whole))
        self._pages += len(document.pages)

    def _render(self, html: str, whole: bool) -> Any:
        more = [self._sheet(COUNTED)] if whole else []
        if self._pages:
            more = [self._sheet(f"@page:first{{counter-reset:page {self._pages + 1}}}")]
        page = self._weasyprint.HTML(string=printable(html), base_url=None, url_fetcher=self._fetcher)
        return page.render(stylesheets=[self._style, *more], font_config=self._faces)

    def close(self) -> None:
        target = Path(self._job.target)
        if len(self._parts) == 1:
            target.write_bytes(self._parts[0])
            return
        joined = self._pdfium.PdfDocument(self._parts[0])
        for part in self._parts[1:]:
            joined.import_pages(self._pdfium.PdfDocument(part))
        joined.save(str(target))


def frames(pipe: BinaryIO) -> Any:
    """The frames of the pipe; it ends where the server ends."""
    while head := pipe.read(LENGTH_BYTES):
        length = int.from_bytes(head, "big")
        if length > FRAME_MOST:
            raise ValueError("a frame is too long")
        yield DECODER.decode(pipe.read(length))


def main() -> int:
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    os.umask(0o077)
    work: Printer | Book | None = None
    frame: Frame
    for frame in frames(sys.stdin.buffer):
        match frame:
            case Job():
                try:
                    work = Printer(frame) if frame.kind == "pdf" else Book(frame)
                except (ImportError, OSError) as error:  # dlopen of Pango or HarfBuzz fails as an OSError
                    print(error, file=sys.stderr)
                    return NO_LIBRARY
            case Part() if isinstance(work, Printer):
                work.add(frame)
            case Rows() if isinstance(work, Book):
                work.add(frame)
        if work is not None and not isinstance(frame, Job) and frame.last:
            work.close()
            print("done", flush=True)
            return 0
        print("done", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
