"""Looking closer at a pair, and fixing the better answer of it in place."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from core.rendering.diff import diff_both, diff_html

from ..actions.fix_in_pair import fix_in_pair, side_of
from ..models import Pair
from ..sides import place
from .desk import own_assignment
from .forms_in import field, lease_in
from .judge import HEADER


@require_GET
@project_view("annotation.judge")
def diff(request: HttpRequest, assignment_id: UUID) -> HttpResponse:
    """Word differences of the two answers, each side with its own words marked."""
    request = cast(ProjectRequest, request)
    assignment = own_assignment(request, assignment_id, kind="pair")
    pair = Pair.objects.select_related("response_a", "response_b").get(item_id=assignment.item_id)
    left, right = place(pair.response_a.text, pair.response_b.text, swapped=assignment.swapped)
    first, second = diff_both(left, right)
    return render(request, "annotation/_card_diff.html", {"left": first, "right": second})


@project_view("annotation.judge")
def fix_text(request: HttpRequest, assignment_id: UUID) -> HttpResponse:
    """The text of one side as it is edited; posted back, what the edit changes, word by word."""
    request = cast(ProjectRequest, request)
    assignment = own_assignment(request, assignment_id, kind="pair")
    given = request.POST if request.method == "POST" else request.GET
    before = side_of(assignment, given.get("side", "")).text
    if request.method != "POST":
        return JsonResponse({"text": before})
    context = {"diff": diff_html(before, request.POST.get("text", "").replace("\r\n", "\n"))}
    return render(request, "annotation/_repair_diff.html", context)


@require_POST
@project_view("annotation.judge")
def fix(request: HttpRequest) -> HttpResponse:
    """Keep the fixed answer; the pair stays on the screen."""
    request = cast(ProjectRequest, request)
    lease = lease_in(request)
    fix_in_pair(
        who=request.user,
        project=request.project,
        assignment_id=lease.assignment_id,
        lease_token=lease.lease_token,
        key=field(request.POST, "key", UUID),
        side=request.POST.get("side", ""),
        text=request.POST.get("text", ""),
    )
    response = HttpResponse(status=200)
    response[HEADER] = "fixed"
    return response
