"""The database itself decides and counts nothing over what is closed or reported, whoever writes; attacked by SQL."""

import threading
from contextlib import closing

import pytest
from django.db import DatabaseError, connection, transaction

from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.models import Decision, Item, Judgment
from tests.conftest import make_team

from .conftest import queue_pairs
from .test_adjudication import vote

DECIDE = """
INSERT INTO annotation_decision (item_id, project_id, outcome, strength, votes, counted, simulated, decided_at)
SELECT id, project_id, 'a', 1, '{}', 1, 0, now() FROM annotation_item WHERE id = %(item)s
"""
REWRITE = "UPDATE annotation_decision SET outcome = 'b' WHERE item_id = %(item)s"
COUNT = """
INSERT INTO annotation_judgment (id, project_id, item_id, profile_id, slot, simulated, idempotency_key, created_at)
SELECT gen_random_uuid(), i.project_id, i.id, s.profile_id, 1, false, gen_random_uuid(), now()
FROM annotation_item i JOIN annotation_assignment s ON s.item_id = i.id WHERE i.id = %(item)s
"""
STATES = ["closed", "flagged"]


def write(sql: str, item: Item) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, {"item": item.pk})
        return int(cursor.rowcount)


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_decided_over_it(campaign, state) -> None:
    item, decided = queue_pairs(campaign, 2)
    assert write(DECIDE, decided) == 1
    Item.objects.filter(campaign=campaign).update(state=state)
    for sql, attacked in ((DECIDE, item), (REWRITE, decided)):
        with pytest.raises(DatabaseError, match=f"is {state}: nothing is decided over it"):
            write(sql, attacked)
    assert Decision.objects.get().outcome == "a"


@pytest.mark.parametrize("state", STATES)
def test_a_vote_that_comes_after_counts_nothing(team, campaign, state) -> None:
    (item,) = queue_pairs(campaign, 1)
    claim(who=team.annotator, campaign=campaign)
    Item.objects.filter(pk=item.pk).update(state=state)
    with pytest.raises(DatabaseError, match=f"is {state}: a vote that comes now counts nothing"):
        write(COUNT, item)
    assert write(COUNT.replace("s.profile_id, 1,", "s.profile_id, NULL,"), item) == 1


def test_what_was_decided_may_be_taken_away_when_it_is_closed(team, campaign) -> None:
    (item,) = queue_pairs(campaign, 1)
    vote(team.annotator, campaign, "a")
    Item.objects.filter(pk=item.pk).update(state="closed")
    assert write("DELETE FROM annotation_decision WHERE item_id = %(item)s", item) == 1


@pytest.mark.parametrize("sql", [DECIDE, COUNT], ids=["decision", "vote"])
def test_closing_at_the_same_moment_comes_before_or_after_and_never_between(transactional_db, sql) -> None:
    """The writer waits for whoever closes, and then sees that it is closed."""
    team = make_team("stopped")
    campaign = create_campaign(who=team.lead, project=team.project, name="One", overlap=1)
    (item,) = queue_pairs(campaign, 1)
    claim(who=team.annotator, campaign=campaign)
    said: list[str] = []

    def late() -> None:
        with closing(connection):
            try:
                write(sql, item)
            except DatabaseError as error:
                said.append(str(error))

    with transaction.atomic():
        Item.objects.filter(pk=item.pk).update(state="closed")
        writer = threading.Thread(target=late)
        writer.start()
        writer.join(timeout=1)
        assert writer.is_alive(), "it did not wait"
    writer.join()
    assert "is closed" in said[0]
    assert not Decision.objects.exists()
    assert not Judgment.objects.exists()
