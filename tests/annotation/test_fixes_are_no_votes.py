"""A pair that a fix made is decided and asked of nobody: no number about the judges of a campaign is made of it."""

from uuid import uuid4

import pytest

from annotation.actions.claim import claim
from annotation.actions.fix_in_pair import fix_in_pair
from annotation.actions.make_repairs import make_repairs
from annotation.actions.profile import define_axis
from annotation.actions.release_axes import _votes
from annotation.actions.repair import submit_repair
from annotation.actions.submit import submit_judgment
from annotation.board import read_board
from annotation.choices import RepairChoice, Shown
from annotation.diversity_board import read_concentration
from annotation.models import Judgment, JudgmentRevision
from annotation.quality.latest import answers_since
from annotation.quality.reading import read_votes

from .conftest import conversation, queue_pairs, store


@pytest.fixture
def fixed(team, campaign):
    """One pair, its better answer fixed, then judged by the same person."""
    queue_pairs(campaign, 1)
    lease = claim(who=team.annotator, campaign=campaign)
    given = {"who": team.annotator, "project": team.project, "assignment_id": lease.pk}
    given["lease_token"] = lease.lease_token
    fix_in_pair(**given, side="left", text="A better answer.", key=uuid4())
    submit_judgment(**given, key=uuid4(), shown=Shown.LEFT)
    return campaign


def test_a_fix_counts_in_no_number_about_the_judges(team, fixed):
    axis = define_axis(who=team.lead, project=team.project, name="locale", values=["de", "en"])
    assert Judgment.objects.filter(slot__isnull=False).count() == 3
    assert len(read_votes(fixed).votes) == 1
    board = read_board(fixed)
    assert (board.progress.items, board.progress.asked, board.progress.counted) == (1, 2, 1)
    assert board.annotators[0].votes == 1
    assert read_concentration(fixed, simulated=False)[0].people.votes == 1
    assert len(_votes(fixed, axis, ())) == 1
    assert answers_since(fixed, None, most=9) == 1


def test_a_report_on_repairs_is_old_by_repairs_and_not_by_what_fixes_prefer(team, repairs):
    store(team.project, conversation("What is a tuple?", "A tuple is a mutable list."))
    make_repairs(who=team.lead, campaign=repairs)
    lease = claim(who=team.annotator, campaign=repairs)
    submit_repair(
        who=team.annotator, project=team.project, assignment_id=lease.pk, lease_token=lease.lease_token,
        choice=RepairChoice.FIX, text="A tuple cannot change.", key=uuid4(),
    )  # fmt: skip
    assert JudgmentRevision.objects.count() == 2
    assert len(read_votes(repairs).votes) == answers_since(repairs, None, most=9) == 1
