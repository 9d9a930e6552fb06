"""What a template calls to speak to one reader: sentences, days, minutes, references.

`t` returns markup in which every inserted value sits in a `<bdi>` of its own (HTML §4.5.24), because a number or an
English name inside an Urdu sentence otherwise drags its neighbours to the wrong side. `plain` is for attributes, where
no element can stand: it uses the Unicode isolates FSI and PDI (UAX #9) for the same purpose.
"""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from kachehri.i18n import catalogue
from kachehri.i18n.dates import Dates, whole_minutes
from kachehri.i18n.digits import grouped_reference
from kachehri.i18n.languages import LANGUAGES, Language

_FSI, _PDI = "\u2068", "\u2069"
_BDI = Markup("<bdi>{}</bdi>")
_LTR = Markup('<bdi dir="ltr">{}</bdi>')


class Words:
    """The sentences and formats of one language; immutable, shared by all requests."""

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        self.language = language
        self.dates = Dates(language.code, zone)
        #: Sentences without values, ready as markup: a desk with a hundred rows asks for the same few again and again.
        self._ready: dict[str, Markup] = {}

    @property
    def other(self) -> Language:
        """The language to offer; with two languages there is one other."""
        return next(known for known in LANGUAGES.values() if known != self.language)

    def has(self, key: str) -> bool:
        return catalogue.has(self.language.code, key)

    def t(self, key: str, count: int | None = None, **values: object) -> Markup:
        """A sentence as markup. Values that are already markup are inserted as they are (a link, a bold word)."""
        if count is None and not values:
            ready = self._ready.get(key)
            if ready is None:
                ready = self._ready[key] = self._marked(key, None, {})
            return ready
        return self._marked(key, count, values)

    def _marked(self, key: str, count: int | None, values: dict[str, object]) -> Markup:
        if count is not None:
            values.setdefault("n", count)
        wrapped = {name: v if isinstance(v, Markup) else _BDI.format(v) for name, v in values.items()}
        return Markup(escape(catalogue.sentence(self.language.code, key, count))).format(**wrapped)

    def plain(self, key: str, count: int | None = None, **values: object) -> str:
        """The same sentence as text, for attributes, titles and messages."""
        if count is not None:
            values.setdefault("n", count)
        isolated = {name: f"{_FSI}{v}{_PDI}" for name, v in values.items()}
        return catalogue.sentence(self.language.code, key, count).format(**isolated)

    def raw(self, key: str) -> str:
        """The sentence with its placeholders still in it, for a script that fills them in on the phone."""
        return catalogue.sentence(self.language.code, key)

    def family(self, prefix: str) -> dict[str, str]:
        """All sentences below a prefix, keyed by what follows it: a script picks among them by a code it receives."""
        keys = (str(message.id) for message in catalogue.read(self.language.code) if isinstance(message.id, str))
        return {key.removeprefix(prefix): self.raw(key) for key in keys if key.startswith(prefix)}

    def day(self, at_ms: int) -> Markup:
        return self._time(self.dates.day(at_ms), at_ms)

    def clock(self, at_ms: int) -> Markup:
        return self._time(self.dates.clock(at_ms), at_ms)

    def when(self, at_ms: int) -> Markup:
        return self._time(self.dates.when(at_ms), at_ms)

    def minutes(self, span_ms: int) -> Markup:
        return self.t("span.minutes", whole_minutes(span_ms))

    def reference(self, reference: str) -> Markup:
        """A reference in groups of 2-4-4, never reordered by the text around it."""
        return _LTR.format(grouped_reference(reference))

    @staticmethod
    def grouped(reference: str) -> str:
        return grouped_reference(reference)

    @staticmethod
    def whole_minutes(span_ms: int) -> int:
        return whole_minutes(span_ms)

    def _time(self, text: str, at_ms: int) -> Markup:
        return Markup('<time datetime="{}">{}</time>').format(self.dates.machine(at_ms), text)


@cache
def words_for(code: str, zone_name: str = "Asia/Karachi") -> Words:
    return Words(LANGUAGES[code], ZoneInfo(zone_name))
