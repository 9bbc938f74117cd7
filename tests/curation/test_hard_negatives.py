"""Hard negatives are mined once each, capped per stratum and rule, with their proof; the database keeps what they promise."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, ProgrammingError, transaction

from core import embedding
from core.errors import PermissionRefused
from core.jobs.runner import run
from core.models import AuditEntry
from curation.actions.mine_hard_negatives import ask_to_mine, mine_hard_negatives
from curation.actions.set_checks import set_checks
from curation.models import ConversationVersion, CurationState, Feedback, HardNegative, Trace
from curation.pipeline import run_curation
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]


@pytest.fixture(autouse=True)
def without_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Near misses need the model; what finds them is tested in test_near_misses."""
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)


def wrong(team: Team, count: int, first: int = 0) -> list[ConversationVersion]:
    """Answers whose arithmetic does not hold, no two alike."""
    said = [
        (f"Question {n}?", f"{long_answer(n, 40)}. That is {n}+1 = {n + 7}.")
        for n in range(first, first + count)
    ]
    versions = arrive(team, *said)
    run_curation(team.project)
    return versions


def test_an_answer_proved_wrong_is_kept_with_its_proof(team: Team) -> None:
    (version,) = wrong(team, 1, 3)
    mining = mine_hard_negatives(team.project, who=team.lead)
    assert (mining.looked_at, dict(mining.written)) == (1, {"wrong_arithmetic": 1})
    row = HardNegative.objects.get()
    assert (row.rule, row.negative, row.prompt, row.positive, row.margin) == (
        "wrong_arithmetic",
        version,
        version,
        None,
        None,
    )
    assert (row.evidence["left"], row.evidence["stated"], row.evidence["exact"]) == ("3+1", "10", "4")
    assert row.stratum == "unassigned × easy"
    assert AuditEntry.objects.filter(verb="hard_negatives.mine").count() == 1


def test_the_answer_somebody_gave_well_to_the_same_question_is_the_positive(team: Team) -> None:
    bad, good = arrive(
        team, ("What is 6 times 7?", "It is 6*7 = 43."), ("What is 6 times 7?", f"It is 42. {long_answer(2)}")
    )
    Feedback.objects.create(project=team.project, trace=good.trace, rating=1, origin="user")
    run_curation(team.project)
    mine_hard_negatives(team.project)
    row = HardNegative.objects.get()
    assert (row.negative, row.positive) == (bad, good)


def test_a_second_run_finds_the_same_and_keeps_nothing_twice(team: Team) -> None:
    wrong(team, 3)
    mine_hard_negatives(team.project)
    again = mine_hard_negatives(team.project)
    assert (again.found["wrong_arithmetic"], again.written["wrong_arithmetic"]) == (3, 0)
    assert HardNegative.objects.count() == 3


def test_a_stratum_gives_as_many_as_the_cap_however_often_one_asks(team: Team) -> None:
    wrong(team, 5)
    first = mine_hard_negatives(team.project, per_stratum=2)
    assert (first.written["wrong_arithmetic"], first.over_cap["wrong_arithmetic"]) == (2, 3)
    assert mine_hard_negatives(team.project, per_stratum=2).written.total() == 0
    assert mine_hard_negatives(team.project, per_stratum=4).written.total() == 2


def test_a_cluster_gives_one_however_often_one_asks(team: Team) -> None:
    set_checks(who=team.lead, project=team.project, effects={"wrong_arithmetic": "drop"})
    said = f"{long_answer(5, 40)}. That is 3+1 = 10."
    arrive(team, ("Q", said), ("Q", said))
    run_curation(team.project)
    written = [mine_hard_negatives(team.project).written.total() for _ in range(2)]
    assert written == [1, 0]


def test_what_a_validator_left_out_is_looked_at_and_what_may_not_be_trained_on_is_not(team: Team) -> None:
    set_checks(who=team.lead, project=team.project, effects={"wrong_arithmetic": "drop"})
    wrong(team, 2)
    arrive(team, ("Denied?", "It is 1+1 = 3."), training_use="denied")
    run_curation(team.project)
    assert mine_hard_negatives(team.project).looked_at == 2


def test_a_lead_starts_it_in_the_background_and_the_command_does_it_now(team: Team, capsys: Any) -> None:
    wrong(team, 1, 3)
    with pytest.raises(PermissionRefused):
        ask_to_mine(who=team.engineer, project=team.project)
    job = ask_to_mine(who=team.lead, project=team.project)
    run(str(job.pk))
    job.refresh_from_db()
    assert job.result["written"] == {"wrong_arithmetic": 1}
    call_command("hard_negatives", project=team.project.slug)
    assert "1 answers looked at" in capsys.readouterr().out


def test_what_may_no_longer_be_trained_on_is_not_usable(team: Team) -> None:
    first, second = wrong(team, 2)
    mine_hard_negatives(team.project)
    assert HardNegative.objects.usable().count() == 2
    Trace.objects.filter(pk=first.trace_id).update(training_use="denied")
    CurationState.objects.filter(version=second).update(drop_reason="quarantined")
    assert HardNegative.objects.usable().count() == 0
    assert HardNegative.objects.count() == 2


@pytest.fixture
def pair(team: Team) -> list[ConversationVersion]:
    return arrive(team, ("A", long_answer(1)), ("B", long_answer(2)))


def row(team: Team, pair: list[ConversationVersion], **changes: Any) -> dict[str, Any]:
    """A near miss that holds, with changes."""
    one, other = pair
    return {"project": team.project, "rule": "near_miss", "prompt": one, "negative": other, "positive": one,
            "margin": 0.05, "stratum": "x", **changes}  # fmt: skip


def test_a_near_miss_and_a_proved_one_can_be_kept(team: Team, pair: list[ConversationVersion]) -> None:
    HardNegative.objects.create(**row(team, pair))
    HardNegative.objects.create(
        **row(
            team,
            pair,
            rule="failed_tool",
            negative=pair[0],
            positive=None,
            margin=None,
            evidence={"tool": "x"},
        )
    )
    assert HardNegative.objects.count() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "gossip"},
        {"margin": None},
        {"margin": -0.1},
        {"positive": None},
        {"negative": "prompt"},
        {"rule": "failed_tool"},
        {"rule": "failed_tool", "negative": "prompt", "positive": None, "margin": None, "evidence": {}},
        {
            "rule": "failed_tool",
            "negative": "prompt",
            "margin": None,
            "evidence": {"tool": "x"},
            "positive": "prompt",
        },
    ],
)
def test_a_row_without_its_proof_is_refused_by_the_database(
    team: Team, pair: list[ConversationVersion], changes: dict[str, Any]
) -> None:
    meant = {name: pair[0] if value == "prompt" else value for name, value in changes.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        HardNegative.objects.create(**row(team, pair, **meant))


def test_another_project_s_answer_is_refused_and_rows_never_change(
    team: Team, other_team: Team, pair: list[ConversationVersion]
) -> None:
    (foreign,) = arrive(other_team, ("C", long_answer(3)))
    with pytest.raises(DatabaseError), transaction.atomic():
        HardNegative.objects.create(**row(team, pair, negative=foreign))
    HardNegative.objects.create(**row(team, pair))
    with pytest.raises(IntegrityError), transaction.atomic():
        HardNegative.objects.create(**row(team, pair))
    with pytest.raises(ProgrammingError), transaction.atomic():
        HardNegative.objects.update(margin=0.5)
