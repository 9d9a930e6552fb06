"""The documents say what the code does: nothing is stale, every example is taken, every real frame fits the schema."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from rooms.refusals import REFUSALS
from signaling import codes, docs, protocol
from signaling.decoder import read
from signaling.docs import markdown, schemas

ROOT = Path(__file__).resolve().parents[2]


def test_no_generated_file_is_stale() -> None:
    stale = [str(path) for path, text in docs.render().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, "run: python -m kachehri protocol --write"


def test_what_is_written_by_hand_is_kept() -> None:
    text = "# Mine\n<!-- generated: closes -->\nold\n<!-- end -->\nalso mine\n"
    filled = markdown.fill(text)
    assert filled.startswith("# Mine\n") and filled.endswith("also mine\n") and "old" not in filled
    assert markdown.fill(filled) == filled


def test_drift_is_told_and_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    target = tmp_path / "x.json"
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr(docs, "render", lambda: {target: "new"})
    assert docs.main(write=False) == 1 and "x.json differs" in capsys.readouterr().out
    assert docs.main(write=True) == 0 and target.read_text() == "new"
    assert docs.main(write=False) == 0


def test_every_example_of_the_page_is_taken() -> None:
    page = (ROOT / "signaling" / "PROTOCOL.md").read_text(encoding="utf-8")
    examples = re.findall(r"```json\n(.*?)\n```", page, re.DOTALL)
    tags = {read(example.encode()).__struct_config__.tag for example in examples}
    assert tags == protocol.TAGS


def test_the_schema_is_one() -> None:
    schema = json.loads(schemas.json_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    says = jsonschema.Draft202012Validator({**schema, "$ref": "#/$defs/FromClient"})
    assert says.is_valid({"type": "hello", "versions": [1], "session": "abcd2345"})
    assert not says.is_valid({"type": "hello", "versions": [1], "session": "abcd2345", "more": 1})
    assert not says.is_valid({"type": "question.ask", "ref": 1, "key": "short", "text": "x"})


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = json.loads(schemas.asyncapi())
    assert document["asyncapi"].startswith("3.")

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                found = document
                for part in node["$ref"].removeprefix("#/").split("/"):
                    found = found[part]
            for each in node.values():
                walk(each)
        elif isinstance(node, list):
            for each in node:
                walk(each)

    walk(document)
    spoken = {message["$ref"] for message in document["operations"]["clientSays"]["messages"]}
    assert len(spoken) == len(protocol.CLIENT_TYPES)


def test_close_codes_are_named_once_and_say_whether_to_come_back() -> None:
    assert len({each.code for each in codes.CLOSES}) == len({each.name for each in codes.CLOSES}) == len(codes.CLOSES)
    declared = {value for value in vars(codes).values() if isinstance(value, codes.Close)}
    assert declared == set(codes.CLOSES)
    for each in codes.CLOSES:
        assert each.come_back == (not 4500 <= each.code <= 4599)
        assert len(each.name.encode()) <= 123, "RFC 6455 §5.5"


def test_refusals_of_the_connection_are_in_the_one_table() -> None:
    sources = [ROOT / "signaling" / name for name in ("connection.py", "conversation.py", "media_signalling.py")]
    used = {
        code
        for source in sources
        for code in re.findall(
            r'(?:(?<!Pass)Refused?|_refuse)\((?:[\w.]+, )*"(\w+)"', source.read_text(encoding="utf-8")
        )
    }
    assert used and used <= set(REFUSALS), used - set(REFUSALS)
