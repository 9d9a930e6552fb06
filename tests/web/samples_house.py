"""The house's own pages with their contents: letters and colours, the components."""

from __future__ import annotations

from kachehri.i18n import Words
from web.assets import Assets
from web.guides import GUIDES, HelpPage
from web.look import Look, LookPage
from web.pages import components
from web.render import Renderer


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    pictures = frozenset(name for name in Assets().names() if name.startswith("help/"))
    return {
        "help": ("help.html", HelpPage()),
        **{f"help-{guide}": ("help.html", HelpPage(guide, pictures)) for guide in GUIDES},
        "look": ("look.html", LookPage(Look(), "/", 111)),
        "components": ("components.html", components.filled(Renderer(Assets()))),
    }
