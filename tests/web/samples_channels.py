"""The live page where interpreters have a sound of their own, with made-up contents."""

from __future__ import annotations

from dataclasses import replace

from kachehri.i18n import Words
from recordings.channels import Channel
from web.channel_shapes import sounds
from web.live_shapes import LivePage, ProgramBox

from . import samples

PLANNED = (
    Channel(1, "interpreter-1", "en"),
    Channel(2, "interpreter-2", "skr"),
    Channel(3, "interpreter-3"),
)


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    live = samples.pages(words)["live"][1]
    assert isinstance(live, LivePage)
    base = "/b/lke2-AAAAAAAAAAAAAAAA/made-up"
    every = {each.rendition for each in PLANNED}
    boxes = {
        "channels-original": ProgramBox(base, "light", sounds=sounds(PLANNED, every, "")),
        "channels-chosen": ProgramBox(base, "sound", sounds=sounds(PLANNED, every, "sound-2")),
        "channels-one": ProgramBox(base, "sound", sounds=sounds(PLANNED, {"sound-1"}, "")),
        "channels-none-yet": ProgramBox(base, "sound", sounds=sounds(PLANNED, set(), "sound-1")),
    }
    return {name: ("live.html", replace(live, program=box)) for name, box in boxes.items()}
