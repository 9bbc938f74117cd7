"""Each validator finds what it is for, says where, and leaves what is sound alone."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from hypothesis import given

from curation.conversation import Conversation, message, new_conversation
from curation.validators.policy import CAUTIOUS, MOST_PLACES, VALIDATORS, Effect, read_policy
from tests.curation.conversations import any_conversation, full_conversation

GERMAN = "Das ist nicht schwer: sie öffnen die Datei und lesen dann alle Zeilen, die in ihr sind, mit der Schleife."
LONG = "What is the best way to open the file and read all of the lines that are in it for this?"


def talk(*said: str) -> Conversation:
    roles = ["user", "assistant"]
    return new_conversation(message(roles[place % 2], text) for place, text in enumerate(said))  # type: ignore[arg-type]


def calling(name: str, arguments: Any, result: Any = None, **tool: Any) -> Conversation:
    made = talk("Do it.")
    call = {"type": "tool_call", "id": "c1", "name": name, "arguments": arguments}
    given_ = {"type": "tool_result", "id": "c1", "result": result}
    made["messages"] += [
        {"role": "assistant", "parts": [call]},  # type: ignore[list-item]
        {"role": "tool", "parts": [given_]},  # type: ignore[list-item]
        message("assistant", "Done."),
    ]
    if tool:
        made["tools"] = [{"name": "add", "description": "", "parameters": tool}]
    return made


SCHEMA = {
    "type": "dict",
    "properties": {"a": {"type": "float"}, "b": {"enum": ["x", "y"]}},
    "required": ["a"],
}


def found(name: str, conversation: Conversation) -> list[str]:
    return [one.what for one in VALIDATORS[name](conversation)]


def ended(reason: str) -> Conversation:
    made = talk("Tell me", "Once upon a")
    made["messages"][1]["finish_reason"] = reason
    return made


@pytest.mark.parametrize(
    ("validator", "conversation", "whats"),
    [
        ("bad_roles", new_conversation([message("assistant", "Hello.")]), ["nobody_asked"]),
        ("bad_roles", new_conversation([message("user", "Q"), message("system", "S"), message("assistant", "A")]), ["late_system"]),
        ("bad_roles", new_conversation([message("system", "S"), message("user", "Q"), message("assistant", "A")]), []),
        ("bad_roles", calling("add", {}), []),
        ("cut_off", ended("length"), ["cut_off"]),
        ("cut_off", ended("stop"), []),
        ("cut_off", talk("Code?", "```python\nprint(1)\n"), ["open_fence"]),
        ("cut_off", talk("Code?", "```python\nprint(1)\n```"), []),
        ("empty_turn", talk("", "A."), ["empty_turn"]),
        ("empty_turn", talk("Q", "\u200b\u200b"), ["empty_turn"]),
        ("empty_turn", talk("Q", "…!"), ["no_word"]),
        ("empty_turn", calling("add", {}), []),
        ("damaged_text", talk("Q", "It is 5 \ufffd."), ["lost_character"]),
        ("damaged_text", talk("Q", "A cafÃ© and donâ€™t"), ["misread_text", "misread_text"]),
        ("damaged_text", talk("Q", "A\x07B"), ["control_character"]),
        ("damaged_text", talk("Q", "Âme, château, Ärger à l'été: 25 °C – „so“ … naïve ÇA ÉTÉ"), []),
        ("damaged_text", talk("Q", "日本語 😀 \u0645\u0631\u062d\u0628\u0627"), []),
        ("other_language", talk(LONG, GERMAN), ["other_language"]),
        ("other_language", talk(LONG + " Answer in German.", GERMAN), []),
        ("other_language", talk(LONG, "import os\nos.no = de.se(um)\nfor e in os.em:\n    print(e)\n" * 4), []),
        ("wrong_arithmetic", calling("calculator", {"expression": "3*4"}, "12"), []),
        ("wrong_arithmetic", calling("calculator", {"expression": "3*4"}, "13"), ["wrong_result"]),
        ("wrong_arithmetic", calling("calculator", {"expression": "10/3"}, 3.3333333333333335), []),
        ("wrong_arithmetic", calling("calculator", "2+2", {"value": 5}), ["wrong_result"]),
        ("wrong_arithmetic", calling("weather", {"expression": "3*4"}, "13"), []),
        ("wrong_arithmetic", talk("Q", "4*5 = 21"), ["wrong_equation"]),
        ("wrong_arithmetic", talk("Is 4*5 = 21?", "No."), []),
        ("bad_arguments", calling("add", {"a": 1.5}, **SCHEMA), []),
        ("bad_arguments", calling("add", {"a": "1", "b": "z"}, **SCHEMA), ["against_schema", "against_schema"]),
        ("bad_arguments", calling("add", {}, **SCHEMA), ["against_schema"]),
        ("bad_arguments", calling("sub", {}, **SCHEMA), ["unknown_tool"]),
        ("bad_arguments", calling("add", '{"a": ', **SCHEMA), ["no_json"]),
        ("bad_arguments", calling("add", {"a": 1}), []),
        ("bad_arguments", calling("add", {"a": 1}, type="no such type"), []),
        ("bad_arguments", calling("add", {"a": "a" * 40 + "!"}, properties={"a": {"pattern": "^(a+)+$"}}), []),
        ("bad_arguments", calling("add", {"a1": 1}, patternProperties={"^(a+)+$": {}}, additionalProperties=False), []),
        ("bad_arguments", calling("add", {"pattern": 1}, properties={"pattern": {"type": "str"}}), ["against_schema"]),
    ],
)  # fmt: skip
def test_what_a_validator_says(validator: str, conversation: Conversation, whats: list[str]) -> None:
    assert found(validator, conversation) == whats


def test_a_schema_whose_parts_name_each_other_twice_is_not_looked_through() -> None:
    parts = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)}
    schema = {"$defs": {**parts, "d40": {}}, "$ref": "#/$defs/d0"}
    assert found("bad_arguments", calling("add", {"a": 1}, **schema)) == []


def test_nothing_that_a_schema_points_to_is_fetched() -> None:
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        for schema in ({"$ref": f"{address}/a"}, {"$id": address, "properties": {"a": {"$ref": "b"}}}):
            assert found("bad_arguments", calling("add", {"a": 1}, **schema)) == []
        server.shutdown()
    assert asked == []


def test_a_result_and_its_call_find_each_other() -> None:
    made = calling("add", {})
    made["messages"][2]["parts"][0]["id"] = "other"
    assert found("bad_roles", made) == ["result_without_call", "call_without_result"]


def test_a_sound_conversation_passes_all_of_them() -> None:
    assert CAUTIOUS.examine(full_conversation()) == []


@given(any_conversation())
def test_no_conversation_breaks_a_validator_and_no_word_of_it_is_kept(conversation: Conversation) -> None:
    for one in read_policy({}).examine(conversation):
        assert 0 < len(one.places) <= min(MOST_PLACES, one.count)
        for place in one.places:
            assert 0 <= place["message"] < len(conversation["messages"])


def test_a_policy_is_cautious_until_told_otherwise_and_refuses_what_it_does_not_know() -> None:
    assert set(CAUTIOUS.effects.values()) == {Effect.FLAG}
    strict = read_policy({"cut_off": "drop", "empty_turn": "off"})
    assert [one.effect for one in strict.examine(ended("length"))] == [Effect.DROP]
    assert strict.examine(talk("", "A.")) == []
    assert read_policy(strict.as_data()).effects == strict.effects
    with pytest.raises(ValueError, match="no validator"):
        read_policy({"nonsense": "drop"})
    with pytest.raises(ValueError, match="no effect"):
        read_policy({"cut_off": "shred"})
