"""A segment of silence and slate without encoding one: pictures and sounds that were encoded once, under its times.

Two hours of what nobody released are 3,600 segments of which no two have quite the same times; their pictures and
sounds are all the same. So one template is encoded for each rendition and epoch (recordings/program/rendering.py).
"""

from __future__ import annotations

from dataclasses import replace

from recordings.archive import RecordingError

from .samples import Piece, run_of


def blank_pieces(template: list[Piece], pieces: list[Piece]) -> list[Piece]:
    """These pieces with nothing in them: as many pictures and sounds of the same times.

    Arguments:
        template: a slate that begins with a keyframe, and silence.
    """
    made: list[Piece] = []
    stocks = {track: run_of(template, track) for piece in template for track, _ in piece.runs}
    at = dict.fromkeys(stocks, 0)
    for piece in pieces:
        runs = []
        for track, samples in piece.runs:
            stock = stocks.get(track)
            if not stock:
                raise RecordingError("damaged", "a track that the template does not have")
            fresh = []
            for sample in samples:
                # A segment that is longer than the template begins it anew, with its keyframe.
                source = stock[at[track] % len(stock)]
                at[track] += 1
                fresh.append(replace(sample, data=source.data, key=source.key))
            runs.append((track, tuple(fresh)))
        made.append(Piece(piece.sequence, tuple(runs)))
    return made
