"""Every step that a chain can have is a sentence in both languages, and says who did it by the post of that day."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import pytest

from kachehri.i18n import LANGUAGES, words_for
from kachehri.store.actors import Held, Named
from kachehri.tickets import events as e
from kachehri.tickets.events import CLASSES, Happened
from kachehri.tickets.status import Posted, Undone
from rooms.base import ContentRef
from web import ticket_story
from web.ticket_names import Known, Names
from web.topics import District

WORDS = ContentRef("c1", "d")
KNOWN = Known(
    {"p1": ("ایس ڈی او", "Sub-divisional officer", "o1"), "p2": ("ایکسین", "Executive engineer", "o1")},
    {"a1": Named("a1", "Aslam", "", "", "o1"), "a2": Named("a2", "Bashir", "کلرک", "Clerk", None)},
    [Held("a1", "p2", 100, None), Held("a1", "p1", 10, 100)],
)


def names(code: str) -> Names:
    return Names(KNOWN, District((), (), {}), words_for(code))


def value(hint: Any) -> Any:
    """Something of this type."""
    options = get_args(hint)
    if hint is ContentRef or ContentRef in options:
        return WORDS
    if options and isinstance(options[0], str):
        return options[0]
    return {str: "p1", int: 1, bool: False}.get(hint, 1 if int in options else ())


def bodies() -> list[e.Body]:
    """One of every kind, and every word that a step can choose among."""
    found: list[e.Body] = [Posted("visit", "o1", WORDS, "2026-01-05"), Undone(of=3)]
    for each in CLASSES:
        hints = {name: get_type_hints(each)[name] for name in each.__struct_fields__}
        plain = {name: value(hint) for name, hint in hints.items()}
        for day in ("day",):
            if day in plain:
                plain[day] = "2026-01-05"
        found.append(each(**plain))
        for name, hint in hints.items():
            choices = get_args(hint)
            if choices and all(isinstance(choice, str) for choice in choices):
                found += [each(**{**plain, name: choice}) for choice in choices]
            elif hint is bool:
                found.append(each(**{**plain, name: True}))
    return found


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_step_is_a_sentence(code: str) -> None:
    steps = [Happened(number, 50, "a1", body) for number, body in enumerate(bodies(), 1)]
    rows = ticket_story.rows(steps, {"c1": "said"}, names(code), {"p1": "2640718822"}, "", 50, every=True)
    assert len(rows) == len(steps) > 60
    assert all(row.text and "{" not in row.text and row.who for row in rows)
    assert {row.staff for row in rows} == {True, False}


def test_who_did_it_is_the_post_of_that_day() -> None:
    said = names("en")
    assert said.who("a1", 50) == "Sub-divisional officer" and said.who("a1", 150) == "Executive engineer"
    assert said.who("a1", 5) == "Aslam" and said.who("a2", 50) == "Clerk" and names("ur").who("a2", 50) == "کلرک"
    assert said.who("citizen", 5) == words_for("en").plain("office.by.citizen")
    assert said.who("somebody", 5) == words_for("en").plain("office.by.staff")


def test_what_was_taken_back_is_not_read_again() -> None:
    steps = [Happened(1, 10, "a1", Posted("note", "o1", WORDS)), Happened(2, 20, "a1", Undone(of=1))]
    (row,) = ticket_story.rows(steps, {"c1": "a slip"}, names("en"), {}, "a1", 30)
    assert row.words == () and row.undo_s == 0
    (row,) = ticket_story.rows(steps[:1], {"c1": "a slip"}, names("en"), {}, "a1", 30_010)
    assert row.words == (("", "a slip"),) and row.undo_s == 30
    (row,) = ticket_story.rows(steps[:1], {}, names("en"), {}, "a2", 30_010)
    assert row.words == (("", words_for("en").plain("office.words_gone")),) and row.undo_s == 0
