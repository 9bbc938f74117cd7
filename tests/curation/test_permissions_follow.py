"""What was read follows the permission to train on it: out when that ends, back in, through the checks, when it comes late."""

from __future__ import annotations

import pytest

from core import embedding
from curation.actions.set_checks import set_checks
from curation.models import ConversationVersion, CurationState, Drop, Trace
from curation.pipeline import run_curation
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]
TEXT = long_answer(90)


@pytest.fixture(autouse=True)
def without_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)


def now(team: Team, version: ConversationVersion, use: str) -> None:
    Trace.objects.filter(current=version).update(training_use=use)
    run_curation(team.project)


def reason(version: ConversationVersion) -> str:
    held = CurationState.objects.get(version=version)
    assert held.step == "done"
    return held.drop_reason


def test_what_may_no_longer_be_trained_on_is_left_out_and_its_twin_takes_its_place(team: Team) -> None:
    versions = arrive(team, ("Q", TEXT), ("Q", TEXT))
    run_curation(team.project)
    first, twin = sorted(versions, key=reason)
    now(team, first, "denied")
    assert (reason(first), reason(twin)) == ("training_denied", "")
    assert Drop.objects.filter(version=first, reason="training_denied", step="permitted").count() == 1
    now(team, first, "unknown")
    assert reason(first) == "training_unknown"


def test_what_may_be_trained_on_after_all_comes_back_through_the_checks(team: Team) -> None:
    set_checks(who=team.lead, project=team.project, effects={"wrong_arithmetic": "drop"})
    said = [("Q", TEXT), ("6 times 7?", "It is 6*7 = 43.")]
    right, wrong = arrive(team, *said, training_use="unknown")
    run_curation(team.project)
    assert {reason(right), reason(wrong)} == {"training_unknown"}
    for version in (right, wrong):
        now(team, version, "allowed")
    assert (reason(right), reason(wrong)) == ("", "wrong_arithmetic")


def test_a_reason_that_stands_before_the_permission_stays(team: Team) -> None:
    (failed,) = arrive(team, ("It fails", None))
    run_curation(team.project)
    now(team, failed, "denied")
    assert reason(failed) == "no_answer"
