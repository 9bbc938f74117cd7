"""Held-out clusters stay held out; a diff applied to the earlier snapshot gives the later one."""

from hypothesis import given
from hypothesis import strategies as st

from curation.splits import VALIDATION, split_of
from snapshots.diff import apply_diff, diff_counts, diff_leaves


def test_about_the_asked_share_is_held_out_and_a_larger_share_only_adds_to_it() -> None:
    clusters = [str(n) for n in range(4000)]
    few = {c for c in clusters if split_of(c, b"key", 50) == VALIDATION}
    more = {c for c in clusters if split_of(c, b"key", 100) == VALIDATION}
    assert 140 < len(few) < 260
    assert few < more


def test_another_key_holds_out_other_clusters() -> None:
    clusters = [str(n) for n in range(500)]
    assert [split_of(c, b"a", 500) for c in clusters] != [split_of(c, b"b", 500) for c in clusters]


@given(st.sets(st.text(max_size=3)), st.sets(st.text(max_size=3)))
def test_a_diff_applied_to_the_earlier_leaves_gives_the_later(before: set[str], after: set[str]) -> None:
    assert apply_diff(diff_leaves(before, after), before) == after


def test_counts_of_either_side_are_compared_by_name() -> None:
    moved = {m.name: m.change for m in diff_counts({"a": 2, "b": 1}, {"b": 1, "c": 4})}
    assert moved == {"a": -2, "b": 0, "c": 4}
