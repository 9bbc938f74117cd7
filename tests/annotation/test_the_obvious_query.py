"""Why every condition that can race stands on the item row: the obvious claim, which counts in a subquery, gives out too much.

Under READ COMMITTED a statement that waited reads only the row it locks again; a subquery keeps the snapshot of its
beginning. So of two claims at once the second still counts nobody, however long the first has been done. Both claims here
are held at the same place, between their snapshot and their lock: no luck is needed to see it.
"""

import threading
import time
from contextlib import closing

import pytest
from django.db import connection

from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.profile import choose_value, define_axis, profile_of
from annotation.eligibility import seeker_of
from annotation.models import Assignment, Item
from annotation.queue import CLAIM, Wanted, asked
from annotation.rules import read
from tests.conftest import make_team

from .conftest import annotators, queue_pairs

HOLD = 20_261_122
WAITS = f"waits AS MATERIALIZED (SELECT pg_advisory_lock_shared({HOLD}), pg_advisory_unlock_shared({HOLD}))"

SAME_GROUP = """
    SELECT count(*) FROM annotation_assignment s JOIN annotation_profilevalue v ON v.profile_id = s.profile_id
    WHERE s.item_id = i.id AND s.state IN ('leased', 'submitted')
      AND v.value = (SELECT value FROM annotation_profilevalue WHERE profile_id = %(profile)s)
"""
ANYBODY = "SELECT count(*) FROM annotation_assignment s WHERE s.item_id = i.id AND s.state IN ('leased', 'submitted')"
OBVIOUS = """
WITH picked AS (
    SELECT i.id FROM annotation_item i
    WHERE i.campaign_id = %(campaign)s AND i.state = 'open' AND ({counted}) < 1
    ORDER BY i.priority DESC LIMIT 1 FOR UPDATE OF i SKIP LOCKED
), taken AS (
    UPDATE annotation_item i SET priority = i.priority FROM picked WHERE i.id = picked.id RETURNING i.id, i.project_id
)
INSERT INTO annotation_assignment
    (id, project_id, item_id, profile_id, state, lease_token, leased_until, prefetch, swapped, claimed_at, skip_reason,
     draft, groups)
SELECT gen_random_uuid(), taken.project_id, taken.id, %(profile)s, 'leased', gen_random_uuid(), now() + interval '1 hour',
       false, false, now(), '', '{{}}', '{{}}' FROM taken RETURNING id
"""


@pytest.fixture
def team(transactional_db):
    """Committed, so that two connections see it."""
    return make_team("obvious")


def campaign_of_one(team, **more):
    """One pair for one person (or one of each group), and two people of the same group."""
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    campaign = create_campaign(who=team.lead, project=team.project, name="One", **more)
    queue_pairs(campaign, 1)
    people = annotators(team.project, 2)
    for who in people:
        choose_value(who=who, project=team.project, axis=axis, value="de")
    return campaign, [profile_of(who=who, project=team.project) for who in people]


def held(sql):
    """The same statement, stopped after its snapshot and before its lock."""
    begun = (
        sql.strip()
        .replace("WITH ", f"WITH {WAITS}, ", 1)
        .replace("FROM annotation_item i\n", "FROM waits, annotation_item i\n", 1)
    )
    assert "waits," in begun
    return begun


def while_another_waits(second, first):
    """Begin `second` in another connection, do `first` to its end, then let the second go on; what each returned."""
    found = []

    def run():
        with closing(connection):
            found.append(rows(*second))

    rows(f"SELECT pg_advisory_lock({HOLD})", {})
    waiting = threading.Thread(target=run)
    try:
        waiting.start()
        until_somebody_waits()
        done = first()
    finally:
        rows(f"SELECT pg_advisory_unlock({HOLD})", {})
        waiting.join()
    return done, found[0]


def rows(sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def until_somebody_waits():
    for _look in range(500):
        if rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", {}):
            return
        time.sleep(0.01)
    raise AssertionError("the second claim never reached the place where it is held")


@pytest.mark.parametrize("counted", [SAME_GROUP, ANYBODY], ids=["a cap per group", "one person per pair"])
def test_a_claim_that_counts_in_a_subquery_gives_one_slot_to_two(team, counted):
    campaign, (first, second) = campaign_of_one(team, overlap=2)
    sql = OBVIOUS.format(counted=counted)
    asked_by = [{"campaign": campaign.pk, "profile": one.pk} for one in (first, second)]
    assert rows(f"SELECT ({counted}) FROM annotation_item i", asked_by[0]) == [(0,)]
    done, late = while_another_waits((held(sql), asked_by[1]), lambda: rows(sql, asked_by[0]))
    assert (len(done), len(late)) == (1, 1), "both were let in by a count of nobody"
    assert Assignment.objects.filter(state="leased").count() == 2


@pytest.mark.parametrize(
    "more",
    [{"overlap": 2, "caps": {"locale": 1}}, {"overlap": 1}],
    ids=["a cap per group", "one person per pair"],
)
def test_our_claim_held_at_the_same_place_lets_nobody_in(team, more):
    campaign, (first, second) = campaign_of_one(team, **more)
    seeker = seeker_of(second, read(campaign.rules))
    given = asked(Wanted(campaign.pk, seeker, 600)) | {"prompt": None, "barred": []}
    done, late = while_another_waits((held(CLAIM), given), lambda: claim(who=first.user, campaign=campaign))
    assert done is not None
    assert late == []
    assert Assignment.objects.filter(state="leased").count() == 1
    assert Item.objects.get().slots_left == more["overlap"] - 1
