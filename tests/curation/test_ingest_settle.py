"""Traces settle after their grace time; late spans make a new version, never an edit."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from core.models import Event
from curation.actions.ingest_batch import ingest_batch
from curation.actions.ingest_file import HOLD_SECONDS, ROUTE, ingest_stream
from curation.actions.settle_traces import settle_traces
from curation.bodies import load, load_many, pin
from curation.ingest import settling
from curation.ingest.items import read_otlp, read_records
from curation.models import ConversationVersion, CurationState, Feedback, PinnedBody, Trace
from tests.conftest import Team
from tests.curation.otlp_bodies import CHILD, ROOT, chat, joined, said
from tests.curation.records import record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_grace(settings: Any) -> None:
    settings.SETTLE_GRACE_SECONDS = 0


def send(team: Team, *requests: Any) -> None:
    body = joined(*requests).SerializeToString()
    ingest_batch(
        who=team.lead, project=team.project, route="otlp", items=read_otlp(body, as_json=False, place="r")
    )


def send_records(team: Team, *records: dict[str, Any]) -> None:
    data = "\n".join(json.dumps(one) for one in records).encode()
    ingest_batch(
        who=team.lead, project=team.project, route="jsonl", items=read_records(io.BytesIO(data), place="f")
    )


def test_a_settled_trace_has_a_first_version_that_waits_for_curation(team: Team) -> None:
    send(team, chat("What is a set?", "Unordered."))
    assert settle_traces() == 1
    trace = Trace.objects.get()
    version = trace.current
    assert version is not None
    assert (trace.state, version.number, version.turns) == ("settled", 1, 1)
    assert (version.prompt_preview, version.answer_preview) == ("What is a set?", "Unordered.")
    assert CurationState.objects.get(version=version).step == "pending"
    assert settle_traces() == 0


def test_settling_leaves_an_event_for_every_version_and_none_where_nothing_is_new(team: Team) -> None:
    send(team, chat("What is a set?", "Unordered."), chat("And a list?", "Ordered.", trace_id=b"l" * 16))
    settle_traces()
    trace = Trace.objects.get(external_id=(b"l" * 16).hex())
    first = Event.objects.get(subject_type="curation.trace", subject_id=str(trace.pk))
    assert (first.name, first.from_state, first.to_state) == ("settled", "open", "settled")
    assert first.data == {"version": str(trace.current_id), "number": 1}
    assert Event.objects.filter(name="settled", project_id=team.project.pk, cause=first.cause).count() == 2
    Trace.objects.filter(pk=trace.pk).update(settle_after=timezone.now())
    assert settle_traces() == 1
    assert Event.objects.filter(name="settled").count() == 2


def test_nothing_settles_before_its_grace_time_is_over(team: Team, settings: Any) -> None:
    settings.SETTLE_GRACE_SECONDS = 30
    send(team, chat())
    assert settle_traces() == 0
    trace = Trace.objects.get()
    assert trace.settle_after is not None
    assert timedelta(seconds=20) < trace.settle_after - timezone.now() < timedelta(seconds=31)


def test_a_trace_whose_root_has_not_ended_waits_longer(team: Team, settings: Any) -> None:
    settings.SETTLE_GRACE_SECONDS = 30
    send(team, chat(span_id=CHILD, parent_id=ROOT))
    before = Trace.objects.get().settle_after
    send(team, chat(span_id=ROOT))
    after = Trace.objects.get().settle_after
    assert before is not None
    assert after is not None
    assert after < before


def test_late_spans_make_a_second_version_and_leave_the_first_as_it_was(team: Team) -> None:
    send(team, chat("First?", "One."))
    settle_traces()
    first = ConversationVersion.objects.get()
    history = [said("user", "First?"), said("assistant", "One.")]
    send(team, chat("Second?", "Two.", span_id=CHILD, parent_id=ROOT, history=history))
    settle_traces()
    trace = Trace.objects.get()
    second = trace.current
    assert second is not None
    assert (second.number, second.turns, trace.span_count) == (2, 2, 2)
    assert CurationState.objects.get(version=first).step == "superseded"
    assert CurationState.objects.get(version=second).step == "pending"
    assert load(first).conversation["messages"][-1]["parts"][0]["text"] == "One."
    first.refresh_from_db()
    assert first.number == 1


def test_late_spans_that_say_nothing_new_make_no_version(team: Team) -> None:
    send(team, chat())
    settle_traces()
    send(team, chat(span_id=CHILD, parent_id=ROOT))
    assert settle_traces() == 1
    assert ConversationVersion.objects.count() == 1
    assert Trace.objects.get().settle_after is None


def test_a_redelivery_does_not_wake_a_settled_trace(team: Team) -> None:
    request = chat()
    send(team, request)
    settle_traces()
    send(team, request)
    assert settle_traces() == 0


def test_turns_logged_call_by_call_are_one_conversation(team: Team) -> None:
    answer = {"role": "assistant", "content": "Paris."}
    question = {"role": "user", "content": "Capital of France?"}
    longer = {"model": "m", "messages": [question, answer, {"role": "user", "content": "And Spain?"}]}
    send_records(team, record(), record(request_id="req-2", request=longer))
    settle_traces()
    version = ConversationVersion.objects.get()
    assert version.turns == 2
    assert version.input_tokens == 24
    assert version.cost_usd is not None
    assert float(version.cost_usd) == pytest.approx(0.002)


def test_what_was_asked_over_several_turns_is_kept_for_domains_and_one_turn_needs_no_second_copy(
    team: Team,
) -> None:
    said = [("user", "Book me a flight."), ("assistant", "Done."), ("user", "Thanks!")]
    turns = {"messages": [{"role": role, "content": text} for role, text in said]}
    longer = record(request_id="r2", trace_id="cd" * 16, request=record()["request"] | turns)
    send_records(team, record(), longer)
    settle_traces()
    found = ConversationVersion.objects.order_by("turns").values_list("prompt_preview", "topic")
    assert list(found) == [("Capital of France?", ""), ("Thanks!", "Book me a flight. Thanks!")]


def test_feedback_is_kept_once_however_often_a_trace_settles(team: Team) -> None:
    down = {"rating": "down", "origin": "user", "needs_work": True, "comment": "wrong"}
    send_records(team, record(feedback=down))
    settle_traces()
    send_records(team, record(request_id="req-2", feedback={"rating": "up", "origin": "simulated"}))
    settle_traces()
    rows = Feedback.objects.order_by("id").values_list(
        "rating", "origin", "simulated", "needs_work", "comment"
    )
    assert list(rows) == [(-1, "user", False, True, "wrong"), (1, "simulated", True, False, "")]


def test_equal_conversations_have_equal_hashes_and_other_projects_other_ones(
    team: Team, other_team: Team
) -> None:
    send_records(team, record(), record(request_id="r2", trace_id="cd" * 16, user_id="somebody else"))
    send_records(other_team, record())
    settle_traces()
    hashes = ConversationVersion.objects.filter(project=team.project).values_list(
        "content_hash", "prompt_hash"
    )
    assert len(set(hashes)) == 1
    theirs = ConversationVersion.objects.get(project=other_team.project)
    assert (theirs.content_hash, theirs.prompt_hash) not in set(hashes)


def test_two_answers_to_one_prompt_share_its_hash(team: Team) -> None:
    other = {"choices": [{"message": {"role": "assistant", "content": "It is Paris, of course."}}]}
    send_records(team, record(), record(request_id="r2", trace_id="cd" * 16, response=other))
    settle_traces()
    versions = ConversationVersion.objects.all()
    assert len({one.prompt_hash for one in versions}) == 1
    assert len({one.content_hash for one in versions}) == 2


def test_absurd_numbers_of_a_sender_do_not_stop_the_others(team: Team) -> None:
    usage = {"prompt_tokens": 10**15, "completion_tokens": -4}
    absurd = record(cost_usd=9e8, response=record()["response"] | {"usage": usage})
    send_records(team, absurd, record(request_id="r2", trace_id="cd" * 16))
    assert settle_traces() == 2
    version = ConversationVersion.objects.get(trace__external_id="ab" * 16)
    assert (version.cost_usd, version.input_tokens) == (None, None)


def test_a_pinned_body_outlives_its_partition(team: Team) -> None:
    send_records(team, record(), record(request_id="r2", trace_id="cd" * 16))
    settle_traces()
    kept, dropped = ConversationVersion.objects.order_by("trace__external_id")
    assert pin([kept]) == 1
    assert pin([kept]) == 0
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("DROP TABLE curation_conversation_body_20260901")
        cursor.execute("SET ROLE winnow_app")
    assert set(load_many([kept, dropped])) == {kept.pk}
    assert PinnedBody.objects.count() == 1


def test_a_trace_that_cannot_be_written_is_left_open_and_the_others_settle(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "preview", lambda text: text.replace("bad", "\0"))
    send(team, chat("bad"), chat("What is a set?", trace_id=b"s" * 16))
    assert settle_traces() == 2
    assert list(ConversationVersion.objects.values_list("prompt_preview", flat=True)) == ["What is a set?"]
    assert Trace.objects.get(current=None).settle_after is None
    assert settle_traces() == 0


def test_a_file_that_was_read_ends_no_waiting_of_another_that_is_still_on_its_way(team: Team) -> None:
    first, second = (
        json.dumps(record(request_id=name, trace_id=name, session_id=name)).encode()
        for name in ("still-read", "done")
    )
    ingest_batch(
        who=team.lead, project=team.project, route=ROUTE, hold_seconds=HOLD_SECONDS, any_age=True,
        items=read_records(io.BytesIO(first), place="first.jsonl"),
    )  # fmt: skip
    ingest_stream(
        who=team.lead, project=team.project, stream=io.BytesIO(second), name="second.jsonl", size=len(second)
    )
    assert settle_traces() == 1
    assert sorted(Trace.objects.values_list("state", flat=True)) == ["open", "settled"]
