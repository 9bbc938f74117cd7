"""What the validators do is the project's choice: marked or left out, always counted, and decided anew when the choice changes."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, transaction

from core import embedding
from core.errors import PermissionRefused, Refused
from curation.actions.recheck import stale_count
from curation.actions.set_checks import set_checks
from curation.models import ConversationVersion, CurationState, Drop, Flag
from curation.pipeline import run_curation
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]


@pytest.fixture(autouse=True)
def without_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)


@pytest.fixture
def versions(team: Team, settle_at_once: None) -> list[ConversationVersion]:
    """One that is sound, one whose arithmetic is wrong."""
    return arrive(team, ("A", long_answer(1)), ("What is 6 times 7?", "It is 6*7 = 43."))


def reason(version: ConversationVersion) -> str:
    return CurationState.objects.get(version=version).drop_reason


def test_a_finding_is_marked_with_its_place_and_nothing_is_left_out_for_it(
    team: Team, versions: list[ConversationVersion]
) -> None:
    assert run_curation(team.project).counts == {"versions": 2, "kept": 2}
    flag = Flag.objects.get()
    assert (flag.version_id, flag.validator) == (versions[1].pk, "wrong_arithmetic")
    assert flag.detail == {
        "count": 1,
        "places": [{"message": 1, "part": 0, "start": 6, "end": 14, "what": "wrong_equation", "left": "6*7",
                    "stated": "43", "exact": "42"}],
    }  # fmt: skip


def test_a_choice_to_drop_leaves_it_out_and_taking_it_back_brings_it_back(
    team: Team, versions: list[ConversationVersion]
) -> None:
    run_curation(team.project)
    set_checks(who=team.lead, project=team.project, effects={"wrong_arithmetic": "drop"})
    assert stale_count(team.project) == 2
    assert run_curation(team.project).counts == {"versions": 2, "kept": 1, "wrong_arithmetic": 1}
    drop = Drop.objects.get(reason="wrong_arithmetic")
    assert (drop.step, drop.version_id, drop.detail["count"]) == ("validated", versions[1].pk, 1)
    arrive(team, ("And 2 times 2?", "It is 2*2 = 5."))
    assert run_curation(team.project).counts["wrong_arithmetic"] == 2
    set_checks(who=team.lead, project=team.project, effects={"wrong_arithmetic": "flag"})
    assert run_curation(team.project).counts == {"versions": 3, "kept": 3}
    assert stale_count(team.project) == 0


def test_a_reason_that_came_before_stands(team: Team) -> None:
    (version,) = arrive(team, ("What is 6 times 7?", "It is 6*7 = 43."), training_use="denied")
    set_checks(who=team.lead, project=team.project, effects={"wrong_arithmetic": "drop"})
    run_curation(team.project)
    assert reason(version) == "training_denied"
    set_checks(who=team.lead, project=team.project, effects={"wrong_arithmetic": "off"})
    run_curation(team.project)
    assert reason(version) == "training_denied"


def test_a_twin_of_what_is_left_out_does_not_stand_in_its_place(team: Team) -> None:
    said = ("What is 6 times 7?", "It is 6*7 = 43.")
    arrive(team, said, said)
    run_curation(team.project)
    set_checks(who=team.lead, project=team.project, effects={"wrong_arithmetic": "drop"})
    assert run_curation(team.project).counts == {"versions": 2, "wrong_arithmetic": 2}


def test_the_choice_is_a_lead_s_and_has_to_say_something_new(team: Team) -> None:
    with pytest.raises(PermissionRefused):
        set_checks(who=team.engineer, project=team.project, effects={"cut_off": "drop"})
    with pytest.raises(Refused, match="no validator"):
        set_checks(who=team.lead, project=team.project, effects={"gossip": "drop"})
    with pytest.raises(Refused, match="already"):
        set_checks(who=team.lead, project=team.project, effects={"cut_off": "flag"})
    assert set_checks(who=team.lead, project=team.project, effects={"cut_off": "drop"}).number == 2


@pytest.mark.usefixtures("versions")
def test_a_mark_is_never_changed_or_removed(team: Team) -> None:
    run_curation(team.project)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Flag.objects.update(validator="x")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Flag.objects.all().delete()


def test_score_and_templates_are_measured_with_it(team: Team) -> None:
    one, other = arrive(team, ("Tom has 3 apples?", "Yes, 3."), ("Tom has 44 apples?", "Yes, 44."))
    run_curation(team.project)
    states = [CurationState.objects.get(version=version) for version in (one, other)]
    assert states[0].question_template == states[1].question_template != ""
    assert states[0].answer_template == states[1].answer_template != ""
    assert [state.difficulty_score for state in states] == [0.0, 0.0]
