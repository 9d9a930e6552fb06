"""The visual language holds together: every pair of colours can be read in both sets, sheets name tokens only, and no
rule does to Urdu what Urdu does not survive.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

import web
from web.assets import Assets

CSS = Path(web.__file__).parent / "static" / "css"
SHEETS = sorted(CSS.rglob("*.css"))
TOKENS = CSS / "10-tokens.css"
SETS = ("light", "dark")
#: WCAG 2.2 §1.4.3 for text, §1.4.11 for edges that say where a control is.
TEXT_LEAST, EDGE_LEAST = 4.5, 3.0
#: What may be written on the three plain surfaces.
WRITTEN = ("ink", "muted", "link", "brand", "live", "ok", "warn", "error", "info")
PLAIN = ("sand", "paper", "raise")
TEXT_PAIRS = (
    *product(WRITTEN, PLAIN),
    *((name, f"{name}-bg") for name in ("ok", "warn", "error", "info")),
    *((f"on-{name}", name) for name in ("brand", "live", "bar", "focus", "inverse", "stage", "stage-brand", "sheet")),
    ("on-brand", "brand-down"),
    *product(("on-bar", "bar-muted", "bar-live"), ("bar", "bar-hover")),
    ("bar", "on-bar"),
    ("muted", "off"),
    *product(("on-stage", "stage-muted", "stage-brand", "stage-ok", "stage-warn", "stage-live"), ("stage", "stage-2")),
    ("on-stage", "stage-3"),
    ("on-stage", "video"),
)
EDGE_PAIRS = (
    *product(("edge", "brand", "live"), PLAIN),
    *product(("focus-ring",), ("sand", "paper")),
    ("focus", "bar"),
    ("bar-edge", "bar"),
    *product(("stage-edge", "stage-brand", "stage-warn", "stage-live"), ("stage", "stage-2")),
    ("warn-fill", "paper"),
)


class Rule(NamedTuple):
    """One rule of a sheet, with what stands around it left out."""

    sheet: str
    selector: str
    declared: dict[str, str]


def bare(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)


@cache
def rules() -> tuple[Rule, ...]:
    found = []
    for sheet in SHEETS:
        for selector, body in re.findall(r"([^{};]+)\{([^{}]*)\}", bare(sheet)):
            declared = {}
            for line in body.split(";"):
                name, _, value = line.partition(":")
                declared[name.strip()] = value.strip()
            found.append(Rule(sheet.name, selector.strip(), declared))
    return tuple(found)


def block(selector: str) -> dict[str, str]:
    """The tokens of one block, by name."""
    found = [rule.declared for rule in rules() if rule.sheet == TOKENS.name and rule.selector == selector]
    assert len(found) == 1, selector
    return {name[2:]: value for name, value in found[0].items() if name.startswith("--")}


@cache
def colours(which: str) -> dict[str, str]:
    plain = block(":root")
    return plain if which == "light" else {**plain, **block(":root[data-theme=dark], .pane-dark")}


def brightness(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definitions)."""
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_counted_as_the_standard_counts_it() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("which", SETS)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(which: str, text: str, ground: str) -> None:
    assert contrast(colours(which)[text], colours(which)[ground]) >= TEXT_LEAST


@pytest.mark.parametrize("which", SETS)
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_edges_of_controls_can_be_seen(which: str, edge: str, ground: str) -> None:
    assert contrast(colours(which)[edge], colours(which)[ground]) >= EDGE_LEAST


@pytest.mark.parametrize("which", SETS)
def test_every_pair_that_a_rule_sets_can_be_read(which: str) -> None:
    """Whatever names both its text and its ground is counted, listed above or not."""
    counted, poor = 0, []
    for rule in rules():
        text = re.fullmatch(r"var\(--([\w-]+)\)", rule.declared.get("color", ""))
        ground = re.match(r"var\(--([\w-]+)\)", rule.declared.get("background", ""))
        if text and ground:
            counted += 1
            if contrast(colours(which)[text[1]], colours(which)[ground[1]]) < TEXT_LEAST:
                poor.append((rule.sheet, rule.selector, text[1], ground[1]))
    assert poor == []
    assert counted >= 30


def test_the_dark_set_is_one_set() -> None:
    wished = block(":root:not([data-theme=light])")
    chosen = block(":root[data-theme=dark], .pane-dark")
    assert wished == chosen


def test_paper_is_never_dark() -> None:
    """Whoever reads in the dark prints black on white too: each dark set is for screens alone."""
    text = bare(TOKENS)
    for selector in (":root:not([data-theme=light])", ":root[data-theme=dark], .pane-dark"):
        around = text[: text.index(selector)].rpartition("@media")[2]
        assert around.startswith(" screen") and around.count("{") - around.count("}") == 1, selector


def test_whether_it_is_dark_decides_nothing_but_the_set() -> None:
    """So a page in the dark has the sizes that it has in the light; the next test says that a set has none."""
    themed = re.compile(r"data-theme|prefers-color-scheme")
    assert [sheet.name for sheet in SHEETS if themed.search(bare(sheet))] == [TOKENS.name]
    templates = sorted((Path(__file__).parents[2] / "web" / "templates").rglob("*.html"))
    assert [each.name for each in templates if "shell.look" in each.read_text("utf-8")] == ["base.html"]


def test_every_colour_has_its_dark_counterpart_or_is_the_same_in_both() -> None:
    same = {name for name in block(":root") if re.match(r"stage|on-stage|video|sheet|on-sheet|focus$|on-focus", name)}
    coloured = {name for name, value in block(":root").items() if value.startswith(("#", "rgb"))}
    dark = set(block(":root[data-theme=dark], .pane-dark"))
    assert coloured - dark - same == {"veil", "shadow-far"} & coloured
    assert dark - coloured - {"shadow", "shadow-up"} == set()


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet != TOKENS], ids=lambda path: path.name)
def test_sheets_name_no_colour_of_their_own(sheet: Path) -> None:
    raw = re.findall(
        r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab)\(|:\s*(?:white|black|red|green|blue|grey|gray|yellow)\b",
        bare(sheet),
    )
    assert raw == []


def test_every_token_that_a_sheet_names_exists_and_every_token_is_used() -> None:
    known = {name for rule in rules() for name in rule.declared if name.startswith("--")}
    named = set(re.findall(r"var\((--[\w-]+)(?=\))", "".join(map(bare, SHEETS))))
    assert named - known == set()
    assert {name for name in known if name.startswith("--")} - named - {"--part"} == set()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_no_rule_harms_urdu(sheet: Path) -> None:
    """Letters of Urdu are joined, have no capitals and no slant, and stand taller than Latin ones."""
    text = bare(sheet)
    assert re.findall(r"letter-spacing|text-transform|small-caps|italic|oblique|text-align:\s*justify", text) == []
    for rule in rules():
        height = rule.declared.get("line-height", "")
        if rule.sheet == sheet.name and re.fullmatch(r"[\d.]+", height) and "var(--digits)" not in str(rule.declared):
            assert float(height) <= 1.15 or float(height) >= 1.9, f"{rule.selector}: no face is asked about {height}"
    for size, height, face in re.findall(r"font:[^;}]*?([\w.()%, -]+)/([\d.]+) (var\(--\w+\))", text):
        assert face == "var(--digits)" or float(height) >= 1.9, f"{size}/{height}"


def test_lines_of_nastaliq_never_touch() -> None:
    """Its ink reaches 2.5 em up and 0.6 em down at worst; below 1.95 em ordinary words collide."""
    face = block(":root[data-face=nastaliq]:lang(ur)")
    assert {name: float(value) for name, value in face.items() if re.search("lead|tight", name)} == {
        "lead": 2.2, "small-lead": 2.05, "tight": 1.95, "h1-lead": 2, "h2-lead": 2.1,
    }  # fmt: skip
    assert all(float(face[name].removesuffix("rem")) >= 1 for name in ("body", "small", "nav", "h1", "h2", "h3"))


def test_what_is_typed_stays_in_naskh() -> None:
    assert "Nastaliq" not in block(":root[data-face=nastaliq]:lang(ur)")["type"]
    faces = [rule for rule in rules() if rule.declared.get("font-family") == "var(--type)"]
    assert any({"input", "textarea", "select"} <= set(rule.selector.split(", ")) for rule in faces)


def test_the_base_pack_is_small() -> None:
    squeezed = Assets()._by_name["site.css"].squeezed
    assert squeezed is not None and len(squeezed) <= 9_000
