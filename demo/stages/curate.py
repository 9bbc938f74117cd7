"""One of each, sorted, and nothing that is quarantined; what was planted is looked for."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from curation.actions.quarantine import publish_quarantine, read_quarantine_file
from curation.bodies import load_many
from curation.conversation import last_user_text
from curation.held_out_files import QuarantineEntry
from curation.models import AssetVersion, ConversationVersion, CurationState, Trace
from curation.pipeline import run_curation
from demo.story import Facts, Omitted, Telling
from demo.waiting import extras_ready

QUARANTINE = "examples/quarantine.jsonl"
HELD_OUT = 5


def curate(telling: Telling) -> Facts:
    """The quarantine first, then everything pending; domains need the embedding extra."""
    cast = telling.cast
    version = _quarantine(telling)
    try:
        extras_ready(telling, what_for="domains")
        domains_omitted = ""
    except Omitted as reason:
        domains_omitted = str(reason)
    report = run_curation(cast.project, on_progress=lambda step, taken: telling.say(f"{step}: {taken}"))
    states = CurationState.objects.filter(project=cast.project).exclude(step="superseded")
    drops = Counter(states.exclude(drop_reason="").values_list("drop_reason", flat=True))
    kept = states.filter(step="done", drop_reason="")
    domains = Counter(kept.values_list("domain", flat=True))
    facts = {
        "conversations": states.count(),
        "left out": ", ".join(f"{number} {reason}" for reason, number in drops.most_common()) or "none",
        "kept": kept.count(),
        "domains": domains_omitted
        or ", ".join(f"{name} {number}" for name, number in domains.most_common(12)),
        "quarantine": f"version {version.number}, {sum(version.body['sets'].values())} items",
        "seconds per step": ", ".join(f"{step} {seconds:.1f}" for step, seconds in report.seconds.items()),
    }
    return facts | _check_against_truth(telling)


def _quarantine(telling: Telling) -> AssetVersion:
    entries = read_quarantine_file(Path(settings.BASE_DIR) / QUARANTINE, set_name="held-out questions")
    return publish_quarantine(
        who=telling.cast.lead,
        project=telling.cast.project,
        items=[*entries, *_held_out_of_the_file(telling)],
        note="Questions the product is tested with.",
    )


def _held_out_of_the_file(telling: Telling) -> Iterator[QuarantineEntry]:
    """A visitor's file repeats none of our questions, so a few of its own are held out: there is something to catch."""
    if telling.options.traces is None:
        return
    asked = ConversationVersion.objects.filter(
        project=telling.cast.project, current_of__isnull=False, turns=1
    )
    for key, stored in load_many(list(asked.order_by("content_hash")[:HELD_OUT])).items():
        if question := last_user_text(stored.conversation):
            yield QuarantineEntry("held out of the file", str(key), question)


def _check_against_truth(telling: Telling) -> Facts:
    """What the assistant wrote down while planting, against what is stored now."""
    truth = telling.made.get("truth")
    if truth is None:
        return {}
    planted: list[dict[str, Any]] = [json.loads(line) for line in truth.read_text().splitlines()]
    states = dict(
        CurationState.objects.filter(project=telling.cast.project)
        .exclude(step="superseded")
        .values_list("version__trace__external_id", "drop_reason")
    )
    twins = [line for line in planted if line["kind"] == "twin"]
    caught = sum(states.get(line["trace_id"]) == "quarantined" for line in twins)
    near = [line for line in planted if line["kind"] in {"near", "retry"}]
    found = sum(
        any(states.get(line[one], "").endswith("duplicate") for one in ("trace_id", "of")) for line in near
    )
    return {
        "planted identifiers still readable": _readable(telling, planted),
        "planted quarantine twins caught": f"{caught} of {len(twins)}",
        "planted near-duplicates collapsed": f"{found} of {len(near)} pairs",
    }


def _readable(telling: Telling, planted: list[dict[str, Any]]) -> str:
    """How many planted identifiers a reader of the stored bodies would still find."""
    values = {line["value"]: line["trace_id"] for line in planted if line["kind"] == "identifier"}
    traces = Trace.objects.filter(project=telling.cast.project, external_id__in=set(values.values()))
    versions = list(ConversationVersion.objects.filter(current_of__in=traces))
    text = json.dumps([stored.conversation for stored in load_many(versions).values()], ensure_ascii=False)
    return f"{sum(value in text for value in values)} of {len(values)}"
