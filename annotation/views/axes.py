"""The axes on which a project asks people about themselves: defined by leads, answered by nobody who does not want to."""

from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may, require
from core.errors import NotFound, Refused

from ..actions.profile import PREFER_NOT_TO_SAY, define_axis, retire_axis
from ..axes import K, current_axes_of, known_axes_of, sayable
from ..models import Axis

LONGEST, MOST = 60, 40


class AxisForm(forms.Form):
    """A name, and a value a line."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=40,
        help_text=gettext_lazy("The name of an axis that is there already makes a new version of it."),
    )  # fmt: skip
    values = forms.CharField(
        label=gettext_lazy("Values, one a line"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("“Prefer not to say” is always one of them, added by itself."),
    )  # fmt: skip

    def clean_name(self) -> str:
        """One spelling: axes are found by name."""
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_values(self) -> list[str]:
        """The lines, without the value that is always there."""
        lines = [" ".join(line.split()) for line in str(self.cleaned_data["values"]).splitlines()]
        values = [line for line in dict.fromkeys(lines) if line and line != PREFER_NOT_TO_SAY]
        if len(values) > MOST or any(len(value) > LONGEST or "=" in value for value in values):
            raise forms.ValidationError(
                _("At most %(n)d values of at most %(long)d signs, without an equals sign.")
                % {"n": MOST, "long": LONGEST}
            )
        return values


@project_view("annotation.read")
def axes(request: HttpRequest) -> HttpResponse:
    """Every axis with its values; a lead defines one, or a new version of one (?change=)."""
    request = cast(ProjectRequest, request)
    found = current_axes_of(request.project.pk)
    change = next(
        (axis for axis in known_axes_of(request.project.pk) if axis.name == request.GET.get("change")), None
    )
    first = {"name": change.name, "values": "\n".join(sayable(change))} if change else {}
    form = AxisForm(request.POST or None, initial=first)
    if request.method == "POST":
        require(request.user, "annotation.manage", request.project)
        if form.is_valid():
            try:
                axis = define_axis(who=request.user, project=request.project, **form.cleaned_data)
                messages.success(
                    request,
                    _(
                        "Version %(n)d of %(name)s is asked from now on; answers given keep the value they had."
                    )
                    % {"n": axis.number, "name": axis.name},
                )
                return redirect("annotation:axes", slug=request.project.slug)
            except Refused as refused:
                form.add_error("values", str(refused))
    context = {
        "retired": [axis for axis in known_axes_of(request.project.pk) if axis.retired_at],
        "rows": [(axis, sayable(axis)) for axis in found],
        "change": change,
        "form": form,
        "k": K,
        "may_manage": may(request.user, "annotation.manage", request.project),
    }
    return render(request, "annotation/axes.html", context)


@require_POST
@project_view("annotation.manage")
def retire(request: HttpRequest, axis_id: int) -> HttpResponse:
    """Ask an axis of nobody any more."""
    request = cast(ProjectRequest, request)
    axis = Axis.objects.select_related("project").filter(project=request.project, pk=axis_id).first()
    if axis is None:
        raise NotFound("axis_not_found", _("There is no such axis."))
    try:
        retire_axis(who=request.user, axis=axis)
        messages.success(
            request, _("%(name)s is asked no more; answers given keep what they had.") % {"name": axis}
        )
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("annotation:axes", slug=request.project.slug)
