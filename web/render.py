"""Turns a page's data into the answer: one template environment per language, autoescape always on.

Each environment has its language's sentences as globals (`t`, `p`, `w`), so a template cannot show one reader the
words of another, and macros need no context. Undefined names are errors: a page that would show a hole fails its test
instead.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from kachehri.house_settings import Place
from kachehri.i18n import LANGUAGES, Words, negotiate, words_for
from web.assets import Assets
from web.icons import with_sprite
from web.look import Look
from web.security import CSRF_COOKIE, form_token, new_secret

TEMPLATES: Final = Path(__file__).parent / "templates"
LANGUAGE_COOKIE: Final = "k_lang"
_SQUEEZE_FROM: Final = 600  # bytes; below it gzip's own header outweighs the gain


@dataclass(frozen=True)
class Site:
    """What this installation says about itself on every page.

    helpline: a phone number, or nothing. origins: the announced addresses, where a proxy stands in front.
    language: for readers who asked for none of ours.
    """

    helpline: str = ""
    zone: str = "Asia/Karachi"
    https: bool = False
    origins: frozenset[str] = frozenset()
    address: str = ""
    name_ur: str = ""
    name_en: str = ""
    language: str = "ur"

    @classmethod
    def of(cls, place: Place) -> Site:
        return cls(
            helpline=place.helpline,
            zone=place.timezone,
            https=place.https,
            origins=place.origins,
            address=place.address,
            name_ur=place.name("ur"),
            name_en=place.name("en"),
            language=place.language,
        )

    def name(self, code: str) -> str:
        """The office, in the reader's language."""
        return self.name_ur if code == "ur" else self.name_en


@dataclass(frozen=True)
class Shell:
    """The frame's own data: where we are, the token for forms, the nonce for the import map."""

    path: str
    form_token: str
    nonce: str
    helpline: str
    indexed: bool = False
    office: str = ""
    look: Look = Look()


class Renderer:
    """Renders pages for readers.

    Arguments:
        recorded: whether this house makes a program, so that a hearing is broadcast and recorded, and pages say so.
    """

    def __init__(
        self, assets: Assets, site: Site | None = None, cache: Path | None = None, *, recorded: bool = False
    ) -> None:
        self.assets = assets
        self._recorded = recorded
        self._compiled = FileSystemBytecodeCache(str(cache)) if cache else None
        self._zone = ""
        self._environments: dict[str, Environment] = {}
        self.dress(site or Site())

    def dress(self, site: Site) -> None:
        """Show this installation from now on; only another time zone means to begin anew with the templates."""
        self.site = site
        if site.zone != self._zone:
            self._zone = site.zone
            self._environments = {
                code: self._environment(words_for(code, site.zone), self._compiled) for code in LANGUAGES
            }

    def _environment(self, words: Words, compiled: FileSystemBytecodeCache | None) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=compiled,
            auto_reload=False,
        )
        environment.globals.update(
            w=words,
            t=words.t,
            p=words.plain,
            raw=words.raw,
            sentences=words.family,
            asset=self.assets.url,
            import_map=self._import_map,
            recorded=self._recorded,
        )
        return environment

    def _import_map(self, names: Iterable[str]) -> Markup:
        """The map is JSON of our own file names and hashes; no reader's text can reach it."""
        return Markup(self.assets.import_map_for(*names))

    def words(self, request: Request) -> Words:
        """The reader's language, decided once a request."""
        chosen, accepted = request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language")
        language = negotiate(chosen, accepted, self.site.language)
        return words_for(language.code, self.site.zone)

    def html(self, code: str, template: str, page: object, shell: Shell) -> str:
        """The text of a page; tests and screenshots call this with data of their own."""
        return with_sprite(self._environments[code].get_template(template).render(page=page, shell=shell))

    def text(self, code: str, template: str, page: object) -> str:
        """The text of a template that is no page of the site: a paper, or a piece of a long page."""
        return self._environments[code].get_template(template).render(page=page)

    def show(
        self,
        request: Request,
        template: str,
        page: object,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        indexed: bool = False,
    ) -> Response:
        """The response, compressed if the phone can read it, with the form cookie if it had none."""
        secret = request.cookies.get(CSRF_COOKIE) or new_secret()
        token = form_token(secret)
        if len(token) < 40:  # a cookie that is not one of ours
            secret = new_secret()
            token = form_token(secret)
        words = self.words(request)
        shell = Shell(
            path=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            form_token=token,
            nonce=request.scope.get("state", {}).get("nonce", ""),
            helpline=self.site.helpline,
            indexed=indexed,
            office=self.site.name(words.language.code),
            look=Look.of(request.cookies),
        )
        body = self.html(words.language.code, template, page, shell).encode()
        sent: dict[str, Any] = {"vary": "accept-encoding, accept-language, cookie", **(headers or {})}
        if len(body) >= _SQUEEZE_FROM and "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, 6, mtime=0)
            sent["content-encoding"] = "gzip"
        response = Response(body, status, media_type="text/html; charset=utf-8", headers=sent)
        if request.cookies.get(CSRF_COOKIE) != secret:
            response.set_cookie(CSRF_COOKIE, secret, httponly=True, samesite="lax", secure=self.site.https, path="/")
        return response
