"""Spans of every shape by scenario: captured live from installed instrumentations, built by convention, and recorded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from curation.conversation import Conversation
from curation.formats.assemble import assemble
from curation.formats.genai import unfold
from curation.formats.otlp import read_protobuf
from curation.formats.spans import Span

ROOT = Path(__file__).parents[2]
LIVE = ("genai", "openinference", "openllmetry", "langfuse")
RECORDED = ("genai", "genai-events", "genai-legacy", "openinference")
VOLATILE = {"span_id", "started_at", "ended_at", "latency_ms", "ttft_ms", "duration_ms", "at"}
"""Times and ids: every run of a scenario has others."""
NOT_COMPARED = {"attributes", "provenance", "schema"}
"""The rest under the sender's own names, and which shape it was."""
Scenarios = dict[str, list[Span]]


@cache
def captured_live(shape: str) -> Scenarios:
    """What the instrumentation really sends for each scenario."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.curation.instrumented", shape],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANGFUSE_TRACING_ENABLED": "true"},
    )  # fmt: skip
    return by_scenario([json.loads(line) for line in ran.stdout.splitlines()])


def recorded(shape: str, shared: Path) -> Scenarios:
    """The recorded requests of one shape, logs among them, in the order they came."""
    spans: list[Any] = []
    folder = shared / "traces" / "otlp" / shape
    for path in sorted(folder.glob("*.pb"), key=lambda one: one.name.split(".")[-2]):
        body = path.read_bytes()
        spans += read_protobuf(body) if ".traces." in path.name else records(body)
    return by_scenario(spans)


def records(body: bytes) -> list[Span]:
    """Log records as the ingest reads them, each under an id of its own."""
    from curation.formats.otlp_logs import read_logs

    found = [one for one in read_logs(body, as_json=False, place="t") if isinstance(one, dict)]
    return [{**one, "span_id": f"{one['parent_id']}:{place:016x}"} for place, one in enumerate(found)]


def by_scenario(spans: list[Span]) -> Scenarios:
    """Spans by the scenario that their root names."""
    traces: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        unfold(span)
        traces[span["trace_id"]].append(span)
    named = {}
    for found in traces.values():
        name = next(one["attributes"]["app.scenario"] for one in found
                    if not one["parent_id"] and "app.scenario" in one["attributes"])  # fmt: skip
        named[name] = found
    return named


def comparable(spans: list[Span]) -> dict[str, Any]:
    """The normal form without what differs from run to run."""
    conversation: Conversation = assemble(spans)
    return {name: steady(value) for name, value in conversation.items() if name not in NOT_COMPARED}


def steady(value: Any) -> Any:
    """The value without times and ids."""
    if isinstance(value, dict):
        return {name: steady(inner) for name, inner in value.items() if name not in VOLATILE}
    return [steady(inner) for inner in value] if isinstance(value, list) else value


def differences(left: Any, right: Any, path: str = "") -> set[str]:
    """Paths at which two values differ; places in lists are written `[]`, a list of another length as the list."""
    if isinstance(left, dict) and isinstance(right, dict):
        return {
            found
            for name in left.keys() | right.keys()
            for found in differences(left.get(name), right.get(name), f"{path}.{name}" if path else name)
        }
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return {
            found
            for one, other in zip(left, right, strict=True)
            for found in differences(one, other, f"{path}[]")
        }
    return set() if left == right else {path}
