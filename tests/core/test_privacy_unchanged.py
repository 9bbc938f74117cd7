"""What came out unchanged is not read a second time, and that never changes what comes out."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.privacy import RuleSet, SurrogateKey, default_rules, redact
from core.privacy.unchanged import Unchanged

KEY = SurrogateKey("test", b"k" * 32)
CANARY = "canary.person@secret-mail.org"


def _rules() -> RuleSet:
    """Rules without screens: every text is read, as it is under a tagger."""
    rules = default_rules()
    return replace(
        rules, tagger="", rules=tuple(replace(rule, screen=("",)) for rule in rules.rules), key_names={}
    )


def _nested(text: str, levels: int) -> str:
    for _ in range(levels):
        text = json.dumps({"a": text})
    return text


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["nothing here at all", CANARY, "call 467 3395", '{"password": "hunter two"}']),
            st.integers(0, 9),
        ),
        max_size=5,
    )
)
def test_what_was_read_before_changes_nothing(parts: list[tuple[str, int]]) -> None:
    used = _rules()
    for text, levels in parts:
        value = _nested(text, levels)
        assert redact(value, keys=KEY, rules=used).value == redact(value, keys=KEY, rules=_rules()).value


def test_a_text_is_kept_once_it_came_out_unchanged_and_never_one_that_was_changed() -> None:
    rules = _rules()
    changed = f"write to {CANARY} today"
    redact(["good morning to you", changed, {"password": "hunter two"}], keys=KEY, rules=rules)
    assert "good morning to you" in rules.unchanged
    assert changed not in rules.unchanged
    assert "hunter two" not in rules.unchanged


def test_a_text_too_deep_to_be_opened_is_opened_where_it_is_not() -> None:
    rules = _rules()
    sealed = json.dumps({"password": "hunter two"})
    redact(_nested(sealed, 8), keys=KEY, rules=rules)
    for levels in range(6):
        assert "hunter two" not in redact(_nested(sealed, levels), keys=KEY, rules=rules).value


def test_another_project_that_spares_nothing_gets_nothing_spared() -> None:
    from core.privacy.adjust import bare

    rules = _rules()
    stand_in = redact(CANARY, keys=KEY, rules=rules).value
    sparing = replace(rules, spared=frozenset({bare(stand_in)}))
    assert redact(CANARY, keys=KEY, rules=sparing).value == CANARY
    assert redact(CANARY, keys=SurrogateKey("other", b"o" * 32), rules=sparing).value != CANARY


def test_it_holds_no_more_than_its_room() -> None:
    held = Unchanged(room=10_000)
    for number in range(2000):
        held.add(f"text number {number}")
    assert 20 < len(held) < 200
    assert "text number 1999" in held
    assert "text number 0" not in held
    held.add("x" * 9_000)
    assert "x" * 9_000 not in held


def test_what_is_asked_for_again_outlives_what_is_not() -> None:
    held = Unchanged(room=10_000)
    for number in range(2000):
        held.add(f"text number {number}")
        assert number == 0 or "text number 0" in held
