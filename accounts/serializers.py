"""What the accounts API takes and gives; secrets only ever in the answer that makes them."""

from typing import Any

from rest_framework import serializers

from accounts.actions.invite import DEFAULT_DAYS
from accounts.models import ApiToken, Invitation, Role, User
from accounts.models.access import Scope
from core.models import AuditEntry


class MemberOut(serializers.Serializer[Any]):
    """A person with the roles held in this project."""

    id = serializers.UUIDField(source="user.pk")
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name")
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))
    is_active = serializers.BooleanField(source="user.is_active")
    is_simulated = serializers.BooleanField(source="user.is_simulated")


class RolesIn(serializers.Serializer[Any]):
    """The roles a member shall hold; an empty list removes the member."""

    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), allow_empty=True)


class InvitationIn(serializers.Serializer[Any]):
    """Whom to invite."""

    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=Role.choices)
    days = serializers.IntegerField(default=DEFAULT_DAYS)


class InvitationOut(serializers.ModelSerializer[Invitation]):
    """An open invitation, without its secret."""

    class Meta:
        model = Invitation
        fields = ("id", "email", "role", "created_at", "expires_at")


class InvitationMade(InvitationOut):
    """The one answer that holds the link."""

    link = serializers.CharField()

    class Meta(InvitationOut.Meta):
        fields = (*InvitationOut.Meta.fields, "link")  # type: ignore[assignment]


class LimitsIn(serializers.Serializer[Any]):
    """How much a token may send: rows a second, rows a UTC day; null is no limit."""

    rate_limit = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=2**31 - 1
    )
    daily_quota = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=2**53
    )


class TokenIn(LimitsIn):
    """A new token."""

    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices), allow_empty=False)
    days = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=730)
    training_use = serializers.ChoiceField(
        choices=["", "allowed", "denied", "unknown"], required=False, default="", allow_blank=True
    )


class TokenOut(serializers.ModelSerializer[ApiToken]):
    """A token, without its secret."""

    class Meta:
        model = ApiToken
        fields = (
            "id",
            "name",
            "prefix",
            "scopes",
            "training_use",
            "rate_limit",
            "daily_quota",
            "created_at",
            "expires_at",
            "revoked_at",
            "last_used_at",
        )


class TokenMade(TokenOut):
    """The one answer that holds the secret."""

    secret = serializers.CharField()

    class Meta(TokenOut.Meta):
        fields = (*TokenOut.Meta.fields, "secret")  # type: ignore[assignment]


class AuditOut(serializers.ModelSerializer[AuditEntry]):
    """One act."""

    class Meta:
        model = AuditEntry
        fields = (
            *("id", "at", "actor_kind", "actor_id", "actor_name", "verb", "subject_type", "subject_id"),
            *("request_id", "data"),
        )


class ResetMade(serializers.Serializer[Any]):
    """A reset link, shown once."""

    link = serializers.CharField()


class MeOut(serializers.ModelSerializer[User]):
    """The signed-in person."""

    class Meta:
        model = User
        fields = ("id", "email", "name", "time_zone", "theme")
        read_only_fields = ("id", "email")
