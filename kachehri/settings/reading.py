"""Fills the tree from a TOML file and the environment; the only place that reads `os.environ`.

`KACHEHRI_SERVER_PORT=8080` wins over `[server] port = 8000` in the file. Every mistake is collected with its
place, so that an administrator mends the file once and not once per error.
"""

from __future__ import annotations

import os
import tomllib
import types
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from kachehri.settings import rules
from kachehri.settings.tree import Settings

PREFIX = "KACHEHRI_"
CONFIG = "KACHEHRI_CONFIG"
# Names with our prefix that are no settings: where the file is, and what the tests read.
OTHERS = frozenset({CONFIG, "KACHEHRI_ALLOW_MISSING"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: which setting, what is wrong, and where it was written."""

    path: str
    sentence: str
    source: str = ""

    @property
    def urdu(self) -> str:
        """The sentence in Urdu, for those that people meet without having opened a settings file."""
        return rules.URDU.get(self.sentence, "")

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}" + (f" (from {self.source})" if self.source else "")


class SettingsError(Exception):
    """Everything that is wrong with the settings, not only the first thing."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def load(
    path: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Settings:
    """The settings in force.

    Arguments:
        path: the TOML file; else the one that KACHEHRI_CONFIG names; else none.
        environ: instead of the process's own environment.
        overrides: from the command line, keyed "server.port"; None means not given. They win.

    Raises:
        SettingsError: with every problem found.
    """
    environ = os.environ if environ is None else environ
    if path is None and environ.get(CONFIG):
        path = Path(environ[CONFIG])
    problems: list[Problem] = []
    values: dict[str, tuple[object, str]] = {}
    if path is not None:
        values.update(_from_file(path, problems))
    values.update(_from_environment(environ, problems))
    for key, value in (overrides or {}).items():
        if value is not None:
            values[key] = (value, "the command line")
    return _build(values, problems)


def from_mapping(tree: Mapping[str, Mapping[str, object]], source: str = "") -> Settings:
    """Settings from nested dictionaries, checked like a file; what is absent has its default."""
    problems: list[Problem] = []
    return _build(dict(_flatten(tree, source, problems)), problems)


def export(path: Path | None, overrides: Mapping[str, object]) -> None:
    """Hands what this process was told to the workers that it spawns, which read only file and environment."""
    if path is not None:
        os.environ[CONFIG] = str(path.absolute())
    for key, value in overrides.items():
        if value is not None:
            os.environ[environment_name(*key.split("."))] = str(value)


def environment_without() -> dict[str, str]:
    """For a process that takes its settings from a file alone: this process's environment, less what would mix in."""
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}


def environment_name(section: str, name: str) -> str:
    return f"{PREFIX}{section}_{name}".upper()


def _from_file(path: Path, problems: list[Problem]) -> dict[str, tuple[object, str]]:
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(Problem(str(path), "there is no such file"))
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(str(path), f"the file cannot be read: {error}"))
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(str(path), f"the file is not valid TOML: {error}"))
    else:
        return _flatten(tree, str(path), problems)
    return {}


def _flatten(tree: Mapping[str, Any], source: str, problems: list[Problem]) -> dict[str, tuple[object, str]]:
    values: dict[str, tuple[object, str]] = {}
    for section, body in tree.items():
        if not isinstance(body, Mapping):
            problems.append(Problem(section, f"stands outside a section; write it below [{_nearest(section)}]", source))
            continue
        for name, value in body.items():
            values[f"{section}.{name}"] = (value, source)
    return values


def _nearest(name: str) -> str:
    """The section that has a setting of this name, to point at."""
    for section in fields(Settings):
        if name in get_type_hints(get_type_hints(Settings)[section.name]):
            return section.name
    return "server"


def _from_environment(environ: Mapping[str, str], problems: list[Problem]) -> dict[str, tuple[object, str]]:
    known = {environment_name(*key.split(".")): key for key in _declared()}
    values: dict[str, tuple[object, str]] = {}
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in OTHERS:
            continue
        if name in known:
            values[known[name]] = (environ[name], name)
        else:
            problems.append(Problem(name, "no setting has this name", "the environment"))
    return values


def _declared() -> dict[str, tuple[Any, Mapping[str, Any]]]:
    """Every setting as "section.name", with its type and metadata."""
    declared: dict[str, tuple[Any, Mapping[str, Any]]] = {}
    for section, kind in get_type_hints(Settings).items():
        hints = get_type_hints(kind)
        for each in fields(kind):
            declared[f"{section}.{each.name}"] = (hints[each.name], each.metadata)
    return declared


def _build(values: dict[str, tuple[object, str]], problems: list[Problem]) -> Settings:
    declared = _declared()
    sections: dict[str, dict[str, object]] = {section.name: {} for section in fields(Settings)}
    for path, (value, source) in values.items():
        if path not in declared:
            section = path.split(".")[0]
            what = "no setting has this name" if section in sections else f"there is no section [{section}]"
            problems.append(Problem(path, what, source))
            continue
        kind, metadata = declared[path]
        try:
            read = _read(value, kind, metadata)
        except ValueError as error:
            problems.append(Problem(path, str(error), source))
        else:
            section, name = path.split(".")
            sections[section][name] = read
    kinds = get_type_hints(Settings)
    settings = Settings(**{section: kinds[section](**given) for section, given in sections.items()})
    wrong = {problem.path for problem in problems}
    for path, sentence in rules.broken(settings):
        if path not in wrong:
            problems.append(Problem(path, sentence, values.get(path, ("", ""))[1]))
    if problems:
        raise SettingsError(problems)
    return settings


def _read(value: object, kind: Any, metadata: Mapping[str, Any]) -> object:
    """A value of the declared type, from TOML's types or the environment's text. ValueError has the sentence."""
    if get_origin(kind) in (Union, types.UnionType):  # only `X | None` is used
        (kind,) = (part for part in get_args(kind) if part is not type(None))
        if value == "":
            return None
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise ValueError(f"must be one of {', '.join(map(str, get_args(kind)))}, not {value!r}")
        return value
    if get_origin(kind) is tuple:
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",") if part.strip()]
        if not isinstance(value, list | tuple) or not all(isinstance(part, str) for part in value):
            raise ValueError('must be a list of texts such as ["127.0.0.1"]')
        return tuple(value)
    if kind is int:
        return _number(value, metadata)
    if not isinstance(value, str | Path):
        raise ValueError(f"must be a text in quotes, not {value!r}")
    if kind is Path:
        if not str(value):
            raise ValueError("must name a file")
        return Path(value)
    return str(value)


def _number(value: object, metadata: Mapping[str, Any]) -> int:
    unit = f" of {metadata['unit']}" if metadata["unit"] else ""
    wanted = f"must be a whole number{unit} from {metadata['least']} to {metadata['most']}, not {value!r}"
    if isinstance(value, str):
        try:
            value = int(value)
        except ValueError:
            raise ValueError(wanted) from None
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(wanted)
    if not metadata["least"] <= value <= metadata["most"]:
        raise ValueError(wanted)
    return value
