"""Traces that arrive through the product's own door and settle at once, for tests of what comes after."""

from __future__ import annotations

import io
import json
from itertools import count
from typing import Any

from curation.actions.ingest_batch import ingest_batch
from curation.actions.settle_traces import settle_traces
from curation.ingest.items import read_records
from curation.models import ConversationVersion, Trace
from tests.conftest import Team
from tests.curation.records import record

_numbers = count(1)
STORY = (
    "the harvest of quiet words goes on while small machines carry grain from one bright hall to another and nobody"
    " counts the birds that follow them over open fields before winter comes again with long blue evenings"
)
WORDS = STORY.split()


def long_answer(seed: int, words: int = 90) -> str:
    """A text of its own for every seed, long enough that one changed word keeps it a near-duplicate."""
    return " ".join(
        f"{WORDS[(seed * 7 + place * (seed % 5 + 1)) % len(WORDS)]}{(seed * place) % 97}"
        for place in range(words)
    )


def arrive(team: Team, *said: tuple[str, str | None], **changes: Any) -> list[ConversationVersion]:
    """One settled version for each (prompt, answer), in order; an answer of None is a failed call."""
    rows = []
    for prompt, answer in said:
        number = next(_numbers)
        row = record(trace_id=f"{number:032x}", request_id=f"req-{number}", **changes)
        row["request"] = {**row["request"], "messages": [{"role": "user", "content": prompt}]}
        if answer is None:
            row |= {"response": None, "status": "error", "error": {"type": "timeout", "message": "no answer"}}
        else:
            message = {"role": "assistant", "content": answer}
            row["response"] = {
                **row["response"],
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            }
        rows.append(row)
    data = "\n".join(json.dumps(one) for one in rows).encode()
    ingest_batch(
        who=team.lead, project=team.project, route="jsonl", items=read_records(io.BytesIO(data), place="t")
    )
    while settle_traces():
        pass
    found = Trace.objects.filter(project=team.project, external_id__in=[row["trace_id"] for row in rows])
    by_name = {one.external_id: one.current for one in found.select_related("current")}
    return [by_name[row["trace_id"]] for row in rows]  # type: ignore[misc]
