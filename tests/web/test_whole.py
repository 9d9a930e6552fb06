"""The whole hearing is played in one go, silent where nothing was released; each chapter has its place in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.web.conftest import Town
from tests.web.test_clips import no_guard, with_sound
from tests.web.test_lobby import has
from tests.web.test_replay import decided
from web.data_rates import PROGRAM_RATES

pytestmark = pytest.mark.anyio
__all__ = ["no_guard"]


async def test_is_offered_with_what_it_costs_once_anything_may_be_heard(town: Town, tmp_path: Path) -> None:
    found = await with_sound(town, tmp_path)
    path, anyone = f"/s/{found.session}/replay", town.phone("en")
    decided(town, found, "released")
    page = (await anyone.get(path)).text
    assert has(page, "replay.whole", "replay.from_here")
    assert f"<bdi>{PROGRAM_RATES['sound'].mb_per_hour}</bdi> MB an hour" in page.replace("\u00a0", " ")
    (address,) = re.findall(r'<audio controls preload="none" src="(/b/[^"#]+/sound/replay.m3u8)"', page)
    assert 'chapter-line">' in page and "<bdi>0</bdi> people were in line" in page.replace("\u00a0", " ")
    assert 'data-jump="0.0"' in page and "watch=light" not in page, "there is sound alone"
    listed = await anyone.get(address)
    assert listed.status_code == 200 and "#EXT-X-ENDLIST" in listed.text
    (entrance,) = re.findall(r'href="(\?watch=sound&amp;c=2)#whole"', page)
    assert "replay.m3u8" in (await anyone.get(path + entrance.replace("&amp;", "&"))).text
    assert 'id="whole"' not in (await anyone.get(f"{path}?q=motor")).text, "whoever searches reads"
    decided(town, found, "kept")
    assert 'id="whole"' not in (await anyone.get(path)).text
