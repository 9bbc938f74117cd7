"""The launch form: it checks shape only; the rules live in the action."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from snapshots.models import Approval
from trainers.models import ModelVersion
from trainers.queries import launchable_approvals, models_of
from trainers.recipes import DEFAULTS


class ApprovalChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Approvals, each with what it signs."""

    def label_from_instance(self, obj: Approval) -> str:
        """Snapshot, kind, rows, approver."""
        return _("%(snapshot)s · %(kind)s, %(rows)s rows · approved by %(approver)s") % {
            "snapshot": obj.snapshot,
            "kind": obj.snapshot.kind,
            "rows": obj.snapshot.row_count,
            "approver": obj.approver,
        }


class ModelChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Models, each with its kind."""

    def label_from_instance(self, obj: ModelVersion) -> str:
        """Name, number, kind."""
        return f"{obj} · {obj.kind}"


class LaunchForm(forms.Form):
    """Which recipe, on which approved snapshot, from which model."""

    recipe = forms.ChoiceField(
        label=_("Recipe"), choices=[(recipe.slug, recipe.title) for recipe in DEFAULTS]
    )
    approval = ApprovalChoice(
        label=_("Approved snapshot"),
        queryset=Approval.objects.none(),
        help_text=_("Only approvals that stand are listed; an unapproved snapshot cannot be trained on."),
    )
    parent = ModelChoice(
        label=_("Start from"),
        queryset=ModelVersion.objects.none(),
        required=False,
        empty_label=_("no model (base pass only)"),
    )
    seed = forms.IntegerField(label=_("Seed"), initial=7, min_value=0, max_value=2**31 - 1)

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        approvals, parent = self.fields["approval"], self.fields["parent"]
        assert isinstance(approvals, forms.ModelChoiceField)
        assert isinstance(parent, forms.ModelChoiceField)
        approvals.queryset = launchable_approvals(project)
        parent.queryset = models_of(project).exclude(kind="ptq").order_by("-created_at")
