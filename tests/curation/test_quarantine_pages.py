"""The pages of the quarantine and of red-team corpora: sets, progress, both sides of a hit, rulings, and a warning first."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core import embedding
from curation.actions.quarantine import SetFacts, publish_quarantine
from curation.actions.red_team import CorpusFacts, RedTeamEntry, publish_corpus
from curation.held_out_files import QuarantineEntry
from curation.models import Asset, QuarantineItem, QuarantineSet, Screening
from curation.pipeline import run_curation
from curation.side_by_side import shared
from curation.station import half_cleared
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer
from tests.curation.test_containment import QUESTION
from tests.curation.test_red_team import BREAD, LOCK

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]


@pytest.fixture(autouse=True)
def without_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)


def hold_out(team: Team, text: str = QUESTION) -> None:
    publish_quarantine(
        who=team.lead, project=team.project, items=[QuarantineEntry("exam", text[:9], text)],
        facts=SetFacts("benchmark", "MIT", "our desk"),
    )  # fmt: skip


def at(team: Team, path: str) -> str:
    return f"/p/{team.project.slug}/curation/{path}"


def page(team: Team, path: str, who: object = None) -> str:
    response = team.client(who or team.lead).get(at(team, path))  # type: ignore[arg-type]
    assert response.status_code == 200
    return response.content.decode()


def test_a_set_shows_its_origin_and_the_version_its_counts(team: Team) -> None:
    hold_out(team)
    arrive(team, (f"Well. {QUESTION}", "18."), ("B", long_answer(2)))
    run_curation(team.project)
    text = page(team, "quarantine/")
    for said in ("exam", "Public test set", "MIT", "our desk", team.lead.name, "Version 2"):
        assert said in text
    assert "Screening against version" not in text


def test_progress_is_shown_while_conversations_wait(team: Team) -> None:
    arrive(team, ("A", long_answer(1)), ("B", long_answer(2)))
    run_curation(team.project)
    hold_out(team)
    text = page(team, "quarantine/")
    assert "Screening against version 2" in text
    assert "2 conversations are still to be screened; what is caught is shown here." in text
    part = (
        team.client(team.lead).get(at(team, "quarantine/"), headers={"HX-Request": "true"}).content.decode()
    )
    assert "every 2s" in part
    assert "<html" not in part
    run_curation(team.project)
    done = (
        team.client(team.lead).get(at(team, "quarantine/"), headers={"HX-Request": "true"}).content.decode()
    )
    assert "every 2s" not in done
    assert "Nothing was caught by this version; 2 were screened." in page(team, "quarantine/")


def test_items_can_be_pasted_and_come_with_their_origin(team: Team) -> None:
    said = {"set_name": "desk", "pasted": "First prompt\nSecond prompt", "role": "canary", "licence": "own"}
    team.client(team.lead).post(at(team, "quarantine/"), said)
    assert QuarantineItem.objects.count() == 2
    assert QuarantineSet.objects.get().role == "canary"


def test_a_hit_is_marked_on_both_sides_and_cleared_by_hand(team: Team) -> None:
    hold_out(team)
    arrive(team, (f"Well. {QUESTION.replace('Janet', 'Olga')}", "18."))
    run_curation(team.project)
    hit = Screening.objects.get(verdict="hit")
    text = page(team, f"quarantine/{hit.pk}/")
    assert text.count("<mark>") >= 2
    assert "Nobody looked at it yet" in text
    client = team.client(team.lead)
    target = at(team, f"quarantine/{hit.pk}/ruling/")
    one = hit.hits.get()
    short = client.post(target, {"hit": one.pk, "decision": "cleared", "reason": ""}, follow=True)
    assert "Say in a sentence why" in short.content.decode()
    said = {"hit": one.pk, "decision": "cleared", "reason": "A textbook example that everyone knows."}
    assert "A textbook example" in client.post(target, said, follow=True).content.decode()
    run_curation(team.project)
    assert hit.version is not None
    assert hit.version.curation.drop_reason == ""
    assert "Cleared by people" in page(team, "quarantine/")


def test_an_exact_copy_asks_a_second_lead(team: Team) -> None:
    hold_out(team)
    arrive(team, (QUESTION, "18."))
    run_curation(team.project)
    hit = Screening.objects.get(verdict="hit")
    target, one = at(team, f"quarantine/{hit.pk}/ruling/"), hit.hits.get()
    reason = "It is the first question of every textbook."
    first = team.client(team.lead).post(
        target, {"hit": one.pk, "decision": "cleared", "reason": reason}, follow=True
    )
    assert "waits for a second person" in first.content.decode()
    assert "Agree: it may be trained on" not in first.content.decode()
    assert "Agree: it may be trained on" in page(team, f"quarantine/{hit.pk}/", team.second_lead)
    assert f"/quarantine/{hit.pk}/?look=second" in page(team, "quarantine/?look=second", team.second_lead)
    assert [one.count for one in half_cleared(team.project, team.second_lead)] == [1]
    assert not list(half_cleared(team.project, team.lead))
    team.client(team.second_lead).post(target, {"hit": one.pk, "decision": "second"})
    hit.refresh_from_db()
    assert hit.verdict == "clean"
    assert "No clearing waits" in page(team, "quarantine/?look=second")
    assert team.client(team.engineer).post(target, {"hit": one.pk, "decision": "second"}).status_code == 403


def test_hits_are_walked_from_one_to_the_next_and_those_looked_at_leave_the_open_list(team: Team) -> None:
    hold_out(team)
    arrive(team, (f"Well. {QUESTION}", "18."), (f"Now then. {QUESTION}", "18, or so."))
    run_curation(team.project)
    newer, older = Screening.objects.filter(verdict="hit").order_by("-pk")
    assert f"/quarantine/{older.pk}/?set=&amp;look=open" in page(team, f"quarantine/{newer.pk}/?look=open")
    assert 'rel="prev"' not in page(team, f"quarantine/{newer.pk}/?look=open")
    said = {"hit": newer.hits.get().pk, "decision": "confirmed"}
    answer = team.client(team.lead).post(at(team, f"quarantine/{newer.pk}/ruling/?look=open"), said)
    assert answer["Location"].endswith("&look=open")
    left = page(team, "quarantine/?look=open")
    assert f"/quarantine/{older.pk}/" in left
    assert f"/quarantine/{newer.pk}/" not in left
    assert "looked at" in page(team, "quarantine/")


def test_shared_words_are_marked_through_a_disguise() -> None:
    pieces = shared("Say: J\u0430net\u2019s ducks lay 16 eggs per d\u0430y, or so", QUESTION)
    assert [piece.text for piece in pieces if piece.marked] == [
        "J\u0430net\u2019s ducks lay 16 eggs per d\u0430y"
    ]
    assert "".join(piece.text for piece in pieces).startswith("Say: ")


def corpus(team: Team) -> int:
    entries = [RedTeamEntry("a", LOCK, "train_refusal", "illegal"), RedTeamEntry("b", BREAD, "eval_only")]
    facts = CorpusFacts("MIT", "desk", "Asks how to break in.")
    return publish_corpus(
        who=team.lead, project=team.project, name="attacks", entries=entries, facts=facts
    ).pk


def test_the_content_of_a_corpus_is_shown_after_its_warning(team: Team) -> None:
    key = corpus(team)
    text = page(team, f"red-team/{key}/")
    assert "Asks how to break in." in text
    assert "Disjoint" in text
    assert "pick the lock" not in text
    assert "pick the lock" in page(team, f"red-team/{key}/?show=1")


def test_a_broken_proof_names_the_pair(team: Team) -> None:
    key = corpus(team)
    hold_out(team, LOCK)
    assert "Stale" in page(team, "red-team/")
    run_curation(team.project)
    assert "Roles overlap" in page(team, "red-team/")
    assert "quarantine/exam/Explain i" in page(team, f"red-team/{key}/")


def test_a_corpus_is_published_by_file_or_refused_with_the_pair(team: Team) -> None:
    assert "No corpus yet" in page(team, "red-team/")
    client, address = team.client(team.lead), at(team, "red-team/publish/")
    good = SimpleUploadedFile("a.csv", f'id,prompt\n1,"{LOCK}"\n'.encode())
    answer = client.post(address, {"name": "attacks", "file": good, "role": "train_refusal"}, follow=True)
    assert "Version 1 is in force" in answer.content.decode()
    bad = SimpleUploadedFile(
        "a.csv", f'id,prompt,role\n1,"{LOCK}",train_refusal\n2,"{LOCK} Now!",eval_only\n'.encode()
    )
    answer = client.post(address, {"name": "attacks", "file": bad}, follow=True)
    assert "train_refusal/1 ~ eval_only/2" in answer.content.decode()
    assert Asset.objects.get(kind="red_team").versions.count() == 1
    assert team.client(team.engineer).post(address, {"name": "x"}).status_code == 403


def test_another_project_sees_none_of_it(team: Team, other_team: Team) -> None:
    key = corpus(team)
    hold_out(team)
    arrive(team, (QUESTION, "18."))
    run_curation(team.project)
    hit = Screening.objects.get(verdict="hit")
    stranger = other_team.client(other_team.lead)
    assert stranger.get(at(other_team, f"red-team/{key}/")).status_code == 404
    assert stranger.get(at(other_team, f"quarantine/{hit.pk}/")).status_code == 404
    assert stranger.post(at(other_team, f"quarantine/{hit.pk}/ruling/"), {"hit": 1}).status_code == 404
