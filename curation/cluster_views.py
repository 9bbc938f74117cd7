"""The cluster explorer: the largest clusters of a view, and one cluster with any member beside the one that stands for it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound
from core.paging import Page, keyset
from curation.bodies import load_many
from curation.dedup.keep import choice_of
from curation.dedup.views import ANSWER, PROMPT, SKELETON, VIEWS, view_texts
from curation.drop_reasons import Words
from curation.excerpts import WHOLE
from curation.label_views import choices
from curation.models import Cluster, ClusterMember, ConversationVersion, Keep

LARGEST = ("-size", "pk")
NEAREST = ("-jaccard", "pk")
MEMBERS_SHOWN = 50
LONGEST_COMPARED = 12_000
VIEW_NAMES: Mapping[str, Words] = {
    WHOLE: gettext_lazy("Whole"),
    PROMPT: gettext_lazy("Prompt"),
    ANSWER: gettext_lazy("Answer"),
    SKELETON: gettext_lazy("Tool calls"),
}
WHY_IT_STANDS: Mapping[str, Words] = {
    Keep.LONGEST: gettext_lazy("It is the longest of those that may be trained on."),
    Keep.NEWEST: gettext_lazy("It is the newest of those that may be trained on."),
    Keep.BEST_RATED: gettext_lazy(
        "Its users rated it best among those that may be trained on; then the longest."
    ),
    Keep.MOST_ANNOTATORS: gettext_lazy(
        "Most annotators looked at it among those that may be trained on; then the longest."
    ),
}


@dataclass(frozen=True, slots=True)
class Around:
    """The members before and after the chosen one on its page; "" at an end."""

    before: str
    after: str


@project_view("curation.read")
@require_safe
def clusters(request: ProjectRequest) -> HttpResponse:
    """The clusters of `?view=`, the largest first; without it, of the view by which duplicates are left out."""
    choice = choice_of(request.project.pk)
    view = request.GET.get("view", "")
    view = view if view in VIEWS else choice.dropping_view
    found = Cluster.objects.filter(project=request.project, view=view)
    page = keyset(found.select_related("representative__curation"), request.GET, order=LARGEST)
    address = reverse("curation:clusters", args=[request.project.slug])
    tabs = [
        {"label": VIEW_NAMES[name], "href": f"{address}?view={name}", "current": name == view}
        for name in VIEWS
    ]
    context = {"page": page, "tabs": tabs, "view": view, "drops": view == choice.dropping_view,
               "dropping": VIEW_NAMES[choice.dropping_view]}  # fmt: skip
    return render(request, "curation/cluster_list.html", context)


@project_view("curation.read")
@require_safe
def cluster(request: ProjectRequest, cluster_id: int) -> HttpResponse:
    """One cluster: who stands for it, and any member beside it. `?member=` chooses which."""
    one = _cluster(request, cluster_id)
    others = ClusterMember.objects.filter(cluster=one).exclude(version=one.representative)
    others = others.select_related("version__trace", "version__curation")
    page = keyset(others, request.GET, order=NEAREST, size=MEMBERS_SHOWN, count=False)
    chosen = _chosen(page, others, request.GET.get("member", ""))
    texts = _texts(one.view, [one.representative, *([chosen.version] if chosen else [])])
    choice = choice_of(request.project.pk)
    context = {
        "cluster": one,
        "view": VIEW_NAMES[one.view],
        "drops": one.view == choice.dropping_view,
        "page": page,
        "chosen": chosen,
        "around": _around(page, chosen),
        "before": texts.get(one.representative_id, ""),
        "after": texts.get(chosen.version_id, "") if chosen else "",
        "why": WHY_IT_STANDS[choice.keep],
        "facts": _facts(one, str(Keep(choice.keep).label)),
        "choices": choices(request) if may(request.user, "curation.manage", request.project) else {},
    }
    return render(request, "curation/cluster_detail.html", context)


def _cluster(request: ProjectRequest, cluster_id: int) -> Cluster:
    found = Cluster.objects.filter(project=request.project, pk=cluster_id)
    one = found.select_related("representative__trace", "representative__curation", "spec", "centre").first()
    if one is None:
        raise NotFound(
            "cluster_not_found",
            _("There is no such cluster in this project; clusters are made anew as traces come."),
        )
    return one


def _chosen(page: Page[ClusterMember], others: Any, wanted: str) -> ClusterMember | None:
    """The member asked for, though it may stand on another page; else the first of this one."""
    for member in page.rows:
        if str(member.version_id) == wanted:
            return member
    try:
        elsewhere = others.filter(version_id=uuid.UUID(wanted)).first() if wanted else None
    except ValueError:
        elsewhere = None
    return elsewhere or (page.rows[0] if page.rows else None)


def _around(page: Page[ClusterMember], chosen: ClusterMember | None) -> Around:
    places = [place for place, member in enumerate(page.rows) if member == chosen]
    if not places:
        return Around("", "")
    place = places[0]
    before = str(page.rows[place - 1].version_id) if place else ""
    last = place + 1 == len(page.rows)
    after = "" if last else str(page.rows[place + 1].version_id)
    return Around(before, after)


def _texts(view: str, versions: Sequence[ConversationVersion]) -> dict[uuid.UUID, str]:
    """As they were compared: the text of the view, without request ids and times of day."""
    return {
        key: view_texts(stored.conversation).get(view, "")[:LONGEST_COMPARED]
        for key, stored in load_many(versions).items()
    }


def _facts(one: Cluster, keep: str) -> list[tuple[str, Any]]:
    return [
        (_("Conversations"), one.size),
        (_("Compared by"), VIEW_NAMES[one.view]),
        (_("Keep policy"), keep),
        (_("Domain"), one.representative.curation.domain or None),
        (_("Signature"), one.spec.name),
        (_("Different word sequences"), one.centre.shingle_count),
        (_("Word sequences of"), one.spec.shingle),
        (_("Threshold"), f"{one.spec.threshold:.2f} Jaccard"),
        (_("Brought up to date"), one.updated_at),
    ]
