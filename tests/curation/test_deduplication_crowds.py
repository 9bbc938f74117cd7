"""Thousands of texts of one template, twins without end, equal band keys by chance: bounded work, and nothing wrong in the end."""

from __future__ import annotations

import random

import numpy as np
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curation.clusters import Document, neighbours, stars
from curation.dedup.merge import merge
from curation.dedup.overlap import overlaps
from curation.dedup.probe import buckets, probe
from curation.dedup.spec import exact_hasher
from curation.dedup.verify import lead, verified
from curation.lsh import band_keys, candidate_pairs
from curation.models import (
    ClusterMember,
    CurationState,
    DistinctText,
    DuplicateEdge,
    StarPlace,
)
from curation.signing.signer import sign
from tests.conftest import Team
from tests.curation.arrivals import WORDS
from tests.curation.written import kept, write

pytestmark = [pytest.mark.django_db, pytest.mark.long]
TEMPLATE = (
    "Dear customer your order number {} has left our hall and will be with you on {} if nothing comes between "
    + " ".join(WORDS)
)


STARS = 3
"""Texts of one weekday are near each other; of two, both blanks differ and they are not."""


def filled(number: int) -> str:
    return TEMPLATE.format(number, ("Monday", "Tuesday", "Friday")[number % 3])


def cluster(team: Team, batch: int = 2000) -> None:
    cache.clear()
    while probe(team.project.pk, limit=batch) + merge(team.project.pk, limit=batch):
        pass


def survivors(texts: list[str], team: Team) -> int:
    """How many stars all texts have when everybody is compared with everybody that shares a band."""
    signed, exact = sign(texts), exact_hasher(team.project.pk)
    sets = {place: signed.shingles(place) for place in range(len(texts))}
    pairs = sorted(candidate_pairs(band_keys(signed.rows, scope="")))
    shared, sizes = overlaps(pairs, sets)
    near = [
        (*pair, 1.0)
        for pair, one, both in zip(pairs, shared, sizes, strict=True)
        if one / (both - one) >= 0.8
    ]
    order = {place: Document(True, len(sets[place]), exact("whole", texts[place])).order() for place in sets}
    return len(
        {centre for centre, _ in stars(sorted(order, key=order.__getitem__), neighbours(near), 0.8).values()}
    )


def assert_every_member_is_near_its_centre(team: Team) -> None:
    places = list(StarPlace.objects.values_list("text_id", "centre_id", "jaccard"))
    stored = {row.pk: np.frombuffer(bytes(row.shingles), "<u4") for row in DistinctText.objects.all()}
    shared, sizes = overlaps([(text, centre) for text, centre, _ in places], stored)
    assert (shared / (sizes - shared) >= 0.8).all()
    assert not {centre for _, centre, _ in places} & {text for text, _, _ in places}


def test_ten_thousand_texts_of_one_template_become_three_clusters_in_bounded_work(team: Team) -> None:
    texts = [filled(number) for number in range(10_000)]
    for start in range(0, len(texts), 2500):
        write(team, texts[start : start + 2500])
        cluster(team)
    assert len(kept(team)) == STARS
    assert_every_member_is_near_its_centre(team)


def test_a_crowd_of_many_stars_keeps_what_unbounded_buckets_keep(team: Team, other_team: Team) -> None:
    choice = random.Random(5)
    texts = []
    for number in range(700):
        words = TEMPLATE.format(number, "Monday").split()
        for _ in range(choice.randrange(0, 8)):
            words[choice.randrange(len(words))] = choice.choice(WORDS)
        texts.append(" ".join(words))
    for one, batch, ordered in ((team, 2000, texts), (other_team, 150, texts[::-1])):
        right = survivors(ordered, one)
        for start in range(0, len(ordered), 350):
            write(one, ordered[start : start + 350])
            cluster(one, batch)
        assert abs(len(kept(one)) - right) <= max(1, round(0.001 * len(texts)))
        assert_every_member_is_near_its_centre(one)
        assert right > 20


def test_a_crowd_that_loses_its_centre_closes_around_another(team: Team) -> None:
    write(team, [filled(number) for number in range(300)])
    cluster(team)
    gone = kept(team)
    CurationState.objects.filter(version_id__in=gone).update(step="superseded", drop_reason="body_retired")
    cluster(team)
    assert len(kept(team)) == STARS
    assert not ClusterMember.objects.filter(version__curation__step="superseded").exists()


def test_a_longer_text_takes_over_a_crowd(team: Team) -> None:
    write(team, [filled(number) for number in range(300)])
    cluster(team)
    (longer,) = write(team, [filled(3) + " again"])
    cluster(team)
    assert longer in kept(team)
    assert len(kept(team)) == STARS
    assert_every_member_is_near_its_centre(team)


def test_a_twin_of_a_large_cluster_writes_its_own_rows_only(team: Team) -> None:
    write(team, [filled(number) for number in range(200)])
    cluster(team)
    before = {row.pk: row.updated_at for row in CurationState.objects.all()}
    (twin,) = write(team, [filled(7)])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        cluster(team)
    changed = {row.pk for row in CurationState.objects.all() if before.get(row.pk) != row.updated_at}
    assert changed <= {twin, *kept(team)}
    assert len(queries) < 80
    assert not DuplicateEdge.objects.filter(jaccard=1.0).exists()


def test_equal_band_keys_of_strangers_are_found_out(team: Team) -> None:
    texts = [" ".join(f"{word}{number}" for word in WORDS) for number in range(3)]
    write(team, texts)
    columns = [f"b{number:02}" for number in range(20)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH gone AS (DELETE FROM curation_band RETURNING *) INSERT INTO curation_band (text_id, {', '.join(columns)})"
            f" SELECT text_id, {', '.join('7' for _ in columns)} FROM gone"
        )
    pairs, crowds = buckets(set(DistinctText.objects.values_list("pk", flat=True)))
    assert (len(pairs), crowds) == (3, [])
    cluster(team)
    assert len(kept(team)) == 3
    assert not DuplicateEdge.objects.exists()


@pytest.mark.parametrize(("shared", "near"), [(8, True), (7, False)])
def test_exactly_the_threshold_is_a_duplicate(team: Team, shared: int, near: bool) -> None:
    """|A ∩ B| = 8 of |A ∪ B| = 10 is 0.8; 7 of 9 is less."""
    write(team, ["a b c d e f g", "h i j k l m n"])
    low, high = sorted(DistinctText.objects.values_list("pk", flat=True))
    sets = {
        low: np.arange(shared + 1, dtype=np.uint32),
        high: np.array([*range(shared), 99], dtype=np.uint32),
    }
    assert len(list(lead([low, high], sets, 0.8))) == near


def test_a_text_that_is_gone_before_it_is_verified_is_near_nothing(team: Team) -> None:
    assert list(verified([(1, 2)], 0.8)) == []


def test_empty_and_one_word_texts_are_twins_of_their_like_only(team: Team) -> None:
    write(team, ["", "...", "yes", "Yes!", "no", "はい", "ใช่", "نعم", "🙂"])
    cluster(team)
    reasons = list(CurationState.objects.values_list("drop_reason", flat=True))
    assert reasons.count("exact_duplicate") in (1, 2)
    assert "near_duplicate" not in reasons
