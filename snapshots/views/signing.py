"""Ask for a signature, sign or refuse, take back, withdraw."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ProjectRequest, project_view
from core.errors import NotFound, Refused
from snapshots.actions.review import approve_snapshot, cancel_review, refuse_snapshot, request_review
from snapshots.actions.verify_snapshot import as_data
from snapshots.actions.withdraw import withdraw_approval
from snapshots.forms import NoteForm, ReasonForm
from snapshots.gate import check_for_signature
from snapshots.models import Review
from snapshots.queries import find_review, find_snapshot, standing_approval
from snapshots.samples import sample_rows
from snapshots.views.objects import rights, sealed_context
from snapshots.words import checked

SAMPLE = 5


@require_POST
@project_view(verb="snapshot.request")
def ask(request: ProjectRequest, snapshot_id: uuid.UUID) -> HttpResponse:
    """Ask for a review."""
    found = find_snapshot(request.project, snapshot_id)
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    review = request_review(who=request.user, snapshot=found, note=note)
    messages.success(request, _("A data lead will find it in the inbox."))
    return redirect("snapshots:review", request.project.slug, snapshot_id, review.pk)


@require_safe
@project_view(verb="snapshot.read")
def review(request: ProjectRequest, snapshot_id: uuid.UUID, review_id: uuid.UUID) -> HttpResponse:
    """The signing page: what is signed, what was checked, what will happen."""
    return _signing_page(request, find_review(request.project, snapshot_id, review_id), ReasonForm())


@require_safe
@project_view(verb="snapshot.read")
def review_checks(request: ProjectRequest, snapshot_id: uuid.UUID, review_id: uuid.UUID) -> HttpResponse:
    """The checks, run at this moment."""
    found = find_review(request.project, snapshot_id, review_id).snapshot
    context = {"snapshot": found, "checks": checked(as_data(check_for_signature(found))), "just_now": True}
    return render(request, "snapshots/_checks.html", context)


@require_POST
@project_view(verb="snapshot.approve")
def decide(request: ProjectRequest, snapshot_id: uuid.UUID, review_id: uuid.UUID) -> HttpResponse:
    """Approve or refuse with a reason."""
    found = find_review(request.project, snapshot_id, review_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _signing_page(request, found, form, status=422)
    decision = approve_snapshot if request.POST.get("decision") == "approve" else refuse_snapshot
    try:
        decision(who=request.user, review=found, reason=form.cleaned_data["reason"])
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _signing_page(request, found, form, status=refusal.status)
    if decision is approve_snapshot:
        messages.success(request, _("Signed. Training can start from this snapshot."))
    else:
        messages.success(request, _("Refused. The reason went back to the person who asked."))
    return redirect("snapshots:snapshot", request.project.slug, snapshot_id)


@require_POST
@project_view(verb="snapshot.request")
def take_back(request: ProjectRequest, snapshot_id: uuid.UUID, review_id: uuid.UUID) -> HttpResponse:
    """Take one's own request back."""
    cancel_review(who=request.user, review=find_review(request.project, snapshot_id, review_id))
    messages.success(request, _("The request was taken back."))
    return redirect("snapshots:snapshot", request.project.slug, snapshot_id)


@project_view(verb="snapshot.withdraw")
def withdraw(request: ProjectRequest, snapshot_id: uuid.UUID) -> HttpResponse:
    """What withdrawing does, and doing it."""
    found = find_snapshot(request.project, snapshot_id)
    approval = standing_approval(found)
    if approval is None:
        raise NotFound("no_approval", _("There is no standing approval to withdraw."))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        withdraw_approval(who=request.user, approval=approval, reason=form.cleaned_data["reason"])
        messages.success(request, _("Withdrawn. Nothing new starts from it, and running training stops."))
        return redirect("snapshots:snapshot", request.project.slug, snapshot_id)
    context = {"snapshot": found, "approval": approval, "form": form}
    return render(request, "snapshots/withdraw.html", context)


def _signing_page(
    request: ProjectRequest, found: Review, form: ReasonForm, status: int = 200
) -> HttpResponse:
    allowed = rights(request)
    mine = found.requested_by_id == request.user.pk
    snapshot = find_snapshot(request.project, found.snapshot_id)
    context = sealed_context(snapshot) | {
        "review": found,
        "snapshot": snapshot,
        "samples": sample_rows(snapshot, SAMPLE),
        "checks": checked(found.checks),
        "checked_at": found.requested_at,
        "form": form,
        "mine": mine,
        "may": allowed,
        "may_decide": allowed["approve"] and not mine and found.state == "open",
    }
    return render(request, "snapshots/review.html", context, status=status)
