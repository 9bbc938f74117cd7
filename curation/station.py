"""What curation puts on the shared pages: navigation, its stations of the loop, what waits in the inbox."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from core.paging import capped_count
from core.registry import Count, StationState, registry
from curation.models import Refusal, Trace

CAP = 1_000_000


def read_traces(project: Project) -> StationState:
    """How many traces there are, how many are still open, what was refused."""
    traces = Trace.objects.filter(project=project)
    waiting = capped_count(traces.filter(settle_after__isnull=False), CAP)
    refused = capped_count(Refusal.objects.filter(project=project), CAP)
    others = [Count(waiting, _("settling"), "active"), Count(refused, _("rows refused"), "dropped")]
    return StationState(
        Count(capped_count(traces, CAP), _("traces")),
        tuple(one for one in others if one.value),
        busy=str(_("Settling")) if waiting else "",
    )


registry.add_nav(_("Traces"), "curation:traces", roles={"data_lead", "ml_engineer", "admin"}, order=10)
registry.add_station("traces", _("Traces"), "curation:traces", verb="trace.read", order=10, read=read_traces)
