"""Everything that must not come in, each with its own answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.questions import AskQuestion
from signaling import protocol
from signaling.decoder import Malformed, depth_of, read

KEY = "A" * 22


def ask(**more: Any) -> bytes:
    return json.dumps({"type": "question.ask", "ref": 7, "key": KEY, "text": "پانی نہیں آتا", **more}).encode()


def test_a_command_comes_out_as_the_rules_know_it() -> None:
    message = read(ask(**{"as": "00000000000000aa"}))
    assert (message.ref, message.key, message.as_) == (7, KEY, "00000000000000aa")
    command = protocol.plain(message)
    assert type(command) is AskQuestion
    assert command == AskQuestion(text="پانی نہیں آتا")


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (ask()[:-1] + b',"text":"other"}', "duplicate key"),
        (ask()[:-1] + b',"area":{"a":1,"a":2}}', "duplicate key"),
        (ask(colour="red"), "unknown field"),
        (ask(text=7), "Expected `str`"),
        (ask(text="x" * 8_001), "length"),
        (ask(key="short"), "matching regex"),
        (ask(key=KEY + "\n"), "matching regex"),
        (ask(claimed_arrival=2**53), "2^53"),
        (ask(claimed_arrival=-(2**53)), "2^53"),
        (ask()[:-1] + b',"claimed_arrival":' + b"9" * 5_000 + b"}", "2^53"),
        (ask()[:-1] + b',"claimed_arrival":1e999}', "out of range"),
        (ask()[:-1] + b',"claimed_arrival":NaN}', "NaN"),
        (ask()[:-1] + b',"claimed_arrival":-Infinity}', "Infinity"),
        (ask()[:-1] + b',"name":"\\ud800"}', ""),
        (ask(type="question.explode"), "unknown type"),
        (ask(type=["question.ask"]), "unknown type"),
        (ask(type="clock.tick"), "unknown type"),
        (ask(type="presence.report"), "unknown type"),
        (ask(**{"as": "NOT-AN-ID"}), "matching regex"),
    ],
)
def test_a_wrong_message_is_answered_with_its_own_number(data: bytes, detail: str) -> None:
    with pytest.raises(Malformed) as malformed:
        read(data)
    assert malformed.value.ref == 7
    assert detail in malformed.value.detail
    malformed.value.detail.encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"7",
        b"{",
        b'{"type":"question.ask"}',
        b'{"type":"hello","ref":-1}',
        b'{"type":"hello","ref":true}',
        b'{"type":"hello","ref":1.0}',
        b"\xef\xbb\xbf{}",
        b'{"type":"hello"}{"type":"hello"}',
        b'{"type":"a\x00b"}',
        b"[" * 16_000,
        b'{"a":' * 3_000,
        b'{"type":"question.ask","ref":7,"x":' + b"[" * 16 + b"]" * 16 + b"}",
    ],
)
def test_where_no_number_can_be_read_there_is_none(data: bytes) -> None:
    with pytest.raises(Malformed) as malformed:
        read(data)
    assert malformed.value.ref is None


def test_letters_that_are_not_utf8_are_another_matter() -> None:
    for data in (b'{"type":"\xff"}', b"\xc0\x80", b"\xed\xa0\x80"):
        with pytest.raises(UnicodeDecodeError):
            read(data)


def test_brackets_in_words_are_no_depth() -> None:
    assert depth_of('{"a":"[[[[\\"[[[[","b":[[]]}') == 3
    assert protocol.plain(read(ask(text="[" * 100))).text == "[" * 100  # type: ignore[attr-defined]


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")))
def test_nothing_else_ever_comes_out(data: bytes) -> None:
    try:
        read(data)
    except (Malformed, UnicodeDecodeError):
        pass


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(sorted(protocol.TAGS)),
    st.dictionaries(st.sampled_from(["ref", "key", "text", "turn"]), json_values),
)
def test_no_value_in_any_field_gets_past_the_types(tag: str, fields: dict[str, Any]) -> None:
    try:
        message = read(json.dumps({"type": tag, **fields}).encode())
    except (Malformed, UnicodeDecodeError):
        return
    assert type(message) in protocol.CLIENT_TYPES


def test_every_spoken_command_travels_there_and_back() -> None:
    assert "clock.tick" not in protocol.TAGS and "question.ask" in protocol.TAGS
    for kind, derived in protocol.WIRE.items():
        assert issubclass(derived, kind)
        assert derived.__struct_config__.tag == kind.__struct_config__.tag
        assert derived.texts == kind.texts
