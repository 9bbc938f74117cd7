"""A conversation logged call by call collapses into its longest form, with a reason of its own."""

from __future__ import annotations

import io
import json
from itertools import count
from typing import Any

import pytest

from curation.actions.ingest_batch import ingest_batch
from curation.actions.settle_traces import settle_traces
from curation.ingest.items import read_records
from curation.models import ConversationVersion, CurationState, Drop, Trace
from tests.conftest import Team
from tests.curation.records import record
from tests.curation.test_deduplication import deduplicate, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]
SAID = [
    "Where is my parcel?",
    "In Lyon, it seems.",
    "And when will it be here?",
    "On Friday.",
    "Thanks a lot!",
    "Any time.",
]
numbers = count(9_000)


def call(team: Team, said: list[str], session: str = "s-1", **changes: Any) -> ConversationVersion:
    """One model call as its own trace: all that was said before, and the next answer."""
    number = next(numbers)
    row = record(trace_id=f"{number:032x}", request_id=f"call-{number}", session_id=session, **changes)
    told = [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(said)]
    row["request"] = {
        **row["request"],
        "messages": [{"role": "system", "content": f"It is {number}."}, *told[:-1]],
    }
    choice = {"index": 0, "message": told[-1], "finish_reason": "stop"}
    row["response"] = {**row["response"], "choices": [choice]}
    ingest_batch(
        who=team.lead, project=team.project, route="jsonl",
        items=read_records(io.BytesIO(json.dumps(row).encode()), place="t"),
    )  # fmt: skip
    while settle_traces():
        pass
    version = Trace.objects.get(project=team.project, external_id=row["trace_id"]).current
    assert version is not None
    return version


def reasons(*versions: ConversationVersion) -> list[str]:
    return [state(one).drop_reason for one in versions]


@pytest.mark.parametrize("order", [[2, 4, 6], [6, 4, 2], [4, 6, 2]])
def test_the_longest_form_stands_whichever_call_arrives_first(team: Team, order: list[int]) -> None:
    made = {}
    for turns in order:
        made[turns] = call(team, SAID[:turns])
        deduplicate(team)
    assert reasons(made[2], made[4], made[6]) == ["continued", "continued", ""]
    assert {one.detail["kept"] for one in Drop.objects.filter(version=made[2]).order_by("-id")[:1]} <= {
        str(made[4].pk), str(made[6].pk)
    }  # fmt: skip


def test_another_session_that_begins_alike_is_a_conversation_of_its_own(team: Team) -> None:
    short, long = call(team, SAID[:2], "s-1"), call(team, SAID[:4], "s-2")
    deduplicate(team)
    assert reasons(short, long) == ["", ""]


def test_a_branch_is_not_a_continuation(team: Team) -> None:
    first, other = call(team, SAID[:4]), call(team, [*SAID[:3], "Perhaps on Monday, perhaps never."])
    deduplicate(team)
    assert reasons(first, other) == ["", ""]


def test_what_may_not_be_trained_on_continues_nobody(team: Team) -> None:
    short = call(team, SAID[:2])
    long = call(team, SAID[:4], training_use="denied")
    deduplicate(team)
    assert reasons(short, long) == ["", "training_denied"]


def test_when_the_longest_form_goes_the_next_one_stands_again(team: Team) -> None:
    short, middle, long = (call(team, SAID[:turns]) for turns in (2, 4, 6))
    deduplicate(team)
    CurationState.objects.filter(version=long).update(step="superseded")
    deduplicate(team)
    assert reasons(short, middle) == ["continued", ""]
    CurationState.objects.filter(version=middle).update(step="superseded")
    deduplicate(team)
    assert reasons(short) == [""]
    assert state(short).is_representative


def test_a_continued_form_stands_for_no_near_duplicate(team: Team) -> None:
    short, long = call(team, SAID[:2]), call(team, SAID[:4])
    twin = call(team, SAID[:2], "s-9")
    deduplicate(team)
    assert reasons(short, long, twin) == ["continued", "", ""]
    assert state(twin).is_representative
