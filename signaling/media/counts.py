"""One session's media in numbers: for whoever asks, and for how many may follow its program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from signaling.media.network import Network
from signaling.media.peer import Peer
from signaling.media.port import MediaRefused, MediaSettings, MediaStats
from signaling.media.publisher import Publisher
from signaling.media.stage import Stage
from signaling.media.watcher import Watcher


def stats(stage: Stage, peers: Iterable[Peer], network: Network) -> MediaStats:
    """How the session is doing. `peers` are those of the whole machine."""
    dropped: Counter[str] = Counter(network.dropped())
    unseated, unsent = 0, network.unsent()
    for peer in peers:
        if peer.session == stage.session:
            dropped.update(peer.gate.dropped())
            unsent += peer.wire.unsent
            unseated += peer.held if isinstance(peer, Publisher) else 0
    return MediaStats(
        session=stage.session,
        publishers=len(stage.publishers),
        watchers=len(stage.watchers),
        program=sum(1 for watcher in stage.watchers.values() if watcher.direction == "program"),
        forwarded=stage.forwarded(),
        unseated=unseated,
        paused=stage.downlinks.paused(),
        unsent=unsent,
        seats=stage.last,
        dropped=dict(dropped),
    )


def may_follow(stage: Stage, peers: Iterable[Peer], participant: str, most: int | None, now: float) -> None:
    """Raises `MediaRefused` where there is no program, or no room for one more who follows it.

    Arguments:
        most: people who may, of those that came with a limit; None: this one does not count.
    """
    if not stage.program.there(now):
        raise MediaRefused("media_no_program")
    others = {
        peer.participant
        for peer in peers
        if isinstance(peer, Watcher) and peer.session == stage.session and peer.most is not None
    }
    if most is not None and len(others - {participant}) >= most:
        raise MediaRefused("media_program_full")


def may_play(session: str, peers: Iterable[Peer], participant: str, settings: MediaSettings) -> None:
    """Raises `MediaRefused` where as many players show a session's program as may, whichever seats' keys they have.

    With one key the oldest gives way to one more than it may have, so that there are no more than before.
    """
    players = [
        each for each in peers if isinstance(each, Watcher) and each.session == session and each.labels is not None
    ]
    hers = sum(each.participant == participant for each in players)
    if hers < settings.max_watching and len(players) >= settings.max_players:
        raise MediaRefused("media_full")
