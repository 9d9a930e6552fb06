"""The shape of the house: who may import whom, and the few things that live in exactly one place."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("rooms", "moderation", "kachehri", "signaling", "recordings", "web")
MODULE_LINES_MOST = 400


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def test_import_contracts_are_kept() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.parametrize(
    ("package", "line", "contract"),
    [
        ("rooms", "import time", "pure"),
        ("moderation", "from datetime import datetime", "pure"),
        ("rooms", "import moderation", "layers"),
        ("kachehri", "import web", "layers"),
        ("signaling", "import recordings", "layers"),
        ("web", "from sqlmodel import select", "sql"),
        ("signaling", "import redis.asyncio", "redis"),
        ("web", "import aiortc", "webrtc"),
        ("kachehri", "import av", "codecs"),
    ],
)
def test_a_broken_rule_is_noticed(tmp_path: Path, package: str, line: str, contract: str) -> None:
    """The contracts themselves are tried: a rule that cannot fail is no rule."""
    for name in PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
    (tmp_path / package / "culprit.py").write_text(line + "\n")
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (rule,) = (each for each in rules["contracts"] if each["id"] == contract)
    text = ["[importlinter]", "include_external_packages = True", "root_packages ="]
    text += [f"    {name}" for name in rules["root_packages"]] + ["[importlinter:contract:1]"]
    for key, value in rule.items():
        text.append(
            f"{key} = " + ("".join(f"\n    {each}" for each in value) if isinstance(value, list) else str(value))
        )
    (tmp_path / ".importlinter").write_text("\n".join(text))
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache", "--config", ".importlinter"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
    )
    assert done.returncode == 1 and f"{package}.culprit" in done.stdout, done.stdout + done.stderr


def test_every_feature_of_a_session_is_kept_apart() -> None:
    """A feature is a module of `rooms` that decides; each must be named in a contract of independence."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    listed = {name for rule in rules if rule["type"] == "independence" for name in rule["modules"]}
    deciding = set()
    for path, tree in modules("rooms"):
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        if "decide" in functions and path != "rooms/session.py":
            deciding.add(path.removesuffix(".py").replace("/", "."))
    assert deciding <= listed, f"add to pyproject.toml: {deciding - listed}"


def test_only_the_settings_read_the_environment() -> None:
    readers = set()
    for path, tree in modules(*PACKAGES):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb"):
                readers.add(path)
    assert readers <= {"kachehri/settings/reading.py"}


def test_private_names_of_the_media_libraries_stay_where_they_are_tested() -> None:
    """What the pinned versions do not promise is collected where one contract test watches it."""
    wrong = []
    for path, tree in modules("signaling"):
        if path in ("signaling/media/compat.py", "signaling/media/compat_ice.py") or "/media" not in path:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in (
                "aiortc",
                "aioice",
                "pylibsrtp",
            ):
                wrong += [f"{path}:{node.lineno} {each.name}" for each in node.names if each.name.startswith("_")]
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.endswith("__"):
                if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
                    wrong.append(f"{path}:{node.lineno} {ast.unparse(node)}")
    assert not wrong, wrong


def test_each_package_says_what_it_is_for() -> None:
    for package in PACKAGES:
        words = ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text(encoding="utf-8"))) or ""
        for part in ("May import:", "Does not belong here:", "Start reading:"):
            assert part in words, f"{package}/__init__.py lacks {part!r}"


def test_every_folder_of_code_is_a_package() -> None:
    """A folder without `__init__.py` is invisible to the import contracts, whatever it imports."""
    open_folders = {
        str(path.parent.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if not (path.parent / "__init__.py").is_file() and path.parent.name != "versions"  # Alembic loads those by path
    }
    assert not open_folders, f"add __init__.py to {open_folders}"


def test_modules_can_be_read_in_one_sitting() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MODULE_LINES_MOST
    }
    assert not long, f"over {MODULE_LINES_MOST} lines: {long}"


def test_no_module_is_a_drawer_for_everything() -> None:
    names = [
        path for path, _ in modules(*PACKAGES) if Path(path).stem in ("utils", "util", "helpers", "misc", "common")
    ]
    assert not names
