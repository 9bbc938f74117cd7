"""Pages under /p/<project>/annotation/."""

from django.urls import path

from .views import (
    backlog,
    campaigns,
    invitations,
    judge,
    my_work,
    pair,
    people,
    practice,
    practice_setup,
    profile,
    repair,
)

app_name = "annotation"

urlpatterns = [
    path("judge/", judge.judge, name="judge"),
    path("judge/answer/", judge.submit, name="submit"),
    path("judge/skip/", judge.skip_pair, name="skip"),
    path("judge/report/", judge.flag_pair, name="flag"),
    path("judge/release/", judge.release_pair, name="release"),
    path("judge/<uuid:assignment_id>/", judge.revise, name="revise"),
    path("judge/<uuid:assignment_id>/differences/", judge.diff, name="diff"),
    path("repair/", repair.repair, name="repair"),
    path("repair/answer/", repair.submit, name="repair-submit"),
    path("repair/skip/", repair.skip_repair, name="repair-skip"),
    path("repair/differences/", repair.differences, name="repair-diff"),
    path("repair/<uuid:assignment_id>/", repair.revise, name="repair-revise"),
    path("work/", my_work.my_work, name="my-work"),
    path("about-me/", profile.profile, name="profile"),
    path("about-me/erase/", profile.erase, name="profile-erase"),
    path("people/", people.people, name="people"),
    path("people/invite/", invitations.invite, name="invite-people"),
    path("people/links/", invitations.make_link, name="join-links"),
    path("people/links/<uuid:link_id>/revoke/", invitations.revoke_link, name="join-link-revoke"),
    path("people/<uuid:user_id>/", people.person, name="person"),
    path("people/<uuid:user_id>/words/", people.describe, name="person-words"),
    path("people/<uuid:user_id>/state/", people.set_person_state, name="person-state"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.new, name="campaign-new"),
    path("campaigns/<uuid:campaign_id>/", campaigns.campaign, name="campaign"),
    path("campaigns/<uuid:campaign_id>/state/", campaigns.set_state, name="campaign-state"),
    path("practice/<uuid:campaign_id>/", practice.practice, name="practice"),
    path("practice/<uuid:campaign_id>/start/", practice.start, name="practice-start"),
    path("practice/<uuid:campaign_id>/answer/", practice.answer, name="practice-answer"),
    path("campaigns/<uuid:campaign_id>/practice/", practice_setup.setup, name="practice-setup"),
    path("campaigns/<uuid:campaign_id>/practice/marks/", practice_setup.marks, name="practice-marks"),
    path("campaigns/<uuid:campaign_id>/practice/add/", practice_setup.add, name="practice-add"),
    path(
        "campaigns/<uuid:campaign_id>/practice/<uuid:practice_id>/retire/",
        practice_setup.retire,
        name="practice-retire",
    ),
    path(
        "campaigns/<uuid:campaign_id>/practice/people/<uuid:user_id>/",
        practice_setup.grant,
        name="practice-grant",
    ),
    path("campaigns/<uuid:campaign_id>/fill/", campaigns.fill, name="campaign-fill"),
    path("pairs/<uuid:item_id>/", pair.item, name="item"),
    path("pairs/<uuid:item_id>/reopen/", pair.reopen, name="item-reopen"),
    path("backlog/<uuid:item_id>/repair/", backlog.make_repair, name="backlog-repair"),
    path("backlog/<uuid:item_id>/pair/", backlog.make_pair, name="backlog-pair"),
]
