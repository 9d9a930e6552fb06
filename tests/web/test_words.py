"""Both catalogues are whole, agree with each other and with the templates, and speak as the house speaks."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import web
from kachehri.i18n import LANGUAGES, catalogue, negotiate, words_for
from kachehri.i18n.dates import whole_minutes
from kachehri.i18n.digits import grouped_reference, only_digits, western
from rooms.refusals import REFUSALS
from tests.conftest import MONDAY_MS
from web.cards import _STANDS, way

WEB = Path(web.__file__).parent
UR, EN = words_for("ur"), words_for("en")


def keys(code: str) -> dict[str, tuple[str, ...]]:
    """Every message with its forms."""
    found: dict[str, tuple[str, ...]] = {}
    for message in catalogue.read(code):
        if message.id:
            name = message.id if isinstance(message.id, str) else message.id[0]
            found[name] = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return found


def test_both_languages_say_everything() -> None:
    assert keys("ur").keys() == keys("en").keys()
    for code in LANGUAGES:
        assert [name for name, forms in keys(code).items() if not all(forms)] == []


def test_the_same_places_are_filled_in_both_languages() -> None:
    def places(forms: tuple[str, ...]) -> set[str]:
        return {field for form in forms for _, field, _, _ in Formatter().parse(form) if field}

    urdu, english = keys("ur"), keys("en")
    assert {name for name in urdu if places(urdu[name]) != places(english[name])} == set()


def test_every_key_that_a_page_names_exists() -> None:
    named: set[str] = set()
    for path in [*WEB.rglob("templates/**/*.html"), *WEB.glob("*.py"), *WEB.glob("pages/*.py")]:
        named |= set(
            re.findall(r"""\b(?:t|p|raw|words\.plain|words\.t|plain)\(\s*["']([a-z_0-9.]+)["']""", path.read_text())
        )
    # What ends in a dot or a line is the start of a name that the page completes.
    whole = {name for name in named if not name.endswith((".", "_"))}
    assert whole - keys("ur").keys() == set()
    assert len(whole) > 150


def test_every_refusal_has_its_sentence() -> None:
    assert {code for code in REFUSALS if f"refused.{code}" not in keys("ur")} == set()


def test_every_state_has_its_steps_and_words() -> None:
    for state in _STANDS:
        steps = way(state)
        assert [step.mark for step in steps].count("now") == 1
        assert all(f"state.{step.name}" in keys("ur") for step in steps)
        marks = [step.mark for step in steps]
        assert marks == sorted(marks, key=["done", "now", "next"].index)


#: «پرسوں» is both two days ago and in two days; a verb that agrees with the reader's gender leaves out half of them.
FORBIDDEN = (
    "پرسوں",
    "براہِ? کرم",
    r"\b(?:آپ|سب) [^۔،]*(?:سکت|رہ)[ےیا] ہ(?:یں|وں|و)\b",
    "کون [^۔]*(?:رہا|رہی|گا|گی)\\b",
)


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_urdu_keeps_to_plain_and_neutral_words(pattern: str) -> None:
    said = {name: form for name, forms in keys("ur").items() for form in forms if re.search(pattern, form)}
    assert said == {}


def test_urdu_never_says_bare_kal() -> None:
    alone = re.compile(r"(?:^|[\s،۔])کل(?:$|[\s،۔])")
    allowed = {"step_of"}
    said = {name for name, forms in keys("ur").items() if name not in allowed and any(map(alone.search, forms))}
    assert {name for name in said if not name.startswith(("st.", "desk.", "close.", "plan."))} == set()


def test_values_are_isolated_and_escaped() -> None:
    assert UR.t("help.phone", phone="<b>1991") == "فون پر مدد: <bdi>&lt;b&gt;1991</bdi>"
    assert UR.plain("help.phone", phone="1991") == "فون پر مدد: \u20681991\u2069"


def test_a_number_in_groups_is_isolated_in_a_sentence_in_urdu() -> None:
    """After letters written from the right its groups would be drawn in reverse (UAX #9 W2, W4)."""
    bare = re.compile("(?<![\u2066\\d-])\\d+-\\d{3,}")
    assert {name for name, forms in keys("ur").items() if any(map(bare.search, forms))} == set()


def test_an_unknown_key_is_a_fault() -> None:
    with pytest.raises(catalogue.UnknownMessage):
        UR.t("no.such.key")


@pytest.mark.parametrize(
    ("chosen", "accepted", "code"),
    [
        (None, None, "ur"),
        (None, "en", "en"),
        (None, "en-GB,en;q=0.8", "en"),
        (None, "en;q=0.9,ur;q=0.1", "ur"),
        (None, "fr,de;q=0.5", "ur"),
        (None, "ur;q=0,en", "en"),
        (None, "en;q=x", "ur"),
        ("en", "ur", "en"),
        ("xx", "en", "en"),
        (None, "," * 10_000, "ur"),
    ],
)
def test_language_is_the_readers_choice_then_the_phones(chosen: str | None, accepted: str | None, code: str) -> None:
    assert negotiate(chosen, accepted).code == code


@pytest.mark.parametrize(
    ("hour", "urdu", "english"),
    [
        (0, "رات 12:00 بجے", "12:00 am"),
        (4, "رات 4:00 بجے", "4:00 am"),
        (5, "صبح 5:00 بجے", "5:00 am"),
        (11, "صبح 11:00 بجے", "11:00 am"),
        (12, "دوپہر 12:00 بجے", "12:00 pm"),
        (15, "دوپہر 3:00 بجے", "3:00 pm"),
        (16, "شام 4:00 بجے", "4:00 pm"),
        (18, "شام 6:00 بجے", "6:00 pm"),
        (19, "رات 7:00 بجے", "7:00 pm"),
    ],
)
def test_hours_have_their_part_of_the_day(hour: int, urdu: str, english: str) -> None:
    at = MONDAY_MS + (hour - 10) * 3_600_000
    assert (UR.dates.clock(at), EN.dates.clock(at)) == (urdu, english)


def test_days_have_weekday_and_year() -> None:
    assert UR.dates.day(MONDAY_MS) == "پیر، 5 جنوری 2026"
    assert EN.dates.day(MONDAY_MS) == "Monday 5 January 2026"
    assert UR.day(MONDAY_MS) == '<time datetime="2026-01-05T10:00+05:00">پیر، 5 جنوری 2026</time>'


def test_digits_of_any_script() -> None:
    assert western("۰۱۲٣٤٥६७") == "01234567"
    assert only_digits(" ۲۶-4071 ٨٨٢٢ ²") == "2640718822"
    assert grouped_reference("2640718822") == "26-4071-8822"
    assert grouped_reference("12") == "12"


def test_minutes_are_rounded_up() -> None:
    assert [whole_minutes(span) for span in (-5, 0, 1, 60_000, 60_001)] == [0, 0, 1, 1, 2]
    assert EN.plain("span.minutes", 1) == "\u20681\u2069 minute"
    assert EN.plain("span.minutes", 2) == "\u20682\u2069 minutes"
