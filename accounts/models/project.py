"""The tenant, and who may do what in it."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models.user import User


class Role(models.TextChoices):
    """Roles of a membership; one person may hold several."""

    ANNOTATOR = "annotator", _("Annotator")
    DATA_LEAD = "data_lead", _("Data lead")
    ML_ENGINEER = "ml_engineer", _("ML engineer")
    ADMIN = "admin", _("Administrator")


class ProjectQuerySet(models.QuerySet["Project"]):
    """Reads of projects."""

    def visible_to(self, user: "User") -> "ProjectQuerySet":
        """The projects this person is a member of."""
        return self.filter(memberships__user=user).distinct()


class Project(models.Model):
    """The tenant: every domain row carries one, and nothing is ever read across two."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True, max_length=50)
    name = models.CharField(max_length=120)
    training_use_default = models.CharField(max_length=8, default="unknown")
    created_at = models.DateTimeField(db_default=Now())

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(training_use_default__in=["allowed", "denied", "unknown"]),
                name="project_training_use_known",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One role of one person in one project."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "user", "role"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} in {self.project}"
