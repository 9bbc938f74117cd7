"""The form of a selection: every parameter of a spec, with the project's own strata to choose from."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from curation.quota_board import quota_version
from snapshots.queries import AXES, axis_values, recipes_of
from snapshots.selection import KINDS, default_spec
from snapshots.words import REASONS, word

STRENGTHS = [
    ("0.5", _("leaning one way (0.5)")),
    ("1.0", _("slightly better (1)")),
    ("1.5", _("more than slightly better (1.5)")),
    ("2.0", _("clearly better, unanimously (2)")),
]
AXIS_FIELDS = {"domain": "domains", "difficulty": "difficulties", "kind": "kinds", "language": "languages"}
AXIS_LABELS = {
    "domain": _("Domains"),
    "difficulty": _("Difficulty"),
    "kind": _("Kinds"),
    "language": _("Languages"),
}


class SelectionForm(forms.Form):
    """One kind of snapshot; `spec()` gives what the action takes."""

    name = forms.CharField(label=_("Name"), max_length=120)
    reasons = forms.MultipleChoiceField(
        label=_("A row may enter because it was"), widget=forms.CheckboxSelectMultiple
    )
    min_strength = forms.ChoiceField(
        label=_("A preference counts from"),
        choices=STRENGTHS,
        help_text=_("The mean over all counted votes: 1 is slightly, 2 is clearly better, a tie is 0."),
    )
    include_simulated = forms.BooleanField(
        label=_("Also count simulated judgments"),
        required=False,
        help_text=_("They stay marked in every count, in the manifest and in every row."),
    )
    one_per_cluster = forms.BooleanField(label=_("One row per near-duplicate cluster"), required=False)
    leave_out_needs_work = forms.BooleanField(label=_("Leave out what waits for a repair"), required=False)
    max_rows = forms.IntegerField(
        label=_("At most so many rows"),
        min_value=1,
        required=False,
        help_text=_("Drawn by the seed; empty for all."),
    )
    use_quotas = forms.BooleanField(
        label=_("Share them out by the project's quotas"),
        required=False,
        help_text=_("Exactly, over strata of domain × difficulty; what is missing is said."),
    )
    fill_quotas = forms.BooleanField(label=_("Give to the others what a stratum lacks"), required=False)
    max_per_template = forms.IntegerField(
        label=_("At most so many of one template"),
        min_value=1,
        required=False,
        help_text=_(
            "Questions or answers that differ only in names, numbers, quotes and ids; empty for all."
        ),
    )
    recipe = forms.ChoiceField(
        label=_("Only what this recipe chooses"),
        required=False,
        help_text=_("A version of a recipe of curation; its clusters alone enter."),
    )
    validation_permille = forms.IntegerField(
        label=_("Held out for validation (of 1,000 clusters)"), min_value=0, max_value=500
    )
    seed = forms.IntegerField(label=_("Seed"), min_value=0, max_value=2**31)

    def __init__(self, kind: str, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.quotas = quota_version(project)
        if self.quotas is None:
            del self.fields["use_quotas"], self.fields["fill_quotas"]
        self.fields["recipe"].choices = [("", _("any")), *recipes_of(project)]  # type: ignore[attr-defined]
        self.fields["reasons"].choices = [(str(one), word(REASONS, one)[0]) for one in KINDS[kind]]  # type: ignore[attr-defined]
        for axis, values in axis_values(project).items():
            self.fields[AXIS_FIELDS[axis]] = forms.MultipleChoiceField(
                label=AXIS_LABELS[axis],
                choices=[(value, value.replace("_", " ")) for value in values],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    @classmethod
    def fresh(cls, kind: str, project: Project, *, recipe: str = "") -> "SelectionForm":
        """Filled with the defaults of the kind, and a recipe where one was come from."""
        data = {**asdict(default_spec(kind)), "recipe": recipe}
        data["min_strength"] = str(data["min_strength"])
        return cls(kind, project, initial=data)

    def axes(self) -> list[forms.BoundField]:
        """The stratum fields, those with something to choose."""
        fields = [self[AXIS_FIELDS[axis]] for axis in AXES]
        return [field for field in fields if len(field.field.choices) > 1]  # type: ignore[attr-defined]

    def spec(self) -> dict[str, Any]:
        """The cleaned data as a selection's spec."""
        data = {
            name: value for name, value in self.cleaned_data.items() if name not in ("name", "use_quotas")
        }
        if self.quotas is not None and self.cleaned_data.get("use_quotas"):
            data |= {"quotas": self.quotas.body["weights"], "quota_axes": self.quotas.body.get("axes", [])}
            data["max_rows"] = data["max_rows"] or self.quotas.body["total"] or None
        return {**data, "kind": self.kind, "min_strength": float(data["min_strength"])}


class ReasonForm(forms.Form):
    """A reason in one's own words."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with the snapshot for everybody who reads it later."),
    )


class NoteForm(forms.Form):
    """A word to the person who decides."""

    note = forms.CharField(
        label=_("What is it for?"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
