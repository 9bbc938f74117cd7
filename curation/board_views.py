"""The curation board, and the clusters of near-duplicates behind it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.access import ProjectRequest, project_view
from accounts.permissions import may
from core.errors import NotFound
from core.paging import keyset
from curation.board import governing, read_board
from curation.bodies import load_many
from curation.dedup.keep import choice_of
from curation.excerpts import whole
from curation.label_views import choices
from curation.models import Cluster, ClusterMember, ConversationVersion, CurationState

LARGEST = ("-size", "pk")
MEMBERS_SHOWN = 100
LONGEST_COMPARED = 12_000


@project_view("curation.read")
def board(request: ProjectRequest) -> HttpResponse:
    """From raw to kept, with every reason and its examples; the strata; what governs them."""
    found = read_board(request.project)
    return render(request, "curation/board.html", {"board": found, "governing": governing(request.project)})


@project_view("curation.read")
def clusters(request: ProjectRequest) -> HttpResponse:
    """The clusters that leave duplicates out, the largest first."""
    view = choice_of(request.project.pk).dropping_view
    found = Cluster.objects.filter(project=request.project, view=view)
    page = keyset(found.select_related("representative__curation", "spec"), request.GET, order=LARGEST)
    return render(request, "curation/cluster_list.html", {"page": page})


@project_view("curation.read")
def cluster(request: ProjectRequest, cluster_id: int) -> HttpResponse:
    """One cluster: who stands for it, and any member beside it. `?member=` chooses which."""
    found = Cluster.objects.filter(project=request.project, pk=cluster_id)
    found = found.select_related("representative__trace", "representative__curation", "spec")
    one = found.first()
    if one is None:
        raise NotFound(
            "cluster_not_found",
            _("There is no such cluster in this project; clusters are made anew as traces come."),
        )
    members = list(
        ClusterMember.objects.filter(cluster=one)
        .exclude(version=one.representative)
        .select_related("version__trace", "version__curation")
        .order_by("-jaccard", "pk")[:MEMBERS_SHOWN]
    )
    chosen = _chosen(members, request.GET.get("member", ""))
    texts = _texts([one.representative, *([chosen.version] if chosen else [])])
    context = {
        "cluster": one,
        "members": members,
        "chosen": chosen,
        "before": texts.get(one.representative_id, ""),
        "after": texts.get(chosen.version_id, "") if chosen else "",
        "facts": _facts(one, one.representative.curation),
        "choices": choices(request) if may(request.user, "curation.manage", request.project) else {},
    }
    return render(request, "curation/cluster_detail.html", context)


def _chosen(members: list[ClusterMember], wanted: str) -> ClusterMember | None:
    by_version = {str(member.version_id): member for member in members}
    return by_version.get(wanted) or (members[0] if members else None)


def _texts(versions: list[ConversationVersion]) -> dict[uuid.UUID, str]:
    return {key: whole(stored.conversation)[:LONGEST_COMPARED] for key, stored in load_many(versions).items()}


def _facts(one: Cluster, state: CurationState) -> list[tuple[str, Any]]:
    return [
        (_("Members"), one.size),
        (_("Domain"), state.domain or None),
        (_("Signature"), one.spec.name),
        (_("Word sequences of"), one.spec.shingle),
        (_("Threshold"), f"{one.spec.threshold:.2f} Jaccard"),
        (_("Made"), one.updated_at),
    ]
