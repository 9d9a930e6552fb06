"""Why: closed lists of reasons, so that each reads well in every language. A free note may stand beside it."""

from typing import Literal

Adjourn = Literal["break", "prayer", "technical", "emergency", "staff_gone"]
Postpone = Literal["official_away", "technical", "emergency", "holiday"]
Cancel = Literal["official_away", "technical", "emergency", "no_need"]
Hold = Literal["unclear", "check_facts", "private", "later"]
NotTaken = Literal["outside_topic", "other_office", "in_court", "answered_before", "no_time"]
Abuse = Literal["abuse", "spam"]
Defer = Literal["needs_file", "office_absent", "no_time"]
#: "promised": somebody to whom a promise of an earlier hearing is open.
Move = Literal[
    "urgent",
    "health",
    "with_child",
    "far_away",
    "line_dropped",
    "group",
    "asked_for_time",
    "correction",
    "promised",
]
TakeOff = Literal["time_up", "personal_data", "disruption", "technical"]
Remove = Literal["abuse", "disruption", "personal_data"]
