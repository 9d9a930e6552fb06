"""The way of a late ticket up the line, as one table, and of what staff are reminded on that way. Pure.

When something is due says clocks.py, who sits at a level the chart of posts. A superior becomes accountable; whoever
works on the ticket goes on with it, and every act stays open to them.
"""

from typing import Final, Literal, NamedTuple

from .life import Life

Clock = Literal["half", "risk", "sort", "first", "promise", "arrive", "appeal"]


class Rung(NamedTuple):
    """A step of the ladder.

    Arguments:
        when: a share of the time to resolve it, in percent, or working days after its end.
        then: what happens.
    """

    when: str
    then: str


class Reminder(NamedTuple):
    """What staff are told when a clock has come so far.

    Arguments:
        notice: the row of the table of notices.
        says: what the clock stands for, for the documentation.
    """

    notice: str
    says: str


LADDER: Final[tuple[Rung, ...]] = (
    Rung("50 %", "the officer is reminded"),
    Rung("80 %", "the officer and the superior hear that it is at risk"),
    Rung("100 %", "level 1: the superior becomes accountable, and the citizen hears who that is"),
    Rung("+5", "level 2: the head of the department"),
    Rung("+10", "level 3: the chair of the hearing; it stands on the next session's agenda"),
    Rung("+15", "the appeal body gets it without anybody asking, or sooner by a number of days that the house says"),
)
REMINDERS: Final[dict[str, Reminder]] = {
    "half": Reminder("staff.at_risk", "half of the time to resolve it is over"),
    "risk": Reminder("staff.risk", "four fifths of it are over"),
    "promise": Reminder("staff.at_risk", "the day of a promise has come"),
    "sort": Reminder("staff.overdue", "nobody has sent it to an office for a working day"),
    "first": Reminder("staff.overdue", "nothing was begun in time"),
    "arrive": Reminder("staff.overdue", "the notice of the proposal has not arrived; somebody has to call"),
    "appeal": Reminder("staff.overdue", "the appeal body is late"),
}
#: From this level on a ticket stands on the agenda of the next session.
AGENDA_LEVEL: Final = 3


def on_agenda(life: Life) -> bool:
    """Whether the next session has to speak of it."""
    return life.is_open and life.level >= AGENDA_LEVEL
