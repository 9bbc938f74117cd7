"""Links and tokens that let somebody in. Only their hashes are stored."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from accounts.models.project import Project, Role
from core.actors import Actor


class Invitation(models.Model):
    """A link that makes its reader a member; used once, until it expires.

    `about` is what higher apps are told of the person on joining (team, languages, …); nothing here reads it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=16, choices=Role.choices)
    about = models.JSONField(default=dict)
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="invitation_role_known")
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"


class JoinLink(models.Model):
    """A link for a whole team: everybody who opens it becomes an annotator, up to a number of people and a date.

    It carries no other role: a link that is passed around must never make an administrator.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="join_links")
    name = models.CharField(max_length=80)
    about = models.JSONField(default=dict)
    token_sha256 = models.CharField(max_length=64, unique=True)
    most = models.PositiveIntegerField()
    used = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(most__gte=1), name="join_link_for_somebody"),
            models.CheckConstraint(
                condition=models.Q(used__lte=models.F("most")), name="join_link_not_overused"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Scope(models.TextChoices):
    """What a token may be used for."""

    INGEST = "ingest", "Send traces"
    READ = "read", "Read everything of the project"
    WRITE = "write", "Act with its owner's roles"


class ApiToken(models.Model):
    """A project token for machines: shown once, stored as a hash, limited to its scopes and its owner's roles.

    `rate_limit` (rows a second) and `daily_quota` (rows a UTC day) bound what it may send; None is no limit.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tokens")
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    token_sha256 = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope.choices), default=list)
    training_use = models.CharField(max_length=8, blank=True, default="")
    rate_limit = models.PositiveIntegerField(null=True)
    daily_quota = models.PositiveBigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "name"],
                condition=models.Q(revoked_at__isnull=True),
                name="token_name_once",
            ),
            models.CheckConstraint(
                condition=models.Q(rate_limit__isnull=True) | models.Q(rate_limit__gt=0),
                name="token_rate_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(daily_quota__isnull=True) | models.Q(daily_quota__gt=0),
                name="token_quota_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def actor(self) -> Actor:
        """This token's name in audit entries; the person behind it is its owner."""
        return Actor(
            kind="token", id=str(self.pk), name=f"{self.owner} via {self.name}", user_id=str(self.owner_id)
        )
