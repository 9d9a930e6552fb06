"""What the documents name is there: links, commands, targets, and settings that can be copied as they stand."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kachehri.__main__ import app
from kachehri.i18n import LANGUAGES
from kachehri.settings import from_mapping
from tests.screenshots import MOST_BYTES
from web.guides import GUIDES

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    ROOT / name
    for name in (
        "README.md",
        "rooms/RULES.md",
        "kachehri/DESIGN.md",
        "kachehri/OPERATING.md",
        "kachehri/tickets/LIFE.md",
        "signaling/PROTOCOL.md",
    )
]
README = PAGES[0].read_text(encoding="utf-8")
#: Files of code or of documents, written as a path from the top.
PATH = re.compile(r"`((?:rooms|moderation|kachehri|signaling|recordings|web|tests)/[\w./-]*)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_path_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    linked = re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)|<img src=\"([^\"]+)\"", text)
    missing = [link for pair in linked for link in pair if link and not (page.parent / link).exists()]
    missing += [path for path in PATH.findall(text) if not (ROOT / path).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_anchor_is_a_heading(page: Path) -> None:
    for name, anchor in re.findall(r"\]\(([^)#:]*)#([\w-]+)\)", page.read_text(encoding="utf-8")):
        target = (page.parent / name if name else page).read_text(encoding="utf-8")
        headings = {re.sub(r"[^\w -]", "", each).strip().lower().replace(" ", "-") for each in
                    re.findall(r"^#+ (.+)$", target, re.MULTILINE)}  # fmt: skip
        assert anchor in headings or f'id="{anchor}"' in target, f"{name}#{anchor}"


def test_every_command_exists() -> None:
    known = {each.name or (each.callback.__name__.replace("_", "-") if each.callback else "")
             for each in app.registered_commands} | {each.name for each in app.registered_groups}  # fmt: skip
    named = set(
        re.findall(r"python -m kachehri ([a-z-]+)", "".join(page.read_text(encoding="utf-8") for page in PAGES))
    )
    assert named and named <= known, named - known


def test_every_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE))
    assert named and named <= targets, named - targets


def test_the_settings_of_the_readme_can_be_copied() -> None:
    examples = re.findall(r"```toml\n(.*?)```", README, re.DOTALL | re.MULTILINE)
    assert len(examples) == 2
    for example in examples:
        from_mapping(tomllib.loads(example))


def test_pictures_are_light_and_help_has_one_in_each_language() -> None:
    pictures = {path.name: path.stat().st_size for path in (ROOT / "web" / "static" / "help").glob("*.webp")}
    assert sum(pictures.values()) <= MOST_BYTES
    needed = {
        f"{part.picture}-{code}.webp"
        for parts in GUIDES.values()
        for part in parts
        if part.picture
        for code in LANGUAGES
    }
    assert needed <= pictures.keys()
