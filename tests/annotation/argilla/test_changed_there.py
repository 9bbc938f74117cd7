"""People, records and settings change in Argilla meanwhile, and servers fall over: handled, and said."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership
from annotation.bridge.accounts import link_account
from annotation.bridge.connect import connect
from annotation.bridge.pull import start_pull
from annotation.bridge.refusals import open_refusals
from annotation.models import (
    AnnotatorProfile,
    ArgillaAccount,
    ArgillaConnection,
    ArgillaRefusal,
    Judgment,
)
from core.errors import Refused, Unavailable

from ..conftest import queue_pairs
from .conftest import dataset_of, done, record_of
from .real_server import OWNER_KEY

pytestmark = [pytest.mark.stack, pytest.mark.django_db]


def codes(campaign):
    return [one.code for one in open_refusals(campaign)]


def test_votes_stay_when_their_user_is_deleted_there_and_a_push_makes_a_new_account(there, campaign, team):
    one, _two = queue_pairs(campaign, 2)
    there.push(campaign)
    me = there.sign_in(team.annotator)
    me.answer(one, "tie")
    there.pull(campaign)
    with there.owner() as api:
        assert api.delete(f"/users/{me.id}").status_code == 200
    there.pull(campaign)
    assert Judgment.objects.count() == 1
    assert there.push(campaign)["accounts"] == 1
    again = ArgillaAccount.objects.filter(profile__user=team.annotator).latest("pk")
    assert again.user_id != me.id


def test_a_strangers_answer_waits_until_a_lead_says_who_it_is(there, campaign, team, people):
    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    with there.owner() as api:
        owner = api.get("/me").json()
        api.post(
            f"/records/{record_of(item).record_id}/responses",
            json={"values": {"preference": {"value": "tie"}}, "status": "submitted"},
        )
    assert there.pull(campaign)["refused"] == 1
    assert codes(campaign) == ["stranger"]
    link_account(
        who=team.lead, project=team.project, person=team.lead, user_id=owner["id"], username=owner["username"]
    )
    assert there.pull(campaign)["counted"] == 1
    assert codes(campaign) == []
    assert Judgment.objects.get().profile.user == team.lead


def test_one_argilla_user_answers_for_one_person_for_good(there, campaign, team, people):
    there.push(campaign)
    account = ArgillaAccount.objects.get(profile__user=team.annotator)
    with pytest.raises(Refused, match="linked already"):
        link_account(
            who=team.lead, project=team.project, person=people(1)[0], user_id=account.user_id, username="x"
        )


def test_who_has_left_the_project_gives_no_more_votes(there, campaign, team, people):
    (item,) = queue_pairs(campaign, 1)
    gone, erased = people(2)
    there.push(campaign)
    for who in (gone, erased):
        there.sign_in(who).answer(item, "tie")
    Membership.objects.filter(user=gone).delete()
    AnnotatorProfile.objects.filter(user=erased).update(deactivated_at=timezone.now())
    there.pull(campaign)
    assert set(codes(campaign)) == {"project_not_found", "person_left"}
    assert not Judgment.objects.exists()


def test_who_has_not_passed_the_practice_round_gives_no_votes(there, campaign, team):
    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    there.sign_in(team.annotator).answer(item, "tie")
    type(campaign).objects.filter(pk=campaign.pk).update(practice_asked=1, practice_right=1)
    there.pull(campaign)
    assert codes(campaign) == ["practice_first"]


def test_an_answer_to_edited_texts_is_no_answer_to_our_pair(there, campaign, team):
    one, two = queue_pairs(campaign, 2)
    there.push(campaign)
    fields = {"prompt": [{"role": "user", "content": "Other?"}], "left": "x", "right": "y"}
    with there.owner() as api:
        changed = {"items": [{"external_id": str(record_of(one).pk), "fields": fields}]}
        edited = api.put(f"/datasets/{dataset_of(campaign)}/records/bulk", json=changed)
        assert edited.status_code == 200, edited.text
        api.patch(f"/records/{record_of(two).record_id}", json={"metadata": {"stratum": "moved"}})
    me = there.sign_in(team.annotator)
    for item in (one, two):
        me.answer(item, "tie")
    result = there.pull(campaign)
    assert (result["refused"], result["counted"]) == (1, 1)
    assert codes(campaign) == ["record_changed"]


def test_records_deleted_there_or_added_there_are_counted_and_said(there, campaign):
    one, _two = queue_pairs(campaign, 2)
    there.push(campaign)
    with there.owner() as api:
        api.delete(f"/records/{record_of(one).record_id}")
        added = {"fields": {"prompt": [{"role": "user", "content": "?"}], "left": "x", "right": "y"}}
        api.post(f"/datasets/{dataset_of(campaign)}/records/bulk", json={"items": [added]})
    result = there.pull(campaign)
    assert (result["records_gone"], result["records_not_ours"]) == (1, 1)


def test_another_name_and_another_overlap_there_are_said(there, campaign, team):
    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    with there.owner() as api:
        changed = {
            "name": f"renamed-{campaign.pk}",
            "distribution": {"strategy": "overlap", "min_submitted": 5},
        }
        assert api.patch(f"/datasets/{dataset_of(campaign)}", json=changed).status_code == 200
    there.sign_in(team.annotator).answer(item, "tie")
    result = there.pull(campaign)
    assert (result["renamed"], result["asks_for"], result["counted"]) == (f"renamed-{campaign.pk}", 5, 1)


def test_a_deleted_data_set_is_said_and_what_was_pulled_stays(there, campaign, team):
    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    there.sign_in(team.annotator).answer(item, "tie")
    there.pull(campaign)
    with there.owner() as api:
        api.delete(f"/datasets/{dataset_of(campaign)}")
    with pytest.raises(Refused, match="was deleted in Argilla"):
        there.pull(campaign)
    assert Judgment.objects.count() == 1


def test_a_server_that_is_away_is_tried_again(there, campaign, team, settings):
    queue_pairs(campaign, 1)
    there.push(campaign)
    away = "http://127.0.0.1:9"
    settings.ARGILLA_SERVERS = [there.server.url, away]
    from annotation.bridge import secrets

    sealed, _key = secrets.seal(OWNER_KEY, project=team.project, server=away, name=secrets.API_KEY)
    ArgillaConnection.objects.update(server=away, api_key=sealed)
    with pytest.raises(Unavailable, match="does not answer"):
        there.pull(campaign)


def test_a_key_that_opens_nothing_is_said(there, team):
    with pytest.raises(Refused, match="does not let this API key"):
        done(connect(who=team.lead, project=team.project, server=there.server.url, api_key="wrong"))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ("{}", "preference_missing"),
        ("null", "values_unreadable"),
        ('{"preference": {"value": true}}', "preference_unreadable"),
        ('{"preference": {"value": "much_better"}}', "preference_unknown"),
        ('{"preference": {"value": "tie"}, "reasons": {"value": ["nonsense"]}}', "tag_unknown"),
    ],
)
def test_damaged_answers_of_a_real_server_are_refused_once_with_what_they_said(
    there, campaign, team, values, code
):
    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    response = there.sign_in(team.annotator).answer(item, "tie", why="Ask jane.doe@example.com")
    there.server.sql('UPDATE responses SET "values" = ? WHERE id = ?', values, response.hex)
    there.pull(campaign)
    there.pull(campaign)
    assert not Judgment.objects.exists()
    assert [one.code for one in ArgillaRefusal.objects.all()] == [code]


def test_a_record_the_server_itself_cannot_read_hides_no_other(there, campaign, team):
    items = queue_pairs(campaign, 5)
    there.push(campaign)
    me = there.sign_in(team.annotator)
    responses = [me.answer(item, "tie") for item in items]
    there.server.sql('UPDATE responses SET "values" = ? WHERE id = ?', "true", responses[2].hex)
    result = there.pull(campaign)
    assert (result["records_unreadable"], result["counted"]) == (1, 4)
    assert "records_gone" not in result


def test_words_of_a_refused_answer_are_kept_redacted(there, campaign, team):
    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    response = there.sign_in(team.annotator).answer(item, "tie")
    values = '{"preference": {"value": "?"}, "why": {"value": "Ask jane.doe@example.com"}}'
    there.server.sql('UPDATE responses SET "values" = ? WHERE id = ?', values, response.hex)
    there.pull(campaign)
    kept = str(ArgillaRefusal.objects.get().said)
    assert "Ask" in kept
    assert "jane.doe" not in kept


def test_a_pull_after_the_link_takes_in_what_was_refused_before(there, campaign, team):
    (item,) = queue_pairs(campaign, 1)
    there.push(campaign)
    there.sign_in(team.annotator).answer(item, "tie")
    profile = AnnotatorProfile.objects.get(user=team.annotator)
    AnnotatorProfile.objects.filter(pk=profile.pk).update(deactivated_at=timezone.now() - timedelta(days=1))
    there.pull(campaign)
    assert codes(campaign) == ["person_left"]
    AnnotatorProfile.objects.filter(pk=profile.pk).update(deactivated_at=None)
    assert there.pull(campaign)["counted"] == 1
    assert codes(campaign) == []
    assert start_pull(who=team.lead, campaign=campaign).kind == "annotation.argilla_pull"
