"""The keep policy: who stands for a cluster, with what each choice would change before one is made."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import Refused
from curation.actions.choose_deduplication import choose_deduplication
from curation.bodies import load_many
from curation.dedup.keep import choice_of
from curation.dedup.members import Member
from curation.dedup.views import view_texts
from curation.drop_reasons import Words
from curation.keeping import CLUSTERS, LARGEST, Exchange, prospect
from curation.models import ConversationVersion, Keep

EXAMPLES = 3
LONGEST_COMPARED = 4_000
MEANINGS: Mapping[Keep, Words] = {
    Keep.LONGEST: gettext_lazy("The form with most word sequences; it holds what the shorter ones say."),
    Keep.NEWEST: gettext_lazy("The latest to happen; then the longest."),
    Keep.BEST_RATED: gettext_lazy("Most thumbs up less thumbs down of real people; then the longest."),
    Keep.MOST_ANNOTATORS: gettext_lazy("The one most annotators judged or repaired; then the longest."),
}


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One policy with the number of clusters in which another conversation would stand."""

    keep: Keep
    meaning: Words
    changes: int


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, its words as they were compared ("" past its retention), and what decides."""

    version: ConversationVersion
    text: str
    title: str


@project_view("curation.read")
@require_safe
def keeping(request: ProjectRequest) -> HttpResponse:
    """`?keep=` is looked at; without it, the policy in force."""
    choice = choice_of(request.project.pk)
    asked = request.GET.get("keep", "")
    keep = Keep(asked if asked in Keep.values else choice.keep)
    found = prospect(request.project)
    exchanges = found.exchanges[keep]
    context = {
        "keep": keep,
        "in_force": Keep(choice.keep),
        "choice": choice,
        "rows": [PolicyRow(one, MEANINGS[one], len(found.exchanges[one])) for one in Keep],
        "looked_at": found.looked_at,
        "changes": len(exchanges),
        "all_of": found.looked_at < CLUSTERS,
        "largest": LARGEST,
        "examples": _examples(keep, exchanges),
        "may_manage": may(request.user, "curation.manage", request.project),
    }
    return render(request, "curation/keeping.html", context)


@project_view("curation.manage")
@require_POST
def choose_keeping(request: ProjectRequest) -> HttpResponseRedirect:
    """Let a policy hold; clusters are made anew in the background."""
    try:
        choice = choose_deduplication(
            who=request.user, project=request.project, keep=request.POST.get("keep", "none")
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        said = _("“%(policy)s” holds. Clusters are made anew in the background.")
        messages.success(request, said % {"policy": Keep(choice.keep).label})
    return redirect("curation:keeping", request.project.slug)


def _examples(keep: Keep, found: Sequence[Exchange]) -> list[tuple[Exchange, Side, Side]]:
    """A few, those first in which the words would be others."""
    exchanges = sorted(found, key=lambda one: one.now.text_id == one.then.text_id)[:EXAMPLES]
    wanted = {member.version_id for one in exchanges for member in (one.now, one.then)}
    versions = ConversationVersion.objects.select_related("trace").in_bulk(wanted)
    words: dict[uuid.UUID, str] = {
        key: view_texts(stored.conversation).get(exchanges[0].now.view, "")[:LONGEST_COMPARED]
        for key, stored in load_many(versions.values()).items()
    }

    def side(title: str, member: Member, rank: float | None) -> Side:
        version = versions[member.version_id]
        return Side(version, words.get(version.pk, ""), f"{title}: {_decides(keep, member, rank)}")

    return [
        (one, side(_("Stands now"), one.now, one.rank_now), side(_("Would stand"), one.then, one.rank_then))
        for one in exchanges
    ]


def _decides(keep: Keep, member: Member, rank: float | None) -> str:
    if keep == Keep.BEST_RATED:
        return _("rated %(rating)s") % {"rating": f"{rank:+.0f}"} if rank is not None else _("not rated")
    if keep == Keep.MOST_ANNOTATORS:
        seen = int(rank or 0)
        return ngettext("%(n)d annotator", "%(n)d annotators", seen) % {"n": seen}
    return f"{member.occurred_at:%Y-%m-%d %H:%M}"
