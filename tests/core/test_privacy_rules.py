"""What the shipped rules find, what they leave alone, and that a rule set is data."""

from __future__ import annotations

import json

import pytest

from core.privacy import RuleSet, SurrogateKey, default_rules, is_surrogate, redact

KEY = SurrogateKey("test", b"k" * 32)
RULES = default_rules()

FOUND = [
    ("email", "write to Bob.Smith+news@mail.example.org today"),
    ("email", "https://host/x?to=bob%40example.org"),
    ("phone", "call 001-875-379-3834x70174 now"),
    ("phone", "(00495) 490267 is mine"),
    ("phone", "reach me on 467 3395"),
    ("phone", "+44(0)28 9018 0355"),
    ("card", "charge 4111 1111 1111 1111 please"),
    ("card", "charge ４１１１１１１１１１１１１１１１ please"),
    ("card", "amex 3782-822463-10005"),
    ("iban", "IBAN GB82 WEST 1234 5698 7654 32"),
    ("iban", "iban gb82west12345698765432."),
    ("us_ssn", "SSN 464-72-7630."),
    ("ip", "from 223.143.191.94,"),
    ("ip", "from 6e40:4041:c617:e898:c11:40d2:c669:2eb4"),
    ("url_credentials", "postgres://admin:hunter2@db.internal/app"),
    ("secret", "sk-proj-QhBjT8h6TmtzEi5VSID4UA1s7CASBkJw6EK4OlbVlKvq"),
    ("secret", "AKIARLLZPMG6OINJ26D2"),
    ("secret", "ghp_V9PJ76BkgDL7aP0SdzsWf9QwmHVg1CxzbYoj"),
    ("secret", "xoxb-148688018884-Ly7cJm6ksxFU6QdoZZuluu3X"),
    ("secret", "AIza" + "Sy0123456789abcdefghijklmnopqrstuvw"[:35]),
    ("secret", "eyJhbGciOiJIUzI1NiJ9.JnIvJSqUzcPAWMR6JH0Jy3iydtDvm6.COJNsZs1p84T3HKi75QyTQ"),
    ("secret", "Authorization: Bearer 9f8a7b6c5d4e3f2a1b0c"),
    ("secret", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"),
    ("secret", 'password = "Tr0ub4dor&3xyz"'),
]

LEFT_ALONE = [
    "5 + 3 = 8 and 12 * 12 = 144, so 1234567 in all",
    "2026-11-22 12:30:45 and 22.11.2026",
    "trace 968a5d9ef5173f417ad7bc0abcc07983 span 41d4a716446655440000",
    "550e8400-e29b-41d4-a716-446655440000",
    "std::array a[10::20] dead::beef x::y",
    "scikit-learn sk-learn-like-identifiers-without-digits",
    "[1.2384834, 0.19578537, -0.10475016, 0.23003316, 0.022800924, 0.337791]",
    "1726300000000000000 and 0.4111111111111111",
    "@decorator def f(): pass",
    "password: please choose one",
    "127.0.0.1 and ::1",
]


@pytest.mark.parametrize(("kind", "text"), FOUND)
def test_an_identifier_is_found_and_named(kind: str, text: str) -> None:
    done = redact(text, keys=KEY, rules=RULES)
    assert done.counts == {kind: 1}


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert redact(text, keys=KEY, rules=RULES).value == text


def test_the_same_person_is_the_same_surrogate_and_projects_do_not_agree() -> None:
    one = redact(["Bob@example.org", {"a": "bob@example.org"}], keys=KEY, rules=RULES).value
    other = redact("bob@example.org", keys=SurrogateKey("other", b"o" * 32), rules=RULES).value
    assert one[0] == one[1]["a"] != other
    assert is_surrogate(one[0])


def test_host_survives_when_credentials_in_a_url_do_not() -> None:
    clean = redact("postgres://admin:hunter2@db.internal/app", keys=KEY, rules=RULES).value
    assert clean.endswith("@db.internal/app")
    assert "hunter2" not in clean


def test_a_surrogate_is_no_word_that_announces_a_number() -> None:
    clean = redact("call 467 3395, 022800924, 4711001 and 0815 4711", keys=KEY, rules=RULES)
    assert redact(clean.value, keys=KEY, rules=RULES).value == clean.value


def test_a_rule_set_survives_being_stored_as_data() -> None:
    stored = RuleSet.from_data(json.loads(json.dumps(RULES.as_data())))
    assert stored.sha256 == RULES.sha256
    assert (
        redact("a@example.org", keys=KEY, rules=stored).value
        == redact("a@example.org", keys=KEY, rules=RULES).value
    )


def test_another_rule_is_another_version() -> None:
    data = RULES.as_data()
    data["rules"] = data["rules"][:-1]
    assert RuleSet.from_data(data).sha256 != RULES.sha256
