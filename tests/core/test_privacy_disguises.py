"""Identifiers and secrets in disguise: what is not seen inside them, names of secrets one level up, other spellings, base64."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.privacy import SurrogateKey, default_rules, is_surrogate, redact

KEY = SurrogateKey("test", b"k" * 32)
RULES = default_rules()
STRUCTURED = replace(RULES, tagger="", key_names={})
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


def cleaned(value: Any) -> Any:
    """Redacted alike with and without the tagger, and never twice; what is sent as JSON is suspected in every spelling."""
    done = redact(value, keys=KEY, rules=STRUCTURED)
    full = redact(value, keys=KEY, rules=RULES)
    assert full.value == done.value
    assert not redact(done.value, keys=KEY, rules=STRUCTURED).marks
    if done.marks:
        for spelling in (True, False):
            assert STRUCTURED.suspects(json.dumps(value, ensure_ascii=spelling).encode())
            assert STRUCTURED.suspects(json.dumps(json.dumps(value, ensure_ascii=spelling)).encode())
    return done.value


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("jane", "@corp.com"),
        ("jane@co", "rp.com"),
        ("sk-ant-", "api03-QhBjT8h6TmtzEi5VSID4UA1s7CASBkJw6EK4OlbVlKvq"),
        ("sk-ant-api03-QhBj", "T8h6TmtzEi5VSID4UA1s7CASBkJw6EK4OlbVlKvq"),
        ("4111 1111 11", "11 1111"),
        ("4111", "111111111111"),
    ],
)
def test_what_is_not_seen_hides_nothing_and_offsets_stay_true(start: str, end: str, unseen: str) -> None:
    text = f"see {unseen} {start}{unseen}{end}, thanks"
    clean = cleaned(text)
    assert clean.startswith(f"see {unseen} ")
    assert clean.endswith(", thanks")
    (mark,) = redact(text, keys=KEY, rules=STRUCTURED).marks
    assert is_surrogate(clean[mark.start : mark.end])
    assert text[mark.source_start : mark.source_end] == f"{start}{unseen}{end}"
    assert clean[mark.start : mark.end] == cleaned(f"see {start}{end}, thanks")[4:-8]


def test_what_is_not_seen_hides_nothing_where_it_is_escaped_or_in_a_name() -> None:
    assert "corp" not in cleaned('{"cut": "jane\\u200b@corp.com')
    assert cleaned({"pass\u200bword": "hunter2secret"}) != {"pass\u200bword": "hunter2secret"}
    assert "corp" not in json.dumps(cleaned({"jane\u2060@corp.com": 1}))


@pytest.mark.parametrize(
    "text",
    ["a family \U0001f468\u200d\U0001f469\u200d\U0001f467", "Donau\u00addampfschiff", "\ufeffplain text"],
)
def test_other_text_keeps_what_is_not_seen(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    "part", ["new", "old", "current", "value", "confirm", "Repeat", "plain", "text", "data"]
)
def test_the_parts_of_a_secret_are_secret(part: str) -> None:
    attribute = {"key": part, "value": {"stringValue": "hunter2secret"}}
    listed = {"key": "password", "value": {"kvlistValue": {"values": [attribute]}}}
    for value in (
        {"password": {part: "hunter2secret"}},
        {"arguments": json.dumps({"password": {part: ["hunter2secret"]}})},
        {"attributes": [listed]},
    ):
        assert "hunter2" not in json.dumps(cleaned(value))


@pytest.mark.parametrize("name", ["password2", "passwd1", "user.password2", "pwd2"])
def test_a_numbered_password_is_one(name: str) -> None:
    assert "hunter2" not in json.dumps(cleaned({name: "hunter2secret"}))


def test_a_pin_is_secret_where_it_has_the_digits_of_one() -> None:
    attribute = {"key": "pin", "value": {"intValue": "48151623"}}
    out = json.dumps(cleaned([{"pin": "4815"}, {"PIN": 4815}, attribute, '{"pin": "481516"}']))
    assert "4815" not in out
    for other in ({"pin": 13}, {"pin": "A0-17"}, {"pin_code_of": "4815"}, {"pin": {"type": "string"}}):
        assert cleaned(other) == other


def test_the_schema_of_a_secret_stays_as_it_is() -> None:
    password = {"type": "string", "description": "what the user typed", "minLength": 12}
    parameters = {
        "type": "object",
        "properties": {"password": password, "pin": {"type": "integer", "minimum": 1000}},
    }
    tool = {"type": "function", "function": {"name": "log_in", "parameters": parameters}}
    nested = {"secret": {"type": "object", "properties": {"new": password, "value": password}}}
    listed = {
        "key": "password",
        "value": {"kvlistValue": {"values": [{"key": "type", "value": {"stringValue": "string"}}]}},
    }
    for value in (tool, json.dumps(tool), nested, listed):
        assert cleaned({"tools": [value]}) == {"tools": [value]}


def test_a_card_as_a_double_goes_and_other_doubles_stay() -> None:
    done = cleaned(
        {"number": 4539578763621486.0, "attributes": [{"value": {"doubleValue": 4539578763621486.0}}]}
    )
    assert "453957876362148" not in json.dumps(done)
    assert STRUCTURED.suspects(b'{"number":4.539578763621486e15}')
    for other in (4539578763621487.0, 4539578763621.5, 1.7e15, float("inf")):
        assert redact({"a": other}, keys=KEY, rules=STRUCTURED).value == {"a": other}


@pytest.mark.parametrize(
    "text",
    [
        "4539\n5787\n6362\n1486",
        "4539 5787\n6362 1486",
        "4539 5787 \r\n6362 1486",
        "3782\n822463\n10005",
        "4539\u00a05787\u00a0\n6362\u00a01486",
    ],
)
def test_a_card_may_be_broken_into_lines(text: str) -> None:
    done = redact(f"card: {text}.", keys=KEY, rules=STRUCTURED)
    assert done.counts == {"card": 1}
    assert cleaned(f"card: {text}.").endswith(".")


@pytest.mark.parametrize(
    "text", ["1200\n4539\n5787\n6362\n1486", "4539\n5787\n6362\n1486\n9", "4539, 5787,\n6362, 1486"]
)
def test_a_column_of_numbers_is_no_card(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "curl -u jane:hunter2 https://host/", "curl -sS https://host/ --user jane:hunter2", "curl -ujane:hunter2 host",
        "curl --user='jane:hunter2' host", 'run "curl \\\n -u \\"jane:hunter2\\" host"', "curl --proxy-user jane:hunter2 -x p host",
    ],
)  # fmt: skip
def test_the_password_of_a_curl_call_goes(text: str) -> None:
    assert "hunter2" not in cleaned(text)
    assert "hunter2" not in json.dumps(cleaned({"arguments": json.dumps({"command": text})}))


@pytest.mark.parametrize(
    "text",
    [
        "docker run -u 1000:1000 image",
        "curl -u $USER:$TOKEN host",
        "curl -u <user>:<pass> host",
        "curl https://host/; chown -u a:b",
    ],
)
def test_other_calls_stay(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize("at", ["&#64;", "&commat;", "&#x40;", "&#X0040;", "&#064;"])
def test_an_address_may_be_written_for_a_page(at: str) -> None:
    clean = cleaned(f"<p>jane.roe{at}corp.com</p>")
    assert clean == cleaned("<p>jane.roe@corp.com</p>")
    escaped = json.dumps(f"<p>jane.roe{at}corp.com</p>").replace("&", "\\u0026")
    assert STRUCTURED.suspects(escaped.encode())


HIDDEN = [
    "write to jane.roe@corp.com today",
    "pay with 4111 1111 1111 1111",
    "Grüße an jane.roe@corp.com, bitte antworten",
]


@pytest.mark.parametrize("text", HIDDEN)
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_value_that_is_base64_of_an_identifier_goes_whole(
    text: str, encode: Callable[[bytes], bytes]
) -> None:
    whole = encode(text.encode()).decode()
    for sent in (whole, whole.rstrip("=")):
        for value in ({"data": sent}, [json.dumps({"data": sent})]):
            assert sent not in json.dumps(cleaned(value))
        assert redact(sent, keys=KEY, rules=STRUCTURED).counts == {"encoded": 1}
        assert is_surrogate(redact(sent, keys=KEY, rules=STRUCTURED).value)
        assert STRUCTURED.suspects(json.dumps(sent).replace("/", "\\/").encode())


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(b"nothing to be hidden in here at all").decode(),
        base64.b64encode(bytes(range(120, 255))).decode(),
        "968a5d9ef5173f417ad7bc0abcc07983",
        "internationalization_of_everything",
    ],
)
def test_other_base64_and_ids_stay(text: str) -> None:
    assert cleaned({"data": text}) == {"data": text}


SECRET_NAMES = [
    "newPassword", "oldPassword", "dbPassword", "dbpassword", "DB_PASSWORD", "passwordConfirm", "password_confirmation",
    "webhookSecret", "clientSecretValue", "awsSecretAccessKey", "openaiApiKey", "dbAPIKey", "userAccessToken", "cardCvv",
    "smtpPass", "privateKeyPem", "signingKey", "botToken", "proxyAuthorization",
]  # fmt: skip


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_secret_may_stand_under_a_name_made_of_several_words(name: str) -> None:
    attribute = {"key": name, "value": {"stringValue": "hunter2secret"}}
    for value in (
        {name: "hunter2secret"},
        {"login": {name: "hunter2secret"}},
        attribute,
        json.dumps({name: "hunter2"}),
    ):
        assert "hunter2" not in json.dumps(cleaned(value))


@pytest.mark.parametrize(
    "name",
    ["max_tokens", "nextPageToken", "passwordPolicy", "passwordHint", "compass", "user_passes", "publicKey", "cacheKey", "cookieBanner"],
)  # fmt: skip
def test_other_names_of_several_words_are_no_secrets(name: str) -> None:
    assert cleaned({name: "the words of it"}) == {name: "the words of it"}


@pytest.mark.parametrize("name", ["newPin", "card_pin", "atmPin"])
def test_a_pin_may_have_a_longer_name(name: str) -> None:
    assert "4815" not in json.dumps(cleaned([{name: "4815"}, {name: 4815}]))
    assert cleaned({"spin": "4815", "pincode": "481516"}) == {"spin": "4815", "pincode": "481516"}


def layered(text: str, times: int) -> str:
    """The text in base64, again and again."""
    for _ in range(times):
        text = base64.b64encode(text.encode()).decode()
    return text


@pytest.mark.parametrize("times", [1, 2, 3, 4])
@pytest.mark.parametrize("text", [*HIDDEN, "jane.roe@corp.com"])
def test_base64_of_base64_hides_nothing(text: str, times: int) -> None:
    whole = layered(text, times)
    for value in (whole, {"data": whole}, json.dumps({"data": whole}), f"decode {whole} please"):
        assert whole not in json.dumps(cleaned(value))


@pytest.mark.parametrize(
    "around",
    ["the payload is {}, decode it", "payload={}", "https://host/files/{}?v=1", "({})", "key_{}", "a\n{}\nb", '{{"cut": "{}'],
)  # fmt: skip
@pytest.mark.parametrize("text", [*HIDDEN, "sk-ant-api03-QhBjT8h6TmtzEi5VSID4UA1s7CASBkJw6EK4OlbVlKvq"])
def test_base64_inside_other_text_hides_nothing_and_the_rest_stays(text: str, around: str) -> None:
    run = layered(text, 1)
    clean = cleaned(around.format(run))
    assert run.rstrip("=")[8:] not in clean
    assert "[ENCODED:" in clean
    before, after = around.replace("{{", "{").split("{}")
    assert clean.startswith(before.removesuffix("key_"))
    assert clean.endswith(after)
    (mark,) = redact(around.format(run), keys=KEY, rules=STRUCTURED).marks
    assert is_surrogate(clean[mark.start : mark.end])


def test_base64_of_json_is_read_by_its_keys() -> None:
    secret = layered(json.dumps({"user": "jo", "dbPassword": "hunter2secret"}), 1)
    for value in (secret, f"kind: Secret\ndata: {secret}\n", {"data": {"config": layered(secret, 1)}}):
        assert secret not in json.dumps(cleaned(value))
    plain = layered(json.dumps({"user": "jo", "colour": "blue as the sea"}), 1)
    assert cleaned(f"data: {plain}") == f"data: {plain}"


def test_a_token_with_an_identifier_in_its_claims_is_one_secret() -> None:
    parts = [base64.urlsafe_b64encode(one).decode().rstrip("=") for one in (
        b'{"alg":"HS256","typ":"JWT"}', b'{"sub":"1","email":"jane.roe@corp.com"}', b"\x01\x02\x03\xff\xfe not a text at all")]  # fmt: skip
    done = redact(f"token {'.'.join(parts)} end", keys=KEY, rules=STRUCTURED)
    assert done.counts == {"secret": 1}
