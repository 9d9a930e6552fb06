"""Static files under addresses that contain their content.

Every file is read, packed and compressed once, when the process starts. A page names `site.css`; the reader's phone
gets `/static/site.1f0c….css` with a year of caching, so that a second visit asks for the page alone. There is no
build step: a stylesheet pack is its files one after another, and a script pack (web/packing.py) is its modules one
after another.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import fonts
from web.packing import bare, pack

STATIC: Final = Path(__file__).parent / "static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_SQUEEZED: Final = {".css", ".js", ".svg", ".json"}
_YEAR_S: Final = 31_536_000
#: A file that a style sheet names: its plain address, as our sheets write it.
_NAMED: Final = re.compile(r'url\("/static/([\w./-]+)"\)')


@dataclass(frozen=True)
class Asset:
    """One file as it is sent: `tag` is the start of its SHA-256, both the address and the entity tag."""

    content_type: str
    body: bytes
    squeezed: bytes | None
    tag: str


class Assets:
    """All static files of the product, addressed by content."""

    def __init__(self, root: Path = STATIC) -> None:
        self._root = root
        self._by_name: dict[str, Asset] = {}
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.suffix in _TYPES and path.name != "manifest.json" and path.name[0] != ".":
                self._add(path.relative_to(root).as_posix(), _content(path))
        self._add(f"fonts/{fonts.NASTALIQ.name}", fonts.NASTALIQ.read_bytes())
        for folder in [root / "css", *sorted(p for p in (root / "css").glob("*") if p.is_dir())]:
            name = "site.css" if folder == root / "css" else f"{folder.name}.css"
            sheets = sorted(folder.glob("*.css"))
            if sheets:
                pack_of_sheets = "\n".join(_tight(sheet.read_text("utf-8")) for sheet in sheets)
                self._add(name, _NAMED.sub(self._hashed, pack_of_sheets).encode())
        for entry in sorted((root / "js").rglob("*.js")):
            packed = pack(entry)
            if packed is not None:
                self._add(f"js/{entry.relative_to(root / 'js').with_suffix('').as_posix()}.pack.js", packed.encode())
        self._url = {name: self._address(name, asset) for name, asset in self._by_name.items()}
        self._by_url = {url: self._by_name[name] for name, url in self._url.items()}
        #: The import map (HTML §8.1.5.3): a module's plain address, as `import "./media.js"` resolves it, to its
        #: hashed one.
        self.import_map = json.dumps(
            {"imports": {f"/static/{n}": self._module(n) for n in self._url if n.endswith(".js") and "pack" not in n}},
            separators=(",", ":"),
        )

    def url(self, name: str) -> str:
        """The address of a file that a page names; a name that does not exist is a fault found by the first test."""
        return self._url[name]

    def import_map_for(self, *names: str) -> str:
        """The part of the import map that a page needs: on 2G an unused line is still a line."""
        return json.dumps({"imports": {f"/static/{n}": self._module(n) for n in names}}, separators=(",", ":"))

    def _module(self, name: str) -> str:
        """The hashed address of a module, with all that it imports where it imports anything."""
        return self._url.get(name.removesuffix(".js") + ".pack.js", self._url[name])

    def names(self) -> list[str]:
        return sorted(self._by_name)

    def content(self, name: str) -> tuple[bytes, str]:
        """The bytes of a file and what they are."""
        return self._by_name[name].body, self._by_name[name].content_type

    def kilobytes(self, name: str) -> int:
        """What a file costs a phone that does not have it yet, in thousands of bytes, rounded up."""
        asset = self._by_name[name]
        return -(-len(asset.squeezed or asset.body) // 1_000)

    async def serve(self, request: Request) -> Response:
        """A hashed address may be kept for a year; a plain one (old browsers without import maps) is checked each
        time.
        """
        path = request.url.path
        asset = self._by_url.get(path)
        lasting = asset is not None
        asset = asset or self._by_name.get(path.removeprefix("/static/"))
        if asset is None:
            return Response(status_code=404)
        headers = {
            "cache-control": f"public, max-age={_YEAR_S}, immutable" if lasting else "public, no-cache",
            "etag": f'"{asset.tag}"',
            "vary": "accept-encoding",
        }
        if asset.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if asset.squeezed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            return Response(asset.squeezed, media_type=asset.content_type, headers=headers)
        return Response(asset.body, media_type=asset.content_type, headers=headers)

    def _add(self, name: str, body: bytes) -> None:
        suffix = Path(name).suffix
        squeezed = gzip.compress(body, 9, mtime=0) if suffix in _SQUEEZED else None
        self._by_name[name] = Asset(_TYPES[suffix], body, squeezed, hashlib.sha256(body).hexdigest()[:12])

    def _hashed(self, named: re.Match[str]) -> str:
        return f'url("{self._address(named[1], self._by_name[named[1]])}")'

    @staticmethod
    def _address(name: str, asset: Asset) -> str:
        stem, _, suffix = name.rpartition(".")
        return f"/static/{stem}.{asset.tag}.{suffix}"


def _content(path: Path) -> bytes:
    if path.suffix == ".js" and "vendor" not in path.parts:  # what others wrote is sent as they wrote it
        return bare(path.read_text("utf-8")).encode()
    return path.read_bytes()


def _tight(sheet: str) -> str:
    """A style sheet without comments and indentation; the readable one is in the repository."""
    return re.sub(r"\n\s*", "\n", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)).strip()
