"""Endpoints under /api/v1/projects/<project>/."""

from django.urls import path, re_path

from . import api, api_leads

urlpatterns = [
    path("campaigns/", api.CampaignsAPI.as_view(), name="api-campaigns"),
    path("campaigns/<uuid:campaign_id>/claim/", api.ClaimAPI.as_view(), name="api-claim"),
    path("campaigns/<uuid:campaign_id>/statistics/", api.StatisticsAPI.as_view(), name="api-statistics"),
    path("campaigns/<uuid:campaign_id>/settings/", api_leads.SettingsAPI.as_view(), name="api-settings"),
    path("annotators/invite/", api_leads.InviteAPI.as_view(), name="api-invite-annotators"),
    path("judgments/", api.JudgmentsAPI.as_view(), name="api-judgments"),
    path("repairs/", api.RepairsAPI.as_view(), name="api-repairs"),
    path("assignments/keep/", api.KeepAPI.as_view(), name="api-keep-assignment"),
    re_path(r"^assignments/(?P<how>skip|release|report)/$", api.EndAPI.as_view(), name="api-end-assignment"),
]
