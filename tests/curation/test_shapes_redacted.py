"""Redaction comes before reading: the same person is the same surrogate through every shape, and no shape loses a word."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from core.privacy import SurrogateKey, default_rules
from curation.formats.spans import Span
from curation.ingest.redaction import Redactor, redact_span
from tests.curation.old_shapes import BUILT
from tests.curation.scenarios import SCENARIOS
from tests.curation.shape_captures import LIVE, Scenarios, captured_live, comparable, differences
from tests.curation.test_shapes_same import listed

SECRETS = ("ada@example.org", "901820")
REDACTOR = Redactor(1, default_rules(), SurrogateKey("k", b"x" * 32))


def through(spans: list[Span]) -> list[Span]:
    return [redact_span(copy.deepcopy(one), REDACTOR)[0] for one in spans]


def told(shape: str) -> Scenarios:
    return BUILT[shape]() if shape in BUILT else captured_live(shape)


def read(shape: str, scenario: str) -> dict[str, Any]:
    return comparable(through(told(shape)[scenario]))


@pytest.mark.parametrize("shape", [*LIVE[1:], *BUILT])
def test_redacted_conversations_are_the_same_through_every_shape(shape: str) -> None:
    known = {(field, scenario) for one, field, scenario in listed() if one in (shape, "genai")}
    found = {
        (field, one.name)
        for one in SCENARIOS
        for field in differences(read(shape, one.name), read("genai", one.name))
    }
    assert found <= known


@pytest.mark.parametrize("shape", [*LIVE, *BUILT])
def test_no_shape_lets_an_identifier_through(shape: str) -> None:
    stored = json.dumps(through(told(shape)["pii"]))
    assert not [secret for secret in SECRETS if secret in stored]
