"""Characters that turn the reading around are named on every page where people read what others wrote."""

import re
from uuid import uuid4

import pytest

from annotation.actions.ask import answer_question, ask_lead
from annotation.actions.campaigns import create_campaign
from annotation.actions.change_campaign import patch_campaign
from annotation.actions.claim import claim
from annotation.actions.make_pairs import make_pairs
from annotation.actions.make_repairs import make_repairs
from annotation.actions.submit import submit_judgment
from annotation.choices import Shown
from annotation.models import Assignment, Item, Question
from curation.models import ConversationVersion

from .conftest import conversation, store
from .test_pages import url

TURNED = "Is \u202edrow siht\u202c safe?"
NAMED = "⟨U+202E⟩"
ROOM_TO_TYPE = re.compile(r"<textarea.*?</textarea>|data-original=\"[^\"]*\"", re.DOTALL)


@pytest.fixture
def said(team, campaign):
    """A pair, judged once with words, asked about and ruled on; all of it turned around."""
    for variant in ("one", "two"):
        store(team.project, conversation(TURNED, f"{TURNED} {variant}"), variant=variant)
    ConversationVersion.objects.update(prompt_preview=TURNED)
    patch_campaign(who=team.lead, campaign=campaign, patch={"rules": {"warning": TURNED}})
    Item.objects.update(sensitive=False)
    make_pairs(who=team.lead, campaign=campaign)
    Item.objects.update(sensitive=False)
    return campaign


def read(team, who, page):
    """The page as it is read; fields to type in hold the text itself."""
    response = team.client(who).get(page)
    assert response.status_code == 200
    return ROOM_TO_TYPE.sub("", response.content.decode())


def test_before_and_while_one_judges(team, said):
    page = read(team, team.annotator, url(team, "judge"))
    assert "\u202e" not in page
    assert page.count(NAMED) >= 4


def test_on_a_repair(team, said):
    repairs = create_campaign(who=team.lead, project=team.project, name="Mend", kind="repair", overlap=1)
    make_repairs(who=team.lead, campaign=repairs)
    page = read(team, team.annotator, url(team, "repair"))
    assert "\u202e" not in page
    assert page.count(NAMED) >= 2


def test_wherever_what_was_said_is_read_again(team, said):
    held = claim(who=team.annotator, campaign=said)
    ask_lead(
        who=team.annotator, project=team.project, assignment_id=held.pk, lease_token=held.lease_token, text=TURNED,
        key=uuid4(),
    )  # fmt: skip
    answer_question(who=team.lead, question=Question.objects.get(), text=TURNED)
    held = claim(who=team.annotator, campaign=said)
    submit_judgment(
        who=team.annotator, project=team.project, assignment_id=held.pk, lease_token=held.lease_token,
        key=uuid4(), shown=Shown.LEFT, rationale=TURNED,
    )  # fmt: skip
    item = Assignment.objects.get(pk=held.pk).item
    pages = [
        (team.annotator, url(team, "my-work"), 3),
        (team.lead, url(team, "item", item_id=item.pk), 5),
        (team.lead, url(team, "campaign", campaign_id=said.pk), 1),
    ]
    for who, page, least in pages:
        shown = read(team, who, page)
        assert "\u202e" not in shown, page
        assert shown.count(NAMED) >= least, page
