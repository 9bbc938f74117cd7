"""The funnel from raw to kept: every trace is counted once, so each step is the one before it less its own losses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.plots.share import Part, share_bar
from curation.dedup.members import DUPLICATES
from curation.drop_reasons import Reason, Words, reason_of
from curation.models import Trace
from curation.models.conversation import CurationStep
from curation.validators.policy import VALIDATORS

UNSETTLED, UNREAD, UNCOMPARED, UNSORTED = "unsettled", "unread", "uncompared", "unsorted"
WAITING: Mapping[str, Reason] = {
    UNSETTLED: Reason(_("Not settled yet"), _("Its root has not ended, or its grace time is not over.")),
    UNREAD: Reason(_("Waits to be read"), _("Curation has not come to it yet.")),
    UNCOMPARED: Reason(_("Waits to be compared"), _("It is read, and not yet compared with the others.")),
    UNSORTED: Reason(_("Waits for its stratum"), _("It is unique, and has no domain yet.")),
}
"""What keeps a trace from the next step for now and drops nothing."""
STAGES: Sequence[tuple[Words, Sequence[str]]] = (
    (_("Came in"), ()),
    (_("Settled"), (UNSETTLED,)),
    (_("Readable"), (UNREAD, "empty", "no_answer", "unreadable", "body_retired")),
    (_("Not quarantined"), ("quarantined",)),
    (_("Permitted"), ("training_denied", "training_unknown")),
    (_("Passed the checks"), tuple(VALIDATORS)),
    (_("Unique"), (UNCOMPARED, "continued", *DUPLICATES)),
    (_("Kept"), (UNSORTED,)),
)
"""Steps in order, each with what is lost on the way to it; a reason that no step names is lost at the checks."""
CHECKS_STAGE = 5
UNSETTLED_NOW = ExpressionWrapper(Q(current__isnull=True), output_field=BooleanField())
_STEPS = {
    CurationStep.PENDING: UNREAD, CurationStep.PUBLISHED: UNCOMPARED, CurationStep.PROBED: UNCOMPARED,
    CurationStep.CLUSTERED: UNSORTED, CurationStep.STRATIFIED: UNSORTED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loss:
    """What did not come on to a step for one reason; `share` is of what came in."""

    reason: str
    words: Reason
    count: int
    share: float

    @property
    def is_waiting(self) -> bool:
        """It is only not there yet."""
        return self.reason in WAITING

    @property
    def meaning(self) -> str:
        """The state whose word, shape and colour it wears."""
        if self.is_waiting:
            return "pending"
        return "quarantined" if self.reason == "quarantined" else "dropped"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: how many reached it, their share of what came in, what was lost on the way to it, and its bar."""

    name: Words
    count: int
    share: float
    losses: Sequence[Loss]
    bar: str

    @property
    def lost(self) -> int:
        """All losses together."""
        return sum(one.count for one in self.losses)


@dataclass(frozen=True, slots=True)
class Funnel:
    """The steps; `came_in` less everything lost is `kept`."""

    stages: Sequence[Stage]

    @property
    def came_in(self) -> int:
        """Traces at the first step."""
        return self.stages[0].count

    @property
    def kept(self) -> int:
        """Traces at the last step."""
        return self.stages[-1].count

    @property
    def waiting(self) -> int:
        """On their way, dropped by nothing."""
        return sum(loss.count for stage in self.stages for loss in stage.losses if loss.is_waiting)


def read_funnel(traces: QuerySet[Trace]) -> Funnel:
    """One grouping query over these traces and the conclusions about their current versions."""
    cells = (
        traces.order_by()
        .values_list(UNSETTLED_NOW, "current__curation__step", "current__curation__drop_reason")
        .annotate(count=Count("pk"))
    )
    losses: Counter[str] = Counter()
    total = 0
    for unsettled, step, reason, count in cells:
        total += count
        losses[UNSETTLED if unsettled else reason or _waits(step)] += count
    return Funnel(list(_stages(total, losses)))


def _waits(step: str | None) -> str:
    """ "" for what is done."""
    return _STEPS.get(CurationStep(step), "") if step else UNREAD


def _stages(total: int, losses: Counter[str]) -> Iterator[Stage]:
    left, named = total, {reason for _name, reasons in STAGES for reason in reasons}
    others = sorted(losses.keys() - named - {""})
    for place, (name, reasons) in enumerate(STAGES):
        mine = [
            Loss(reason, WAITING.get(reason) or reason_of(reason), losses[reason], losses[reason] / total)
            for reason in (*reasons, *(others if place == CHECKS_STAGE else ()))
            if losses[reason]
        ]
        left -= sum(one.count for one in mine)
        yield Stage(name, left, left / total if total else 0.0, mine, _bar(left, mine, total))


def _bar(left: int, losses: Sequence[Loss], total: int) -> str:
    colours = {"pending": "p-neutral", "quarantined": "p-quarantined", "dropped": "p-dropped"}
    return share_bar(
        [Part(left, "p-kept"), *(Part(one.count, colours[one.meaning]) for one in losses)], total
    )
