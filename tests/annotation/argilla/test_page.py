"""The page of a campaign in Argilla: what stands, what can be done, what was refused; and an annotator's own account."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from annotation.actions.profile import profile_of
from annotation.actions.simulate import simulate_judgments
from annotation.bridge import secrets
from annotation.bridge.accounts import username_of
from annotation.bridge.answers import Unreadable
from annotation.bridge.push import answers_asked
from annotation.bridge.refusals import open_refusals, write_down
from annotation.bridge.take_in import Incoming, take_in
from annotation.jobs import ARGILLA_CONNECT, ARGILLA_PULL
from annotation.models import (
    ArgillaAccount,
    ArgillaConnection,
    ArgillaDataset,
    ArgillaRecord,
    ArgillaRefusal,
    Item,
)
from core.models import Job

from ..conftest import queue_pairs

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SERVER = "https://argilla.example"


@pytest.fixture
def page(team, campaign, settings):
    """Where it is."""
    settings.ARGILLA_SERVERS = [SERVER]
    return reverse("annotation:argilla", kwargs={"slug": team.project.slug, "campaign_id": campaign.pk})


@pytest.fixture
def connected(team, page):
    """Connected, without a server to talk to."""
    sealed, key_id = secrets.seal("k.zqcanary", project=team.project, server=SERVER, name=secrets.API_KEY)
    return ArgillaConnection.objects.create(
        project=team.project,
        server=SERVER,
        workspace="w",
        key_id=key_id,
        api_key=sealed,
        changed_by=team.lead,
    )


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def press(team, page, act, **said):
    return team.client(team.lead).post(page + "act/", {"act": act, **said}, follow=True)


def test_without_servers_it_says_whose_turn_it_is(team, page, settings):
    settings.ARGILLA_SERVERS = []
    shown = text(team.client(team.lead).get(page))
    assert "WINNOW_ARGILLA_SERVERS" in shown
    assert 'name="api_key"' not in shown


def test_a_lead_connects_and_the_key_is_not_shown_again(team, page):
    shown = text(press(team, page, "connect", server=SERVER, api_key="owner.zqcanary"))
    assert Job.objects.get().kind == ARGILLA_CONNECT
    assert "zqcanary" not in shown
    assert "zqcanary" not in text(team.client(team.lead).get(page))


def test_a_refusal_of_the_act_is_said_on_the_page(team, page):
    assert "does not let projects use" in text(press(team, page, "connect", server="http://x", api_key="k"))
    assert "not connected" in press(team, page, "push").content.decode()
    assert "no such button" in text(press(team, page, "launch"))


def test_annotators_do_not_see_it_and_engineers_only_read_it(team, page, connected):
    assert team.client(team.annotator).get(page).status_code == 403
    assert 'name="act"' not in text(team.client(team.engineer).get(page))
    assert team.client(team.engineer).post(page + "act/", {"act": "push"}).status_code == 403


def test_what_was_refused_says_why_and_what_it_said(team, campaign, page, connected):
    (item,) = queue_pairs(campaign, 1)
    record = ArgillaRecord.objects.create(campaign=campaign, item=item, swapped=False)
    ArgillaRefusal.objects.create(
        campaign=campaign, record=record, response_id=uuid4(), updated_at=campaign.created_at, code="stranger",
        detail="No annotator is linked", said={"why": {"value": "<script>alert(1)</script>"}},
    )  # fmt: skip
    shown = text(team.client(team.lead).get(page))
    assert "Nobody is linked to this Argilla user" in shown
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown


def test_a_lead_links_a_user_the_last_check_saw(team, page, connected):
    user = str(uuid4())
    Job.objects.create(
        kind=ARGILLA_CONNECT,
        project_id=team.project.pk,
        state="succeeded",
        result={"users": [["maria", user]]},
    )
    assert "maria" in text(team.client(team.lead).get(page))
    press(team, page, "link", user=user, person=str(team.annotator.pk))
    account = ArgillaAccount.objects.get()
    assert (account.profile.user, account.username, account.made_with) == (team.annotator, "maria", "")
    assert "Choose an Argilla user" in text(press(team, page, "link", user=str(uuid4()), person="x"))


def test_the_last_pull_is_told_in_words(team, campaign, page, connected):
    ArgillaDataset.objects.create(campaign=campaign, connection=connected, dataset_id=uuid4(), name="d")
    Job.objects.create(
        kind=ARGILLA_PULL, project_id=team.project.pk, state="succeeded", payload={"campaign": str(campaign.pk)},
        result={"counted": 4, "uncounted": 1, "asks_for": 5, "renamed": "other"},
    )  # fmt: skip
    shown = text(team.client(team.lead).get(page))
    for said in ("counted 4", "extra, uncounted 1", "Argilla asks for 5 answers", "called other there"):
        assert said in shown


def test_only_the_person_sees_the_first_password(team, page, connected):
    own = reverse("annotation:argilla-account", kwargs={"slug": team.project.slug})
    assert "no account there" in text(team.client(team.annotator).get(own))
    profile = profile_of(who=team.annotator, project=team.project)
    ArgillaAccount.objects.create(
        connection=connected, profile=profile, user_id=uuid4(), username="winnow-x", made_with="test"
    )
    password = secrets.first_password(team.project.pk, profile.pk, "test")
    assert password in text(team.client(team.annotator).get(own))
    assert password not in text(team.client(team.lead).get(own))
    assert password not in text(team.client(team.lead).get(page))


def test_suggestions_are_offered_where_programs_have_judged_and_sent_only_when_ticked(
    team, page, connected, campaign
):
    queue_pairs(campaign, 3)
    assert 'name="suggest"' not in text(team.client(team.lead).get(page))
    simulate_judgments(who=team.lead, campaign=campaign, limit=1, seed=1)
    assert 'name="suggest"' in text(team.client(team.lead).get(page))
    press(team, page, "push")
    assert Job.objects.get().payload["suggest"] is False
    Job.objects.update(state="succeeded")
    press(team, page, "push", suggest="on")
    assert Job.objects.latest("created_at").payload["suggest"] is True


def test_who_is_behind_an_account_is_shown_to_leads_alone_and_its_name_says_no_pseudonym(
    team, page, connected
):
    profile = profile_of(who=team.annotator, project=team.project)
    name = username_of(profile)
    ArgillaAccount.objects.create(
        connection=connected, profile=profile, user_id=uuid4(), username=name, made_with="test"
    )
    assert profile.pk.hex[:16] not in name
    assert name == username_of(profile)
    assert name in text(team.client(team.lead).get(page))
    shown = text(team.client(team.engineer).get(page))
    assert name not in shown
    assert "for data leads alone" in shown


def test_a_refusal_put_right_leaves_the_list_and_a_mark_that_was_left_out_stays(team, campaign):
    (item,) = queue_pairs(campaign, 1)
    record = ArgillaRecord.objects.create(campaign=campaign, item=item, swapped=False, record_id=uuid4())
    profile = profile_of(who=team.annotator, project=team.project)
    response = uuid4()
    for code, place in (("preference_missing", "preference"), ("span_outside", "ungrounded_left[0]")):
        refused = Unreadable(code, place, "why")
        incoming = Incoming(response, uuid4(), "submitted", {}, NOON)
        write_down(project=team.project, record=record, incoming=incoming, why=refused)
    mended = Incoming(
        response, uuid4(), "submitted", {"preference": {"value": "tie"}}, NOON + timedelta(hours=1)
    )
    assert open_refusals(campaign).count() == 2
    take_in(record=record, profile=profile, incoming=mended)
    assert [one.code for one in open_refusals(campaign)] == ["span_outside"]


def test_a_pair_stays_open_there_for_as_many_answers_as_the_pair_that_asks_for_most(campaign):
    first, _second = queue_pairs(campaign, 2)
    assert answers_asked(campaign) == campaign.overlap == 2
    Item.objects.filter(pk=first.pk).update(slots_asked=4, slots_left=4)
    assert answers_asked(campaign) == 4
