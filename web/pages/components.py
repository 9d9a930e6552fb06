"""Every component of the pages on one page: in both directions beside each other, light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from kachehri.i18n import LANGUAGES, Language
from web.house import house_of
from web.render import Renderer, Shell

#: Monday 5 January 2026, 10 o'clock in Karachi: a day like any other, in milliseconds since the epoch.
_AT: Final = 1_767_589_200_000


@dataclass(frozen=True)
class PanePage:
    """What the components of one pane are filled with; `id` keeps the names of its fields apart."""

    id: str
    at: int
    qr: Markup


@dataclass(frozen=True)
class Pane:
    language: Language
    dark: bool
    body: Markup


@dataclass(frozen=True)
class ComponentsPage:
    panes: tuple[Pane, ...]


async def show(request: Request) -> Response:
    """GET /components."""
    house = house_of(request)
    return house.show(request, "components.html", filled(house.renderer))


def filled(renderer: Renderer) -> ComponentsPage:
    """All panes; the tests look at them too."""
    picture = segno.make("https://kachehri.example/invite/ab2cd3ef", error="m", micro=False)
    qr = Markup(picture.svg_inline(border=2, omitsize=True, lineclass=None, svgclass="qr"))
    shell = Shell("/components", "", "", "")
    return ComponentsPage(
        tuple(
            Pane(
                language,
                dark,
                Markup(
                    renderer.html(
                        code, "components_pane.html", PanePage(f"{code}{'-dark' if dark else ''}", _AT, qr), shell
                    )
                ),
            )
            for dark in (False, True)
            for code, language in LANGUAGES.items()
        )
    )
