"""Strata over the API and on their pages: the same acts, for those whose role carries them, in their own project."""

from __future__ import annotations

from typing import Any

import pytest

from core import embedding
from curation.actions.mine_hard_negatives import mine_hard_negatives
from curation.models import ConversationVersion, CurationState, LabelRevision
from curation.pipeline import run_curation
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]
QUOTAS = {"total": 4, "weights": {"unassigned × easy": 1, "law × hard": 1}}


@pytest.fixture(autouse=True)
def without_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)


@pytest.fixture
def versions(team: Team, settle_at_once: None) -> list[ConversationVersion]:
    made = arrive(team, ("A", long_answer(1)), ("B", long_answer(2)), ("6 times 7?", "It is 6*7 = 43."))
    run_curation(team.project)
    return made


def call(team: Team, method: str, path: str, body: Any = None, who: Any = None) -> Any:
    client = team.client(who or team.lead)
    return getattr(client, method)(
        f"/api/v1/projects/{team.project.slug}/{path}", body, content_type="application/json"
    )


@pytest.mark.usefixtures("versions")
def test_quotas_say_what_is_asked_and_given(team: Team) -> None:
    assert call(team, "get", "quotas").status_code == 404
    drawn = call(team, "post", "quotas/draw", QUOTAS).json()
    assert (drawn["given"], drawn["short"], len(drawn["versions"])) == (2, 2, 2)
    assert drawn["report"] == [
        {"stratum": "law × hard", "asked": 2, "available": 0, "given": 0, "why": "none_there"},
        {"stratum": "unassigned × easy", "asked": 2, "available": 3, "given": 2, "why": "met"},
    ]
    assert call(team, "post", "quotas", QUOTAS).status_code == 201
    assert call(team, "get", "quotas").json() == drawn
    assert call(team, "post", "quotas", {"total": 1, "weights": {}}).status_code == 409
    assert call(team, "post", "quotas", QUOTAS, team.engineer).status_code == 403


@pytest.mark.parametrize("part", [{"seed": 2**70}, {"total": 2**70}, {"weights": {"a × b": 1e300}}])
def test_a_number_that_no_reader_of_json_keeps_is_refused(team: Team, part: dict[str, Any]) -> None:
    assert call(team, "post", "quotas", {**QUOTAS, **part}).status_code == 409


def test_a_label_is_corrected_in_one_s_own_project_only(
    team: Team, other_team: Team, versions: list[ConversationVersion]
) -> None:
    said = {"version": str(versions[0].pk), "axis": "domain", "value": "law"}
    assert call(team, "post", "labels", said).status_code == 201
    assert LabelRevision.objects.filter(version=versions[0], author=team.lead, value="law").count() == 1
    assert CurationState.objects.get(version=versions[0]).domain == "law"
    assert call(other_team, "post", "labels", said).status_code == 404
    assert call(team, "post", "labels", {**said, "axis": "kind"}).status_code == 409
    assert call(team, "post", "labels", said, team.engineer).status_code == 403


def test_checks_are_read_and_set(team: Team) -> None:
    assert set(call(team, "get", "checks").json()["effects"].values()) == {"flag"}
    answer = call(team, "post", "checks", {"effects": {"cut_off": "drop"}}).json()
    assert (answer["number"], answer["effects"]["cut_off"], answer["effects"]["bad_roles"]) == (
        2,
        "drop",
        "flag",
    )
    assert call(team, "post", "checks", {"effects": {"gossip": "drop"}}).status_code == 409


def test_difficulty_is_calibrated_or_says_why_not(team: Team) -> None:
    assert call(team, "get", "difficulty").status_code == 404
    answer = call(team, "post", "difficulty").json()
    assert (answer["number"], answer["body"]["calibrated"], answer["body"]["why"]) == (1, False, "too_few")
    assert call(team, "get", "difficulty").json() == answer


def test_a_taxonomy_that_is_not_there_yet_cannot_be_edited(team: Team) -> None:
    assert call(team, "get", "taxonomy").json() == {"number": None, "domains": [], "report": None}
    refused = call(team, "post", "taxonomy", {"edit": "rename", "name": "a", "new": "b"})
    assert (refused.status_code, refused.json()["title"]) == (409, "no taxonomy")


def test_hard_negatives_are_listed_and_looked_for(team: Team, versions: list[ConversationVersion]) -> None:
    assert call(team, "post", "hard-negatives", {}).status_code == 202
    mine_hard_negatives(team.project)
    (found,) = call(team, "get", "hard-negatives?rule=wrong_arithmetic").json()["results"]
    assert (found["negative"], found["evidence"]["exact"]) == (str(versions[2].pk), "42")
    assert call(team, "get", "hard-negatives?rule=near_miss").json()["results"] == []


def page(team: Team, path: str, who: Any = None) -> str:
    answer = team.client(who or team.lead).get(f"/p/{team.project.slug}/curation/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


PAGES = ("checks/", "labels/", "taxonomy/", "quotas/", "hard-negatives/", "difficulty/")


def test_empty_pages_say_what_belongs_there(team: Team) -> None:
    said = [page(team, path) for path in PAGES]
    wanted = (
        "Roles out of order",
        "Nothing to look at",
        "No domains yet",
        "No strata yet",
        "None yet",
        "Never calibrated",
    )
    assert all(words in text for words, text in zip(wanted, said, strict=True))


@pytest.mark.usefixtures("versions")
def test_filled_pages_show_it_and_only_managers_may_change_it(team: Team) -> None:
    mine_hard_negatives(team.project)
    client, base = team.client(team.lead), f"/p/{team.project.slug}/curation"
    assert "6*7 = 42, not 43" in page(team, "checks/")
    assert "6*7 = 42" in page(team, "hard-negatives/")
    form = {"total": "2", "weight:unassigned × easy": "1", "seed": "3"}
    answer = client.post(f"{base}/quotas/choice/", form, follow=True).content.decode()
    assert "2 of 2 asked for can be given" in answer
    bad = client.post(f"{base}/quotas/choice/", {"total": "x"}, follow=True).content.decode()
    assert "Quotas are numbers" in bad
    assert (
        "Looked at 0 outcomes" in client.post(f"{base}/difficulty/calibration/", follow=True).content.decode()
    )
    assert "Too few outcomes" in page(team, "difficulty/")
    changed = client.post(f"{base}/checks/choice/", {"cut_off": "drop"}, follow=True).content.decode()
    assert "It holds" in changed
    assert (
        "Looking in the background"
        in client.post(f"{base}/hard-negatives/search/", follow=True).content.decode()
    )
    for path in PAGES:
        page(team, path, team.engineer)
    for path in ("quotas/choice/", "checks/choice/", "difficulty/calibration/", "hard-negatives/search/"):
        assert team.client(team.engineer).post(f"{base}/{path}", {}).status_code == 403
