"""Screened and unscreened redaction agree on identifiers that somebody mistyped, cut, glued together or laid out otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.privacy import SurrogateKey, default_rules, redact

KEY = SurrogateKey("test", b"k" * 32)
RULES = default_rules().structured
UNSCREENED = replace(RULES, rules=tuple(replace(rule, screen=("",)) for rule in RULES.rules), key_names={})
IDENTIFIERS = [
    "canary.person@secret-mail.org", "4111111111111111", "4111 1111 1111 1111", "3782-822463-10005", "DE89 3704 0044 0532 0130 00",
    "464-72-7630", "212-09-9999", "912-71-1234", "+34 980597510", "+1 (415) 555-2671", "(0228) 123 45 67", "0170 1234567",
    "020 7946 0958", "0049 228 12 34 56", "call 467 3395", "tel 467-3395", "001-875-379-3834x70174", "223.143.191.94",
    "529.982.247-25", "11.222.333/0001-81", "756.9217.0769.85", "85.07.30-033.28", "RSSMRA85T10A562S", "X1234567L", "131052-308T",
    "11010519491231002X", "920101-1234567", "1 85 05 78 006 084 36", "nhs 943 476 5919", "nino AB 12 34 56 C", "BSN 111222333",
    "pesel 44051401359", "aadhaar 2341 2341 2346", "passport no. K1234567", "00:1b:44:11:3a:b7", "2001:db9::1:2",
]  # fmt: skip
SIGNS = [*" .-/()+,:0123456789xA\\\n\t\u00a0\u2013", "  ", "\r\n", "0.", "(0", "00"]
FILLER = "lorem ipsum dolor " * 25


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """An identifier with up to four signs put in, taken out or put before, behind and beside it, sometimes in a long text."""
    text = draw(st.sampled_from(IDENTIFIERS))
    for _ in range(draw(st.integers(1, 4))):
        at, sign = draw(st.integers(0, len(text))), draw(st.sampled_from(SIGNS))
        way = draw(st.sampled_from(["in", "out", "instead", "before", "behind", "beside"]))
        text = {
            "in": text[:at] + sign + text[at:],
            "out": text[:at] + text[at + 1 :],
            "instead": text[:at] + sign + text[at + 1 :],
            "before": sign + text,
            "behind": text + sign,
            "beside": f"{text} {draw(st.sampled_from(IDENTIFIERS))}",
        }[way]
    return f"{FILLER}{text} sit amet {FILLER}" if draw(st.integers(0, 6)) == 0 else text


def agree(text: str) -> None:
    assert redact(text, keys=KEY, rules=RULES).value == redact(text, keys=KEY, rules=UNSCREENED).value


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@example("0.529.982.247-25\n")
@example("  0.131052-308-T")
@example("0.\u00a0529.182.247-25")
@example(f"{FILLER}0.\u00a0529.982.247-25 sit amet")
@example("tel\u00a0467-3395")
@given(mutated())
def test_screened_and_unscreened_redaction_agree_on_mutated_identifiers(text: str) -> None:
    agree(text)


@pytest.mark.parametrize(
    "text", ["loss 0.70207946 x0958", "0.13105299, 0.30812345", "weights 0.5291821 0.2472531"]
)
def test_a_decimal_is_no_phone_number(text: str) -> None:
    assert redact(text, keys=KEY, rules=UNSCREENED).value == text
