"""Token probabilities travel by place: no token text is stored, and the places survive redaction."""

import json
from io import BytesIO
from typing import Any

import orjson
import pytest

from core.privacy import SurrogateKey, default_rules, redact
from curation.actions.ingest_batch import ingest_batch
from curation.actions.settle_traces import settle_traces
from curation.bodies import load, unpacked
from curation.conversation import Conversation
from curation.formats.logprobs import token_places
from curation.ingest.items import read_records
from curation.models import Span, Trace
from tests.conftest import Team
from tests.curation.records import record

KEY = SurrogateKey("k", b"k" * 32)
PIECES = ["Write", " to", " anna", ".berg", "@corp", ".example", ".com", " to", "day", "."]
ANSWER = "".join(PIECES)


def tokens(pieces: list[str]) -> list[dict[str, Any]]:
    """As OpenAI writes them."""
    return [
        {"token": piece, "bytes": list(piece.encode()), "logprob": -0.1 * place, "top_logprobs": []}
        for place, piece in enumerate(pieces, 1)
    ]


def test_tokens_become_places_in_the_answer() -> None:
    places = token_places(tokens(PIECES), ANSWER, 0)
    assert [ANSWER[one["start"] : one["end"]] for one in places] == PIECES


def test_a_character_cut_in_two_belongs_to_its_last_token() -> None:
    cut = [
        {"token": "?", "bytes": [0xF0, 0x9F], "logprob": -1.0},
        {"token": "?", "bytes": [0x99, 0x82], "logprob": -2.0},
    ]
    assert [(one["start"], one["end"]) for one in token_places(cut, "🙂", 0)] == [(0, 0), (0, 1)]


def test_tokens_that_do_not_spell_the_answer_are_left_out() -> None:
    assert token_places(tokens(PIECES), "Something else.", 0) == []


@pytest.mark.django_db
def test_the_places_survive_redaction_and_no_token_is_stored(team: Team, settle_at_once: None) -> None:
    told = _stored(team)
    (answer,) = told["messages"][-1:]
    text = answer["parts"][0]["text"]
    assert "anna" not in text
    assert (
        "berg"
        not in orjson.dumps([unpacked(body) for body in Span.objects.values_list("body", flat=True)]).decode()
    )
    said = [text[one["start"] : one["end"]] for one in answer["logprobs"]]
    assert said[:2] == ["Write", " to"]
    assert said[-3:] == [" to", "day", "."]
    address = text.removeprefix("Write to ").removesuffix(" today.")
    assert all(address in piece for piece in said[2:7])


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_tokens_anywhere_lose_their_text_even_inside_json_in_strings(depth: int) -> None:
    value: Any = {"choices": [{"logprobs": {"content": tokens(["sec", "ret"])}}], "older": {
        "tokens": ["sec", "ret"], "token_logprobs": [-1.0, -2.0], "text_offset": [0, 3]}}  # fmt: skip
    for _ in range(depth):
        value = json.dumps(value)
    done = redact({"output.value": value}, keys=KEY, rules=default_rules())
    assert "sec" not in json.dumps(done.value)
    assert "logprob" in json.dumps(done.value)
    assert redact(done.value, keys=KEY, rules=default_rules()).value == done.value


def _stored(team: Team) -> Conversation:
    one = record()
    one["response"]["choices"] = [{
        "message": {"role": "assistant", "content": ANSWER}, "finish_reason": "stop", "logprobs": {"content": tokens(PIECES)},
    }]  # fmt: skip
    ingest_batch(
        who=team.lead, project=team.project, route="file", items=read_records(BytesIO(orjson.dumps(one)), place="test"),
    )  # fmt: skip
    while settle_traces():
        pass
    trace = Trace.objects.select_related("current").get()
    assert trace.current is not None
    return load(trace.current).conversation
