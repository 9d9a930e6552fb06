"""The sentences that the scripts of the staff pages speak, handed over as `data-msg-*`: scripts hold no words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from kachehri.i18n import Words
from kachehri.i18n.catalogue import sentence
from rooms import reasons
from rooms.questions import State
from rooms.refusals import REFUSALS

#: Reasons by the dialog that asks for them.
REASONS: dict[str, tuple[str, ...]] = {
    "hold": get_args(reasons.Hold),
    "not_take": get_args(reasons.NotTaken),
    "refuse": get_args(reasons.Abuse),
    "defer": get_args(reasons.Defer),
    # The clock gives `staff_gone` and the queue gives `asked_for_time`: people do not choose them.
    "adjourn": tuple(each for each in get_args(reasons.Adjourn) if each != "staff_gone"),
    "move": tuple(each for each in get_args(reasons.Move) if each != "asked_for_time"),
    "take_off": get_args(reasons.TakeOff),
    "remove": get_args(reasons.Remove),
    "postpone": get_args(reasons.Postpone),
    "cancel": get_args(reasons.Cancel),
}
#: Why a phone number is looked at.
REVEAL = ("call_back", "line_lost", "visit", "danger")
_SPOKEN_REASONS = ("hold", "not_take", "refuse", "defer", "move")
_PLAIN = (
    "someone",
    "row.joined_to",
    "row.erased",
    "row.by_desk",
    "row.by_kiosk",
    "row.by_phone",
    "row.ago_now",
    "st.free",
    "st.muted",
    "st.air",
    "st.left",
    "st.over",
    "st.mute",
    "st.unmute",
    "st.floor",
    "st.floor_back",
    "st.has_floor",
    "st.talk_hold",
    "st.talk_open",
    "st.holds",
    "st.grace",
    "health.good",
    "health.weak",
    "health.bad",
    "health.gone",
    "health.held",
    "health.figures",
    "health.told",
    "line.act.hall",
    "undo.floor",
    "undo.floor_back",
    "undo.talk",
    "undo.hall",
    "desk.live_for",
    "desk.starts_in",
    "desk.late_by",
    "desk.net.connected",
    "desk.net.connecting",
    "desk.net.lost",
    "desk.net.over",
    "triage.more",
    "dialog.pick",
    "dialog.move_range",
    "dialog.merge_none",
    "close.sum",
    "close.none",
    "close.working",
    "close.sealed",
    "close.cancelled",
    "say.dropped",
    "say.time",
    "undo.admit",
    "undo.hold",
    "undo.merge",
    "undo.not_take",
    "undo.refuse",
    "undo.call",
    "undo.move",
    "undo.classify",
    "undo.mute",
    "undo.unmute",
    "undo.block",
    "undo.unblock",
    "undo.remove",
    "undo.park",
    "undo.extend",
    "undo.answer",
    "undo.defer",
    "undo.finish",
    "undo.take_off",
    "undo.confirm_refusal",
    "undo.overturn_refusal",
    "undo.unmerge",
    "undo.offer",
    "undo.read_out",
    "undo.cancel",
    "undo.stage",
    "undo.done",
    "undo.ok",
    "undo.return",
    "undo.outcome_answered",
    "undo.outcome_ordered",
    "undo.outcome_referred",
    "undo.outcome_refused",
    "undo.read_back",
    "readback.open",
    "readback.yes",
    "readback.no",
    "st.watch_fail",
    "st.bring",
    "st.call_next",
    "comma",
    "row.spoken_text",
    "line.here",
    "line.away",
    "claim.you",
    "claim.by",
    "claim.somebody",
    "pick.all",
    "many.failed",
    "find.none",
    "find.none_more",
    "handover.title",
    "handover.yours",
    "handover.chair",
    "handover.nobody",
    "handover.take",
    "handover.read",
    "outcome.until",
    "outcome.missing",
    "reveal.none",
    "reveal.left",
    "reveal.number",
)
#: Sentences that change with a number; a script is given both forms, `one` and `other` (CLDR plural categories).
_COUNTED = (
    "row.joined_n",
    "row.support_n",
    "row.ago",
    "row.ago_hours",
    "row.ago_days",
    "say.new",
    "desk.present",
    "dialog.close_confirm",
    "close.waiting",
    "close.people",
    "close.answered",
    "close.deferred",
    "close.not_taken",
    "close.refusing",
    "close.on_stage",
    "close.on_deck",
    "close.unnoted",
    "find.found",
    "pick.count",
    "many.admit",
    "many.hold",
    "many.not_take",
    "many.return",
    "many.classify",
    "many.undone",
    "bar.objections",
    "st.all_muted",
)
_PHASES = ("scheduled", "postponed", "doors_open", "live", "adjourned", "closing", "closed", "cancelled")
_TURN_STATES = ("called", "on_deck", "ready", "on_stage", "dropped", "parked", "read_out")
_SEATS = ("official", "citizen", "interpreter", "hall", "signer", "slides")
_LISTS = ("new", "held", "refusing", "merged", "not_taken")
_OUTCOMES = ("answered", "ordered", "referred", "refused")


def refused(words: Words, code: str, params: dict[str, Any]) -> str:
    """A refusal as a sentence for the staff."""
    key = f"no.{code}"
    return words.plain(key if words.has(key) else "no.other", **params)


def attribute(key: str) -> str:
    return key.replace(".", "-").replace("_", "-")


def for_scripts(words: Words) -> tuple[tuple[str, str], ...]:
    """Names of `data-msg-…` attributes with their sentences, placeholders still in them."""
    keys = [*_PLAIN]
    keys += [f"phase.{phase}" for phase in _PHASES]
    keys += [f"turn.{state}" for state in _TURN_STATES]
    keys += [f"seatkind.{kind}" for kind in _SEATS]
    keys += [f"triage.empty.{name}" for name in _LISTS]
    keys += [f"triage.empty_more.{name}" for name in _LISTS]
    keys += [f"stands.{state}" for state in get_args(State)]
    keys += [f"outcome.{kind}" for kind in _OUTCOMES]
    keys += [f"outcome.more.{kind}" for kind in _OUTCOMES]
    keys += [f"reason.{group}.{each}" for group in _SPOKEN_REASONS for each in REASONS[group]]
    keys.append("reason.move.asked_for_time")
    keys += ["no.offline", "no.lost", "no.other"]
    return (*chosen(words, keys), *counted(words, _COUNTED))


def chosen(words: Words, keys: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """These sentences, and one for each refusal."""
    refusals = [f"no.{code}" for code in REFUSALS if words.has(f"no.{code}")]
    return tuple((attribute(key), words.raw(key)) for key in (*keys, *refusals))


def counted(words: Words, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Both forms of sentences that change with a number."""
    for key in keys:
        for form, n in (("one", 1), ("other", 2)):
            yield f"{attribute(key)}-{form}", sentence(words.language.code, key, n)
