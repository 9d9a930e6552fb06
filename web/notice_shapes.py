"""What the pages about messages are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ToldRow:
    """One message that waits for a person. `name` and `why` name sentences below `notice.name.` and `notices.why.`."""

    id: str
    name: str
    reference: str
    channel: str
    at: int
    why: str


@dataclass(frozen=True)
class CostRow:
    channel: str
    language: str
    messages: int
    segments: int
    cost: str


@dataclass(frozen=True)
class TextRow:
    """One sentence as it leaves the house."""

    name: str
    text: str
    segments: int
    most: int
    units: int
    sms: bool


@dataclass(frozen=True)
class TextsIn:
    """All sentences in one language."""

    language: str
    title: str
    direction: str
    rows: tuple[TextRow, ...]


@dataclass(frozen=True)
class NoticesPage:
    on: bool
    ways: tuple[tuple[str, bool], ...]
    counts: tuple[tuple[str, int, str], ...]
    unknown: tuple[ToldRow, ...] = ()
    failed: tuple[ToldRow, ...] = ()
    costs: tuple[CostRow, ...] = ()
    total: str = ""
    texts: tuple[TextsIn, ...] = ()
    message: str = ""
    tone: str = "ok"


@dataclass(frozen=True)
class HookRow:
    id: str
    url: str
    active: bool
    gone: bool
    since: int
    waiting: int
    failed: int


@dataclass(frozen=True)
class HooksPage:
    rows: tuple[HookRow, ...]
    url: str = ""
    secret: str = ""
    message: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ContactPage:
    """How somebody wants to be told. `phone`: she gave one, so short messages are a question at all. `push`: a browser
    is told, which can be taken back here, also from another phone and without a script.
    """

    path: str
    back: str
    citizen: bool
    phone: bool
    sms: bool
    plain: bool
    email: str
    language: str
    hours: str
    choices: tuple[tuple[str, str, str], ...]
    push: bool = False
    saved: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
