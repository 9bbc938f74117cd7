"""The real OpenTelemetry SDK sends the example assistant's traces to a running server; what was planted is found."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

pytest.importorskip("opentelemetry.sdk", reason="the examples extra is not installed")

from curation.actions.settle_traces import settle_traces
from curation.bodies import load_many
from curation.models import ConversationVersion, Feedback, Trace
from examples.assistant.__main__ import main
from tests.conftest import make_team
from tests.curation.test_otlp_route import make_token

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_assistant_is_received_whole(live_server: Any, settings: Any, tmp_path: Path) -> None:
    settings.SETTLE_GRACE_SECONDS = 0
    team = make_team("acme")
    truth_file = tmp_path / "truth.jsonl"
    token = make_token(team, "ingest")
    assert (
        main(["--endpoint", live_server.url, "--token", token, "--traces", "120", "--truth", str(truth_file)])
        == 0
    )
    assert Trace.objects.count() == 120
    while settle_traces():
        pass
    truth = [json.loads(line) for line in truth_file.read_text().splitlines()]
    traces = {trace.external_id: trace for trace in Trace.objects.select_related("current")}
    assert {one["trace_id"] for one in truth} == set(traces)
    _compare_signals(truth, traces)
    bodies = load_many(ConversationVersion.objects.all())
    for one in truth:
        if one["kind"] == "identifier":
            body = bodies[traces[one["trace_id"]].current_id]
            assert one["value"] not in json.dumps(body.conversation, ensure_ascii=False)
            assert body.marks


def _compare_signals(truth: list[dict[str, Any]], traces: dict[str, Trace]) -> None:
    def said(kind: str) -> set[str]:
        return {one["trace_id"] for one in truth if one["kind"] == kind}

    assert said("escalated") == {name for name, one in traces.items() if one.escalated}
    assert said("truncated") == {name for name, one in traces.items() if one.truncated}
    assert said("failure") == {name for name, one in traces.items() if one.status == "error"}
    assert said("opted_out") == {name for name, one in traces.items() if one.training_use == "denied"}
    assert len(said("feedback")) == Feedback.objects.count()


def test_the_command_line_takes_a_file(tmp_path: Path, settings: Any, capsys: Any) -> None:
    from tests.curation.records import record

    make_team("acme")
    file = tmp_path / "traces.jsonl"
    file.write_text(json.dumps(record()) + "\nbroken\n")
    call_command("ingest", str(file), "--project", "acme", "--settle")
    said = capsys.readouterr().out
    assert "1 taken, 0 delivered before, 0 conflicting, 1 refused." in said
    assert "traces.jsonl:2: the line is not JSON" in said
    assert "1 traces settled." in said
