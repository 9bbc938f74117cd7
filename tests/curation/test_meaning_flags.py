"""A question near a held-out item in meaning is flagged for a person, drops nothing by itself, and is answered once."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from core import embedding
from core.errors import PermissionRefused, Refused
from core.vectors import pack
from curation.actions.flag_by_meaning import answer_flag, flag_by_meaning
from curation.actions.quarantine import publish_quarantine
from curation.domain_vectors import model_name
from curation.held_out_files import QuarantineEntry
from curation.meaning import VIEW_TOKENS
from curation.models import ConversationVersion, DomainVector, MeaningCheck, MeaningFlag, QuarantineItem
from curation.pipeline import run_curation
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("settle_at_once"),
    pytest.mark.skipif(not embedding.available(), reason="the embed extra is not installed"),
]
ITEM = "How many apples are left when Tom, who had nine apples, gives four of them to Ann?"
REPHRASED = "Tom had nine apples and gave Ann four of them. How many apples has he left?"
FAR = "Which city is the capital of France?"


@pytest.fixture
def versions(team: Team) -> list[ConversationVersion]:
    found = arrive(team, (REPHRASED, long_answer(1)), (FAR, long_answer(2)))
    run_curation(team.project)
    vectors = pack(embedding.encode([REPHRASED, FAR], max_tokens=VIEW_TOKENS))
    DomainVector.objects.filter(project=team.project).delete()
    DomainVector.objects.bulk_create(
        DomainVector(version=one, project=team.project, model=model_name(), vector=vector)
        for one, vector in zip(found, vectors, strict=True)
    )
    return found


def hold_out(team: Team, key: str, text: str) -> None:
    publish_quarantine(who=team.lead, project=team.project, items=[QuarantineEntry("exam", key, text)])


def test_a_rephrased_item_is_flagged_and_stays_until_a_person_says_so(
    team: Team, versions: list[ConversationVersion]
) -> None:
    near, far = versions
    hold_out(team, "1", ITEM)
    assert flag_by_meaning(team.project) == 2
    assert flag_by_meaning(team.project) == 0
    flag = MeaningFlag.objects.get()
    assert (flag.version, flag.item.text) == (near, ITEM)
    run_curation(team.project)
    assert near.curation.drop_reason == ""
    with pytest.raises(PermissionRefused):
        answer_flag(who=team.engineer, flag=flag, answer="same")
    answer_flag(who=team.lead, flag=flag, answer="same")
    held = QuarantineItem.objects.get(set_name="found by meaning").text
    assert held.endswith("How many apples has he left?")
    run_curation(team.project)
    near.curation.refresh_from_db()
    assert near.curation.drop_reason == "quarantined"
    assert far.curation.drop_reason == ""


def test_a_new_version_compares_only_its_new_items(
    team: Team, versions: list[ConversationVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_out(team, "1", FAR + " It is a riddle.")
    flag_by_meaning(team.project)
    hold_out(team, "2", ITEM)
    read: list[int] = []
    real = embedding.encode

    def watched(texts, **options):  # type: ignore[no-untyped-def]
        read.append(len(texts))
        return real(texts, **options)

    monkeypatch.setattr(embedding, "encode", watched)
    assert flag_by_meaning(team.project) == 2
    assert read == [1]
    assert set(MeaningCheck.objects.values_list("number", flat=True)) == {3}


def test_a_flag_is_answered_once(team: Team, versions: list[ConversationVersion]) -> None:
    hold_out(team, "1", ITEM)
    flag_by_meaning(team.project)
    flag = MeaningFlag.objects.select_related("project").get()
    with pytest.raises(Refused, match="same, other"):
        answer_flag(who=team.lead, flag=flag, answer="perhaps")
    answer_flag(who=team.lead, flag=flag, answer="other")
    with pytest.raises(Refused, match="already"):
        answer_flag(who=team.lead, flag=flag, answer="same")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE curation_meaningflag SET answer = 'same' WHERE id = %s", [flag.pk])


def test_without_the_extra_nothing_is_compared_and_the_page_says_so(
    team: Team, versions: list[ConversationVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_out(team, "1", ITEM)
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    assert flag_by_meaning(team.project) == 0
    text = team.client(team.lead).get(f"/p/{team.project.slug}/curation/quarantine/").content.decode()
    assert "Not run" in text


def test_vectors_near_but_below_the_line_are_no_flag(team: Team, versions: list[ConversationVersion]) -> None:
    hold_out(team, "1", "How many pears does a tree bear in a good year?")
    flag_by_meaning(team.project)
    assert not MeaningFlag.objects.exists()
