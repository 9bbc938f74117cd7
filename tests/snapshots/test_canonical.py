"""A row has one sequence of bytes, and two different rows never share it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshots.canonical import NotCanonical, canonical_manifest, canonical_row, manifest_digest, read_row

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
ROWS = st.dictionaries(st.text(), JSON, max_size=5)


@given(ROWS)
def test_reading_a_canonical_row_and_writing_it_again_gives_the_same_bytes(row: dict[str, object]) -> None:
    data = canonical_row(row)
    assert canonical_row(read_row(data)) == data


@given(ROWS)
def test_the_order_of_keys_does_not_matter(row: dict[str, object]) -> None:
    assert canonical_row(dict(reversed(row.items()))) == canonical_row(row)


@given(
    st.text(alphabet=st.characters(codec=None, categories=None, min_codepoint=0), max_size=8),
    st.text(alphabet=st.characters(codec=None, categories=None, min_codepoint=0), max_size=8),
)
def test_different_texts_have_different_bytes(one: str, other: str) -> None:
    assert (canonical_row({"t": one}) == canonical_row({"t": other})) == (one == other)


def test_a_lone_surrogate_and_its_spelled_out_escape_stay_apart() -> None:
    assert canonical_row({"t": "\ud800"}) != canonical_row({"t": "\\ud800"})
    assert read_row(canonical_row({"t": "\ud800"})) == {"t": "\ud800"}


def test_integers_beyond_doubles_keep_every_digit() -> None:
    assert json.loads(canonical_row({"n": 2**70 + 1})) == {"n": 2**70 + 1}


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), {1: "a"}, {"a": {2: 3}}, b"bytes", {"a": {1, 2}}]
)
def test_a_value_without_one_form_is_refused_by_place(value: object) -> None:
    with pytest.raises(NotCanonical, match=r"row\.v"):
        canonical_row({"v": value})


def test_a_manifest_is_rfc_8785() -> None:
    assert canonical_manifest({"b": 1, "a": "ü", "c": 1.0}) == b'{"a":"\xc3\xbc","b":1,"c":1}'
    assert len(manifest_digest({"a": 1})) == 64


def test_a_manifest_with_an_integer_javascript_cannot_hold_is_refused() -> None:
    with pytest.raises(NotCanonical):
        canonical_manifest({"n": 2**60})
