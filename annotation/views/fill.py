"""Fill a campaign from production: which sources, how many, and what was not made and why."""

from collections import Counter
from typing import cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.access import ProjectRequest, project_view

from .. import next_item
from ..actions.make_pairs import SOURCES, make_pairs
from ..actions.make_repairs import make_repairs
from ..pair_sources import LABELS

AT_ONCE = 500
MOST = 5_000

WHY_NOT = {
    "identical": gettext_lazy("the same answer twice, which is a tie nobody is asked about"),
    "templated": gettext_lazy("alike but for marks"),
    "empty": gettext_lazy("without words"),
    "already there": gettext_lazy("here already"),
    "not permitted": gettext_lazy("not to be trained on"),
    "no good answer known": gettext_lazy("without a good answer to compare with"),
}


class FillForm(forms.Form):
    """Where pairs come from, and how many at most."""

    sources = forms.MultipleChoiceField(
        label=gettext_lazy("Where pairs come from"),
        choices=[(str(source), label) for source, label in LABELS.items()],
        initial=[str(source) for source in SOURCES],
        widget=forms.CheckboxSelectMultiple,
    )
    limit = forms.IntegerField(label=gettext_lazy("At most"), min_value=1, max_value=MOST, initial=AT_ONCE)


@require_POST
@project_view("annotation.manage")
def fill(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Add items; a button without the form takes what production gave by itself."""
    request = cast(ProjectRequest, request)
    found = next_item.chosen_campaign(request.project, str(campaign_id))
    assert found is not None
    back = redirect("annotation:campaign", slug=request.project.slug, campaign_id=campaign_id)
    if found.kind == "repair":
        _say(request, make_repairs(who=request.user, campaign=found, limit=AT_ONCE), Counter())
        return back
    chosen = request.POST if "limit" in request.POST else {"sources": [*SOURCES], "limit": AT_ONCE}
    form = FillForm(chosen)
    if not form.is_valid():
        for name, errors in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, errors))}")
        return back
    made = make_pairs(who=request.user, campaign=found, **form.cleaned_data)
    _say(request, made.total, made.not_made)
    return back


def _say(request: ProjectRequest, made: int, not_made: Counter[str]) -> None:
    if made:
        said = ngettext("%(n)d item was added.", "%(n)d items were added.", made) % {"n": made}
        messages.success(request, said)
    else:
        messages.info(request, _("Nothing new was found: every pair the traces hold is here already."))
    if not_made:
        reasons = ", ".join(f"{count} {WHY_NOT.get(why, why)}" for why, count in not_made.most_common())
        messages.info(request, _("Not added: %(reasons)s.") % {"reasons": reasons})
