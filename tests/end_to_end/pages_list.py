"""The list of what people can meet, for the tests that look at every page and for the pictures.

A page or a state that is new goes into a `samples*.py` of tests/web with made-up contents: from there it is walked in
every language and look. What needs a running house (a console that a script fills, a hearing that goes on) goes into
`VISITS`, with the way there.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kachehri.i18n import Words
from web.api.reading import OPERATIONS
from web.look import Look
from web.pages import setup

WEB_TESTS: Final = Path(__file__).parents[1] / "web"


@dataclass(frozen=True)
class Dress:
    """A language and a look."""

    language: str
    look: Look

    def __str__(self) -> str:
        return "-".join((self.language, self.look.face, self.look.theme))


DRESSES: Final = (
    Dress("ur", Look("light", "naskh")),
    Dress("ur", Look("light", "nastaliq")),
    Dress("ur", Look("dark", "naskh")),
    Dress("en", Look("light")),
    Dress("en", Look("dark")),
)
PHONE: Final = (360, 640)
DESK: Final = (1280, 800)


@dataclass(frozen=True)
class Visit:
    """A page of a running house. `path` may name {session}; `login` is who is signed in, if anybody is."""

    name: str
    path: str
    login: str = ""
    size: tuple[int, int] = PHONE
    #: A selector that stands only when the page's script has done its work.
    ready: str = "main"


VISITS: Final = (
    Visit("home", "/"),
    Visit("session", "/s/{session}"),
    Visit("ask", "/s/{session}/ask"),
    Visit("live", "/s/{session}/live"),
    Visit("next", "/s/{session}/next"),
    Visit("track", "/track"),
    Visit("how", "/how"),
    Visit("privacy", "/privacy"),
    Visit("developers", "/developers"),
    Visit("help", "/help"),
    Visit("help-clerk", "/help/clerk"),
    Visit("look", "/look"),
    Visit("components", "/components"),
    Visit("not-there", "/s/aaaaaaaa"),
    Visit("stage", "/s/{session}/stage"),
    Visit("check", "/s/{session}/check"),
    Visit("continue", "/continue"),
    Visit("offline", "/offline"),
    Visit("sign-in", "/staff"),
    Visit("desk-home", "/desk", "moderator", DESK),
    Visit("desk-console", "/mod/{session}", "moderator", DESK, "body[data-ready]"),
    Visit("desk-account", "/account", "moderator", DESK),
    Visit("desk-people", "/people", "admin", DESK),
    Visit("desk-people-here", "/sessions/{session}/people", "moderator", DESK),
    Visit("desk-equipment", "/sessions/{session}/equipment", "moderator", DESK),
    Visit("desk-edit", "/sessions/{session}/edit", "moderator", DESK),
    Visit("desk-register", "/sessions/{session}/register", "moderator", DESK),
    Visit("desk-official", "/official/{session}", "chair", DESK, "body[data-ready]"),
    Visit("desk-setup", "/setup", "admin", DESK),
    *(Visit(f"desk-setup-{step}", f"/setup/{step}", "admin", DESK) for step in setup.STEPS),
    Visit("desk-practice", "/practice", "admin", DESK),
    Visit("desk-plan", "/sessions/new", "admin", DESK),
    Visit("desk-announced", "/sessions/{session}/announced", "admin", DESK),
    Visit("desk-poster", "/sessions/{session}/poster", "admin", DESK),
    Visit("desk-offices", "/offices", "admin", DESK),
    Visit("desk-office", "/offices/entry", "admin", DESK),
    Visit("desk-import", "/offices/import", "admin", DESK),
    Visit("desk-posts", "/posts", "admin", DESK),
    Visit("desk-post", "/posts/new", "admin", DESK),
    Visit("desk-routing", "/routing", "admin", DESK),
    Visit("desk-rule", "/routing/rule", "admin", DESK),
    Visit("desk-holes", "/routing/holes", "admin", DESK),
    Visit("desk-audit", "/audit", "admin", DESK),
    Visit("desk-keys", "/keys", "admin", DESK),
    Visit("desk-erase", "/erase", "admin", DESK),
    Visit("desk-notices", "/notices", "admin", DESK),
    Visit("desk-hooks", "/hooks-out", "admin", DESK),
    Visit("desk-contact", "/account/notices", "admin", DESK),
    Visit("desk-tickets", "/tickets", "admin", DESK),
    Visit("desk-supervise", "/supervise", "admin", DESK),
    Visit("desk-replies", "/replies", "clerk", DESK),
    Visit("desk-minutes", "/sessions/{session}/minutes", "admin", DESK),
    Visit("desk-second", "/account/second", "admin", DESK),
    # Whoever prepares or answers may have nothing but a phone.
    Visit("phone-setup", "/setup", "admin"),
    Visit("phone-plan", "/sessions/new", "admin"),
    Visit("phone-people", "/people", "admin"),
    Visit("phone-equipment", "/sessions/{session}/equipment", "moderator"),
    Visit("phone-tickets", "/tickets", "admin"),
    Visit("phone-posts", "/posts", "admin"),
    Visit("phone-routing", "/routing", "admin"),
    Visit("phone-home", "/desk", "moderator"),
)
#: What is seen as a page with made-up contents instead, because the way there is long: the address by its sample.
SEEN_AS_SAMPLE: Final = {
    "/q/{token}": "receipt",
    "/q/{token}/slip": "slip",
    "/q/{token}/do/{act}": "do-no",
    "/t/{reference}": "ticket",
    "/tickets/{reference}": "office-ticket",
    "/calendar": "calendar",
    "/calendar/day": "calendar-day",
    "/calendar/week": "calendar-week",
    "/calendar/import": "calendar-import",
    "/tickets/{reference}/history": "office-history",
    "/tickets/{reference}/about": "concerned",
    "/sessions/{session}/about/{question}": "concerned-question",
    "/posts/{post}": "post",
    "/brief/{hearing}": "office-brief",
    "/q/{token}/notices": "contact",
    "/t/{reference}/follow": "follow",
    "/mine": "numbers",
    "/s/{session}/promise": "promise",
    "/s/{session}/scorecard": "scorecard",
    "/s/{session}/replay": "replay",
    "/replays": "replays",
    "/q/{token}/replay": "removal",
    "/releases": "releases",
    "/sessions/{session}/chapters": "chapters",
    "/sessions/{session}/hold": "hold",
    "/sessions/{session}/chapters/{n}/review": "review",
    "/sessions/{session}/captions": "captions",
    "/sessions/{session}/program": "program",
    "/sessions/{session}/opening": "opening",
    "/verify": "verify",
    "/reports": "reports",
    "/reports/same": "again",
}
#: Addresses that answer with no page, and those that another test looks at on its way.
NO_PAGE: Final = (
    ".{format}",
    ".ics",
    ".js",
    ".json",
    ".png",
    ".pdf",
    ".csv",
    ".xlsx",
    ".ico",
    ".jsonl",
    ".vtt",
    ".m4a",
    ".mp4",
    "/log",
    "z",
    "/alerts",
    "/file",
)
ELSEWHERE: Final = {
    **{each.path: "for programs" for each in OPERATIONS},
    "/metrics": "numbers, for a program",
    "/staff/second": "tests/web: a second factor at the door",
    "/invite/{token}": "tests/web: an invitation",
    "/people/{account}": "tests/web: one person",
    "/tickets/{reference}/pictures/{picture}": "tests/web: a photograph",
    "/q/{token}/pictures/{picture}": "tests/web: a photograph",
    "/tickets/{reference}/called": "tests/web: taken back after a call",
    "/q/{token}/mine": "tests/web: what is kept about me",
    "/b/{grant}/{session}/master.m3u8": "for players",
    "/b/{grant}/{session}/{rendition}/{name}": "for players",
    "/mod/{session}/words": "for the console's script",
    "/mod/{session}/find": "for the console's script",
    "/mod/{session}/people": "for the console's script",
    "/mod/{session}/sums": "for the console's script",
    "/mod/{session}/alike": "for the console's script",
}


def samples(words: Words) -> Iterator[tuple[str, str, object]]:
    """Name, template and contents of every page with made-up contents."""
    for path in sorted(WEB_TESTS.glob("samples*.py")):
        for name, (template, page) in importlib.import_module(f"tests.web.{path.stem}").pages(words).items():
            yield name, template, page
