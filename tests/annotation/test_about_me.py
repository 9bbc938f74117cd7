"""What people say they read and know, and what they are willing to see; leads confirm, and stop giving work."""

import pytest
from django.urls import reverse

from annotation.actions.claim import claim
from annotation.actions.people import (
    choose_exposure,
    deactivate_annotator,
    describe_annotator,
    describe_myself,
    reactivate_annotator,
    read_words,
)
from annotation.actions.profile import profile_of
from annotation.models import AnnotatorProfile, Assignment, Axis, Item, Judgment
from core.errors import PermissionRefused, Refused
from core.models import AuditEntry

from .conftest import queue_pairs
from .test_my_work import judged


@pytest.fixture
def profile(team):
    return profile_of(who=team.annotator, project=team.project)


def test_languages_hold_at_once_and_expertise_waits_for_a_lead(team, profile):
    describe_myself(who=team.annotator, project=team.project, languages="DE, pt-BR", expertise="law")
    profile.refresh_from_db()
    assert (profile.languages, profile.expertise, profile.expertise_said) == (["de", "pt-br"], [], ["law"])
    url = reverse("annotation:person-words", args=[team.project.slug, team.annotator.pk])
    team.client(team.lead).post(url, {"team": "", "languages": "de", "expertise": "", "confirm": "1"})
    profile.refresh_from_db()
    assert profile.expertise == ["law"]


def test_nobody_confirms_their_own_expertise(team, profile):
    with pytest.raises(PermissionRefused):
        describe_annotator(
            who=team.annotator, profile=profile, words=read_words(team="", languages="", expertise="law")
        )


def test_words_that_cannot_be_read_are_refused_with_the_word(team, profile):
    with pytest.raises(Refused, match="german"):
        describe_myself(who=team.annotator, project=team.project, languages="german", expertise="")


def test_who_is_given_no_more_work_lets_go_at_once_and_keeps_every_vote(team, campaign, profile):
    queue_pairs(campaign, 2)
    judged(team.annotator, campaign)
    claim(who=team.annotator, campaign=campaign)
    assert deactivate_annotator(who=team.lead, profile=profile) == 1
    assert not Assignment.objects.filter(state="leased").exists()
    assert Judgment.objects.filter(slot__isnull=False).count() == 1
    assert claim(who=team.annotator, campaign=campaign) is None
    reactivate_annotator(who=team.lead, profile=profile)
    assert claim(who=team.annotator, campaign=campaign) is not None
    assert AuditEntry.objects.filter(verb="annotation.deactivate_annotator").get().data == {"freed": 1}


def test_warned_of_material_is_only_for_who_wants_it_and_is_let_go_at_once(team, campaign, profile):
    queue_pairs(campaign, 1)
    Item.objects.update(sensitive=True)
    assert claim(who=team.annotator, campaign=campaign) is None
    choose_exposure(who=team.annotator, project=team.project, ok=True, per_day=3)
    assert claim(who=team.annotator, campaign=campaign) is not None
    choose_exposure(who=team.annotator, project=team.project, ok=False, per_day=None)
    assert not Assignment.objects.filter(state="leased").exists()
    assert claim(who=team.annotator, campaign=campaign) is None


def test_the_page_saves_each_part_by_itself_and_shows_todays_exposure(team, campaign, profile):
    client, slug = team.client(team.annotator), team.project.slug
    client.post(reverse("annotation:profile-words", args=[slug]), {"languages": "de", "expertise": "law"})
    client.post(reverse("annotation:profile-exposure", args=[slug]), {"ok": "on", "per_day": "5"})
    queue_pairs(campaign, 1)
    Item.objects.update(sensitive=True)
    claim(who=team.annotator, campaign=campaign)
    page = client.get(reverse("annotation:profile", args=[slug]))
    assert page.context["seen_today"] == 1
    profile.refresh_from_db()
    assert (profile.sensitive_ok, profile.sensitive_per_day) == (True, 5)
    refused = client.post(reverse("annotation:profile-exposure", args=[slug]), {"per_day": "0"})
    assert "greater than or equal to 1" in refused.content.decode()


def test_a_lead_defines_an_axis_and_changes_it_and_refusing_to_say_is_always_a_value(team):
    client, url = team.client(team.lead), reverse("annotation:axes", args=[team.project.slug])
    client.post(url, {"name": " age  band ", "values": "under 30\nunder 30\n30 and over\nprefer not to say"})
    client.post(url, {"name": "age band", "values": "under 40\n40 and over"})
    first, second = Axis.objects.order_by("number")
    assert first.values == ["under 30", "30 and over", "prefer not to say"]
    assert (second.name, second.number) == ("age band", 2)
    assert "at least two" in client.post(url, {"name": "x", "values": "one"}).content.decode()
    assert team.client(team.engineer).post(url, {"name": "x", "values": "a\nb"}).status_code == 403


def test_the_list_filters_by_team_language_and_state_and_pages_by_key(
    team, people, django_assert_max_num_queries
):
    for n, user in enumerate(people(120)):
        one = profile_of(who=user, project=team.project)
        AnnotatorProfile.objects.filter(pk=one.pk).update(
            team=["North", "South"][n % 2], languages=["de"] if n < 30 else []
        )
    client, url = team.client(team.lead), reverse("annotation:people", args=[team.project.slug])
    assert client.get(url, {"team": "North"}).context["page"].total == 60
    assert client.get(url, {"team": "North", "language": "de"}).context["page"].total == 15
    assert client.get(url, {"state": "stopped"}).context["page"].total == 0
    with django_assert_max_num_queries(25):
        first = client.get(url).context["page"]
    seen = [user.pk for user in first]
    while first.next:
        first = client.get(url, {"after": first.next}).context["page"]
        seen += [user.pk for user in first]
    assert len(seen) == len(set(seen)) == 123
