"""Traces out of a project and into another: nothing lost, nothing that may not go, everything left out counted."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Project
from core.errors import PermissionRefused, Refused
from core.models import AuditEntry
from curation.actions.export_traces import export_traces
from curation.bodies import load
from curation.formats.files import FORMATS
from curation.models import Trace
from tests.conftest import Team
from tests.curation.arrivals import arrive
from tests.curation.test_files_round_trip import LOSSES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]
HEAD = ("occurred_at", "service", "environment", "release", "variant", "model", "session_key", "user_key", "source", "licence",
        "simulated", "status", "escalated", "truncated", "training_use")  # fmt: skip


@pytest.fixture
def filled(team: Team) -> Team:
    arrive(team, ("How do I reach ada@example.org?", "Write to her."), variant="a", session_id="s", escalated=True,
           feedback={"rating": "down", "origin": "user", "needs_work": True, "comment": "wrong"},
           retrieval=[{"doc_id": "d", "text": "Passage.", "score": 0.5}],
           guards=[{"layer": "input", "name": "g", "rule_version": "1", "score": None, "verdict": "allow"}])  # fmt: skip
    arrive(team, ("Is it simulated?", "Yes."), simulated=True)
    arrive(team, ("May I train on it?", "No."), training_use="denied")
    arrive(team, ("Until when?", "Until yesterday."), training_use="allowed", training_use_until="2026-01-01")
    arrive(team, ("Fails?", None))
    return team


def out(team: Team, form: str, **options: Any) -> tuple[list[dict[str, Any]], Any]:
    stream = io.BytesIO()
    manifest = export_traces(
        who=options.pop("who", team.lead), project=team.project, out=stream, form=form, **options
    )
    assert manifest.sha256 == hashlib.sha256(stream.getvalue()).hexdigest()
    return [json.loads(line) for line in stream.getvalue().splitlines()], manifest


@pytest.mark.parametrize("form", [name for name in FORMATS if name != "openai_preference"])
def test_a_project_exported_and_imported_elsewhere_is_the_same(
    filled: Team, form: str, tmp_path: Path
) -> None:
    file = tmp_path / "all.jsonl.gz"
    call_command("export_traces", str(file), "--project", "acme", "--format", form, stdout=io.StringIO())
    copy = Project.objects.create(slug="copy", name="Copy", training_use_default="unknown")
    said = io.StringIO()
    call_command("ingest", str(file), "--project", "copy", "--settle", stdout=said)
    assert f"(--format {form})" in said.getvalue()
    answers = {
        trace.current.prompt_preview: trace
        for trace in Trace.objects.filter(project=filled.project)
        if trace.current
    }
    came = list(Trace.objects.filter(project=copy))
    assert len(came) == (2 if "no_answer" in LOSSES[form][1] else 3)
    for trace in came:
        assert trace.current is not None
        origin = answers[trace.current.prompt_preview]
        assert origin.current is not None
        assert load(trace.current).conversation == load(origin.current).conversation
        assert [getattr(trace, name) for name in HEAD] == [getattr(origin, name) for name in HEAD]
        words = ("rating", "origin", "simulated", "needs_work", "comment")
        assert list(trace.feedback.values_list(*words)) == list(origin.feedback.values_list(*words))


def test_an_import_into_its_own_project_is_a_new_trace_and_leaves_the_old_one_alone(
    filled: Team, tmp_path: Path
) -> None:
    before = {str(one.pk): one.current_id for one in Trace.objects.all()}
    for form in ("record", "langfuse"):
        file = tmp_path / f"{form}.jsonl"
        call_command("export_traces", str(file), "--project", "acme", "--format", form, stdout=io.StringIO())
        for _ in range(2):
            call_command("ingest", str(file), "--project", "acme", "--settle", stdout=io.StringIO())
    now = {str(one.pk): one.current_id for one in Trace.objects.all()}
    assert before.items() <= now.items()
    assert len(now) == len(before) + 3 + 6


def test_only_what_may_be_trained_on_goes_out_and_the_rest_is_counted(filled: Team) -> None:
    lines, manifest = out(filled, "record")
    assert manifest.rows == len(lines) == 3
    assert manifest.left_out == {"training_denied": 2}
    everything, manifest = out(filled, "record", purpose="a person asked for their data")
    assert (len(everything), manifest.left_out) == (5, {})
    assert (
        sorted(one["winnow"]["trace"]["training_use"] for one in everything)
        == ["allowed"] * 3 + ["denied"] * 2
    )


def test_what_has_no_form_is_left_out_by_reason(filled: Team) -> None:
    assert out(filled, "openai_chat")[1].left_out == {"training_denied": 2, "no_answer": 1}
    assert out(filled, "openai_preference")[1].left_out == {
        "training_denied": 2,
        "no_answer": 1,
        "no_preference": 2,
    }


def test_filters_narrow_and_an_unknown_one_is_refused(filled: Team) -> None:
    lines, _ = out(filled, "alpaca", filters={"variant": "a"})
    assert [one["output"] for one in lines] == ["Write to her."]
    with pytest.raises(Refused, match="no such filter"):
        out(filled, "alpaca", filters={"colour": "red"})
    with pytest.raises(Refused, match="no such format"):
        out(filled, "csv")


def test_a_bare_export_has_no_key_of_ours(filled: Team) -> None:
    assert all(set(one) == {"messages"} for one in out(filled, "openai_chat", bare=True)[0])


def test_an_export_is_audited_with_its_purpose_before_and_its_counts_after(filled: Team) -> None:
    out(filled, "sharegpt", purpose="move")
    begun, done = (AuditEntry.objects.get(verb=verb) for verb in ("trace.export", "trace.exported"))
    assert begun.data == {"format": "sharegpt", "filters": {}, "purpose": "move"}
    assert (done.data["rows"], done.data["left_out"]) == (4, {"no_answer": 1})


def test_an_administrator_or_annotator_may_not_export(filled: Team) -> None:
    for person in (filled.admin, filled.annotator):
        with pytest.raises(PermissionRefused):
            out(filled, "record", who=person)
    assert not AuditEntry.objects.filter(verb="trace.export").exists()


def test_the_command_writes_the_file_and_its_manifest_or_nothing(filled: Team, tmp_path: Path) -> None:
    file, said = tmp_path / "x.jsonl.gz", io.StringIO()
    call_command(
        "export_traces",
        str(file),
        "--project",
        "acme",
        "--format",
        "openai",
        "--filter",
        "variant=a",
        stdout=said,
    )
    assert "1 conversations as OpenAI request and response" in said.getvalue()
    manifest = json.loads((tmp_path / "x.jsonl.gz.manifest.json").read_text())
    lines = gzip.decompress(file.read_bytes())
    assert (manifest["rows"], manifest["sha256"]) == (1, hashlib.sha256(lines).hexdigest())
    with pytest.raises(CommandError, match="no such filter"):
        call_command(
            "export_traces",
            str(tmp_path / "y.jsonl"),
            "--project",
            "acme",
            "--format",
            "openai",
            "--filter",
            "colour=red",
        )
    assert sorted(one.name for one in tmp_path.iterdir()) == ["x.jsonl.gz", "x.jsonl.gz.manifest.json"]
