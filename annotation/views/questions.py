"""A lead answers what annotators asked, and lets the answer become an example of the guidelines."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import ProjectRequest, project_view
from core.errors import NotFound

from ..actions.ask import answer_question, find_question, make_example
from ..models import QuestionAnswer


@require_POST
@project_view("annotation.manage")
def answer(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """Say it once; the asker sees it under My work."""
    request = cast(ProjectRequest, request)
    question = find_question(request.project, question_id)
    answer_question(who=request.user, question=question, text=request.POST.get("text", ""))
    messages.success(
        request, _("Answered. Whoever asked sees it under My work and may be given the item again.")
    )
    return redirect("annotation:item", slug=request.project.slug, item_id=question.item_id)


@require_POST
@project_view("annotation.manage")
def example(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """The next version of the guidelines carries it."""
    request = cast(ProjectRequest, request)
    question = find_question(request.project, question_id)
    try:
        given = question.answer
    except QuestionAnswer.DoesNotExist as error:
        raise NotFound("answer_not_found", _("This question is not answered yet.")) from error
    version = make_example(who=request.user, answer=given)
    messages.success(request, _("Version %(n)d of the guidelines carries it.") % {"n": version.number})
    return redirect("annotation:item", slug=request.project.slug, item_id=question.item_id)
