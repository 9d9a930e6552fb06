"""Live, next and stage in every state that they can be in: one row for each, and what the page must then say or offer.

`arrange` names how a test brings it about (test_state_matrix_live.py); `says` are keys of the catalogue that must be on
the page in words, `shows` and `hides` are selectors. Every cell of the three screens stands here, and those that cannot
be have their reason.
"""

from __future__ import annotations

from dataclasses import dataclass

STATES = (
    "loading",
    "empty",
    "offline",
    "reconnecting",
    "mic denied",
    "full",
    "ended",
    "banned",
    "server error",
)
SCREENS = ("live", "next", "stage")


@dataclass(frozen=True)
class Cell:
    """One screen in one state."""

    screen: str
    state: str
    arrange: str
    says: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.screen}, {self.state}, {self.arrange}"


READ_OUT = "form[data-action=read_out]:visible"
CELLS = (
    # The page is complete as it is served; where no script comes, it says how to go on.
    Cell("live", "loading", "no_script", ("live.totals", "q.checking"), ("#again", "#queue", 'a[href$="/ask"]')),
    Cell("live", "loading", "script_throws", ("live.by_hand", "check_again"), ("#queue", 'a[href$="/ask"]')),
    Cell("live", "loading", "no_storage", ("q.checking",), ("#follow",), ("#by-hand",)),
    Cell("live", "empty", "nobody", ("stage.empty", "live.mine_empty", "live.queue_empty"), ("#follow",)),
    Cell("live", "empty", "not_begun", ("live.not_yet",), ('a[href$="/ask"]',)),
    Cell("live", "offline", "no_network", ("net.kept",), ("#net", "#mine-list .card", 'a[href$="/ask"]')),
    Cell("live", "reconnecting", "line_back", (), ("#mine-list .card",), ("#net",)),
    Cell("live", "full", "no_room_for_pictures", ("follow.full",), ("[data-follow=sound][aria-pressed=true]",)),
    Cell(
        "live",
        "ended",
        "closed",
        ("ended", "state.written"),
        ("#mine-list [data-link] a",),
        ("#watch", "#queue", "#tabs"),
    ),
    Cell("live", "banned", "blocked", ("remove_reason.abuse",), ("#follow",), ('#main a[href$="/ask"]',)),
    Cell("live", "banned", "removed", ("remove_reason.abuse",), (".notice-error",), ('#main a[href$="/ask"]',)),
    Cell("live", "server error", "no_passes", ("net.kept",), ("#net", "#mine-list .card")),
    Cell("live", "server error", "never_in", ("net.weak",), ("#net", "#mine-list .card")),
    Cell("next", "loading", "asks_for_long", ("mic.wait",), (READ_OUT,)),
    Cell("next", "loading", "script_throws", ("next.by_hand",), (READ_OUT,)),
    Cell("next", "empty", "not_called", ("next.not_yet",), ('a[href$="/live"]',)),
    Cell("next", "offline", "no_network", ("net.kept",), ("#net", READ_OUT)),
    Cell("next", "reconnecting", "line_back", ("next.title",), (READ_OUT,), ("#net",)),
    Cell("next", "mic denied", "denied", ("mic.denied", "mic.where"), (".address-bar", READ_OUT), ("#ready-box",)),
    Cell("next", "mic denied", "in_app", ("mic.inapp", "mic.open_chrome", "mic.copy"), (READ_OUT,), ("#ready-box",)),
    Cell("next", "mic denied", "busy", ("mic.busy",), (READ_OUT,), ("#ready-box",)),
    Cell("next", "mic denied", "dismissed", ("mic.dismissed",), (READ_OUT,), ("#ready-box",)),
    Cell("next", "ended", "closed", ("state.written",), ("#mine-list [data-link] a",), ("#next",)),
    Cell("next", "banned", "removed", ("remove_reason.abuse",), (".notice-error",), ("#next",)),
    Cell("next", "server error", "storage_fails", ("refused.other", "next.title"), (READ_OUT,)),
    Cell("stage", "loading", "no_sound_yet", ("stage.going", "stage.done"), ("#clock",)),
    Cell("stage", "empty", "not_called", ("stage.not_on",), ('a[href$="/live"]',)),
    Cell("stage", "offline", "no_network", ("stage.done",), ("#net", "#clock")),
    Cell("stage", "reconnecting", "line_back", ("stage.done",), ("#clock",), ("#net",)),
    Cell("stage", "mic denied", "denied", ("mic.denied",), (READ_OUT,)),
    Cell("stage", "ended", "closed", ("state.heard",), ("#mine-list [data-link] a",), ("#stage",)),
    Cell("stage", "banned", "removed", ("remove_reason.abuse",), (".notice-error",), ("#stage",)),
    Cell("stage", "server error", "taken_off", ("stage.by_host",), ("#net",)),
    Cell("stage", "server error", "clock_years_off", ("stage.done",), ("#clock:not(.clock-low)",)),
)
#: Cells that there are none of, and why.
NEVER = {
    ("live", "mic denied"): "nobody speaks from the live page",
    ("next", "full"): "a turn has its place",
    ("stage", "full"): "a seat has its place",
}
