"""The invented district of the demo and what its citizens ask. Start reading: district.toml, questions.toml."""

import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from kachehri.district import District, load_district

_HERE = Path(__file__).parent


class CitizenQuestion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one simulated citizen asks.

    Arguments:
        key: its name in the demo's script.
        lang: BCP 47; ur-Latn is Urdu in Roman letters.
        same_as: the key of an earlier question that says the same, for the moderator to merge into.
        withdraws: the citizen takes it back before the close.
    """

    key: str
    name: str
    area: str
    category: str
    text: str
    phone: str
    lang: Literal["ur", "en", "ur-Latn"] = "ur"
    kind: Literal["grievance", "question", "suggestion", "information", "praise"] = "grievance"
    private: bool = False
    hide_name: bool = False
    withdraws: bool = False
    same_as: str | None = None


class _Questions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    questions: tuple[CitizenQuestion, ...]


def district() -> District:
    """The district of Mehrabad."""
    return load_district(_HERE / "district.toml")


def questions() -> tuple[CitizenQuestion, ...]:
    """What is asked, in the order in which it arrives."""
    parsed = tomllib.loads((_HERE / "questions.toml").read_text(encoding="utf-8"))
    return msgspec.convert(parsed, _Questions).questions
