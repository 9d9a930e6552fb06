"""The words around what a citizen does with her complaint: the title, what follows from it, and the button."""

from __future__ import annotations

from typing import Final

from kachehri.i18n import Words
from kachehri.tickets.decide import DISPUTES_MOST
from kachehri.tickets.life import Life

#: Offers and the acts behind them, where they differ: a judgement is one of three.
LEADS: Final = {"judge": ("yes", "partly", "no"), "dispute": ("no",)}
JUDGED: Final = LEADS["judge"]
#: Acts that end something; the colour of their button says so.
GRAVE: Final = frozenset({"withdraw", "leave"})
#: Acts that words can be added to, and those that ask how it went.
WORDED: Final = frozenset({"partly", "no", "appeal"})
ENDS: Final = frozenset({"yes", "partly", "no", "rate"})


def named(act: str, *, follower: bool) -> str:
    """The name of an act below `do.` and `done.`: a follower answers for herself, and leaves something else."""
    if follower and act in JUDGED:
        return "said"
    return "leave_parent" if act == "leave" and not follower else act


def title(act: str, words: Words, *, follower: bool) -> str:
    """What is about to be done."""
    if follower and act in JUDGED:
        return words.plain("now.partly" if act == "partly" else f"do.said.{act}")
    return words.plain(f"do.{named(act, follower=follower)}")


def button(act: str, words: Words, *, follower: bool) -> str:
    """The one button."""
    name = named(act, follower=follower)
    return words.plain(f"do.{'no' if name == 'partly' else name}.do")


def means(act: str, life: Life, above: str, words: Words, *, follower: bool, asked: bool = True) -> tuple[str, ...]:
    """What follows, a sentence each.

    Arguments:
        above: the title of the post that it would go to, where one is known.
        asked: she asked something herself, so leaving takes nothing else away.
    """
    say = words.plain
    if follower and act in JUDGED:
        return (say("do.said.means"), *([] if act == "yes" else [say("do.said.alone")]))
    if act in ("partly", "no"):
        up = say("do.no.means_post", post=above) if above else say("do.no.means")
        last = [say("do.no.last")] if life.disputes < DISPUTES_MOST else []
        return (up, say("do.no.clock"), *last)
    if follower and act == "leave" and asked:
        return (say("do.leave.means_asked"),)
    more = {"appeal": ("do.appeal.end",), "withdraw": ("do.withdraw.free",)}.get(act, ())
    return (say(f"do.{named(act, follower=follower)}.means"), *(say(key) for key in more))
