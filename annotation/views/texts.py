"""Guidelines and policies: the list, one version with what changed, writing the next, attaching one to a campaign."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound, Refused
from core.rendering.diff import diff_html
from curation.models import Asset, AssetVersion
from curation.models.assets import AssetKind

from ..actions.publish_text import KINDS, LONGEST_NAME, LONGEST_NOTE, LONGEST_TEXT, attach_text, publish_text
from ..guidance import plain_text, texts_of
from ..models import Campaign
from ..next_item import chosen_campaign
from ..policy import with_headings


class TextForm(forms.Form):
    """What a lead writes: the whole text, and whether it changes what is decided."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it"),
        choices=[
            ("guidelines", gettext_lazy("Guidelines: how people here judge")),
            ("policy", gettext_lazy("Policy: numbered sections that answers can cite")),
        ],
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 18, "dir": "auto"}),
        help_text=gettext_lazy(
            "Markdown. In a policy, a section begins with a number and a title, like “2.1 Refusals”."
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("What is different"), max_length=LONGEST_NOTE, required=False,
        help_text=gettext_lazy("One line for the people who have read the version before."),
    )  # fmt: skip
    changes_decisions = forms.BooleanField(
        label=gettext_lazy("It changes decisions"), required=False,
        help_text=gettext_lazy("Everybody is shown what changed, and reads it before the next answer."),
    )  # fmt: skip


@require_GET
@project_view("annotation.read")
def texts(request: HttpRequest) -> HttpResponse:
    """Every text with its version in force and the campaigns under it."""
    request = cast(ProjectRequest, request)
    rows = []
    for asset in texts_of(request.project):
        under = Campaign.objects.filter(project=request.project, **{f"{asset.kind}__asset": asset})
        rows.append((asset, list(under.order_by("name"))))
    context = {"rows": rows, "may_manage": may(request.user, "annotation.manage", request.project)}
    return render(request, "annotation/texts.html", context)


@require_GET
@project_view("annotation.read")
def text(request: HttpRequest, version_id: int) -> HttpResponse:
    """One version as people read it, and what changed against another."""
    request = cast(ProjectRequest, request)
    version = _version(request, version_id)
    versions = list(version.asset.versions.order_by("-number").select_related("created_by"))
    wanted = request.GET.get("against", str(version.number - 1))
    against = next((one for one in versions if str(one.number) == wanted and one.pk != version.pk), None)
    context = {
        "version": version,
        "body": {**version.body, "text": _readable(version.asset.kind, version.body.get("text", ""))},
        "versions": versions,
        "against": against,
        "changes": diff_html(plain_text(against), plain_text(version), fold=True) if against else "",
        "may_manage": may(request.user, "annotation.manage", request.project),
    }
    return render(request, "annotation/text.html", context)


@project_view("annotation.manage")
def new(request: HttpRequest) -> HttpResponse:
    """A text of a new name."""
    request = cast(ProjectRequest, request)
    kind = request.GET.get("kind", "guidelines")
    return _write(request, None, {"kind": kind if kind in KINDS else "guidelines"})


@project_view("annotation.manage")
def following(request: HttpRequest, version_id: int) -> HttpResponse:
    """The next version of a text, beginning with what this one says."""
    request = cast(ProjectRequest, request)
    version = _version(request, version_id)
    held = {"kind": version.asset.kind, "name": version.asset.name, "text": version.body.get("text", "")}
    return _write(request, version, held)


def _write(request: ProjectRequest, version: AssetVersion | None, held: dict[str, Any]) -> HttpResponse:
    fixed = {"kind": held["kind"], "name": held["name"]} if version else {}
    given = {**request.POST.dict(), **fixed} if request.method == "POST" else None
    form = TextForm(given, initial=held)
    if version:
        form.fields["kind"].widget = form.fields["name"].widget = forms.HiddenInput()
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        try:
            made = publish_text(who=request.user, project=request.project, **form.cleaned_data)
            messages.success(request, _("Version %(n)d is in force.") % {"n": made.number})
            return redirect("annotation:text", slug=request.project.slug, version_id=made.pk)
        except Refused as refused:
            form.add_error("text", str(refused))
    shown = form.cleaned_data.get("text", "") if request.method == "POST" and form.is_bound else ""
    preview = {
        "text": _readable(form.cleaned_data.get("kind", ""), shown) if shown else "",
        "examples": version.body.get("examples", []) if version else [],
    }
    context = {
        "form": form,
        "version": version,
        "preview": preview if shown else None,
        "changes": diff_html(version.body.get("text", ""), shown, fold=True) if version and shown else "",
    }
    return render(request, "annotation/text_write.html", context)


@require_POST
@project_view("annotation.manage")
def attach(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """From now on people judge under this text, or under none."""
    request = cast(ProjectRequest, request)
    campaign = chosen_campaign(request.project, str(campaign_id))
    assert campaign is not None
    for kind in KINDS:
        given = request.POST.get(kind)
        if given is None:
            continue
        asset = None
        if given:
            found = Asset.objects.filter(project=request.project, kind=kind).select_related("current")
            asset = found.filter(pk=int(given)).first() if given.isdecimal() and len(given) < 18 else None
            if asset is None:
                raise NotFound("text_not_found", _("There is no such text."))
        attach_text(who=request.user, campaign=campaign, kind=kind, asset=asset)
    messages.success(request, _("Saved. It holds from the next pair on."))
    return redirect("annotation:campaign", slug=request.project.slug, campaign_id=campaign_id)


def _readable(kind: str, text: str) -> str:
    return with_headings(text) if kind == AssetKind.POLICY else text


def _version(request: ProjectRequest, version_id: int) -> AssetVersion:
    found = AssetVersion.objects.filter(project=request.project, pk=version_id, asset__kind__in=KINDS)
    version = found.select_related("asset", "created_by").first()
    if version is None:
        raise NotFound("text_not_found", _("There is no such text."))
    return version
