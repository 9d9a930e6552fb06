"""Rules of the house that a reader of the code would otherwise have to remember: right to left, live regions, no
clipping.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import web
from kachehri.i18n import LANGUAGES, words_for
from tests.web.samples import pages
from web.assets import Assets
from web.packing import CannotPack, bare, pack
from web.render import Renderer, Shell, Site

WEB = Path(web.__file__).parent
SHEETS = sorted((WEB / "static" / "css").rglob("*.css"))
SCRIPTS = sorted((WEB / "static" / "js").rglob("*.js"))
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
SHELL = Shell("/somewhere", "x" * 44, "nonce", "1991")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_sheets_know_no_left_and_right(sheet: Path) -> None:
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    assert re.findall(r"[^-\w](?:[\w-]*-)?(?:left|right)\b", rules) == []
    assert (
        re.findall(r"(?<![-\w])(?:width|height|margin-top|padding-top|margin-bottom|padding-bottom)\s*:", rules) == []
    )


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_sheets_never_clip_text(sheet: Path) -> None:
    """A cut stroke turns one Urdu letter into another; only what is for ears alone may be clipped."""
    for line in sheet.read_text("utf-8").splitlines():
        if "/* clip: for ears only" not in line:
            assert not re.search(
                r"text-overflow|line-clamp|text-transform|font-style: italic|text-align: justify", line
            )
            assert not re.search(r"overflow(?:-[xy]|-inline|-block)?: (?:hidden|clip)", line)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_build_no_markup_and_speak_through_one_module(script: Path) -> None:
    code = bare(script.read_text("utf-8"))
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|randomUUID", code
    )
    if script.name != "announcer.js":
        assert "sr-status" not in code and "sr-alert" not in code and "aria-live" not in code


def test_templates_mark_nothing_safe_and_have_no_handlers() -> None:
    for path in TEMPLATES:
        text = path.read_text("utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape false|\sstyle=|\son(?:click|load|error|submit)=", text), path
        live = re.findall(r'aria-live="(\w+)"', text)
        assert set(live) <= {"off"}, path


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_is_well_formed_and_small(code: str) -> None:
    renderer = Renderer(Assets(), Site(helpline="1991"))
    for name, (template, page) in pages(words_for(code)).items():
        html = renderer.html(code, template, page, SHELL)
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), f"{name}: an id stands twice"
        assert html.count("<h1") >= 1, name
        assert html.count("<main") == html.count("</main>") == 1
        for target in re.findall(r'<label for="([^"]+)"', html) + re.findall(
            r'aria-(?:labelledby|describedby)="([^"]+)"', html
        ):
            assert set(target.split()) <= set(ids), f"{name}: {target} is nowhere"
        for link in re.findall(r'href="#([^"]+)"', html):
            assert link in ids, f"{name}: #{link} is nowhere"
        assert "{" not in re.sub(r'data-[\w-]+="[^"]*"|<script.*?</script>', "", html, flags=re.DOTALL), name
        regions = re.findall(r'role="(?:status|alert)"[^>]*>([^<]*)<', html)
        assert regions in ([], ["", ""]), f"{name}: live regions are served empty"


def test_an_import_map_names_hashed_modules() -> None:
    assets = Assets()
    whole = json.loads(assets.import_map)["imports"]
    assert whole["/static/js/announcer.js"] == assets.url("js/announcer.js")
    assert re.fullmatch(r"/static/js/announcer\.[0-9a-f]{12}\.js", assets.url("js/announcer.js"))


def test_what_is_fetched_later_comes_with_its_imports_and_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nexport function a() {\n  return b;\n}\n')
    (tmp_path / "b.js").write_text("export const b = 1;\n")
    assert pack(tmp_path / "a.js") == "const b = 1;\nexport function a() {\n  return b;\n}\n"
    assets = Assets()
    imports = json.loads(assets.import_map_for("js/media.js", "js/push.js"))["imports"]
    assert imports == {
        f"/static/js/{name}.js": assets.url(f"js/{of}.js") for name, of in (("media", "media.pack"), ("push", "push"))
    }


def test_packing_keeps_order_and_drops_the_lines_between(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nimport { c } from "./c.js";\nb(c);\n')
    (tmp_path / "b.js").write_text('/** why */\nimport { c } from "./c.js";\nexport function b() {\n  return c;\n}\n')
    (tmp_path / "c.js").write_text("// three\nexport const c = 3;\n")
    assert pack(tmp_path / "a.js") == "const c = 3;\nfunction b() {\n  return c;\n}\nb(c);\n"
    assert pack(tmp_path / "c.js") is None


@pytest.mark.parametrize(
    "source",
    [
        'import { b as d } from "./b.js";\n',
        'import b from "./b.js";\nimport { b } from "./b.js";\n',
        'import { b } from "./b.js";\nexport default b;\n',
        'import { b } from "./b.js";\nexport { b };\n',
        'import { b } from "./b.js";\nconst b = 1;\n',
        'import { b } from "./a.js";\n',
    ],
)
def test_packing_refuses_what_it_does_not_understand(tmp_path: Path, source: str) -> None:
    (tmp_path / "a.js").write_text(source)
    (tmp_path / "b.js").write_text("export const b = 1;\n")
    with pytest.raises(CannotPack):
        pack(tmp_path / "a.js")
