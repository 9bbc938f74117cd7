"""Traces arrive: from the example assistant over OTLP, or from the visitor's file."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.db.models import Sum

from core.errors import Refused
from curation.actions.ingest_file import ingest_file
from curation.models import IngestBatch, Refusal, Trace
from demo.story import Facts, Telling
from demo.waiting import until

TRACES = 1200


def ingest(telling: Telling) -> Facts:
    """Everything delivered, redacted before it was stored, and settled into conversations."""
    if telling.options.traces:
        _from_file(telling, telling.options.traces)
    else:
        _from_assistant(telling)
    project = telling.cast.project
    waiting = Trace.objects.filter(project=project, settle_after__isnull=False)
    until(
        telling,
        lambda: not waiting.exists(),
        what="settling",
        seconds=300,
        now=lambda: f"{waiting.count()} open",
    )
    return _counts(telling)


def _from_file(telling: Telling, path: Path) -> None:
    if not path.is_file():
        raise Refused(
            "no_such_file", f"There is no file {path}.", hint="Give a .jsonl or .jsonl.gz after --traces."
        )
    cast = telling.cast
    telling.say(f"reading {path.name} (training use is declared as allowed for this file)")
    ingest_file(who=cast.lead, project=cast.project, path=path, training_use="allowed")


def _from_assistant(telling: Telling) -> None:
    """A separate process with the OpenTelemetry SDK, as a product would run it."""
    truth = Path(settings.STATE_DIR) / "demo-truth.jsonl"
    telling.made["truth"] = truth
    telling.say(f"the assistant of examples/ answers {TRACES} requests and reports them over OTLP")
    command = [sys.executable, "-m", "examples.assistant", "--traces", str(TRACES), "--truth", str(truth)]
    command += ["--endpoint", os.environ.get("WINNOW_URL", "http://127.0.0.1:8000")]
    done = subprocess.run(
        command,
        env={**os.environ, "WINNOW_TOKEN": telling.cast.token},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused("assistant_failed", "The example assistant could not deliver.", hint=done.stderr[-500:])
    telling.say(done.stdout.strip())


def _counts(telling: Telling) -> Facts:
    batches = IngestBatch.objects.filter(project=telling.cast.project)
    sums = batches.aggregate(
        accepted=Sum("accepted"),
        redelivered=Sum("redelivered"),
        conflicting=Sum("conflicting"),
        refused=Sum("refused"),
    )
    redactions: Counter[str] = Counter()
    for counts in batches.values_list("redactions", flat=True):
        redactions.update(counts)
    refusals = Counter(Refusal.objects.filter(project=telling.cast.project).values_list("code", flat=True))
    return {
        "traces": Trace.objects.filter(project=telling.cast.project).count(),
        "delivered": ", ".join(f"{number or 0} {name}" for name, number in sums.items()),
        "redacted": ", ".join(f"{number} {kind}" for kind, number in redactions.most_common()) or "nothing",
        "refused because": ", ".join(f"{number} {code}" for code, number in refusals.most_common())
        or "nothing was",
    }
