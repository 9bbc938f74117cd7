"""Calibration reads what real people did, keeps a version every time, and moves levels only where it can be trusted."""

from __future__ import annotations

import pytest

from core import embedding
from core.errors import PermissionRefused
from curation.actions import calibrate_difficulty as action
from curation.actions.calibrate_difficulty import calibrate_difficulty, calibrate_when_due
from curation.actions.label import correct_label
from curation.calibration import DOCUMENTED
from curation.difficulty_levels import project_levels
from curation.models import ConversationVersion, CurationState, Feedback, LabelRevision, Trace
from curation.outcomes import Outcomes, read_outcomes
from curation.pipeline import run_curation
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_calibration import drawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]


@pytest.fixture(autouse=True)
def without_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)


@pytest.fixture
def versions(team: Team) -> list[ConversationVersion]:
    made = arrive(team, *[(f"Question {n}?", long_answer(n)) for n in range(4)])
    run_curation(team.project)
    return made


def rate(version: ConversationVersion, rating: int, *, simulated: bool = False) -> None:
    Feedback.objects.create(
        project=version.project, trace=version.trace, rating=rating, origin="user", simulated=simulated
    )


def test_outcomes_are_what_real_people_did(team: Team, versions: list[ConversationVersion]) -> None:
    rate(versions[0], 1)
    rate(versions[1], -1)
    rate(versions[1], 1)
    rate(versions[2], -1, simulated=True)
    Trace.objects.filter(pk=versions[3].trace_id).update(escalated=True)
    found = read_outcomes(team.project)
    assert dict(found.sources) == {"feedback": 3, "escalated": 1}
    assert sorted(found.trouble) == [False, True, True]


def test_asking_the_same_again_soon_is_trouble(team: Team) -> None:
    first, _ = arrive(team, ("Same?", long_answer(1)), ("Same?", long_answer(2)))
    run_curation(team.project)
    Trace.objects.filter(project=team.project).update(user_key="u")
    Trace.objects.filter(pk=first.trace_id).update(occurred_at="2026-09-01T10:00:00Z")
    Trace.objects.filter(project=team.project).exclude(pk=first.trace_id).update(
        occurred_at="2026-09-01T10:02:00Z"
    )
    assert read_outcomes(team.project).trouble == [True]


def test_too_few_outcomes_are_a_version_that_says_so(team: Team, versions: list[ConversationVersion]) -> None:
    rate(versions[0], 1)
    version = calibrate_difficulty(project=team.project, who=team.lead)
    assert (version.number, version.body["calibrated"], version.body["why"]) == (1, False, "too_few")
    assert (project_levels(team.project.pk).cutoffs, project_levels(team.project.pk).source) == (
        DOCUMENTED,
        "features-1",
    )
    with pytest.raises(PermissionRefused):
        calibrate_difficulty(project=team.project, who=team.engineer)


def test_enough_outcomes_move_the_levels_but_never_a_person_s_word(
    team: Team, versions: list[ConversationVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    CurationState.objects.filter(version__in=versions).update(difficulty_score=3.9, difficulty="medium")
    CurationState.objects.filter(version=versions[3]).update(difficulty_score=9.5)
    correct_label(who=team.lead, version=versions[0], axis="difficulty", value="hard")
    scores, trouble = drawn(0.06)
    monkeypatch.setattr(action, "read_outcomes", lambda project: Outcomes(scores, trouble))
    version = calibrate_difficulty(project=team.project, who=team.lead)
    assert version.body["calibrated"]
    assert version.body["medium_from"] > 3.9
    levels = dict(CurationState.objects.values_list("version_id", "difficulty"))
    assert [levels[one.pk] for one in versions] == ["hard", "easy", "easy", "hard"]
    label = LabelRevision.objects.filter(version=versions[1], axis="difficulty").latest("number")
    assert (label.value, label.source) == ("easy", "difficulty v1")
    (late,) = arrive(team, ("Late?", long_answer(9)))
    run_curation(team.project)
    assert LabelRevision.objects.get(version=late, axis="difficulty").source == "difficulty v1"


def test_it_calibrates_by_itself_once_enough_has_happened(
    team: Team, versions: list[ConversationVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert calibrate_when_due(team.project) is None
    monkeypatch.setattr(action, "cache", _Forgetful())
    monkeypatch.setattr(action, "read_outcomes", lambda project: Outcomes(*drawn(0.06)))
    assert calibrate_when_due(team.project) is not None
    assert calibrate_when_due(team.project) is None


class _Forgetful:
    """A cache in which an hour is over at once."""

    def add(self, key: str, value: int, timeout: int) -> bool:
        return True
