"""What training puts on the shared pages: navigation, the station of the loop, and what waits for an engineer."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from core.registry import Count, InboxItem, StationState, registry
from trainers.models import ModelVersion, Run
from trainers.queries import launchable_approvals
from trainers.states import OCCUPYING

ENGINEERS = frozenset({"ml_engineer", "data_lead", "admin"})


def read_station(project: Any) -> StationState:
    """Models made, runs live and failed."""
    runs = Run.objects.filter(project=project)
    going = runs.filter(state__in=OCCUPYING).select_related("recipe").first()
    return StationState(
        Count(ModelVersion.objects.filter(project=project).count(), _("models")),
        (
            Count(runs.filter(state="succeeded").count(), _("runs done"), "kept"),
            Count(runs.live().count(), _("live"), "active"),
            Count(runs.filter(state="failed").count(), _("failed"), "dropped"),
        ),
        busy=_g("%(run)s: step %(step)s of %(total)s")
        % {"run": going, "step": going.step, "total": going.total_steps}
        if going
        else "",
    )


def waiting_runs(project: Any, user: Any) -> Iterator[InboxItem]:
    """Approvals nothing was trained from yet, and runs that failed and were not taken up again."""
    for approval in launchable_approvals(project).filter(runs__isnull=True)[:10]:
        yield InboxItem(
            title=_("Train from %(snapshot)s") % {"snapshot": approval.snapshot},
            href=f"{reverse('trainers:launch', args=[project.slug])}?approval={approval.pk}",
            kind=_("approved, not trained on"),
            since=approval.approved_at,
            detail=_("%(rows)s rows, approved by %(name)s")
            % {"rows": approval.snapshot.row_count, "name": approval.approver},
            action=_("Launch a run"),
        )
    failed = (
        Run.objects.filter(project=project, state="failed").select_related("recipe").order_by("-finished_at")
    )
    for run in failed[:10]:
        yield InboxItem(
            title=str(run),
            href=reverse("trainers:run", args=[project.slug, run.pk]),
            kind=_("failed run"),
            since=run.finished_at,
            detail=run.error[:160],
            action=_("Look"),
        )


registry.add_nav(_("Runs"), "trainers:runs", roles=ENGINEERS - {"data_lead"}, order=60)
registry.add_nav(_("Models"), "trainers:models", roles=ENGINEERS - {"data_lead"}, order=70)
registry.add_station("trainers", _("Trained"), "trainers:runs", verb="run.read", order=60, read=read_station)
registry.add_inbox("trainers.waiting", waiting_runs, verb="run.launch")
