"""The stage that a program is made of: the media process's own, with its tap."""

from __future__ import annotations

from tests.signaling.media.conftest import clip, server, stage

__all__ = ["clip", "server", "stage"]
