"""Through the real door: words that come apart from their spans settle together, people stand under pseudonyms."""

import json
from typing import Any, cast

import pytest

from curation.actions.ingest_batch import ingest_batch
from curation.actions.settle_traces import settle_traces
from curation.bodies import load, unpacked
from curation.formats import langfuse, openllmetry
from curation.formats.identity import INSIDE, SESSION_KEYS, USER_KEYS
from curation.ingest.items import Item, canonical
from curation.models import ConversationVersion, Span, Trace
from tests.conftest import Team
from tests.curation.spans import chat, log, span

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_grace(settle_at_once: None) -> None:
    """A delivered trace is due."""


def arrive(team: Team, *spans: Any) -> None:
    """Deliver spans and log records as the OTLP routes do."""
    began = 1_790_000_000 * 10**9
    told = [{**one, "start": began + one["start"], "end": began + one["end"]} for one in spans]
    items = [
        Item("t", 1, f"{one['trace_id']}:{one['span_id']}", canonical(one), cast(Any, one)) for one in told
    ]
    ingest_batch(who=team.lead, project=team.project, route="otlp", items=iter(items))
    settle_traces()


def call() -> Any:
    return chat("call", gen_ai__system="openai", gen_ai__request__model="m", gen_ai__response__model="m-1",
                gen_ai__usage__input_tokens=5, gen_ai__usage__output_tokens=2)  # fmt: skip


def words() -> list[Any]:
    return [
        log("call", "gen_ai.user.message", 1.1, 1, {"content": "What is moss?"}),
        log(
            "call",
            "gen_ai.choice",
            1.9,
            2,
            {"index": 0, "finish_reason": "stop", "message": {"content": "A small green plant."}},
        ),
    ]


def settled() -> tuple[Any, ConversationVersion]:
    trace = Trace.objects.get()
    assert trace.current is not None
    return load(trace.current).conversation, trace.current


@pytest.mark.parametrize("first", ["words", "call", "together"])
def test_words_and_their_span_settle_to_the_same_whichever_comes_first(team: Team, first: str) -> None:
    deliveries = {"words": [words(), [call()]], "call": [[call()], words()], "together": [[call(), *words()]]}
    for delivery in deliveries[first]:
        arrive(team, *delivery)
    conversation, version = settled()
    assert (version.prompt_preview, version.answer_preview) == ("What is moss?", "A small green plant.")
    assert (version.input_tokens, version.output_tokens) == (5, 2)
    assert [one["model_answered"] for one in conversation["calls"]] == ["m-1"]
    assert conversation["messages"][-1]["finish_reason"] == "stop"
    assert version.number == len(deliveries[first])


def test_people_and_sessions_stand_under_one_pseudonym_in_every_spelling(team: Team) -> None:
    for place, name in enumerate((*USER_KEYS, *SESSION_KEYS)):
        one = {**span(f"s{place}"), "attributes": {name: "ada.lovelace-7"}}
        arrive(team, one)
    bodies = [unpacked(row.body) for row in Span.objects.all()]
    assert len(bodies) == len({*USER_KEYS, *SESSION_KEYS})
    assert "ada.lovelace-7" not in json.dumps(bodies)
    assert (
        len({body["attributes"][name] for body in bodies for name in USER_KEYS if name in body["attributes"]})
        == 1
    )


def test_people_inside_metadata_stand_under_the_same_pseudonym(team: Team) -> None:
    inside = {
        name: json.dumps({people[0]: "ada-7", "metadata": {"user_id": "ada-7"}})
        for name, (people, _) in INSIDE.items()
    }
    arrive(team, {**span("s"), "attributes": {"user.id": "ada-7", **inside}})
    [row] = Span.objects.all()
    stored = unpacked(row.body)["attributes"]
    assert "ada-7" not in json.dumps(stored)
    for name, (people, _) in INSIDE.items():
        named = stored["user.id"]
        assert json.loads(stored[name]) == {people[0]: named, "metadata": {"user_id": named}}


def test_every_name_a_shape_reads_a_person_from_is_under_a_pseudonym() -> None:
    people = {*langfuse.IDENTITY["user.id"], *openllmetry.RENAMED["user.id"]}
    sessions = {*langfuse.IDENTITY["session.id"], *openllmetry.RENAMED["session.id"]}
    assert people <= set(USER_KEYS)
    assert sessions <= set(SESSION_KEYS)


def test_a_count_of_tokens_that_cannot_be_never_keeps_a_trace_from_settling(team: Team) -> None:
    for place, tokens in enumerate((1e30, 2**63, float("inf"))):
        arrive(team, chat(f"call {place}", gen_ai__usage__input_tokens=tokens))
    assert not Trace.objects.exclude(state="settled").exists()
    assert set(ConversationVersion.objects.values_list("input_tokens", flat=True)) == {None}
