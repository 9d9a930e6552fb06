"""Numbers about messages."""

from __future__ import annotations

from kachehri.metrics import write
from kachehri.notices.gateway import Refused, Sent, Uncertain
from kachehri.notices.tally import Tally, standing
from kachehri.store.notices import Standing


def test_what_was_handed_over_is_counted_by_what_came_back_and_costs_what_may_have_left() -> None:
    tally = Tally()
    for result in (Sent("a"), Sent(), Uncertain("timeout"), Refused("refused")):
        tally.count("sms", result, 250)
    tally.count("push", Sent(), 0)
    text = write(tally.families())
    for line in (
        'kachehri_messages_total{channel="sms",outcome="sent"} 2',
        'kachehri_messages_total{channel="sms",outcome="unknown"} 1',
        'kachehri_messages_total{channel="sms",outcome="failed"} 1',
        'kachehri_messages_total{channel="push",outcome="sent"} 1',
        'kachehri_messages_cost_total{channel="sms"} 7.5',
        'kachehri_messages_cost_total{channel="push"} 0',
    ):
        assert f"{line}\n" in text


def test_what_lies_there_now() -> None:
    text = write(standing(3, [Standing("sms", "unknown", 2), Standing("email", "waiting", 1)]))
    assert "kachehri_message_tasks 3\n" in text
    assert 'kachehri_messages{channel="sms",state="unknown"} 2\n' in text
    assert 'kachehri_messages{channel="email",state="waiting"} 1\n' in text
