"""A district file that is wrong is refused with everything that is wrong with it."""

from pathlib import Path

import pytest

from kachehri.district import DistrictError, load_district

RIGHT = """
code = "somewhere"
name_ur = "کہیں"
name_en = "Somewhere"
offices = [
  { code = "desk", name_ur = "ڈیسک", name_en = "Desk", triage = true },
  { code = "pumps", parent = "desk", name_ur = "پمپ", name_en = "Pumps" },
]
rooms = [{ code = "hall", office = "desk", name_ur = "ہال", name_en = "Hall" }]
areas = [
  { code = "all", kind = "district", name_ur = "سب", name_en = "All" },
  { code = "part", parent = "all", kind = "tehsil", within = ["beat"], name_ur = "حصہ", name_en = "Part" },
  { code = "beat", tree = "police", kind = "beat", name_ur = "بیٹ", name_en = "Beat" },
]
groups = [{ code = "water", icon = "water", name_ur = "پانی", name_en = "Water" }]
categories = [
  { code = "dry", group = "water", icon = "water", office = "pumps", name_ur = "خشک", name_en = "Dry" },
  { code = "wet", group = "water", icon = "water", name_ur = "گیلا", name_en = "Wet", protected = true, days = 3 },
]
posts = [
  { code = "top", office = "desk", holder = "Top", name_ur = "بڑا", name_en = "Top" },
  { code = "low", office = "pumps", reports_to = "top", name_ur = "چھوٹا", name_en = "Low" },
]
rules = [{ category = "dry", area = "beat", post = "low" }]
[session]
room = "hall"
number = 1
title_ur = "سماعت"
title_en = "Hearing"
"""


def written(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = RIGHT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "district.toml"
    path.write_text(text, encoding="utf-8")
    return path


class TestRightFile:
    def test_is_read_in_its_order(self, tmp_path: Path) -> None:
        district = load_district(written(tmp_path))
        assert [office.code for office in district.offices] == ["desk", "pumps"]
        assert district.triage.code == "desk"
        assert district.area_path("part") == ("all", "part")
        assert [(category.office, category.days, category.protected) for category in district.categories] == [
            ("pumps", 15, False),
            (None, 3, True),
        ]
        assert district.session is not None
        assert (district.session.minutes, district.session.languages) == (90, ("ur", "en"))

    def test_needs_no_hearing(self, tmp_path: Path) -> None:
        path = written(tmp_path, (RIGHT[RIGHT.index("[session]") :], ""))
        assert load_district(path).session is None


class TestWrongFile:
    @pytest.mark.parametrize(
        ("old", "new", "error"),
        [
            ("triage = true", "triage = false", "offices: exactly one needs triage = true, found 0"),
            ('parent = "desk"', "triage = true", "offices: exactly one needs triage = true, found 2"),
            ('parent = "desk"', 'parent = "x"', "offices: pumps stands before its parent x, or the parent is missing"),
            (
                'parent = "all"',
                'parent = "part"',
                "areas: part stands before its parent part, or the parent is missing",
            ),
            ('office = "desk"', 'office = "x"', "rooms: hall names the unknown office x"),
            ('office = "pumps"', 'office = "x"', "categories: dry names the unknown office x"),
            ('group = "water"', 'group = "x"', "categories: dry names the unknown group x"),
            ('code = "wet"', 'code = "dry"', "categories: dry occurs twice"),
            ('room = "hall"', 'room = "x"', "session: names the unknown room x"),
            ('tree = "police"', 'tree = "moon"', "areas: beat is on the unknown map moon"),
            ('within = ["beat"]', 'within = ["all"]', "areas: part names all, which is no place of another map"),
            (
                'reports_to = "top"',
                'reports_to = "x"',
                "posts: low stands before its parent x, or the parent is missing",
            ),
            ('office = "pumps", reports_to', 'office = "x", reports_to', "posts: low names the unknown office x"),
            ('area = "beat"', 'area = "x"', "rules: rule 1 names the unknown area x"),
            ('category = "dry", area', "area", "rules: rule 1 needs a category or a group, and not both"),
            (', post = "low"', "", "rules: rule 1 goes nowhere"),
        ],
    )
    def test_is_refused_with_the_reason(self, tmp_path: Path, old: str, new: str, error: str) -> None:
        with pytest.raises(DistrictError) as refused:
            load_district(written(tmp_path, (old, new)))
        assert refused.value.errors == [error]

    def test_is_refused_with_every_reason_at_once(self, tmp_path: Path) -> None:
        with pytest.raises(DistrictError) as refused:
            load_district(written(tmp_path, ("triage = true", "triage = false"), ('room = "hall"', 'room = "x"')))
        assert len(refused.value.errors) == 2
        assert "district.toml" in str(refused.value)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('code = "somewhere"', "code ="),
            ('code = "wet"', 'code = "Wet!"'),
            ("days = 3", "days = 0"),
            ("days", "dais"),
        ],
    )
    def test_is_refused_when_it_cannot_be_read(self, tmp_path: Path, old: str, new: str) -> None:
        with pytest.raises(DistrictError):
            load_district(written(tmp_path, (old, new)))

    def test_is_refused_when_missing_or_not_text(self, tmp_path: Path) -> None:
        with pytest.raises(DistrictError):
            load_district(tmp_path / "none.toml")
        (tmp_path / "latin.toml").write_bytes(b"\xff")
        with pytest.raises(DistrictError):
            load_district(tmp_path / "latin.toml")
