"""Whoever wants to hear meets what plays first, and the ways to follow below it."""

from __future__ import annotations

import pytest

from kachehri.i18n import LANGUAGES, words_for
from tests.web import samples_broadcast
from web.assets import Assets
from web.render import Renderer, Shell, Site


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_player_stands_before_the_ways_to_follow(code: str) -> None:
    renderer = Renderer(Assets(), Site(helpline="1991"))
    shell = Shell("/somewhere", "x" * 44, "nonce", "1991")
    for name in ("program-sound", "program-light"):
        html = renderer.html(code, *samples_broadcast.pages(words_for(code))[name], shell)
        assert html.index("controls") < html.index('id="near"') < html.index('class="modes '), name
