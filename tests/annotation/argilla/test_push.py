"""A campaign goes to Argilla once, whatever is cut off on the way, and nothing in it names a model."""

import pytest

from annotation.actions.gold import Right, mark_gold
from annotation.bridge import push as pushing
from annotation.bridge.push import start_push
from annotation.models import ArgillaAccount, ArgillaRecord, Campaign, Item
from core.errors import Refused

from ..conftest import queue_pairs
from .conftest import dataset_of, done, record_of

pytestmark = [pytest.mark.stack, pytest.mark.django_db]


def records_there(there, campaign):
    """Every record of the data set as its owner sees it."""
    with there.owner() as api:
        return api.get(f"/datasets/{dataset_of(campaign)}/records", params={"limit": 1000}).json()["items"]


def test_every_pair_goes_with_its_sides_and_nothing_names_a_model(there, campaign):
    items = queue_pairs(campaign, 12)
    result = there.push(campaign)
    assert (result["sent"], result["refused"]) == (12, 0)
    found = {one["external_id"]: one for one in records_there(there, campaign)}
    for item in items:
        record = record_of(item)
        one = found[str(record.pk)]
        sides = (item.pair.response_a.text, item.pair.response_b.text)
        shown = (one["fields"]["left"], one["fields"]["right"])
        assert shown == (sides[::-1] if record.swapped else sides)
        assert "model-" not in str(one)
        assert str(item.pk) not in str(one)
    assert {record.swapped for record in ArgillaRecord.objects.all()} == {True, False}


def test_the_data_set_asks_our_questions_as_often_as_the_campaign_does(there, campaign):
    queue_pairs(campaign, 1)
    there.push(campaign)
    with there.owner() as api:
        dataset = api.get(f"/datasets/{dataset_of(campaign)}").json()
        questions = api.get(f"/datasets/{dataset_of(campaign)}/questions").json()["items"]
    assert dataset["distribution"] == {"strategy": "overlap", "min_submitted": 2}
    by_name = {one["name"]: one for one in questions}
    assert set(by_name) == {"preference", "reasons", "why", "ungrounded_left", "ungrounded_right"}
    assert [one["value"] for one in by_name["preference"]["settings"]["options"]] == [
        "left_clear", "left", "tie", "right", "right_clear", "both_bad", "cannot_judge",
    ]  # fmt: skip
    assert [name for name, one in by_name.items() if one["required"]] == ["preference"]


def test_people_get_an_account_that_does_not_say_who_they_are(there, campaign, team, people):
    people(2)
    there.push(campaign)
    accounts = list(ArgillaAccount.objects.all())
    assert len(accounts) == 5
    assert not any(team.annotator.email.split("@")[0] in one.username for one in accounts)
    assert there.sign_in(team.annotator).api.get("/me").json()["role"] == "annotator"


def test_pushing_again_sends_what_is_new_and_makes_nothing_twice(there, campaign):
    queue_pairs(campaign, 3)
    there.push(campaign)
    queue_pairs(campaign, 2)
    again = there.push(campaign)
    assert (again["sent"], again["accounts"]) == (2, 0)
    assert len(records_there(there, campaign)) == 5


def test_a_push_cut_off_after_sending_doubles_nothing(there, campaign, monkeypatch):
    queue_pairs(campaign, 5)
    monkeypatch.setattr(pushing, "BATCH", 2)
    confirm, batches = pushing._confirm, []

    def cut_off(*arguments):
        batches.append(arguments)
        if len(batches) == 2:
            raise ConnectionResetError
        confirm(*arguments)

    monkeypatch.setattr(pushing, "_confirm", cut_off)
    with pytest.raises(ConnectionResetError):
        there.push(campaign)
    sides = dict(ArgillaRecord.objects.values_list("item_id", "swapped"))
    assert len(records_there(there, campaign)) == 4
    monkeypatch.setattr(pushing, "_confirm", confirm)
    assert there_goes_on(there, campaign)["sent"] == 3
    found = records_there(there, campaign)
    assert len(found) == len({one["external_id"] for one in found}) == 5
    assert dict(ArgillaRecord.objects.values_list("item_id", "swapped")) == sides


def there_goes_on(there, campaign):
    """The next attempt, after the first one's job was given up."""
    from core.models import Job

    Job.objects.live().update(state="failed", lease_until=None)
    return there.push(campaign)


def test_a_record_deleted_there_is_sent_again_on_the_same_sides(there, campaign):
    items = queue_pairs(campaign, 2)
    there.push(campaign)
    before = record_of(items[0])
    with there.owner() as api:
        api.delete(f"/records/{before.record_id}")
    assert there.push(campaign)["sent"] == 1
    after = record_of(items[0])
    assert (after.swapped, after.pk) == (before.swapped, before.pk)
    assert after.record_id != before.record_id


def test_a_data_set_deleted_there_is_made_anew(there, campaign):
    queue_pairs(campaign, 2)
    there.push(campaign)
    old = dataset_of(campaign)
    with there.owner() as api:
        api.delete(f"/datasets/{old}")
    assert there.push(campaign)["sent"] == 2
    assert dataset_of(campaign) != old


def test_gold_and_warned_of_pairs_stay_here(there, campaign, team):
    plain, warned, known = queue_pairs(campaign, 3)
    mark_gold(who=team.lead, item=known, right=Right("a", "zqcanary: the second invents a source."))
    Item.objects.filter(pk=warned.pk).update(sensitive=True)
    assert there.push(campaign)["sent"] == 1
    assert list(ArgillaRecord.objects.values_list("item_id", flat=True)) == [plain.pk]
    (there_now,) = records_there(there, campaign)
    assert "zqcanary" not in str(there_now)


def test_repairs_and_closed_campaigns_are_refused(there, campaign, repairs, team):
    with pytest.raises(Refused, match="pairs"):
        start_push(who=team.lead, campaign=repairs)
    Campaign.objects.filter(pk=campaign.pk).update(state="closed")
    campaign.refresh_from_db()
    with pytest.raises(Refused, match="Open the campaign"):
        start_push(who=team.lead, campaign=campaign)


def test_progress_is_the_jobs(there, campaign):
    queue_pairs(campaign, 3)
    job = start_push(who=there.lead, campaign=campaign)
    done(job)
    job.refresh_from_db()
    assert (job.done, job.total, job.state) == (3, 3, "succeeded")
