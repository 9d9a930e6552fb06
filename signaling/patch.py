"""The difference between two views as a JSON merge patch (RFC 7386), and its application.

A merge patch says "gone" with null, so a view may not hold null as a value: `without_nulls` takes such members out,
and in a view absent means the default. Lists are replaced whole, so a view keeps long lists as objects by id.
"""

from __future__ import annotations

from typing import Any

Json = Any


def without_nulls(value: Json) -> Json:
    """The same value, members that are null left out, at every depth; elements of lists stay where they are."""
    if isinstance(value, dict):
        return {key: without_nulls(member) for key, member in value.items() if member is not None}
    if isinstance(value, list | tuple):
        return [without_nulls(each) for each in value]
    return value


def diff(old: dict[str, Json], new: dict[str, Json]) -> dict[str, Json]:
    """The smallest merge patch from `old` to `new`, both without nulls. Equal values give an empty patch."""
    patch: dict[str, Json] = {key: None for key in old if key not in new}
    for key, value in new.items():
        if key not in old:
            patch[key] = value
            continue
        before = old[key]
        if isinstance(before, dict) and isinstance(value, dict):
            inner = diff(before, value)
            if inner:
                patch[key] = inner
        elif type(before) is not type(value) or before != value:  # 1, 1.0 and true are equal to Python only
            patch[key] = value
    return patch


def merge(target: Json, patch: Json) -> Json:
    """RFC 7386 §2, word for word. `target` is not changed; unchanged parts are shared with the result."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result
