"""Surrogates keep the format of what they stand for, are known by their shape, and lie where nobody is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from core.privacy import SurrogateKey, default_rules, is_surrogate, redact
from core.privacy.detect import find_hits
from core.privacy.surrogates import LABELS, SURROGATE, find_surrogates, kind_of, surrogate

KEY = SurrogateKey("test", b"k" * 32)
OTHER = SurrogateKey("other", b"o" * 32)
RULES = default_rules()
LIKE = {
    "card": "4111 1111 1111 1111",
    "ip": "2a02:8109::1:2",
    "secret": "sk-proj-abc",
    "phone": "0228 1234567",
    "us_ssn": "464-72-7630",
}


@given(st.sampled_from(sorted(LABELS)), st.text(min_size=1), st.sampled_from(["", *LIKE.values()]))
def test_a_surrogate_is_known_by_its_shape_and_no_rule_finds_it(kind: str, normal: str, like: str) -> None:
    made = surrogate(kind, normal, KEY, like)
    assert is_surrogate(made)
    assert kind_of(made) == kind
    assert not find_hits(f"my phone, card, ssn and account number: {made}.", RULES)
    assert made != surrogate(kind, normal, OTHER, like)


@given(st.lists(st.sampled_from([*LABELS, " ", "x", "9", "+", "-", "ü", "\u2013"]), max_size=8))
def test_all_surrogates_of_a_text_are_found_near_their_markers(parts: list[str]) -> None:
    text = "".join(surrogate(part, "value", KEY) if part in LABELS else part for part in parts)
    assert [one.span() for one in find_surrogates(text)] == [one.span() for one in SURROGATE.finditer(text)]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("card 4111 1111 1111 1111.", r"card 9999 \d{4} \d{4} \d{4}\."),
        ("card 4111111111111111.", r"card 9999\d{12}\."),
        ("call +49 228 1234567", r"call \+999 \d{4} \d{4} \d{4}"),
        ("IBAN GB82 WEST 1234 5698 7654 32", r"IBAN ZZ\d\d( \d{4}){4}"),
        ("ssn 464-72-7630", r"ssn 000-\d\d-\d{4}"),
        ("from 223.143.191.94", r"from 2(4\d|5[0-5])\.\d+\.\d+\.\d+"),
        ("at 6e40:4041:c617:e898:c11:40d2:c669:2eb4", r"at 2001:db8(:[0-9a-f]{4}){6}"),
        ("postgres://admin:hunter2@db/app", r"postgres://redacted:[a-z]{12}@db/app"),
        ("key sk-proj-QhBjT8h6TmtzEi5VSID4UA1s7", r"key sk-proj-redacted[a-z]{12}"),
        ("key AKIARLLZPMG6OINJ26D2", r"key AKIAredacted[a-z]{12}"),
    ],
)
def test_the_format_is_kept(text: str, shape: str) -> None:
    import re

    clean = redact(text, keys=KEY, rules=RULES).value
    assert re.fullmatch(shape, clean), clean
    assert redact(clean, keys=KEY, rules=RULES).value == clean


def test_check_digits_are_right_and_the_spelling_changes_no_digit() -> None:
    spaced, plain = surrogate("card", "4111", KEY, "4111 1111"), surrogate("card", "4111", KEY, "41111111")
    assert luhn.is_valid(plain)
    assert spaced.replace(" ", "") == plain
    iban = surrogate("iban", "x", KEY)
    assert int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def test_integers_stay_integers_and_keys_make_phones() -> None:
    value: dict[str, Any] = {
        "card": 4111111111111111,
        "customer_phone": 2127365000,
        "phone": "467 3395",
        "mobile_number": 4915112345678.0,
        "hotel": 2127365,
        "phone_count": 12,
        "attributes": [{"key": "app.phone", "value": {"intValue": 2127365000}}],
    }
    clean = redact(value, keys=KEY, rules=RULES).value
    assert clean["card"] != value["card"]
    assert is_surrogate(str(clean["card"]))
    assert isinstance(clean["card"], int)
    assert isinstance(clean["customer_phone"], int)
    assert clean["customer_phone"] == clean["attributes"][0]["value"]["intValue"]
    assert is_surrogate(clean["phone"])
    assert isinstance(clean["mobile_number"], float)
    assert clean["mobile_number"] != value["mobile_number"]
    assert (clean["hotel"], clean["phone_count"]) == (2127365, 12)
    assert redact(clean, keys=KEY, rules=RULES).value == clean
    assert not redact(clean, keys=KEY, rules=RULES).marks


def test_text_in_a_data_url_and_in_basic_authentication_is_read() -> None:
    hidden = "data:text/plain;base64,Y2FuYXJ5LnBlcnNvbkBzZWNyZXQtbWFpbC5vcmc="
    harmless = "data:text/plain;base64,bm90aGluZyB0byBoaWRlIGhlcmU="
    clean = redact(
        [hidden, harmless, "Basic dXNlcjpodW50ZXIyIQ== x", "Basic knowledge"], keys=KEY, rules=RULES
    )
    assert "Y2FuYXJ5" not in json.dumps(clean.value)
    assert "dXNlcjpo" not in json.dumps(clean.value)
    assert clean.value[1] == harmless
    assert clean.value[3] == "Basic knowledge"


@pytest.mark.parametrize("old", ["[CARD:bcdfghjkmnpq]", "[PHONE:bcdfghjkmnpq]", "[USER:bcdfghjkmnpq]"])
def test_surrogates_of_earlier_releases_stay(old: str) -> None:
    assert is_surrogate(old)
    assert redact(f"call {old} 4111111", keys=KEY, rules=RULES).value.startswith(f"call {old}")
