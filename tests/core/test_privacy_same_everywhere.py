"""The same text is redacted the same, whatever it travels in: alone, in a dict, in JSON in a string, in JSON in JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.privacy import SurrogateKey, default_rules, redact

KEY = SurrogateKey("test", b"k" * 32)
MESSAGES = [
    "My name is Lena Hoffmann, and I live at 742 Evergreen Terrace, Springfield.",
    "Jordan said that Mercury is hot; Athena Watson wrote it down.",
    "Berlin, May 3. Dear Mr. Abernathy,\n\nsee you on Friday.\nKatherine",
    "Call +49 30 1234567 or write to Sofía Martínez <sofia@example.org>.",
    "patricia desrosiers and MR WATSON met at 12 Baker Street\nApt. 4\nLondon NW1 6XE",
]
VALUES = [
    {"customer": "Reed"},
    {"first_name": "Lena", "last_name": "Key"},
    {"name": "Lena Hoffmann"},
    {"shippingAddress": "742 Evergreen Terrace, Springfield"},
    {"recipients": ["Jo Reed", "Kim"]},
    {"key": "customer_name", "value": {"stringValue": "Lena Key"}},
]


def _redacted(value: Any) -> Any:
    return redact(value, keys=KEY, rules=default_rules()).value


def _in_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_is_redacted_alike_in_every_envelope(message: str) -> None:
    alone = _redacted(message)
    assert alone != message
    wrapped = [{"role": "user", "parts": [{"type": "text", "content": message}]}]
    expected = [{"role": "user", "parts": [{"type": "text", "content": alone}]}]
    assert _redacted(wrapped) == expected
    assert json.loads(_redacted(_in_json(wrapped))) == expected
    twice = _redacted({"input.value": _in_json({"messages": _in_json(wrapped)})})
    assert json.loads(json.loads(twice["input.value"])["messages"]) == expected


@pytest.mark.parametrize("value", VALUES, ids=lambda value: next(iter(value)))
def test_a_value_is_redacted_alike_as_dict_and_as_json(value: dict[str, Any]) -> None:
    clean = _redacted(value)
    assert clean != value
    assert json.loads(_redacted(_in_json(value))) == clean
    assert json.loads(json.loads(_redacted(_in_json({"at": _in_json(value)})))["at"]) == clean
    assert _redacted(clean) == clean


def test_a_key_says_that_a_short_or_doubtful_value_is_a_name() -> None:
    assert _redacted({"status": "Reed", "last_name": "Reed"})["status"] == "Reed"
    assert _redacted({"status": "Reed", "last_name": "Reed"})["last_name"] != "Reed"


def test_a_key_about_somebody_does_not_make_everything_under_it_a_name() -> None:
    value = {"customer": "Acme Corp", "address": "https://example.org/x", "street": "n/a", "user_name": ""}
    assert _redacted(value) == value


def test_the_stand_in_of_a_key_is_nobodys_name() -> None:
    for number in range(200, 260):
        text = f"I call it with the key AKIAHWX43LXV64P3K{chr(65 + number % 26)}{chr(65 + number % 23)}{chr(65 + number % 19)}."
        done = redact(text, keys=KEY, rules=default_rules())
        assert [mark.kind for mark in done.marks] == ["secret"]
