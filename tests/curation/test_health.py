"""What is counted in a conversation, and how success and hedging are told of many."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core import embedding
from core.intervals import bootstrap_ratio, wilson
from curation.conversation import Conversation, message, new_conversation
from curation.health.measure import measure
from curation.health.report import Seen, health, summarise
from curation.models import ConversationMeasure, Feedback
from curation.pipeline import run_curation
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

TODAY = date(2026, 11, 30)


def agent(*results: bool, answer: str = "It is done.", interrupts: Any = ()) -> Conversation:
    """One question, a turn with two calls for every result, and an answer."""
    made = new_conversation([message("user", "Do it, please.")])
    for place, well in enumerate(results):
        calls = [{"type": "tool_call", "id": f"{place}{side}", "name": "t", "arguments": {}} for side in "ab"]
        made["messages"].append({"role": "assistant", "parts": calls})  # type: ignore[typeddict-item]
        made["messages"].append(
            {
                "role": "tool",
                "parts": [{"type": "tool_result", "id": f"{place}a", "result": 1, "is_error": not well}],
            }
        )
    if answer:
        made["messages"].append(message("assistant", answer))
    made["interrupts"] = list(interrupts)
    return made


def test_depth_width_and_failures_are_counted() -> None:
    found = measure(agent(True, False, True), "en")
    assert (found.depth, found.fan_out, found.tools, found.failures) == (4, 2, 6, 1)
    assert found.answered
    assert (found.prompt_words, found.answer_words) == (3, 3)


def test_a_failure_is_recovered_from_when_something_worked_after_it_and_an_answer_came() -> None:
    assert measure(agent(False, True), "en").recovered
    assert not measure(agent(True, False), "en").recovered
    assert not measure(agent(False, True, answer=""), "en").recovered
    assert not measure(agent(True, True), "en").recovered
    stopped = {"kind": "timeout", "at": "", "span_id": "", "detail": "", "recovered": True}
    found = measure(agent(interrupts=[stopped]), "en")
    assert (found.recovered, found.timeouts, found.interrupts) == (True, 1, 1)


def test_hedges_are_counted_in_english_alone() -> None:
    told = agent(
        answer="I think it might be, or perhaps not; it is probably sort of fine. Mighty things are not hedges."
    )
    assert measure(told, "en").hedges == 5
    assert measure(told, "de").hedges is None


def test_wilson_and_bootstrap_keep_their_coverage() -> None:
    """Known values, and the share of seeded samples whose interval holds the truth."""
    import numpy as np

    found = wilson(8, 10)
    assert (round(found.low or 0, 4), round(found.high or 0, 4)) == (0.4902, 0.9433)
    assert wilson(0, 0).value is None
    random = np.random.default_rng(1)
    covered = 0
    for sample in range(200):
        words = random.integers(50, 400, size=80)
        hedges = random.poisson(words * 0.02)
        held = bootstrap_ratio(hedges.tolist(), words.tolist(), scale=1000, seed=sample)
        covered += (held.low or 0) <= 20 <= (held.high or 0)
    assert 0.90 <= covered / 200 <= 0.99


def seen(depth: int, success: bool, **changes: Any) -> Seen:
    fields: dict[str, Any] = {
        "day": TODAY, "service": "shop", "release": "1", "depth": depth, "fan_out": 0, "failures": 0, "timeouts": 0,
        "interrupts": 0, "recovered": False, "hedges": 2, "answer_words": 100, "success": success,
    }  # fmt: skip
    return Seen(**fields | changes)


def test_success_against_depth_and_trouble() -> None:
    many = (
        [seen(1, True)] * 90
        + [seen(1, False)] * 10
        + [seen(9, False, failures=1)] * 30
        + [seen(9, True, failures=1, recovered=True)] * 10
    )
    found = summarise(many, TODAY, TODAY)
    by_depth = {one.name: one.estimate for one in found.by_depth}
    assert (by_depth["1"].value, by_depth["6"].value, by_depth["6"].n) == (0.9, 0.25, 40)
    assert (by_depth["6"].high or 1) < (by_depth["1"].low or 0)
    trouble = {one.name: one.estimate for one in found.by_trouble}
    assert (trouble["recovered"].value, trouble["failed"].value, trouble["timeout"].value) == (1.0, 0.0, None)
    assert found.hedges.value == 20.0


@pytest.mark.django_db
@pytest.mark.usefixtures("settle_at_once")
def test_the_report_the_page_and_the_endpoint(
    team: Team, monkeypatch: pytest.MonkeyPatch, other_team: Team
) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    client, address = team.client(team.lead), f"/p/{team.project.slug}/curation/health/"
    assert "Nothing was measured yet" in client.get(address).content.decode()
    versions = arrive(
        team,
        ("How do I do that?", long_answer(1)),
        ("What is it and why?", long_answer(2)),
        ("It failed", None),
    )
    Feedback.objects.create(project=team.project, trace=versions[0].trace, rating=-1, origin="user")
    run_curation(team.project)
    assert ConversationMeasure.objects.count() == 3
    found = health(team.project)
    assert found is not None
    assert (found.success.value, found.success.n) == (pytest.approx(1 / 3), 3)
    assert health(other_team.project) is None
    text = client.get(address).content.decode()
    assert "Success by trouble" in text
    assert team.client(team.annotator).get(address).status_code == 403
    told = client.get(f"/api/v1/projects/{team.project.slug}/curation/health").json()
    assert told["success"]["n"] == 3
    assert client.get(f"/api/v1/projects/{team.project.slug}/curation/health?service=none").status_code == 404
    recovered = client.get(f"/p/{team.project.slug}/curation/traces/?state=recovered").content.decode()
    assert "No trace passes these filters" in recovered
