"""On every page: two live regions, present and empty when served, and no picture without its word."""

from __future__ import annotations

import importlib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kachehri.i18n import LANGUAGES, Words, words_for
from web.assets import Assets
from web.render import Renderer, Shell, Site

SHELL = Shell("/somewhere", "x" * 44, "nonce", "1991")
#: Whatever is called samples*.py here shows pages with made-up contents.
SAMPLES = sorted(path.stem for path in Path(__file__).parent.glob("samples*.py"))


def pages(words: Words) -> dict[str, tuple[str, object]]:
    found: dict[str, tuple[str, object]] = {}
    for name in SAMPLES:
        found |= importlib.import_module(f"tests.web.{name}").pages(words)
    return found


class Reader(HTMLParser):
    """Collects the live regions, and the controls that show a picture and say nothing."""

    VOID = frozenset({"input", "meta", "link", "br", "img", "hr", "use", "path", "source", "track"})

    def __init__(self) -> None:
        super().__init__()
        self.regions: list[tuple[str, str]] = []
        self.mute: list[str] = []
        self._open: list[tuple[str, dict[str, str | None], list[str], bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        speaks = given.get("aria-live") != "off"
        if "aria-live" in given and speaks:
            self.regions.append((str(given.get("id")), "aria-live"))
        if tag == "output" and speaks:  # a status by itself (HTML-AAM §4.1)
            self.regions.append((str(given.get("id")), "output"))
        if given.get("role") in ("status", "alert", "log"):
            self.regions.append((str(given.get("id")), str(given["role"])))
        if tag == "svg" and "icon" in (given.get("class") or "").split():
            self._open = [(name, had, words, True) for name, had, words, _ in self._open]
        if tag not in self.VOID:
            self._open.append((tag, given, [], False))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A shape of a picture."""

    def handle_data(self, data: str) -> None:
        for _, _, words, _ in self._open:
            words.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, given, words, drawn = self._open.pop()
            said = "".join(words).strip() or given.get("aria-label")
            if name in ("a", "button", "summary", "label") and drawn and not said and "data-words" not in given:
                self.mute.append(f"{name} {given}")
            if name == tag:
                break


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_has_the_two_regions_and_words_beside_pictures(code: str) -> None:
    renderer = Renderer(Assets(), Site(helpline="1991"))
    shown = pages(words_for(code))
    assert len(shown) > 30
    for name, (template, page) in shown.items():
        html = renderer.html(code, template, page, SHELL)
        reader = Reader()
        reader.feed(html)
        if "<!doctype" in html:
            assert reader.regions == [("sr-status", "status"), ("sr-alert", "alert")], name
            assert '<div id="sr-status" role="status" class="unseen"></div>' in html
            assert '<div id="sr-alert" role="alert" class="unseen"></div>' in html
        assert reader.mute == [], name


def test_the_reader_sees_what_is_wrong() -> None:
    reader = Reader()
    reader.feed('<p aria-live="polite"></p><a href="/"><svg class="icon"><use href="#i-x"/></svg></a><output></output>')
    assert reader.regions == [("None", "aria-live"), ("None", "output")]
    assert len(reader.mute) == 1
