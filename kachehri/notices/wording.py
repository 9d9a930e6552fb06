"""The words of each notice in each language, and what they would be without: a place that nothing fills, or one segment
too many. Pure.

No sentence says what a matter is about, and none repeats what somebody wrote: phones are borrowed, and a short message
is read by whoever holds the phone. `problems` is the check of the build.
"""

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from kachehri.i18n import LANGUAGES, catalogue
from kachehri.i18n.dates import Dates
from kachehri.i18n.digits import grouped_reference

from .segments import measure
from .table import BUDGET, PLACES, Channel, channels_of

#: Behind Arabic letters digits are Arabic numbers, and the groups of a reference would change places (UAX #9, W2 and
#: W4); behind a left-to-right mark they stay as they are.
_LRM: Final = "\u200e"
#: What the check and the preview fill in: a long address, a late month.
SAMPLE_REF: Final = "2640718822"
SAMPLE_ADDRESS: Final = "https://kachehri.rahimyarkhan.gov.pk"
SAMPLE_CODE: Final = "402817"
SAMPLE_DAY_MS: Final = 1_790_500_000_000
#: Numbers that a summary names; the page has them all.
REFS_MOST: Final = 12


class Message(NamedTuple):
    """What is handed to a gateway. `thread` is the same for all of one ticket."""

    subject: str
    text: str
    language: str
    link: str
    thread: str = ""


def write(
    name: str, channel: Channel, language: str, values: Mapping[str, object], *, address: str, house: str, zone: str
) -> Message:
    """A notice in words.

    Arguments:
        values: as they were kept with the delivery: `ref`, `day` in milliseconds, `refs`.
        address: where the house is found.
        zone: for days.
    """
    path = "/tickets" if name.startswith("staff.") else "/track"
    link = address + path
    refs = [str(each) for each in _list(values.get("refs"))]
    said = {
        "ref": _number(str(values.get("ref", "")), language),
        "day": _day(values.get("day"), language, zone),
        "n": str(len(refs)),
        # Grouped by nothing: it is typed as it stands.
        "code": (_LRM if language == "ur" else "") + str(values.get("code", "")),
        "refs": (", " if language == "en" else "، ").join(_number(each, language) for each in refs[:REFS_MOST]),
        # Phones make a link of it without the scheme too, and eight letters are an eighth of a segment.
        "link": _short(link, language) if channel == "sms" else "" if channel == "push" else link,
    }
    text = catalogue.sentence(language, f"notice.text.{name}").format(**said)
    subject = "notice.subject" if "ref" in PLACES[name] else "notice.subject_staff"
    title = catalogue.sentence(language, subject).format(ref=grouped_reference(str(values.get("ref", ""))))
    if channel == "push":
        text, title = text.rstrip(" :،,"), catalogue.sentence(language, "notice.push_title")
    if channel == "email":
        text += "\n\n" + catalogue.sentence(language, "notice.footer").format(house=house)
    return Message(title, text, language, path if channel == "push" else link, str(values.get("ref", "")))


def sample(name: str, language: str, *, address: str = SAMPLE_ADDRESS, zone: str = "Asia/Karachi") -> str:
    """A short message with made-up values."""
    values = {"ref": SAMPLE_REF, "day": SAMPLE_DAY_MS, "refs": [SAMPLE_REF, SAMPLE_REF], "code": SAMPLE_CODE}
    return write(name, "sms", language, values, address=address, house="", zone=zone).text


def problems() -> Iterator[str]:
    """Everything that is wrong with the sentences, in every language."""
    for language in LANGUAGES:
        for name in PLACES:
            yield from _wrong(name, language, _sentence(name, language))


def _wrong(name: str, language: str, sentence: str) -> Iterator[str]:
    if not sentence:
        yield f"{language} {name}: no sentence"
        return
    places = {field for _, field, _, _ in Formatter().parse(sentence) if field is not None}
    wanted = PLACES[name]
    for missing in sorted(wanted - places):
        yield f"{language} {name}: lacks {{{missing}}}"
    for unknown in sorted(places - wanted):
        yield f"{language} {name}: {{{unknown}}} is filled by nothing"
    if places == wanted and "sms" in channels_of(name):
        segments = measure(sample(name, language)).segments
        if segments > BUDGET[language]:
            yield f"{language} {name}: {segments} segments, {BUDGET[language]} allowed"


def _sentence(name: str, language: str) -> str:
    key = f"notice.text.{name}"
    return catalogue.sentence(language, key) if catalogue.has(language, key) else ""


def _number(reference: str, language: str) -> str:
    grouped = grouped_reference(reference)
    return f"{_LRM}{grouped}" if language == "ur" else grouped


def _short(link: str, language: str) -> str:
    """An address without its scheme; one that begins with digits is kept in order like a number."""
    found = link.partition("://")[2]
    return _LRM + found if language == "ur" and found[:1].isdigit() else found


def _day(at: object, language: str, zone: str) -> str:
    return Dates(language, ZoneInfo(zone)).day(at) if isinstance(at, int) else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
