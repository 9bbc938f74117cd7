"""What curation puts on the shared pages: navigation, its stations of the loop, what waits in the inbox."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count as Number
from django.db.models import Min, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from core.paging import capped_count
from core.registry import Count, InboxItem, StationState, registry
from curation.actions.backlog import REASONS
from curation.hit_walk import SECOND, waiting_for_a_second
from curation.models import BacklogItem, CurationState, Refusal, RevealRequest, Trace
from curation.models.conversation import CurationStep

CAP = 1_000_000


def read_traces(project: Project) -> StationState:
    """How many traces there are, how many are still open, what was refused."""
    traces = Trace.objects.filter(project=project)
    waiting = capped_count(traces.filter(settle_after__isnull=False), CAP)
    refused = capped_count(Refusal.objects.filter(project=project), CAP)
    others = [Count(waiting, _("settling"), "active"), Count(refused, _("rows refused"), "dropped")]
    return StationState(
        Count(
            capped_count(traces, CAP), _("traces"), simulated=capped_count(traces.filter(simulated=True), CAP)
        ),
        tuple(one for one in others if one.value),
        busy=str(_("Settling")) if waiting else "",
    )


def read_curation(project: Project) -> StationState:
    """What is kept, what was left out, what is on its way: one grouped count."""
    done, dropped = Q(step=CurationStep.DONE), ~Q(drop_reason="")
    duplicates = Q(drop_reason__in=["exact_duplicate", "near_duplicate"])
    counts = CurationState.objects.filter(project=project).exclude(step=CurationStep.SUPERSEDED).aggregate(
        kept=Number("pk", filter=done & ~dropped),
        waiting=Number("pk", filter=~done & ~dropped),
        duplicates=Number("pk", filter=duplicates),
        quarantined=Number("pk", filter=Q(drop_reason="quarantined")),
        others=Number("pk", filter=dropped & ~duplicates & ~Q(drop_reason="quarantined")),
    )  # fmt: skip
    others = [
        Count(counts["duplicates"], _("duplicates"), "dropped"),
        Count(counts["others"], _("left out"), "dropped"),
        Count(counts["quarantined"], _("quarantined"), "quarantined"),
    ]
    return StationState(
        Count(counts["kept"], _("kept"), "kept"),
        tuple(one for one in others if one.value),
        busy=str(_("Curating")) if counts["waiting"] else "",
    )


def open_items(project: Project, user: Any) -> Iterator[InboxItem]:
    """Open backlog items by reason: mine, and those nobody has taken."""
    found = BacklogItem.objects.filter(Q(owner=user) | Q(owner__isnull=True), project=project, state="open")
    address = reverse("curation:backlog", args=[project.slug])
    for reason, count, since in found.values_list("reason").annotate(
        count=Number("pk"), since=Min("opened_at")
    ):
        yield InboxItem(
            REASONS.get(reason, reason), f"{address}?reason={reason}", _("Needs work"),
            since=since, count=count, action=_("Mend"),
        )  # fmt: skip


def asked_originals(project: Project, user: Any) -> Iterator[InboxItem]:
    """Requests for an original that somebody else has to decide."""
    asked = RevealRequest.objects.filter(project=project, state="requested").exclude(requested_by=user)
    found = asked.aggregate(count=Number("pk"), since=Min("requested_at"))
    if found["count"]:
        yield InboxItem(
            _("Somebody asks for an original"), reverse("curation:vault", args=[project.slug]), _("Vault"),
            since=found["since"], count=found["count"], action=_("Decide"),
        )  # fmt: skip


def half_cleared(project: Project, user: Any) -> Iterator[InboxItem]:
    """Word-for-word copies of held-out items that another lead cleared: nothing happens until a second agrees."""
    found = waiting_for_a_second(project).exclude(ruled_by=user)
    counted = found.aggregate(count=Number("pk"), since=Min("ruled_at"))
    if counted["count"]:
        yield InboxItem(
            _("Agree that a held-out copy may be trained on"),
            reverse("curation:quarantine", args=[project.slug]) + f"?look={SECOND}#hits", _("Quarantine"),
            since=counted["since"], count=counted["count"], action=_("Look"),
        )  # fmt: skip


registry.add_nav(
    _("Traces"), "curation:traces", roles={"data_lead", "ml_engineer", "admin"}, order=10,
    covers=(
        "curation:ingest", "curation:refusals", "curation:rules", "curation:vault", "curation:prices",
        "curation:connect",
    ),
)  # fmt: skip
registry.add_station("traces", _("Traces"), "curation:traces", verb="trace.read", order=10, read=read_traces)
registry.add_nav(_("Curation"), "curation:board", roles={"data_lead", "admin"}, order=20)
registry.add_nav(_("Backlog"), "curation:backlog", roles={"data_lead", "admin"}, order=21)
registry.add_station(
    "curation", _("Curated"), "curation:board", verb="curation.read", order=20, read=read_curation
)
registry.add_inbox("curation.backlog", open_items, verb="backlog.manage")
registry.add_inbox("curation.half_cleared", half_cleared, verb="curation.manage")
registry.add_inbox("curation.vault", asked_originals, verb="vault.reveal")
