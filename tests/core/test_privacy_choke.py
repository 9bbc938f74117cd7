"""The choke point walks everything, marks what it did, is idempotent, and fails closed without echoing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.privacy import Mark, RedactionFailed, SurrogateKey, default_rules, is_surrogate, redact

KEY = SurrogateKey("test", b"k" * 32)
RULES = default_rules()
CANARIES = [
    "canary.person@secret-mail.org",
    "4111111111111111",
    "GB82WEST12345698765432",
    "464-72-7630",
    "+34 980597510",
    "223.143.191.94",
    "AKIARLLZPMG6OINJ26D2",
    "sk-proj-QhBjT8h6TmtzEi5VSID4UA1s7CASBkJw6EK4OlbVlKvq",
]
FILLER = st.text(alphabet=st.characters(codec="utf-8"), max_size=30)
SPACED = st.builds(
    lambda before, canary, after: f"{before} {canary} {after}", FILLER, st.sampled_from(CANARIES), FILLER
)
MESSY = st.lists(
    st.sampled_from(
        [
            *CANARIES,
            *'0123 .-:/@+()[]{}"\\u%=ax',
            "://",
            "\\u0040",
            "\u200b",
            "\u00ad",
            "Bearer ",
            "password=",
        ]
    ),
    max_size=25,
)
STRINGS = SPACED | FILLER | MESSY.map("".join)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | STRINGS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(STRINGS, inner, max_size=4)
        | inner.map(json.dumps)
        | inner.map(lambda value: json.dumps(value, ensure_ascii=False))
    ),
    max_leaves=8,
)


def at(value: Any, mark: Mark) -> str:
    """The text a mark points at."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in mark.path.split("/")[1:]]
    if mark.in_key:
        return parts[-1][mark.start : mark.end]
    for part in parts:
        value = value[int(part)] if isinstance(value, list) else value[part]
    return str(value)[mark.start : mark.end]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES)
def test_redacting_twice_changes_nothing_and_marks_point_at_surrogates(value: Any) -> None:
    once = redact(value, keys=KEY, rules=RULES)
    twice = redact(once.value, keys=KEY, rules=RULES)
    assert twice.value == once.value
    assert not twice.marks
    assert all(is_surrogate(at(once.value, mark)) for mark in once.marks)
    assert sum(once.counts.values()) == len(once.marks)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(SPACED, min_size=1, max_size=3),
    st.sampled_from(["plain", "nested", "escaped", "twice", "key", "truncated"]),
)
def test_no_canary_byte_survives_in_any_wrapping(texts: list[str], wrapping: str) -> None:
    body = {"messages": [{"content": text} for text in texts]}
    wrapped: Any = {
        "plain": body,
        "nested": json.dumps(body, ensure_ascii=False),
        "escaped": json.dumps(body).replace("@", "\\u0040"),
        "twice": json.dumps({"input.value": json.dumps(body)}),
        "key": dict.fromkeys(texts, 1),
        "truncated": json.dumps(body, ensure_ascii=False)[:-2],
    }[wrapping]
    out = json.dumps(redact(wrapped, keys=KEY, rules=RULES).value, ensure_ascii=False)
    assert not [canary for canary in CANARIES if canary in out]


def test_json_in_a_string_stays_json_and_untouched_json_stays_as_written() -> None:
    clean = redact('{"card": 4111111111111111, "to": "a\\u0040b.org"}', keys=KEY, rules=RULES).value
    assert set(json.loads(clean)) == {"card", "to"}
    untouched = '{ "q" :  "weather",   "n":1.0 }'
    assert redact(untouched, keys=KEY, rules=RULES).value == untouched


def test_a_value_under_a_secret_name_goes_whatever_it_looks_like() -> None:
    value = {
        "arguments": '{"user": "x", "password": "hunter2"}',
        "http.request.header.authorization": ["opaque"],
        "attributes": [{"key": "app.api_key", "value": {"stringValue": "opaque"}}],
        "login": {"password": 20251122, "passphrase": 4711.5, "secret": True},
        "schema": {"password": {"type": "string", "description": "what the user typed"}},
        "usage": {"max_tokens": 12, "token": "an ordinary word"},
    }
    done = redact(value, keys=KEY, rules=RULES)
    text = json.dumps(done.value)
    assert "hunter2" not in text
    assert "opaque" not in text
    assert "20251122" not in text
    assert "4711" not in text
    assert redact(done.value, keys=KEY, rules=RULES).value == done.value
    assert done.value["schema"] == value["schema"]
    assert done.value["usage"] == value["usage"]


def test_the_input_is_not_changed() -> None:
    value = {"a": ["bob@example.org"]}
    redact(value, keys=KEY, rules=RULES)
    assert value == {"a": ["bob@example.org"]}


@pytest.mark.parametrize("bad", [{"a": b"canary.person@secret-mail.org"}, {1: "canary"}, {"a": {"canary"}}])
def test_what_cannot_be_searched_is_refused_without_echo(bad: Any) -> None:
    with pytest.raises(RedactionFailed) as failure:
        redact(bad, keys=KEY, rules=RULES)
    assert "canary" not in f"{failure.value} {failure.value.args} {failure.value.path}"
    assert failure.value.__cause__ is None


def test_a_bottomless_value_is_refused() -> None:
    deep: Any = "x"
    for _ in range(3000):
        deep = [deep]
    with pytest.raises(RedactionFailed, match="too_deep"):
        redact(deep, keys=KEY, rules=RULES)


def test_hostile_shapes_take_linear_time() -> None:
    import time

    for piece in (
        "1",
        "1 ",
        "1-",
        "a@",
        "a.",
        "://a:",
        "eyJ",
        "[",
        "::",
        "GB82 ",
        "+1(",
        "\\u0040",
        "password=",
        "0.0.",
    ):
        started = time.process_time()
        redact(piece * 20_000, keys=KEY, rules=RULES)
        assert time.process_time() - started < 3, piece
