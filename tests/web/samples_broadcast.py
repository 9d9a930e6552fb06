"""The live page where a program is made, with made-up contents."""

from __future__ import annotations

from dataclasses import replace

from kachehri.i18n import Words
from web.live_shapes import LivePage, ProgramBox
from web.shapes import SessionPage

from . import samples


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    live = samples.pages(words)["live"][1]
    assert isinstance(live, LivePage)
    base = "/b/lke2-AAAAAAAAAAAAAAAA/made-up"
    boxes = {
        "program-sound": ProgramBox(base, "sound"),
        "program-text": ProgramBox(base, "text"),
        "program-light": ProgramBox(base, "light"),
        "program-full": ProgramBox(base, "full"),
        "program-not-begun": ProgramBox(base, "light", begun=False),
    }
    lobby = samples.pages(words)["session"][1]
    assert isinstance(lobby, SessionPage)
    offered = replace(lobby, program=("sound", "light", "full"), follow="light")
    return {"program-lobby": ("session.html", offered)} | {
        name: ("live.html", replace(live, program=box)) for name, box in boxes.items()
    }
