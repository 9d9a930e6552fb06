"""Every no that the rules can say is in the table, with its parameters."""

import ast
from pathlib import Path

import rooms
from rooms.refusals import REFUSALS

CALLS = [
    (path.name, node)
    for path in sorted(Path(str(rooms.__file__)).parent.glob("*.py"))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused"
]


class TestTable:
    def test_has_every_code_that_the_rules_raise(self) -> None:
        raised = {
            constant.value
            for _, call in CALLS
            for constant in ast.walk(call.args[0])
            if isinstance(constant, ast.Constant) and isinstance(constant.value, str) and " " not in constant.value
        }
        assert raised
        assert raised <= set(REFUSALS)

    def test_names_the_parameters_that_the_rules_give(self) -> None:
        for name, call in CALLS:
            code = str(call.args[0].value) if isinstance(call.args[0], ast.Constant) else ""
            if code and not code.startswith("text_"):  # the cleaner does not know the field; the service adds it
                given = {keyword.arg for keyword in call.keywords}
                assert given == set(REFUSALS[code][1]), (name, call.lineno)

    def test_says_what_each_means(self) -> None:
        assert all(meaning.endswith(".") for meaning, _ in REFUSALS.values())
