"""Endpoints under /api/v1/projects/<slug>/."""

from django.urls import path

from accounts import api

urlpatterns = [
    path("members", api.Members.as_view()),
    path("members/<uuid:user_id>/roles", api.MemberRoles.as_view()),
    path("members/<uuid:user_id>/deactivate", api.MemberDeactivate.as_view()),
    path("members/<uuid:user_id>/reactivate", api.MemberReactivate.as_view()),
    path("members/<uuid:user_id>/reset", api.MemberReset.as_view()),
    path("invitations", api.Invitations.as_view()),
    path("invitations/<uuid:invitation_id>/revoke", api.InvitationRevoke.as_view()),
    path("audit", api.Audit.as_view()),
    path("tokens", api.Tokens.as_view()),
    path("tokens/<uuid:token_id>/limits", api.TokenLimits.as_view()),
    path("tokens/<uuid:token_id>/revoke", api.TokenRevoke.as_view()),
]
