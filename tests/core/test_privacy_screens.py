"""The screen never clears what a rule would find: in the text itself and in every way a text may be serialised."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.privacy import Rule, RuleSet, SurrogateKey, default_rules, redact
from core.privacy.rules import RulesRefused
from core.privacy.screens import GATES

KEY = SurrogateKey("test", b"k" * 32)
RULES = replace(default_rules(), tagger="", key_names={})
UNSCREENED = replace(RULES, rules=tuple(replace(rule, screen=("",)) for rule in RULES.rules), key_names={})
TRACES = (
    Path(__file__).resolve().parents[2].parent / "shared" / "data" / "traces" / "traces-permissive.jsonl.gz"
)
BY_CHECK = {"phone", "phone_shape", "card", "ip", "basic_auth", "digits"}
SHAPED = [
    rule for rule in RULES.rules if rule.check not in BY_CHECK and rule.id not in {"private_key", "azure_key"}
]
PIECES = [
    "canary.person@secret-mail.org", "4111111111111111", "4111 1111 1111 1111", "3782-822463-10005", "GB82WEST12345698765432",
    "GB82 WEST 1234 5698 7654 32", "464-72-7630", "+34 980597510", "(0228) 123 45 67", "call 467 3395", "001-875-379-3834x70174",
    "223.143.191.94", "6e40:4041:c617:e898:c11:40d2:c669:2eb4", "AKIARLLZPMG6OINJ26D2", "Bearer 9f8a7b6c5d4e3f2a1b0c",
    "sk-proj-QhBjT8h6TmtzEi5VSID4UA1s7CASBkJw6EK4OlbVlKvq", "postgres://admin:hunter2@db.internal/app", "?token=a1b2c3d4e5",
    "password = 'Tr0ub4dor&3xyz'", "BSN 111222333", "1 85 05 78 006 084 36", "529.982.247-25", "nhs 943 476 5919",
    "Basic dXNlcjpodW50ZXIyIQ==", "data:text/plain;base64,Y2FuYXJ5LnBlcnNvbkBzZWNyZXQtbWFpbC5vcmc=", "00:1b:44:11:3a:b7",
]  # fmt: skip
GLUE = [
    *"0123 .-:/@+()[]{}\"'\\%=&?;axnN\n\t\u00a0\u2013\u00e9\uff14\u0664\uff20\u017f\u0131\u200b\u00ad\ufeff", "://", "\\u0040",
    "\\u0034", "\\u0026", "\\u200b", "tel ", "phone: ", "\\n", "ssn ", "user-bcdfghjkmnpq@example.invalid",
    "+999 1234 5678 9012", "[CARD:bcdfghjkmnpq]",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.sampled_from(GLUE), max_size=12).map("".join)
KEYS = (
    st.sampled_from(["a", "password", "app.api_key", "phone", "customer_phone_number", "key", "value"])
    | TEXTS
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    TEXTS | st.integers() | st.sampled_from([4111111111111111, 2127365500, 3.5, 2127365500.0, None, True]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS, inner, max_size=3)
        | inner.map(json.dumps)
        | inner.map(lambda value: json.dumps(value, ensure_ascii=False))
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_where_a_pattern_matches_its_screen_does(data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(SHAPED))
    text = data.draw(st.from_regex(rule.pattern))
    if rule.context:
        word = data.draw(
            st.from_regex(rule.context, fullmatch=True, alphabet=st.characters(max_codepoint=127))
        )
        text = f"{word.lower()} {text}"
    found = RULES.compiled[RULES.order[rule.id]].regex.search(text)
    if found is None:
        return
    place = RULES.order[rule.id]
    for serialised in (
        text.encode("utf-8", "surrogatepass"),
        json.dumps(text).encode(),
        json.dumps(json.dumps({"a": text})).encode(),
    ):
        met = RULES.screen.met(serialised)
        assert place in met.rules or met.others & {"folded", "unseen", "escaped"}, (rule.id, text)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(VALUES)
def test_screened_and_unscreened_redaction_agree(value: Any) -> None:
    screened = redact(value, keys=KEY, rules=RULES)
    plain = redact(value, keys=KEY, rules=UNSCREENED)
    assert screened.value == plain.value
    if screened.marks:
        assert RULES.suspects(json.dumps(value).encode())


@pytest.mark.parametrize("key", ["phone", "pin"])
@pytest.mark.parametrize("text", ['"1000000"', '["1000000"]', '{"value": "1000000"}', ' "1000000"'])
def test_what_only_its_key_gives_away_is_found_in_json_too(key: str, text: str) -> None:
    screened = redact({key: text}, keys=KEY, rules=RULES)
    assert "1000000" not in screened.value[key]
    assert screened.value == redact({key: text}, keys=KEY, rules=UNSCREENED).value


@pytest.mark.skipif(not TRACES.exists(), reason="../shared/data/traces is absent")
def test_screened_and_unscreened_redaction_agree_on_real_records_and_few_are_suspicious() -> None:
    with gzip.open(TRACES) as stream:
        records = [
            orjson.loads(line) for place, line in enumerate(stream) if place < 6000 and place % 150 == 0
        ]
    suspicious = 0
    for record in records:
        words = {name: record[name] for name in ("request", "response", "retrieval")}
        assert redact(words, keys=KEY, rules=RULES).value == redact(words, keys=KEY, rules=UNSCREENED).value
        suspicious += RULES.suspects(orjson.dumps(words))
    assert suspicious < 0.2 * len(records)


def test_a_rule_without_a_screen_makes_everything_suspicious() -> None:
    data = RULES.as_data()
    data["rules"].append(Rule("own", "secret", "x{3}").as_data())
    assert RuleSet.from_data(data).suspects(b'"nothing here"')
    assert not RULES.suspects(b'"nothing here"')


def test_a_tagger_reads_every_text_itself() -> None:
    assert replace(RULES, tagger="names").suspects(b'"nothing here"')


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pattern": "("}, "own"),
        ({"screen": ("(?=x)",)}, "own"),
        ({"check": "stdnum.os"}, "own"),
        ({"check": "unheard_of"}, "own"),
        ({"group": 3}, "no group 3"),
        ({"id": "email"}, "same id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_rule_that_cannot_be_used_refuses_the_set_with_the_reason(
    change: dict[str, Any], reason: str
) -> None:
    data = RULES.as_data()
    data["rules"].append({**Rule("own", "secret", "x{3}", anchors=("xxx",)).as_data(), **change})
    with pytest.raises(RulesRefused, match=reason):
        RuleSet.from_data(data)


@pytest.mark.parametrize("gate", ["", *GATES])
def test_a_screen_that_ran_out_of_memory_clears_nothing(gate: str) -> None:
    screen = replace(RULES, key_names={}).screen
    text = b'"1 2 3 4 5 6"'
    assert not screen.met(text)
    screen.passes[gate] = lambda data: []
    assert len(screen.met(text).rules) == len(RULES.rules)
