"""Near-duplicates end in one star cluster whatever the order, batch or crash; what may be trained on stands for the rest."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction

from curation.actions.read_versions import read_versions
from curation.dedup.merge import merge
from curation.dedup.probe import BANDS, PROBE, probe
from curation.dedup.spec import current_spec
from curation.models import (
    Band,
    Cluster,
    ClusterMember,
    ClusterWork,
    ConversationVersion,
    CurationState,
    DistinctText,
    Drop,
    DuplicateEdge,
    Signature,
)
from tests.conftest import Team
from tests.curation.arrivals import arrive, long_answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("settle_at_once")]


def deduplicate(team: Team, batch: int = 1000) -> None:
    """All stations; what a slow machine let rest (`core.resting`) is asked again."""
    cache.clear()
    while read_versions(team.project, limit=batch):
        pass
    while probe(team.project.pk, limit=batch):
        pass
    while merge(team.project.pk, limit=batch):
        pass


def state(version: ConversationVersion) -> CurationState:
    return CurationState.objects.select_related("cluster").get(version=version)


def edited(text: str, place: int = 60) -> str:
    words = text.split()
    words[place] = "edited"
    return " ".join(words)


def test_an_edited_copy_joins_the_cluster_and_is_left_out_with_its_reason(team: Team) -> None:
    text = long_answer(1)
    first, copy, other = arrive(
        team, ("Q one?", text), ("Q one?", edited(text)), ("Something else", long_answer(2))
    )
    deduplicate(team)
    assert state(first).cluster == state(copy).cluster != state(other).cluster
    kept, dropped = sorted([state(first), state(copy)], key=lambda one: one.drop_reason)
    assert (kept.drop_reason, kept.is_representative) == ("", True)
    assert (dropped.drop_reason, dropped.is_representative) == ("near_duplicate", False)
    drop = Drop.objects.get(version_id=dropped.version_id)
    assert drop.reason == "near_duplicate"
    assert drop.detail["jaccard"] >= 0.8


def test_exact_twins_differ_in_case_and_blanks_at_most_and_fill_no_bucket(team: Team) -> None:
    text = long_answer(3)
    versions = arrive(team, ("Q?", text), ("q", text.upper()), ("Q ?", text.replace(" ", "  ")))
    deduplicate(team)
    assert sorted(state(one).drop_reason for one in versions) == ["", "exact_duplicate", "exact_duplicate"]
    whole = DistinctText.objects.get(view="whole")
    assert Signature.objects.filter(text=whole).count() == 3
    assert Band.objects.filter(text=whole).count() == 1


def test_the_same_documents_give_the_same_clusters_in_any_order_and_batch(
    team: Team, other_team: Team
) -> None:
    texts = [
        (f"Q {seed}", answer)
        for seed in range(4, 9)
        for answer in (long_answer(seed), edited(long_answer(seed)))
    ]
    arrive(team, *texts)
    deduplicate(team)
    for text in reversed(texts):
        arrive(other_team, text)
        deduplicate(other_team, batch=1)
    assert partition(team) == partition(other_team)


def partition(team: Team) -> set[tuple[str, ...]]:
    """Clusters as sets of prompts and answers, representative first."""
    found = set()
    for cluster in Cluster.objects.filter(project=team.project, view="whole").select_related(
        "representative"
    ):
        members = [
            (m.version.prompt_preview, m.version.answer_preview)
            for m in cluster.members.select_related("version")
        ]
        first = cluster.representative
        found.add((first.prompt_preview + first.answer_preview, *sorted(p + a for p, a in members)))
        assert cluster.size == len(members)
    return found


def test_projects_never_share_a_cluster(team: Team, other_team: Team) -> None:
    text = long_answer(10)
    (mine,), (theirs,) = arrive(team, ("Q", text)), arrive(other_team, ("Q", text))
    deduplicate(team)
    deduplicate(other_team)
    assert state(mine).drop_reason == state(theirs).drop_reason == ""
    assert not DuplicateEdge.objects.exists()


def test_what_may_not_be_trained_on_never_stands_for_what_may(team: Team) -> None:
    text = long_answer(11)
    (denied,) = arrive(team, ("A question with a few more words", text), training_use="denied")
    (allowed,) = arrive(team, ("A question", text))
    deduplicate(team)
    assert state(allowed).cluster == state(denied).cluster
    assert (state(denied).drop_reason, state(denied).is_representative) == ("training_denied", False)
    assert (state(allowed).drop_reason, state(allowed).is_representative) == ("", True)


def test_repeating_after_a_crash_between_publish_and_probe_changes_nothing(team: Team) -> None:
    text = long_answer(12)
    arrive(team, ("Q", text), ("Q", edited(text)))
    deduplicate(team)
    before = partition(team)
    edges = DuplicateEdge.objects.count()
    ClusterWork.objects.bulk_create(
        ClusterWork(project=team.project, text=text, stage="probe", fresh=False)
        for text in DistinctText.objects.all()
    )
    deduplicate(team)
    assert partition(team) == before
    assert DuplicateEdge.objects.count() == edges


def test_a_superseded_version_leaves_its_cluster_and_another_takes_its_place(team: Team) -> None:
    text = long_answer(13)
    first, second = arrive(team, ("Q", text), ("Q", edited(text)))
    deduplicate(team)
    stood = first if state(first).is_representative else second
    heir = second if stood is first else first
    CurationState.objects.filter(version=stood).update(step="superseded")
    deduplicate(team)
    assert (state(heir).drop_reason, state(heir).is_representative) == ("", True)
    assert not ClusterMember.objects.filter(version=stood).exists()


def test_every_member_reaches_the_threshold_with_its_representative(team: Team) -> None:
    text = long_answer(14)
    chain = [text]
    for place in range(10, 90, 12):
        chain.append(edited(chain[-1], place))
    arrive(team, *[("Q", one) for one in chain])
    deduplicate(team)
    assert CurationState.objects.filter(drop_reason="").count() > 1
    assert not ClusterMember.objects.filter(jaccard__lt=0.8).exists()


def test_an_edge_is_kept_once_and_in_order(team: Team) -> None:
    text = long_answer(15)
    arrive(team, ("Q", text), ("Q", edited(text)))
    deduplicate(team)
    edge = DuplicateEdge.objects.get(low__view="whole")
    for low, high in ((edge.low, edge.high), (edge.high, edge.low)):
        with pytest.raises(IntegrityError), transaction.atomic():
            DuplicateEdge.objects.create(low=low, high=high, spec=current_spec(), jaccard=1.0)


def test_the_probe_reads_band_keys_by_index(team: Team) -> None:
    arrive(team, *[(f"Q {seed}", long_answer(seed)) for seed in range(20, 60)])
    deduplicate(team)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {PROBE}", [list(DistinctText.objects.values_list("pk", flat=True)[:20])])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert all(f"curation_band_{band}" in plan for band in BANDS)
    assert "Seq Scan" not in plan
