"""What the project asks of the people behind a snapshot, and changing it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may, require
from snapshots.actions.set_gate import set_people_gate
from snapshots.gate import gate_of


class GateForm(forms.Form):
    """Every field may stay empty: then nothing is asked."""

    least_effective = forms.FloatField(
        label=gettext_lazy("At least so many annotators, effectively"),
        min_value=1, max_value=10_000, required=False,
        help_text=gettext_lazy("As if all had judged equally often (Hill number of order 1); simulated ones do not count."),
    )  # fmt: skip
    largest_share = forms.FloatField(
        label=gettext_lazy("Nobody gave more than this share of the judgments, in %"),
        min_value=1,
        max_value=100,
        required=False,
    )
    least_groups = forms.IntegerField(
        label=gettext_lazy("At least so many groups on every axis"), min_value=2, max_value=50, required=False,
        help_text=gettext_lazy("Groups that published reports of the campaigns behind it show: five people or more."),
    )  # fmt: skip
    no_side = forms.BooleanField(
        label=gettext_lazy("Nothing says that sides were chosen rather than answers (p ≥ 0.001)"),
        required=False,
    )


@project_view(verb="snapshot.read")
def gate(request: ProjectRequest) -> HttpResponse:
    """The rules for everybody who reads snapshots; the form for those who sign them."""
    current = gate_of(request.project)
    initial: dict[str, Any] = {}
    if current is not None:
        initial = {name: getattr(current, name) for name in GateForm.base_fields}
        initial["largest_share"] = current.largest_share and current.largest_share * 100
    form = GateForm(request.POST or None, initial=initial)
    if request.method == "POST":
        require(request.user, "snapshot.approve", request.project)
        if form.is_valid():
            asked = dict(form.cleaned_data)
            asked["largest_share"] = asked["largest_share"] and asked["largest_share"] / 100
            set_people_gate(who=request.user, project=request.project, **asked)
            messages.success(request, _("Saved. It holds for signatures from now on."))
            return redirect("snapshots:gate", request.project.slug)
    context = {
        "form": form,
        "current": current,
        "may_set": may(request.user, "snapshot.approve", request.project),
    }
    return render(request, "snapshots/gate.html", context, status=422 if form.errors else 200)
