from __future__ import annotations

import asyncio

import pytest

from kachehri.metrics import Family, Histogram, Sample, Submissions, counter, single, write
from rooms.base import Refused

pytestmark = pytest.mark.anyio


def test_the_text_format() -> None:
    odd = counter("refusals_total", 'Refused, by "code".\nAll.', "code", {'a"b\\c\nd': 2})
    assert write([odd, single("open", "gauge", "Open.", 1.5), Family("none", "gauge", "None.", ())]) == (
        '# HELP kachehri_refusals_total Refused, by "code".\\nAll.\n'
        "# TYPE kachehri_refusals_total counter\n"
        'kachehri_refusals_total{code="a\\"b\\\\c\\nd"} 2\n'
        "# HELP kachehri_open Open.\n# TYPE kachehri_open gauge\nkachehri_open 1.5\n"
        "# HELP kachehri_none None.\n# TYPE kachehri_none gauge\n"
    )


def test_a_histogram_is_cumulative_and_a_bound_belongs_to_its_bucket() -> None:
    times = Histogram((0.1, 1.0))
    for seconds in (0.05, 0.1, 0.5, 2.0):
        times.observe(seconds)
    assert times.samples() == (
        Sample(2, {"le": "0.1"}, "_bucket"),
        Sample(3, {"le": "1.0"}, "_bucket"),
        Sample(4, {"le": "+Inf"}, "_bucket"),
        Sample(2.65, suffix="_sum"),
        Sample(4, suffix="_count"),
    )


async def test_every_command_is_counted_once_by_what_became_of_it() -> None:
    submissions, loop = Submissions(), asyncio.get_running_loop()
    good: asyncio.Future[str] = loop.create_future()
    good.set_result("done")
    bad: asyncio.Future[str] = loop.create_future()
    bad.set_exception(Refused("slow_down"))
    assert await submissions.watch("question.ask", good) == "done"
    with pytest.raises(Refused):
        await submissions.watch("question.ask", bad)
    text = write(submissions.families())
    assert 'kachehri_commands_total{type="question.ask"} 1\n' in text
    assert 'kachehri_refusals_total{code="slow_down"} 1\n' in text
    assert "kachehri_commit_seconds_count 1\n" in text
