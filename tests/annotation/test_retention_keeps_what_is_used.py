"""After a day was dropped, what a pair, a backlog item or a snapshot uses still opens; the rest says that it is past its time."""

from datetime import date
from typing import Any

import pytest

from annotation.actions.make_pairs import make_pairs
from annotation.models import Campaign, Pair
from core.actors import system
from core.errors import NotFound
from curation.actions.backlog import open_item
from curation.actions.retention import drop_old_days
from curation.bodies import load
from snapshots.models import RowContent, SnapshotRow
from tests.annotation import conftest as production
from tests.annotation.conftest import conversation, store
from tests.conftest import Team
from tests.snapshots.conftest import make_world

pytestmark = pytest.mark.django_db
OLD = date(2026, 1, 5)


@pytest.fixture(autouse=True)
def long_ago(monkeypatch: Any) -> None:
    monkeypatch.setattr(production, "DAY", OLD)


def drop() -> None:
    done = drop_old_days(actor=system("a test"), days=10)
    assert done.days
    assert not done.kept


def test_both_sides_of_a_pair_still_open(team: Team, campaign: Campaign) -> None:
    sides = [
        store(team.project, conversation("What is a list?", answer), variant=answer)
        for answer in ("A mutable sequence.", "A row of things.")
    ]
    unused = store(team.project, conversation("Something else?", "Yes."), variant="v1")
    assert make_pairs(who=team.lead, campaign=campaign).total == 1
    drop()
    assert Pair.objects.get().response_a.text in ("A mutable sequence.", "A row of things.")
    for side in sides:
        assert load(side).conversation["messages"]
    with pytest.raises(NotFound, match="past its retention time"):
        load(unused)


def test_a_conversation_of_the_backlog_still_opens(team: Team) -> None:
    version = store(team.project, conversation("What is a set?", "No idea."))
    open_item(who=team.lead, project=team.project, version=version, reason="wrong_answer", note="wrong")
    drop()
    assert load(version).conversation["messages"]


def test_the_conversations_and_rows_of_a_snapshot_still_open(team: Team) -> None:
    world = make_world(team)
    version = world.answer("A sequence.")
    world.thumb(version, 1)
    unused = world.answer("Nothing anybody liked.")
    snapshot = world.snapshot()
    drop()
    assert SnapshotRow.objects.filter(snapshot=snapshot).count() == 1
    assert RowContent.objects.get().body is not None
    assert load(version).conversation["messages"]
    with pytest.raises(NotFound, match="past its retention time"):
        load(unused)
