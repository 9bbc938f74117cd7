"""The example assistant: a real one, the same for the same seed, and honest about what it planted."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("opentelemetry.sdk", reason="the examples extra is not installed")

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from examples.assistant import identifiers, questions
from examples.assistant.agent import Assistant, Reply
from examples.assistant.library import passages
from examples.assistant.model import VARIANTS, complete
from examples.assistant.plan import Ask, Planner
from examples.assistant.retrieval import Search
from examples.assistant.tools import calculator, search_tracker
from examples.assistant.truth import truths


@pytest.fixture(scope="module")
def ran() -> tuple[list[Ask], dict[int, Reply], InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    tracing = TracerProvider()
    tracing.add_span_processor(SimpleSpanProcessor(exporter))
    assistant = Assistant(tracing.get_tracer("test"), Search(passages()))
    asks, replies = Planner(7).plan(300), {}
    for ask in asks:
        history = replies[id(ask.after)].messages if ask.after else []
        replies[id(ask)] = assistant.answer(ask, history)
    return asks, replies, exporter


def test_a_seed_gives_the_same_requests_and_another_seed_gives_others() -> None:
    one, two, other = (
        [(ask.question, ask.user, ask.variant) for ask in Planner(seed).plan(120)] for seed in (7, 7, 8)
    )
    assert one == two
    assert one != other


def test_a_plan_has_as_many_requests_as_were_asked_for_over_many_domains() -> None:
    asks = Planner(7).plan(1200)
    assert len(asks) == 1200
    assert len({ask.domain for ask in asks}) >= 8
    assert len({ask.question for ask in asks}) > 800
    assert len({ask.user for ask in asks}) > 20


def test_nothing_is_asked_before_what_it_follows_up_on() -> None:
    seen: set[int] = set()
    for ask in Planner(7).plan(600):
        assert all(id(first) in seen for first in (ask.after, ask.near_of) if first)
        seen.add(id(ask))


def test_the_calculator_computes_and_never_evaluates_names() -> None:
    assert calculator("(2 + 3) * 4 ** 2") == "80"
    assert calculator("1 / 8") == "0.125"
    for bad in ("__import__('os')", "a + 1", "2 ** 9999", "1 +", "[1]"):
        with pytest.raises(ValueError, match=r"arithmetic|large"):
            calculator(bad)


def test_the_tracker_really_fails() -> None:
    with pytest.raises(ConnectionRefusedError):
        search_tracker("anything")


def test_the_variants_answer_the_same_question_differently() -> None:
    search = Search(passages())
    asked = [{"role": "user", "parts": [{"type": "text", "content": "How do I get the median of a list?"}]}]
    answers = [
        complete(variant, asked, search.top("median of numeric data", variant.k)).choices[0][0][0]["content"]
        for variant in VARIANTS.values()
    ]
    assert answers[0] != answers[1]
    assert all("statistics.median" in answer for answer in answers)


def test_answers_cite_passages_that_were_retrieved(
    ran: tuple[list[Ask], dict[int, Reply], InMemorySpanExporter],
) -> None:
    asks, replies, _ = ran
    known = {one.id for one in passages()}
    cited = [
        re.findall(r"\[([\w./-]+#\d+)\]", replies[id(ask)].messages[-1]["parts"][0].get("content", ""))
        for ask in asks
        if replies[id(ask)].finish == "stop" and ask.kind in ("plain", "near", "n_best")
    ]
    assert all(names and set(names) <= known for names in cited)


def test_every_identifier_is_listed_and_in_the_text_it_was_planted_in(
    ran: tuple[list[Ask], dict[int, Reply], InMemorySpanExporter],
) -> None:
    asks, replies, _ = ran
    lines = [line for ask in asks for line in truths(ask, replies[id(ask)], replies)]
    kinds = Counter(line["kind"] for line in lines)
    assert {
        "identifier",
        "near",
        "twin",
        "feedback",
        "failure",
        "tool_failure",
        "truncated",
        "escalated",
    } <= set(kinds)
    for ask in asks:
        assert all(value in ask.question for _, value in ask.planted)


def test_planted_cards_and_ibans_have_valid_check_digits() -> None:
    import random

    rng = random.Random(1)
    for _ in range(50):
        assert identifiers.luhn(identifiers.card(rng).replace(" ", ""))
        number = identifiers.iban(rng)
        assert int(number[4:] + "1314" + number[2:4]) % 97 == 1


def test_held_out_questions_are_asked_by_nobody_else() -> None:
    held_out = {one["text"].lower() for one in questions.quarantine()}
    asked = {ask.question.lower() for ask in Planner(7).plan(1200) if not ask.twin_of}
    assert not held_out & asked
    assert len(held_out) >= 24


def test_spans_follow_the_conventions(ran: tuple[list[Ask], dict[int, Reply], InMemorySpanExporter]) -> None:
    _, _, exporter = ran
    operations = Counter(
        (span.attributes or {}).get("gen_ai.operation.name") for span in exporter.get_finished_spans()
    )
    assert {"invoke_agent", "chat", "retrieval", "execute_tool"} == set(operations)
    assert operations["invoke_agent"] == 300
    chat = next(span for span in exporter.get_finished_spans() if span.name.startswith("chat"))
    assert chat.attributes is not None
    assert json.loads(str(chat.attributes["gen_ai.input.messages"]))[0]["role"] == "system"


def test_the_shortest_snippet_is_short_enough_to_read() -> None:
    text = (Path(__file__).parent.parent.parent / "examples" / "send_a_trace.py").read_text()
    assert len(text.splitlines()) < 45
