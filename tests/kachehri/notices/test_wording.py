"""Every sentence in every language: nothing missing, nothing unknown, within its budget, and nothing that tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from kachehri.i18n import LANGUAGES, catalogue
from kachehri.notices import table, wording
from kachehri.notices.segments import measure
from kachehri.notices.table import BUDGET, PLACES, PLAIN, TABLE, channels_of
from kachehri.notices.wording import sample, write
from kachehri.tickets import events
from kachehri.tickets.telling import QUIET

VALUES = {"ref": "2640718822", "day": 1_790_500_000_000, "refs": ["2640718822"] * 40}
BOTH = [(name, language) for name in PLACES for language in LANGUAGES]


def test_the_build_has_nothing_to_say() -> None:
    assert list(wording.problems()) == []


@pytest.mark.parametrize(("name", "language"), BOTH)
def test_every_short_message_is_within_its_budget(name: str, language: str) -> None:
    said = sample(name, language)
    assert "{" not in said and said == said.strip()
    if "sms" in channels_of(name):
        assert 1 <= measure(said).segments <= BUDGET[language]
    if language == "en":
        assert measure(said).alphabet == "gsm7"


def test_the_plain_one_is_one_segment_in_either_language() -> None:
    assert [measure(sample(PLAIN, language)).segments for language in LANGUAGES] == [1, 1]


def changed(monkeypatch: pytest.MonkeyPatch, sentence: str) -> list[str]:
    def said(code: str, key: str, count: int | None = None) -> str:
        return sentence if key == "notice.text.ticket.routed" else original(code, key, count)

    original = catalogue.sentence
    monkeypatch.setattr(catalogue, "sentence", said)
    return list(wording.problems())


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("Your matter {ref}", "lacks {link}"),
        ("Your matter {ref} {link} {name}", "{name} is filled by nothing"),
        ("Your matter {ref} {link} " + "x" * 150, "segments"),
    ],
)
def test_the_check_notices(monkeypatch: pytest.MonkeyPatch, sentence: str, problem: str) -> None:
    assert any(problem in each for each in changed(monkeypatch, sentence))


def test_a_plain_message_says_neither_what_happened_nor_to_what() -> None:
    for language in LANGUAGES:
        plain = set(re.findall(r"\w+", sample(PLAIN, language)))
        for name in set(PLACES) - {PLAIN}:
            assert sample(name, language) != sample(PLAIN, language)
        assert not plain & {"solved", "closed", "late", "appeal", "حل", "بند", "دیر", "اپیل"}


def test_groups_of_a_number_keep_their_order_in_urdu() -> None:
    """Digits behind Arabic letters are Arabic numbers (UAX #9, W2): the mark before them keeps 26-4071-8822 whole."""
    assert "\u200e26-4071-8822" in sample("ticket.routed", "ur")
    assert "\u200e" not in sample("ticket.routed", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_channels_differ_in_what_surrounds_the_sentence(language: str) -> None:
    def said(channel: table.Channel) -> wording.Message:
        return write(
            "ticket.closed", channel, language, VALUES, address="https://k.example.pk", house="Noorgarh", zone="UTC"
        )

    assert said("sms").text.endswith("k.example.pk/track") and "https" not in said("sms").text
    assert "k.example.pk" not in said("push").text and not said("push").text.endswith((":", " ", "："))
    assert said("push").link == "/track"
    assert "Noorgarh" in said("email").text and "https://k.example.pk/track" in said("email").text
    assert "26-4071-8822" in said("email").subject


def test_a_summary_names_no_more_numbers_than_fit() -> None:
    said = write("staff.at_risk", "email", "en", VALUES, address="https://k.example.pk", house="", zone="UTC")
    assert "40 (" in said.text and said.text.count("26-4071-8822") == wording.REFS_MOST


def emitted() -> Iterator[str]:
    yield from (name for name in events.TYPES if name not in QUIET and name.startswith("ticket."))
    yield "ticket.opened"
    yield "ticket.flagged"


def test_every_step_that_tells_of_itself_has_its_row() -> None:
    assert set(emitted()) - set(TABLE) == set()


def test_every_sentence_of_the_table_has_its_places_and_every_row_its_ways() -> None:
    for tells in TABLE.values():
        for tell in tells:
            assert tell.text in PLACES and tell.channels
            assert tell.digest is False or tell.who != "citizen"
