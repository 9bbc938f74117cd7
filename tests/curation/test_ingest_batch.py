"""What comes in is stored once, redacted, and what cannot be taken is listed; attacked as the app role."""

import gzip
import io
import json
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from core.actors import system
from core.errors import NotFound, PermissionRefused
from core.models import AuditEntry
from curation.actions import ingest_batch as module
from curation.actions.ingest_batch import Report, ingest_batch
from curation.actions.settle_traces import settle_traces
from curation.bodies import load
from curation.ingest.items import read_otlp, read_records
from curation.models import IngestBatch, Receipt, Refusal, Span, Trace
from tests.conftest import Team
from tests.curation.otlp_bodies import CHILD, chat, joined
from tests.curation.records import record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_grace(settings: Any) -> None:
    settings.SETTLE_GRACE_SECONDS = 0


def lines(*values: Any) -> bytes:
    return b"\n".join(value if isinstance(value, bytes) else json.dumps(value).encode() for value in values)


def deliver(team: Team, data: bytes, **more: Any) -> Report:
    items = read_records(io.BytesIO(data), place="traces.jsonl")
    return ingest_batch(who=team.lead, project=team.project, route="jsonl", items=items, **more)


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.accepted, report.redelivered, report.conflicting, report.refused


def test_the_same_record_twice_is_taken_once(team: Team) -> None:
    assert counts(deliver(team, lines(record()))) == (1, 0, 0, 0)
    other_order = dict(reversed(record().items()))
    assert counts(deliver(team, lines(other_order))) == (0, 1, 0, 0)
    assert Trace.objects.get().span_count == 1
    assert Span.objects.count() == 1


def test_the_same_id_with_other_content_is_a_conflict_and_changes_nothing(team: Team) -> None:
    deliver(team, lines(record()))
    changed = record(service="another")
    assert counts(deliver(team, lines(changed))) == (0, 0, 1, 0)
    refusal = Refusal.objects.get()
    assert (refusal.code, refusal.line) == ("conflict", 1)
    assert refusal.length > 0
    assert len(bytes(refusal.content_hmac or b"")) == 32
    assert Trace.objects.get().service == "chat"


def test_duplicates_inside_one_batch_are_told_apart_too(team: Team) -> None:
    report = deliver(team, lines(record(), record(), record(latency_ms=1)))
    assert counts(report) == (1, 1, 1, 0)


def test_ids_are_the_projects_own(team: Team, other_team: Team) -> None:
    deliver(team, lines(record()))
    assert counts(deliver(other_team, lines(record(service="theirs")))) == (1, 0, 0, 0)
    assert Trace.objects.count() == 2


def test_a_key_rotation_does_not_turn_redeliveries_into_conflicts(team: Team, settings, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from core import keyring

    deliver(team, lines(record()))
    settings.KEYRING_JSON = json.dumps({"active": "new", "keys": {"test": "ab" * 32, "new": "cd" * 32}})
    keyring.keyring.cache_clear()
    try:
        assert counts(deliver(team, lines(record()))) == (0, 1, 0, 0)
        assert counts(deliver(team, lines(record(request_id="req-2")))) == (1, 0, 0, 0)
    finally:
        keyring.keyring.cache_clear()
    assert set(Receipt.objects.values_list("key_id", flat=True)) == {"test", "new"}


def test_every_kind_of_broken_row_is_listed_and_the_rest_goes_on(team: Team) -> None:
    broken = {
        "malformed_json": b'{"trace_id": "ab',
        "unknown_field": json.dumps(record(request_id="a", colour="red")).encode(),
        "wrong_type": json.dumps(record(request_id="b", escalated="no")).encode(),
        "invalid_utf8": json.dumps(record(request_id="c", service="XX")).encode().replace(b"XX", b"\xff\xfe"),
        "nul_character": json.dumps(record(request_id="d", service="a\x00b")).encode(),
        "lone_surrogate": json.dumps(record(request_id="e", service="XX"))
        .encode()
        .replace(b"XX", b"\\ud83d"),
    }
    data = gzip.compress(lines(record(), *broken.values(), record(request_id="last")))
    report = deliver(team, data)
    assert counts(report) == (2, 0, 0, 6)
    found = {one.code: one for one in Refusal.objects.all()}
    assert set(found) == set(broken)
    for place, (code, raw) in enumerate(broken.items(), 2):
        assert (found[code].place, found[code].line, found[code].length) == ("traces.jsonl", place, len(raw))
        assert found[code].hint
    assert found["invalid_utf8"].field == "service"


def test_a_cut_file_keeps_what_came_before_the_cut_and_goes_on_when_sent_again(team: Team) -> None:
    whole = lines(*[record(request_id=f"r{number}", trace_id=f"{number:032x}", service=f"s{number * 7919}")
                    for number in range(1, 200)])  # fmt: skip
    packed = gzip.compress(whole)
    first = deliver(team, packed[: len(packed) * 2 // 3])
    assert 0 < first.accepted < 199
    assert [problem.code for problem in first.problems] == ["truncated_gzip"]
    second = deliver(team, packed)
    assert counts(second) == (199 - first.accepted, first.accepted, 0, 0)


def test_a_stop_between_two_chunks_leaves_whole_chunks_and_the_next_delivery_continues(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 10)

    def items():  # type: ignore[no-untyped-def]
        yield from read_records(io.BytesIO(data[:cut]), place="f")
        raise ConnectionError("the sender went away")

    data = lines(*[record(request_id=f"r{number}", trace_id=f"{number:032x}") for number in range(1, 36)])
    cut = data.index(b'"r26"') - 60
    with pytest.raises(ConnectionError):
        ingest_batch(who=team.lead, project=team.project, route="jsonl", items=items())
    batch = IngestBatch.objects.get()
    assert batch.finished_at is None
    assert batch.accepted == Receipt.objects.count() == Span.objects.count() == 20
    assert counts(deliver(team, data)) == (15, 20, 0, 0)


def test_identifiers_are_gone_before_anything_is_stored(team: Team) -> None:
    key, mail = "sk-proj-" + "a1B2" * 11, "marta.kowalski@example.org"
    said = [{"role": "user", "content": f"I am {mail}, my key is {key}"}]
    deliver(team, lines(record(request={"model": "m", "messages": said}, user_id=mail)))
    assert settle_traces() == 1
    version = Trace.objects.get().current
    assert version is not None
    assert version.redactions == {"email": 1, "secret": 1}
    stored = load(version)
    assert [mark["kind"] for mark in stored.marks] == ["email", "secret"]
    text = stored.conversation["messages"][0]["parts"][0]["text"]
    assert all(text[mark["start"] : mark["end"]].strip("[]") in text for mark in stored.marks)
    whole = everything_stored()
    assert mail not in whole
    assert key not in whole
    assert "marta" not in whole
    assert IngestBatch.objects.get().redactions == {"email": 1, "secret": 1}


def test_not_even_the_names_of_ids_fields_and_files_carry_an_identifier_in(team: Team) -> None:
    mail = "canary.person@example.org"
    rows = [record(request_id=mail, trace_id=mail), record(request_id="r2", **{mail: 1}),
            record(request_id="r3", source={mail: "a\x00b"})]  # fmt: skip
    items = read_records(io.BytesIO(lines(*rows)), place=f"{mail}.jsonl")
    report = ingest_batch(
        who=team.lead, project=team.project, route="file", items=items, source_name=f"{mail}.jsonl"
    )
    assert counts(report) == (1, 0, 0, 2)
    settle_traces()
    assert "canary" not in everything_stored()
    assert "canary" not in repr(report)


def everything_stored() -> str:
    """Every row of every table of curation and core, bodies unpacked."""
    from curation.bodies import unpacked

    found: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE tablename ~ '^(curation|core)_' AND tablename !~ '_2[0-9]{7}$'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT * FROM {table}")
            for row in cursor.fetchall():
                found.append(repr([unpacked(one) if _is_body(one) else one for one in row]))
    return "\n".join(found)


def _is_body(value: Any) -> bool:
    return isinstance(value, bytes | memoryview) and bytes(value[:4]) == b"\x28\xb5\x2f\xfd"


def test_a_row_nested_too_deeply_is_refused_without_a_body(team: Team) -> None:
    deep: Any = "secret-canary-1"
    for _ in range(120):
        deep = [deep]
    deeper = deep
    for _ in range(400):
        deeper = [deeper]
    rows = [
        record(source={"nested": deep}),
        record(request_id="r2", source={"nested": deeper}),
        record(request_id="fine"),
    ]
    assert counts(deliver(team, lines(*rows))) == (1, 0, 0, 2)
    assert {one.code for one in Refusal.objects.all()} == {"too_deep"}
    assert "canary" not in everything_stored()


def test_broken_spans_of_an_otlp_batch_do_not_stop_the_rest(team: Team) -> None:
    body = joined(
        chat(), chat(span_id=b"short"), chat(span_id=CHILD, parent_id=b"\x00" * 8)
    ).SerializeToString()
    report = ingest_batch(
        who=team.lead,
        project=team.project,
        route="otlp",
        items=read_otlp(body, as_json=False, place="request"),
    )
    assert counts(report) == (2, 0, 0, 1)
    assert Refusal.objects.get().code == "broken_id"
    assert Trace.objects.get().span_count == 2


def test_a_batch_is_audited_once_with_its_sender(team: Team) -> None:
    deliver(team, lines(record(), record(request_id="req-2")))
    entry = AuditEntry.objects.get(verb="trace.ingest")
    assert entry.subject_id == str(IngestBatch.objects.get().pk)
    assert entry.actor_name == str(team.lead)


def test_an_annotator_may_not_send_traces_and_a_stranger_is_told_nothing(
    team: Team, other_team: Team
) -> None:
    for who, refusal in ((team.annotator, PermissionRefused), (other_team.lead, NotFound)):
        with pytest.raises(refusal):
            ingest_batch(who=who, project=team.project, route="jsonl", items=[])
    assert not IngestBatch.objects.exists()


def test_the_sender_may_say_what_may_be_trained_on_and_the_trace_itself_has_the_last_word(team: Team) -> None:
    data = lines(record(), record(request_id="r2", trace_id="cd" * 16, training_use="allowed"))
    deliver(team, data, training_use="denied")
    settle_traces()
    uses = dict(Trace.objects.values_list("external_id", "training_use"))
    assert uses == {"ab" * 16: "denied", "cd" * 16: "allowed"}


def test_without_a_word_the_default_of_the_project_holds(team: Team) -> None:
    deliver(team, lines(record()))
    trace = Trace.objects.get()
    assert (trace.training_use, trace.training_use_source) == ("allowed", "project")


def test_the_app_role_cannot_write_a_body_past_the_choke_point(team: Team) -> None:
    deliver(team, lines(record()))
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("INSERT INTO curation_span SELECT * FROM curation_span")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE curation_span SET name = 'x'")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM curation_receipt")


def test_an_operator_at_the_command_line_is_audited_as_the_system(team: Team) -> None:
    items = read_records(io.BytesIO(lines(record())), place="f")
    ingest_batch(who=system("ingest command"), project=team.project, route="file", items=items)
    assert AuditEntry.objects.get(verb="trace.ingest").actor_kind == "system"


def test_a_body_that_is_no_file_of_traces_is_given_up_with_one_word_and_what_was_sound_stays(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HOPELESS", 1_000)
    monkeypatch.setattr(module, "CHUNK", 100)
    report = deliver(team, lines(record()) + b"\n" + b'{"a":1}\n' * 5_000)
    assert counts(report) == (1, 0, 0, 1_099 + 1)
    assert Refusal.objects.filter(code="rest_not_read").count() == 1
    assert Trace.objects.count() == 1


def test_a_file_with_many_bad_rows_among_good_ones_is_read_to_its_end(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HOPELESS", 10)
    monkeypatch.setattr(module, "CHUNK", 5)
    good = [record(trace_id=f"{number:032x}", request_id=f"r{number}") for number in range(1, 9)]
    assert counts(deliver(team, lines(*good, *[b"{}"] * 60))) == (8, 0, 0, 60)
