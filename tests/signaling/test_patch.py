"""RFC 7386: the examples of its appendix A, and that a difference applied gives the new value."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.patch import diff, merge, without_nulls

APPENDIX_A: list[tuple[Any, Any, Any]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("target", "patch", "result"), APPENDIX_A)
def test_the_examples_of_the_standard(target: Any, patch: Any, result: Any) -> None:
    assert merge(target, patch) == result


leaves = st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2) | st.just(1.0)
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=1), inner, max_size=3)
)
views = st.dictionaries(st.text("abc", max_size=1), trees, max_size=3)


def same(one: Any, other: Any) -> bool:
    """Equal, and true is not 1."""
    return repr(one) == repr(other) if not isinstance(one, dict) else one == other and sorted(one) == sorted(other)


@given(views, views)
def test_a_difference_applied_gives_the_new_view(old: dict[str, Any], new: dict[str, Any]) -> None:
    patch = diff(old, new)
    assert same(merge(old, patch), new)
    assert bool(patch) or old == new


@given(views)
def test_no_difference_is_an_empty_patch(view: dict[str, Any]) -> None:
    assert diff(view, view) == {}


def test_members_that_are_null_are_left_out_at_every_depth() -> None:
    assert without_nulls({"a": None, "b": {"c": None, "d": (1, {"e": None})}}) == {"b": {"d": [1, {}]}}


def test_a_merge_leaves_its_target_alone() -> None:
    target = {"a": {"b": 1}}
    merge(target, {"a": {"b": 2}})
    assert target == {"a": {"b": 1}}
