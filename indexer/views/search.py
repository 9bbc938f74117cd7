"""The search page: passages in their context, with everything needed to cite them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.access import ProjectRequest, project_view
from core.errors import Refused
from indexer import queries
from indexer.actions.search import Answer, Result, search
from indexer.canonical import citation_id
from indexer.forms import NeedsWorkForm
from indexer.models import DocumentVersion, Occurrence
from indexer.warm.client import WhyNot, client

WORDS_ONLY: dict[WhyNot, str | Promise] = {
    WhyNot.NOT_INSTALLED: _("The embedding extra is not installed here: results are ranked by words only."),
    WhyNot.OFF: _("The query encoder is switched off here: results are ranked by words only."),
    WhyNot.WARMING: _(
        "The query encoder is starting: these results are ranked by words only. Ask again in a few seconds."
    ),
    WhyNot.UNREACHABLE: _("The query encoder did not answer: these results are ranked by words only."),
    WhyNot.OTHER_MODEL: _(
        "The index was built with another model than the encoder has: ranked by words only. Build it again."
    ),
    WhyNot.LEXICAL_BUILD: _("This index was built without vectors: results are ranked by words only."),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A result as the page draws it."""

    result: Result
    place: Occurrence
    version: DocumentVersion
    others: tuple[Occurrence, ...]
    citation: str
    around: queries.Surroundings


def shown(answer: Answer) -> list[Shown]:
    """Results with their surroundings; the first place stands for the passage, the others are listed."""
    around = queries.surroundings(result.occurrences[0] for result in answer.results)
    return [
        Shown(
            result=result,
            place=(place := result.occurrences[0]),
            version=place.document_version,
            others=result.occurrences[1:],
            citation=citation_id(place.document_version.key, place.start, place.end),
            around=around[place.pk],
        )
        for result in answer.results
    ]


@project_view("index.read")
@require_GET
def search_page(request: ProjectRequest) -> HttpResponse:
    """Results for `?q=`, optionally of one `?licence=`. Opening the page wakes the query encoder."""
    query, licence = request.GET.get("q", "").strip(), request.GET.get("licence", "*")
    answer, refused = None, None
    if query:
        try:
            answer = search(
                who=request.user,
                project=request.project,
                query=query,
                licences=None if licence == "*" else [licence],
            )
        except Refused as error:
            refused = error
    elif (build := queries.current_build(request.project)) is not None and build.is_dense:
        client.start()
    context = {
        "query": query,
        "licence": licence,
        "licences": DocumentVersion.objects.of(request.project).by_licence(),
        "answer": answer,
        "results": shown(answer) if answer else [],
        "words_only": WORDS_ONLY[answer.why_words_only] if answer and answer.why_words_only else "",
        "refused": refused,
        "form": NeedsWorkForm(auto_id=False),
        "has_index": queries.current_build(request.project) is not None,
    }
    return render(request, "indexer/search.html", context, status=refused.status if refused else 200)
