"""The pipeline takes everything to an end, counts what it leaves out, and can be run again and again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from core import embedding
from core.errors import Refused
from curation.actions import read_versions
from curation.actions.backlog import open_item
from curation.actions.label import correct_label
from curation.actions.quarantine import QuarantineEntry, publish_quarantine
from curation.actions.screening import Content, current_quarantine, screen_contents
from curation.kinds import Kind, kind_of
from curation.models import CurationState, Drop, LabelRevision, Screening
from curation.pipeline import report_on, run_curation
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_containment import QUESTION

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]


@pytest.fixture(autouse=True)
def without_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without the extra: the model takes half a minute to load and is tested elsewhere."""
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)


def state(version: Any) -> CurationState:
    return CurationState.objects.get(version=version)


def quarantine(team: Team, text: str, key: str = "1") -> None:
    publish_quarantine(who=team.lead, project=team.project, items=[QuarantineEntry("set", key, text)])


def test_every_version_ends_with_a_reason_or_without_one_and_the_counts_add_up(team: Team) -> None:
    quarantine(team, QUESTION)
    arrive(
        team,
        ("A", long_answer(1)),
        ("A", long_answer(1)),
        ("B", None),
        (QUESTION, "18 dollars."),
        ("...", "!?"),
    )
    arrive(team, ("C", long_answer(2)), training_use="denied")
    arrive(team, ("D", long_answer(3)), training_use="unknown")
    report = run_curation(team.project)
    assert report.counts == {
        "versions": 7, "kept": 1, "empty": 1, "exact_duplicate": 1, "no_answer": 1, "quarantined": 1, "training_denied": 1,
        "training_unknown": 1,
    }  # fmt: skip
    assert set(Drop.objects.values_list("reason", flat=True)) == set(report.counts) - {"versions", "kept"}
    assert not CurationState.objects.exclude(step="done").exists()


def test_what_breaks_a_step_is_left_out_with_a_reason_and_the_rest_goes_on(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(team, ("A", long_answer(1)), ("breaks it", long_answer(2)), ("C", long_answer(3)))

    def brittle(conversation: Any) -> Kind:
        if "breaks it" in str(conversation["messages"]):
            raise ValueError("no such kind")
        return kind_of(conversation)

    monkeypatch.setattr(read_versions, "kind_of", brittle)
    assert run_curation(team.project).counts == {"versions": 3, "kept": 2, "unreadable": 1}


def test_running_again_changes_nothing(team: Team) -> None:
    arrive(team, ("A", long_answer(1)), ("B", long_answer(2)))
    first = run_curation(team.project)
    labels = LabelRevision.objects.count()
    assert run_curation(team.project).counts == first.counts
    assert LabelRevision.objects.count() == labels


def test_without_the_extra_domains_are_unassigned_and_say_why(team: Team) -> None:
    (version,) = arrive(team, ("A", long_answer(1)))
    assert run_curation(team.project).embedded is False
    assert state(version).domain == "unassigned"
    label = LabelRevision.objects.get(version=version, axis="domain")
    assert (label.value, label.source) == ("unassigned", "embed extra not installed")


def test_what_was_measured_stands_on_the_state(team: Team) -> None:
    (version,) = arrive(
        team,
        ("How do I read a file in this language?", "Which file do you mean, and could you share its path?"),
    )
    run_curation(team.project)
    found = state(version)
    assert (found.kind, found.difficulty, found.language) == ("clarification", "easy", "en")


def test_a_new_quarantine_version_makes_screenings_stale_and_screens_again(team: Team) -> None:
    (version, other) = arrive(team, (QUESTION, "18 dollars."), ("B", long_answer(2)))
    run_curation(team.project)
    assert state(version).drop_reason == ""
    before = current_quarantine(team.project)
    quarantine(team, QUESTION)
    after = current_quarantine(team.project)
    assert after.number == before.number + 1
    run_curation(team.project)
    assert (state(version).drop_reason, state(other).drop_reason) == ("quarantined", "")
    verdicts = dict(Screening.objects.filter(quarantine=after).values_list("version_id", "verdict"))
    assert verdicts == {version.pk: "hit", other.pk: "clean"}
    hit = Screening.objects.get(quarantine=after, verdict="hit")
    assert hit.item is not None
    assert hit.item.text == QUESTION
    assert "Janet" not in str(hit.evidence)


def test_a_quarantined_representative_hands_over_to_a_version_that_may_be_trained_on(team: Team) -> None:
    answer = long_answer(5, words=260)
    arrive(team, (QUESTION, answer), ("Something short", answer))
    quarantine(team, QUESTION)
    report = run_curation(team.project)
    assert report.counts["kept"] == 1
    assert report.counts["quarantined"] == 1


def test_a_person_s_label_is_never_overtaken_by_the_product_s(team: Team) -> None:
    (version,) = arrive(team, ("A", long_answer(1)))
    run_curation(team.project)
    correct_label(who=team.lead, version=version, axis="domain", value="harvest")
    CurationState.objects.filter(version=version).update(step="clustered")
    run_curation(team.project)
    assert state(version).domain == "harvest"
    assert list(
        LabelRevision.objects.filter(version=version, axis="domain")
        .order_by("number")
        .values_list("value", flat=True)
    ) == [
        "unassigned",
        "harvest",
    ]


@pytest.mark.parametrize("value", ["unassigned", "law × hard", "a\0b"])
def test_what_names_no_domain_is_nobody_s_word(team: Team, value: str) -> None:
    (version,) = arrive(team, ("A", long_answer(1)))
    run_curation(team.project)
    with pytest.raises(Refused, match="no value of domain"):
        correct_label(who=team.lead, version=version, axis="domain", value=value)


def test_what_a_person_said_of_a_member_stays_when_it_is_sorted_again(team: Team) -> None:
    versions = arrive(team, ("A", long_answer(1)), ("A", long_answer(1)))
    run_curation(team.project)
    member = next(one for one in versions if not state(one).is_representative)
    correct_label(who=team.lead, version=member, axis="domain", value="harvest")
    CurationState.objects.filter(version=member).update(step="clustered")
    run_curation(team.project)
    assert state(member).domain == "harvest"


def test_what_a_person_said_before_a_version_is_read_holds_on_every_axis(team: Team) -> None:
    (version,) = arrive(team, ("A", long_answer(1)))
    said = {"domain": "harvest", "difficulty": "hard", "kind": "rag", "language": "nl"}
    for axis, value in said.items():
        correct_label(who=team.lead, version=version, axis=axis, value=value)
    run_curation(team.project)
    assert {axis: getattr(state(version), axis) for axis in said} == said


def test_contents_are_screened_once_and_named_by_their_hash(team: Team) -> None:
    quarantine(team, QUESTION)
    contents = [
        Content("a" * 64, [QUESTION, "18"]),
        Content("b" * 64, ["An ordinary question?", "An answer."]),
    ]
    assert screen_contents(project=team.project, contents=contents) == {"a" * 64: "hit", "b" * 64: "clean"}
    assert screen_contents(project=team.project, contents=contents) == {"a" * 64: "hit", "b" * 64: "clean"}
    assert Screening.objects.count() == 2


def test_proofs_drops_and_labels_cannot_be_changed_by_the_app(team: Team) -> None:
    quarantine(team, QUESTION)
    arrive(team, (QUESTION, "18"), ("A", long_answer(1)))
    run_curation(team.project)
    for table in ("curation_screening", "curation_drop", "curation_labelrevision", "curation_quarantineitem"):
        for attack in (f"UPDATE {table} SET project_id = project_id", f"DELETE FROM {table}"):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(attack)


def test_one_project_s_curation_leaves_another_s_alone(team: Team, other_team: Team) -> None:
    arrive(team, ("A", long_answer(1)))
    (theirs,) = arrive(other_team, ("A", long_answer(1)))
    run_curation(team.project)
    assert state(theirs).step == "pending"
    assert report_on(other_team.project).counts == {"versions": 1, "pending": 1}
    open_item(who=team.lead, project=team.project, reason="other", citation="c1")
