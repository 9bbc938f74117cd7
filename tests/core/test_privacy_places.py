"""Secrets in the places where traces of an LLM product have them: each is found there, and what stands around it stays."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from core.privacy import SurrogateKey, default_rules, redact

KEY = SurrogateKey("test", b"k" * 32)
RULES = default_rules()
OPAQUE = "qZ7wK2mX9vB4nT6pR1"
"""Of no vendor's form: only the place says that it is a secret."""
VENDOR = "ghp_V9PJ76BkgDL7aP0SdzsWf9QwmHVg1CxzbYoj"
BASIC = base64.b64encode(f"jane:{OPAQUE}".encode()).decode()
MAIL = "jane.doe@corp.example"

PLACES: dict[str, tuple[Any, list[str]]] = {
    "the query of an address": (f"GET https://api.corp.example/v1/items?page=2&api_key={OPAQUE}&sort=up", ["page=2", "sort=up"]),
    "the query of an address, first": (f"https://api.corp.example/v1?api_key={OPAQUE}", ["https://api.corp.example/v1"]),
    "the query of a path": (f"/v1/items?access_token={OPAQUE}#top", ["/v1/items"]),
    "the query of an escaped address": (f"next=https%3A%2F%2Fx.example%2F%3Fapi_key%3D{OPAQUE}", ["next="]),
    "a bearer in a curl command": (f"curl -s -H 'Authorization: Bearer {OPAQUE}' https://x.example/v1", ["curl -s", "https://x.example/v1"]),
    "a token in a curl command": (f'curl -H "Authorization: Token {OPAQUE}" https://x.example/v1', ["https://x.example/v1"]),
    "a bare value in a curl command": (f'curl --header "Authorization: {OPAQUE}" https://x.example/v1', ["https://x.example/v1"]),
    "basic authentication in a curl command": (f'curl -H "authorization: basic {BASIC}" https://x.example', ["https://x.example"]),
    "a key's own header in a curl command": (f"curl -H 'X-Api-Key: {OPAQUE}' https://x.example/v1", ["https://x.example/v1"]),
    "JSON in JSON of a tool's arguments": (
        {"name": "call", "arguments": json.dumps({"url": "x", "body": json.dumps({"api_key": OPAQUE, "note": f"for {MAIL}"})})},
        ["url", "note"],
    ),
    "JSON in JSON in JSON of a tool's arguments": (
        {"arguments": json.dumps({"a": json.dumps({"b": json.dumps({"password": OPAQUE, "to": [MAIL]})})})}, ["password"],
    ),
    "a command in JSON of a tool's arguments": (
        {"arguments": json.dumps({"cmd": f'curl -H "Authorization: Bearer {OPAQUE}" https://x.example'})}, ["https://x.example"],
    ),
    "an exception's stack": (
        {"exception.stacktrace": (
            'Traceback (most recent call last):\n  File "/app/pay.py", line 7, in charge\n    client.get(url)\n'
            f"httpx.HTTPStatusError: Client error '401' for url 'https://api.corp.example/v1?api_key={OPAQUE}'\n"
            f"  headers={{'Authorization': 'Bearer {OPAQUE}', 'X-User': '{MAIL}'}}\nKeyError: '{VENDOR}'\n"
        )},
        ["/app/pay.py", "line 7", "Client error '401'", "KeyError"],
    ),
    "an exception's message": (f"could not connect to postgresql://app:{OPAQUE}@db.internal/app", ["db.internal/app"]),
    "the arguments of a frame": (f"charge(card='4111 1111 1111 1111', api_key='{OPAQUE}', to='{MAIL}')", ["charge("]),
    "a span's name": ({"name": f"GET /users/{MAIL}/keys?token={OPAQUE}"}, ["GET /users/"]),
    "a span's name with a vendor's key": ({"name": f"chat {VENDOR}"}, ["chat "]),
    "OTLP/JSON that breaks off": (
        ('{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"chat","attributes":[{"key":"app.to","value":{"stringValue":"'
        f'{MAIL} has {VENDOR}"}}}},{{"key":"http.url","value":{{"stringValue":"https://x.example/?api_key={OPAQUE}"}}}}'),
        ["resourceSpans", "app.to"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_is_found_in(place: str) -> None:
    value, stays = PLACES[place]
    done = redact(value, keys=KEY, rules=RULES)
    out = json.dumps(done.value)
    assert [secret for secret in (OPAQUE, BASIC, VENDOR, MAIL, "4111 1111") if secret in out] == []
    assert [words for words in stays if words not in out.replace('\\"', '"')] == []
    assert redact(done.value, keys=KEY, rules=RULES).value == done.value
