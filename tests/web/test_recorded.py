"""Where hearings are broadcast and recorded, no page says that they are not."""

import pytest

from kachehri.i18n import words_for
from tests.end_to_end.pages_list import samples
from web.assets import Assets
from web.render import Renderer, Shell, Site

DENIALS = ("consent", "live.not_recorded", "privacy.not_recorded")
SHELL = Shell("/somewhere", "x" * 44, "nonce", "1991")
#: Drawn from what the hearing's own page knows, not from what the house does.
LIVE = "live.html"


@pytest.mark.parametrize("code", ["ur", "en"])
@pytest.mark.parametrize("recorded", [False, True])
def test_pages_say_whether_a_hearing_is_recorded(code: str, recorded: bool) -> None:
    words = words_for(code)
    renderer = Renderer(Assets(), Site(helpline="1991"), recorded=recorded)
    denying = {
        key
        for name, template, page in samples(words)
        if template not in (LIVE, "components.html")
        for key in DENIALS
        if str(words.t(key)) in renderer.html(code, template, page, SHELL)
    }
    assert denying == (set() if recorded else set(DENIALS))
