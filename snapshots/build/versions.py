"""What the choice needs to know about conversation versions, computed in the database."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Project
from annotation.models import Decision, Item, Pair, Repair, Response
from curation.models import AssetVersion, BacklogItem, ConversationVersion, Feedback, Screening, TrainingUse
from curation.models.conversation import CurationStep
from curation.sampling import USUAL_AXES, ordered_axes, stratum_name
from snapshots.build.recipes import inside_recipe
from snapshots.chunks import chunked
from snapshots.models import RowSource
from snapshots.reasons import Exclusion
from snapshots.selection import SelectionSpec

BATCH = 1_000
DROPS = {
    "quarantined": Exclusion.QUARANTINED,
    "training_denied": Exclusion.NOT_PERMITTED,
    "training_unknown": Exclusion.NOT_PERMITTED,
    "no_answer": Exclusion.NO_ANSWER,
    "empty": Exclusion.EMPTY_ANSWER,
    "body_retired": Exclusion.BODY_RETIRED,
}
SAME_CLUSTER_DROPS = ("", "near_duplicate", "exact_duplicate")
"""Curation keeps a cluster's representative; which member becomes the row is decided among those people judged."""


@dataclass(frozen=True)
class VersionFacts:
    """One version: where it belongs, what bars it, what vetoes its answer."""

    version: UUID
    trace: UUID
    cluster: str
    is_representative: bool
    bar: Exclusion | None
    veto: Exclusion | None
    licence: str
    training_use: str
    simulated: bool
    rules: str
    domain: str
    difficulty: str
    kind: str
    language: str
    templates: tuple[str, ...] = ()

    @property
    def stratum(self) -> str:
        """Domain × difficulty, as counted on the manifest."""
        return self.stratum_over(USUAL_AXES)

    def stratum_over(self, axes: Iterable[str]) -> str:
        """Its stratum over these axes, as quotas name it."""
        return stratum_name([getattr(self, axis) for axis in ordered_axes(axes)])


def described(
    project: Project, spec: SelectionSpec, quarantine: AssetVersion
) -> QuerySet[ConversationVersion, ConversationVersion]:
    """Every version of the project with `bar` and `veto` ("" where nothing holds)."""
    versions = ConversationVersion.objects.filter(project=project)
    return versions.annotate(bar=_bar(project, spec, quarantine), veto=_veto())


def count_unspoken(versions: QuerySet[Any]) -> Counter[str]:
    """Current versions by what would keep them out if nobody said anything for them."""
    why = Case(
        When(~Q(bar=""), then=F("bar")),
        When(~Q(veto=""), then=F("veto")),
        default=Value(Exclusion.NO_REASON.value),
        output_field=CharField(),
    )
    current = versions.filter(current_of__isnull=False).annotate(why=why).order_by()
    return Counter(dict(current.values_list("why").annotate(Count("pk"))))


def load_facts(versions: QuerySet[Any], ids: Collection[UUID]) -> dict[UUID, VersionFacts]:
    """Facts of these versions, fetched in batches."""
    found = {}
    for some in chunked(ids, BATCH):
        found.update({facts.version: facts for facts in _facts(versions.filter(pk__in=some))})
    return found


def _facts(versions: QuerySet[Any]) -> Iterator[VersionFacts]:
    rows = versions.annotate(
        representative=Coalesce(F("curation__cluster__representative_id"), F("pk")),
        is_current=Exists(ConversationVersion.objects.filter(pk=OuterRef("pk"), current_of__isnull=False)),
    ).values(*_FIELDS)
    for row in rows.iterator():
        bar = row["bar"] if row["is_current"] else Exclusion.SUPERSEDED
        yield VersionFacts(
            version=row["pk"],
            trace=row["trace_id"],
            cluster=str(row["representative"]),
            is_representative=row["representative"] == row["pk"],
            bar=Exclusion(bar) if bar else None,
            veto=Exclusion(row["veto"]) if row["veto"] else None,
            licence=row["trace__licence"] or "unknown",
            training_use=row["trace__training_use"],
            simulated=row["trace__simulated"],
            rules=f"{row['rules__asset__name']}@{row['rules__number']}",
            domain=row["curation__domain"] or "",
            difficulty=row["curation__difficulty"] or "",
            kind=row["curation__kind"] or "",
            language=row["curation__language"] or "",
            templates=(row["curation__question_template"] or "", row["curation__answer_template"] or ""),
        )


_FIELDS = (
    *("pk", "trace_id", "representative", "is_current", "bar", "veto"),
    *("trace__licence", "trace__training_use", "trace__simulated", "rules__asset__name", "rules__number"),
    *("curation__domain", "curation__difficulty", "curation__kind", "curation__language"),
    *("curation__question_template", "curation__answer_template"),
)


def _bar(project: Project, spec: SelectionSpec, quarantine: AssetVersion) -> Case:
    hit = Screening.objects.filter(
        project=OuterRef("project"),
        content_hash=OuterRef("content_hash"),
        quarantine=quarantine,
        verdict="hit",
    )
    whens = [
        When(~Q(trace__training_use=TrainingUse.ALLOWED), then=Value(Exclusion.NOT_PERMITTED.value)),
        When(Exists(hit), then=Value(Exclusion.QUARANTINED.value)),
        When(trace__in=_erased(project), then=Value(Exclusion.ERASED.value)),
        When(pk__in=_reported(project), then=Value(Exclusion.REPORTED.value)),
        When(pk__in=_gold(project), then=Value(Exclusion.GOLD.value)),
        When(
            Q(curation__isnull=True) | ~Q(curation__step=CurationStep.DONE),
            then=Value(Exclusion.NOT_CURATED.value),
        ),
        *(When(curation__drop_reason=drop, then=Value(why.value)) for drop, why in DROPS.items()),
        When(
            ~Q(curation__drop_reason__in=SAME_CLUSTER_DROPS),
            then=Value(Exclusion.DROPPED_IN_CURATION.value),
        ),
    ]
    outside = _outside(spec)
    if outside is not None:
        whens.append(When(outside, then=Value(Exclusion.OUTSIDE_STRATA.value)))
    if spec.recipe:
        inside = inside_recipe(project, spec.recipe)
        whens.append(When(~inside, then=Value(Exclusion.OUTSIDE_RECIPE.value)))
    if spec.leave_out_needs_work:
        open_items = BacklogItem.objects.filter(trace=OuterRef("trace"), state="open")
        whens.append(When(Exists(open_items), then=Value(Exclusion.NEEDS_WORK.value)))
    return Case(*whens, default=Value(""), output_field=CharField())


def _erased(project: Project) -> QuerySet[Any]:
    """Traces a destroyed row was made from: judged otherwise, its text must not come back under another hash."""
    gone = RowSource.objects.filter(row__project=project, row__content__erased_at__isnull=False)
    return gone.values("trace")


def _reported(project: Project) -> QuerySet[Any]:
    """Versions whose answers annotators stopped (personal data, harm): out until a lead has looked."""
    flagged = Item.objects.filter(project=project, state="flagged")
    pairs = Pair.objects.filter(item__in=flagged)
    shown = (
        Q(pk__in=pairs.values("response_a"))
        | Q(pk__in=pairs.values("response_b"))
        | Q(pk__in=Repair.objects.filter(item__in=flagged).values("response"))
    )
    return Response.objects.filter(shown).values("version")


def _gold(project: Project) -> QuerySet[Any]:
    """Versions of which an answer is put before people as a gold repair: what tests them teaches no model."""
    return Repair.objects.filter(item__project=project, item__role="gold").values("response__version")


def _outside(spec: SelectionSpec) -> Q | None:
    axes = {
        "domain": spec.domains,
        "difficulty": spec.difficulties,
        "kind": spec.kinds,
        "language": spec.languages,
    }
    outside = Q()
    for axis, wanted in axes.items():
        if wanted:
            outside |= ~Q(**{f"curation__{axis}__in": wanted})
    return outside or None


def _veto() -> Case:
    dropped = Decision.objects.standing().filter(item__version=OuterRef("pk"), outcome="dropped")
    disliked = Feedback.objects.filter(trace=OuterRef("trace"), rating=-1)
    return Case(
        When(Exists(dropped), then=Value(Exclusion.DROPPED.value)),
        When(Exists(disliked), then=Value(Exclusion.DOWN_RATED.value)),
        When(~Q(trace__status="ok"), then=Value(Exclusion.FAILED.value)),
        When(trace__truncated=True, then=Value(Exclusion.TRUNCATED.value)),
        When(trace__escalated=True, then=Value(Exclusion.ESCALATED.value)),
        default=Value(""),
        output_field=CharField(),
    )
