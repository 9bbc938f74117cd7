"""National numbers, documents and vendors' keys: one of each is found, and their look-alikes are left alone."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.privacy import SurrogateKey, default_rules, redact
from core.privacy.secret_rules import VENDORS

KEY = SurrogateKey("test", b"k" * 32)
RULES = default_rules()

NUMBERS = [
    "2 55 08 14 168 025 38", "MRTMTT91D08F205J", "DNI 44384046A", "X1234567L", "131052-308T", "AFBB010106HCHABC20",
    "756.0000.0000.64", "529.982.247-25", "44.613.483/7513-08", "cpf 37373048072", "Aadhaar 6009 0000 0000", "PAN ABCPE1234F",
    "National Insurance number AB 12 34 56 C", "NHS no 943 476 5919", "Steuer-ID 24053960100", "BSN: 111222333",
    "05.08.05-089.48", "PESEL 92021000020", "personnummer 811228-9874", "CPR 010100-0000", "fødselsnummer 10426006036",
    "SIN 130 692 544", "tax file number 123 456 782", "Medicare 2123 45670 1", "IRD 49-091-850", "identity number 0303033073030",
    "TC kimlik 88111589270", "310816-3310116", "NRIC S1234567D", "912-74-1234", "SSN is 464727630", "routing number 111000025",
    "account number 12345678", "passport no. C01X00T47 or 123456789", "driver's license: D123-4567-8901",
]  # fmt: skip

LEFT_ALONE = [
    "order 123456789 of 20251122", "1850578006084361 rows", "sin(130692544) = 0.3", "ABCPE1234F", "version 756.1.2.3",
    "the account number is shown here", "passport control opens at 0900", "isbn 9780306406157", "SSN field of the form",
    "In 2021 10426006036 packets were sent", "key-value pairs", "sk-learn and hf_transfer", "glpat-style tokens", "dapi docs",
]  # fmt: skip

SECRETS = [
    "AccountKey=" + "Ab1+" * 21 + "Ab==", "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEK3Y",
    "https://bucket.s3.amazonaws.com/a?X-Amz-Signature=9f8a7b6c5d4e3f2a1b0c", "https://x.io/cb?code=4fg7h8j9k0&state=1",
    "https://hooks.slack.com/services/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", "Cookie: session=abc123def456; theme=dark",
    "https://discord.com/api/webhooks/123456789012345678/aB3dE5fG7hI9jK1lM3nO5pQ7", "Authorization: Basic dXNlcjpodW50ZXIyIQ==",
    "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBg\\n-----END PRIVATE KEY-----\\n", "mongodb+srv://app:p%40ss@cluster0.mongodb.net",
]  # fmt: skip


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_of_a_person_is_found(text: str) -> None:
    assert redact(f"Well, {text} is it.", keys=KEY, rules=RULES).marks


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert redact(text, keys=KEY, rules=RULES).value == text


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_found_by_where_it_stands(text: str) -> None:
    done = redact(f"see {text} there", keys=KEY, rules=RULES)
    assert done.marks
    assert redact(done.value, keys=KEY, rules=RULES).value == done.value


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_key_of_every_vendor_is_found(data: st.DataObject) -> None:
    name, prefix, characters, least, most, _ = data.draw(st.sampled_from(VENDORS))
    key = data.draw(st.from_regex(f"{prefix}{characters}{{{least},{most or least + 9}}}", fullmatch=True))
    if RULES.compiled[RULES.order[name]].regex.fullmatch(key) is None:
        return
    mixed = any(map(str.isdigit, key)) and any(map(str.isalpha, key))
    done = redact(f"use {key} here", keys=KEY, rules=RULES)
    assert not mixed or done.marks, (name, key)
    assert not mixed or key not in done.value
