"""A run of new rules over what is stored: next versions where something was caught, every trace once, whatever dies on the way."""

import io
import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Project
from core.errors import NotFound, PermissionRefused, Refused
from core.jobs import Lost, claim, runner
from core.models import Job
from core.privacy import RedactionFailed
from curation.actions import reredact
from curation.actions.ingest_batch import ingest_batch
from curation.actions.reredact import run_reredaction, start_reredaction
from curation.bodies import load, pin, unpacked
from curation.ingest.items import read_records
from curation.ingest.refused import refused_text
from curation.models import (
    BodyErasure,
    ConversationBody,
    ConversationVersion,
    CurationState,
    LabelRevision,
    PinnedBody,
    Refusal,
    Reredacted,
    Reredaction,
    Span,
    Trace,
)
from curation.ruling import refused, rewriting
from tests.conftest import Team
from tests.curation.arrivals import arrive
from tests.curation.records import record
from tests.curation.ruled import CODENAME, miss, reredacted, said

pytestmark = pytest.mark.django_db
ASKED = f"Is {CODENAME} on time?"


@pytest.fixture(autouse=True)
def _at_once(settle_at_once: None) -> None:
    """Traces settle on arrival."""


def spans_of(team: Team) -> str:
    """Everything in the stored spans of the project."""
    return str(
        [
            unpacked(body)
            for body in Span.objects.filter(project_id=team.project.pk).values_list("body", flat=True)
        ]
    )


def test_a_caught_conversation_gets_a_next_version_and_the_others_stay(team: Team) -> None:
    held, other = arrive(team, (ASKED, "Yes."), ("Capital of France?", "Paris."))
    patch = miss(team, held).version
    run = reredacted(team)
    assert (run.state, run.seen, run.changed, run.spans, run.failed) == ("done", 2, 1, 1, 0)
    held.trace.refresh_from_db()
    after = held.trace.current
    assert after is not None
    assert (after.number, after.rules_id) == (2, patch.pk)
    assert "[OTHER:" in said(after)
    assert CODENAME not in said(after) + after.prompt_preview
    assert after.redactions == {"other": 1}
    assert CODENAME in said(held)
    other.trace.refresh_from_db()
    assert other.trace.current_id == other.pk
    assert set(CurationState.objects.filter(version__in=[held, after]).values_list("step", flat=True)) == {
        "superseded", "pending",
    }  # fmt: skip


def test_the_diff_names_what_changed_by_kind_and_rule(team: Team) -> None:
    (held,) = arrive(team, (f"{ASKED} {CODENAME}?", "Yes."))
    miss(team, held)
    run = reredacted(team)
    change = Reredacted.objects.get(run=run)
    assert (change.before_id, change.kinds) == (held.pk, {"other": 2})
    assert run.kinds == {"other": 2}
    assert sum(run.by_rule.values()) == 2


def test_spans_no_longer_hold_what_was_missed(team: Team) -> None:
    (held,) = arrive(team, (ASKED, "Yes."))
    assert CODENAME in spans_of(team)
    patch = miss(team, held).version
    reredacted(team)
    assert CODENAME not in spans_of(team)
    assert Span.objects.get(project_id=team.project.pk).rules_id == patch.pk


def test_the_head_of_a_trace_no_longer_holds_what_was_missed(team: Team) -> None:
    (held,) = arrive(team, (ASKED, "Yes."), variant=f"for {CODENAME}", release="2026.1")
    miss(team, held)
    reredacted(team)
    trace = Trace.objects.get(pk=held.trace_id)
    assert CODENAME not in trace.variant
    assert trace.variant.startswith("for [OTHER:")
    assert trace.release == "2026.1"


def test_the_kept_text_of_a_refused_row_is_replaced_too(team: Team) -> None:
    (held,) = arrive(team, (ASKED, "Yes."))
    line = json.dumps(record(request_id="broken") | {"unknown": ASKED}).encode()
    ingest_batch(
        who=team.lead, project=team.project, route="jsonl", items=read_records(io.BytesIO(line), place="t")
    )
    refusal = Refusal.objects.get(project=team.project)
    before = refused_text(refusal)
    assert before is not None
    assert CODENAME in before.text
    patch = miss(team, held).version
    reredacted(team)
    after = refused_text(refusal)
    assert after is not None
    assert CODENAME not in after.text
    assert after.rules_id == patch.pk


def test_a_kept_text_that_the_rules_cannot_finish_goes_and_the_run_ends(team: Team, monkeypatch: Any) -> None:
    (held,) = arrive(team, (ASKED, "Yes."))
    line = json.dumps(record(request_id="broken") | {"unknown": ASKED}).encode()
    ingest_batch(
        who=team.lead, project=team.project, route="jsonl", items=read_records(io.BytesIO(line), place="t")
    )
    miss(team, held)

    def unfinished(*_args: Any, **_options: Any) -> None:
        raise RedactionFailed("inner_NotSettled", "")

    monkeypatch.setattr(refused, "redact", unfinished)
    assert reredacted(team).state == "done"
    kept = refused_text(Refusal.objects.get(project=team.project))
    assert kept is not None
    assert kept.text == ""


def test_a_second_run_changes_nothing(team: Team) -> None:
    (held,) = arrive(team, (ASKED, "Yes."))
    miss(team, held)
    reredacted(team)
    again = reredacted(team)
    assert (again.seen, again.changed) == (1, 0)
    assert ConversationVersion.objects.filter(trace=held.trace).count() == 2


def test_what_a_person_labelled_stays_labelled(team: Team) -> None:
    (held,) = arrive(team, (ASKED, "Yes."))
    for source, author in (("model", None), ("person", team.lead)):
        LabelRevision.objects.create(
            project=team.project, version=held, axis="domain", number=2 if author else 1, value=source, source=source,
            author=author,
        )  # fmt: skip
    miss(team, held)
    run = reredacted(team)
    after = Reredacted.objects.get(run=run).after
    assert list(LabelRevision.objects.filter(version=after).values_list("axis", "value", "author")) == [
        ("domain", "person", team.lead.pk)
    ]


def test_earlier_bodies_stay_unless_a_lead_chooses_to_destroy_them(team: Team) -> None:
    (held,) = arrive(team, (ASKED, "Yes."))
    miss(team, held)
    assert reredacted(team).erased == 0
    assert CODENAME in said(held)
    ConversationVersion.objects.filter(pk=held.pk).update(topic=ASKED)
    run = reredacted(team, erase=True)
    assert run.erased == 1
    with pytest.raises(NotFound):
        load(held)
    held.refresh_from_db()
    assert (held.prompt_preview, held.answer_preview, held.topic) == ("", "", "")
    assert BodyErasure.objects.get(version=held).run == run
    assert not ConversationBody.objects.filter(version_id=held.pk).exists()


def test_a_pinned_copy_is_destroyed_too_and_says_so(team: Team) -> None:
    (held,) = arrive(team, (ASKED, "Yes."))
    pin([held])
    miss(team, held)
    reredacted(team, erase=True)
    assert not PinnedBody.objects.filter(version=held).exists()
    assert BodyErasure.objects.get(version=held).pinned


def test_destroying_takes_a_reason_and_the_right_role(team: Team) -> None:
    with pytest.raises(Refused) as refused:
        start_reredaction(who=team.lead, project=team.project, erase=True)
    assert refused.value.code == "no_reason"
    with pytest.raises(PermissionRefused):
        start_reredaction(who=team.engineer, project=team.project)


def test_a_newer_version_overtakes_a_run_and_its_erasure_is_not_lost(team: Team) -> None:
    held, second = arrive(team, (ASKED, "Yes."), ("Is Amber Falcon late?", "No."))
    miss(team, held)
    first_run = start_reredaction(who=team.lead, project=team.project, erase=True, reason="it was missed")
    miss(team, second, "Amber Falcon")
    run = reredacted(team)
    first_run.refresh_from_db()
    assert (first_run.state, run.state, run.erase, run.erased) == ("overtaken", "done", True, 2)
    runner.run(str(first_run.job_id))
    assert Reredaction.objects.get(pk=first_run.pk).seen == 0


def test_rules_that_move_on_end_a_run_under_the_old_ones(team: Team) -> None:
    held, second = arrive(team, (ASKED, "Yes."), ("Is Amber Falcon late?", "No."))
    miss(team, held)
    run = start_reredaction(who=team.lead, project=team.project)
    miss(team, second, "Amber Falcon")
    runner.run(str(run.job_id))
    run.refresh_from_db()
    assert (run.state, run.seen) == ("overtaken", 0)


def test_a_lost_worker_leaves_whole_batches_and_the_next_goes_on(team: Team, monkeypatch: Any) -> None:
    monkeypatch.setattr(reredact, "BATCH", 2)
    versions = arrive(team, *((f"Is {CODENAME} {number} on time?", "Yes.") for number in range(5)))
    miss(team, versions[0])
    run = start_reredaction(who=team.lead, project=team.project)
    assert run.job is not None
    first = claim(run.job.pk)
    assert first is not None
    taken = reredact._take
    calls: list[object] = []

    def dies(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 4:
            Job.objects.filter(pk=str(run.job_id)).update(attempt=2)
            raise Lost("gone")
        taken(*arguments)

    monkeypatch.setattr(reredact, "_take", dies)
    with pytest.raises(Lost):
        run_reredaction(first)
    run.refresh_from_db()
    assert (run.seen, run.changed) == (2, 2)
    monkeypatch.setattr(reredact, "_take", taken)
    Job.objects.filter(pk=str(run.job_id)).update(state="queued", attempt=1, lease_until=None)
    runner.run(str(run.job_id))
    run.refresh_from_db()
    assert (run.state, run.seen, run.changed) == ("done", 5, 5)
    numbers = ConversationVersion.objects.filter(project=team.project).order_by("trace", "number")
    assert list(numbers.values_list("number", flat=True)) == [1, 2] * 5
    assert Reredacted.objects.filter(run=run).count() == 5


def test_a_trace_that_breaks_is_counted_and_the_others_go_on(team: Team, monkeypatch: Any) -> None:
    versions = arrive(team, *((f"Is {CODENAME} {number} on time?", "Yes.") for number in range(3)))
    miss(team, versions[0])
    rewrite = rewriting.rewrite

    def breaks(run: Any, trace: Any, redactor: Any) -> Any:
        if trace.pk == versions[1].trace_id:
            raise ValueError(CODENAME)
        return rewrite(run, trace, redactor)

    monkeypatch.setattr(reredact, "rewrite", breaks)
    run = reredacted(team)
    assert (run.state, run.seen, run.changed, run.failed) == ("done", 3, 2, 1)


def attack(sql: str, *parameters: Any, role: str = "") -> str:
    """As the app role, or the ingest role; what the database says to it."""
    prepared = f"SET LOCAL ROLE {role or 'winnow_app'}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(prepared)
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            cursor.execute(sql, list(parameters))
        cursor.execute("SET LOCAL ROLE winnow_app")
    return str(refused.value)


def run_of(project: Project, team: Team, **fields: Any) -> Reredaction:
    """A run written past the action."""
    from curation.actions.adopt_rules import current_rules

    return Reredaction.objects.create(
        project=project, rules=current_rules(project.pk), requested_by=team.lead, **fields
    )


def test_a_body_in_use_is_never_destroyed(team: Team, other_team: Team) -> None:
    (held,) = arrive(team, (ASKED, "Yes."))
    run = run_of(team.project, team, erase=True, reason="x")
    call = "SELECT curation_erase_body(%s, %s)"
    assert "permission denied" in attack(call, held.pk, run.pk)
    assert "superseded" in attack(call, held.pk, run.pk, role="winnow_ingest")
    foreign = run_of(other_team.project, other_team, erase=True, reason="x")
    assert "superseded" in attack(call, held.pk, foreign.pk, role="winnow_ingest")
    assert "permission denied" in attack(
        "INSERT INTO curation_bodyerasure (version_id, project_id, run_id, pinned) VALUES (%s, %s, %s, false)",
        held.pk, team.project.pk, run.pk,
    )  # fmt: skip
    assert CODENAME in said(held)


def test_a_superseded_body_needs_a_run_with_erasure(team: Team) -> None:
    (held,) = arrive(team, (ASKED, "Yes."))
    miss(team, held)
    run = reredacted(team)
    assert "superseded" in attack("SELECT curation_erase_body(%s, %s)", held.pk, run.pk, role="winnow_ingest")


def test_a_span_is_replaced_under_newer_rules_only(team: Team) -> None:
    arrive(team, (ASKED, "Yes."))
    span = Span.objects.get(project_id=team.project.pk)
    call = "SELECT curation_reredact_span(%s, %s, %s, %s, 'n', 'x')"
    assert "permission denied" in attack(call, span.day, span.trace_id, span.span_id, span.rules_id)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE winnow_ingest")
        cursor.execute(call, [span.day, span.trace_id, span.span_id, span.rules_id])
        assert cursor.fetchone() == (False,)
        cursor.execute(call, [span.day, span.trace_id, span.span_id, span.rules_id + 1000])
        assert cursor.fetchone() == (False,)
        cursor.execute("RESET ROLE; SET ROLE winnow_app")
    assert Span.objects.get(project_id=team.project.pk).name == span.name


def test_what_a_run_was_asked_for_is_not_rewritten(team: Team) -> None:
    run_of(team.project, team)
    assert attack("UPDATE curation_reredaction SET erase = true, reason = 'x'")
    assert attack("DELETE FROM curation_reredaction")
