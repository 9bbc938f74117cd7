"""Operators read items, leases and votes in Django's admin, and learn there of nobody which group they are of."""

import pytest
from django.contrib import admin
from django.test import Client

from accounts.models import User
from annotation.actions.campaigns import create_campaign
from annotation.actions.claim import claim
from annotation.actions.profile import choose_value, define_axis
from annotation.models import Assignment, Item, Judgment, JudgmentGroup, ProfileValue

from .conftest import annotators, queue_pairs
from .test_adjudication import vote

GROUP = "the-north"


@pytest.fixture
def operator(db: None) -> Client:
    client = Client()
    client.force_login(
        User.objects.create_superuser("op@example.com", "a long password"),
        backend="accounts.sessions.SessionBackend",
    )
    return client


@pytest.fixture
def grouped(team):
    """An item one person of a group has judged and another holds; the group may take no more."""
    axis = define_axis(who=team.lead, project=team.project, name="region", values=[GROUP, "south"])
    campaign = create_campaign(
        who=team.lead, project=team.project, name="Capped", overlap=3, caps={"region": 2}
    )
    queue_pairs(campaign, 1)
    first, second = annotators(team.project, 2)
    for who in (first, second):
        choose_value(who=who, project=team.project, axis=axis, value=GROUP)
    vote(first, campaign, "a")
    claim(who=second, campaign=campaign)
    item = Item.objects.get(campaign=campaign)
    assert GROUP in "".join(item.groups)
    assert GROUP in "".join(item.barred)
    assert GROUP in "".join(Assignment.objects.get(state="leased").groups)
    return item


@pytest.mark.parametrize("model", [Item, Assignment, Judgment])
def test_neither_a_list_nor_a_row_names_a_group(operator, grouped, model):
    pages = [f"/admin/annotation/{model._meta.model_name}/"]
    pages += [f"{pages[0]}{one.pk}/change/" for one in model.objects.all()]
    for page in pages:
        answer = operator.get(page)
        assert answer.status_code == 200
        assert GROUP not in answer.content.decode(), page


def test_what_people_say_of_themselves_has_no_page_there(operator, grouped):
    assert ProfileValue.objects.exists()
    assert not {ProfileValue, JudgmentGroup} & {*admin.site._registry}
