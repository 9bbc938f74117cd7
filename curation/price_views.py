"""The price book: what holds, earlier versions, the next one, and what a change of prices would come to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import orjson
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound, Refused
from core.paging import capped_count
from curation.actions.price_book import new_book_version
from curation.actions.reprice import reprice
from curation.ingest_views import tabs
from curation.models import ConversationVersion
from curation.price_books import book_numbered, book_of, book_versions
from curation.pricing import Book

LARGEST_BOOK = 4 << 20
MOST_AT_ONCE = 5_000
"""Conversations that are priced while somebody waits; more than that is for the command."""
WEEK = timedelta(days=7)
MOST_DIGITS = 6


@project_view("trace.read")
@require_GET
def prices(request: ProjectRequest) -> HttpResponse:
    """The version that holds, or the one `?version=` names, entry by entry, and who made which."""
    shown = _shown(request)
    context = {
        "book": shown,
        "digits": _digits(shown),
        "current": book_of(request.project.pk),
        "versions": book_versions(request.project.pk),
        "tabs": tabs(request.project.slug, "prices"),
        "may_manage": may(request.user, "curation.manage", request.project),
        "since": (timezone.now().date() - WEEK).isoformat(),
    }
    return render(request, "curation/price_book.html", context)


@project_view("trace.read")
@require_GET
def download(request: ProjectRequest) -> HttpResponse:
    """One version as the file that can be changed and sent back."""
    shown = _shown(request)
    version = book_versions(request.project.pk).get(pk=shown.version_id)
    response = HttpResponse(
        orjson.dumps(version.body, option=orjson.OPT_INDENT_2), content_type="application/json"
    )
    response["Content-Disposition"] = f'attachment; filename="{shown.name}-v{shown.number}.json"'
    return response


@project_view("curation.manage")
@require_POST
def upload(request: ProjectRequest) -> HttpResponseRedirect:
    """The next version of the book, from a file."""
    file = request.FILES.get("book")
    try:
        if file is None or file.size is None or file.size > LARGEST_BOOK:
            raise Refused("bad_price_book", _("Choose a file of at most 4 MB."))
        version = new_book_version(
            who=request.user,
            project=request.project,
            data=_read(file.read()),
            note=request.POST.get("note", ""),
        )
        messages.success(request, _("Version %(n)s holds from now on.") % {"n": version.number})
    except Refused as refused:
        messages.error(request, f"{refused.message} {refused.hint}".strip())
    return redirect("curation:prices", request.project.slug)


@project_view("curation.manage")
def repriced(request: ProjectRequest) -> HttpResponse:
    """What the conversations since a day would cost under a version (GET), or the revisions that say so (POST)."""
    asked = request.POST if request.method == "POST" else request.GET
    book, since = (
        book_numbered(request.project.pk, _number(asked.get("version", ""))),
        _day(asked.get("since", "")),
    )
    count = capped_count(_since(request, since), MOST_AT_ONCE + 1)
    context: dict[str, Any] = {"book": book, "since": since, "count": count, "too_many": count > MOST_AT_ONCE}
    if not context["too_many"]:
        write = request.method == "POST"
        done = reprice(
            who=request.user, project=request.project, book_number=book.number, since=since, write=write
        )
        if write:
            messages.success(request, _("%(n)s conversations have a new cost.") % {"n": f"{done.changed:,}"})
            return redirect("curation:prices", request.project.slug)
        context |= {
            "done": done,
            "old": sum(one.old_usd for one in done.models),
            "new": sum(one.new_usd for one in done.models),
        }
    return render(request, "curation/price_preview.html", context)


def _shown(request: ProjectRequest) -> Book:
    number = request.GET.get("version", "")
    return book_numbered(request.project.pk, _number(number)) if number else book_of(request.project.pk)


def _digits(book: Book) -> int:
    """Decimals that show every price of the book exactly, so that a column lines up."""
    exponents = [
        int(price.normalize().as_tuple().exponent)
        for one in book.entries
        for price in (one.input, one.output, one.cache_read, one.cache_write)
        if price is not None
    ]
    return max(2, min(MOST_DIGITS, -min(exponents, default=0)))


def _since(request: ProjectRequest, since: date) -> Any:
    return ConversationVersion.objects.filter(
        project=request.project, current_of__isnull=False, day__gte=since
    )


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise NotFound("book_not_found", "The price book of this project has no such version.")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.now().date() - WEEK


def _read(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused("bad_price_book", _("The file is not JSON.")) from error
