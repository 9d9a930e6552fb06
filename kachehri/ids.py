"""Ids of things: 16 hex digits, drawn so that what is written together lies together."""

from .draws import random_bytes


def new_id(now: int) -> str:
    """A fresh id for something that happens at `now`, in milliseconds.

    The first six digits count seconds and come round every 194 days, so that rows of one minute share a page of the
    index: half as many bytes are written for each command. The other ten are random; an id is a name, never a secret.
    """
    return f"{now // 1000 & 0xFFFFFF:06x}{random_bytes(5).hex()}"
