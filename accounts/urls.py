"""Pages under /p/<slug>/accounts/."""

from django.urls import path

from accounts import audit_views, views

app_name = "accounts"
urlpatterns = [
    path("members/", views.members, name="members"),
    path("members/invite/", views.invite, name="invite"),
    path("members/<uuid:user_id>/", views.member, name="member"),
    path("members/<uuid:user_id>/roles/", views.member_roles, name="member_roles"),
    path("members/<uuid:user_id>/deactivate/", views.member_deactivate, name="member_deactivate"),
    path("members/<uuid:user_id>/reactivate/", views.member_reactivate, name="member_reactivate"),
    path("members/<uuid:user_id>/reset/", views.member_reset, name="member_reset"),
    path("invitations/<uuid:invitation_id>/revoke/", views.invitation_revoke, name="invitation_revoke"),
    path("audit/", audit_views.audit, name="audit"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<uuid:token_id>/limits/", views.token_limits, name="token_limits"),
    path("tokens/<uuid:token_id>/revoke/", views.token_revoke, name="token_revoke"),
]
