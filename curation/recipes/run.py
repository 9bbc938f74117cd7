"""Make the choice of a recipe from what is stored, and say what has moved since it was saved."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum

from accounts.models import Project
from curation.actions.index_search import SPEC as SEARCH_SPEC
from curation.actions.screening import current_quarantine
from curation.actions.taxonomy import NAME as DOMAINS
from curation.dedup.spec import stored_name
from curation.ingest.redaction import redactor_for
from curation.models import Asset, AssetVersion, ClusterMember, Feedback, Trace
from curation.models.assets import AssetKind
from curation.models.conversation import CurationStep
from curation.recipes.choose import Choice, Conversation, choose
from curation.recipes.quotas import by_quota
from curation.recipes.spec import Recipe, parse_recipe
from curation.search.find import found
from curation.search.query import parse
from curation.semantic.decided import accepted_pairs
from curation.trace_filters import filtered


@dataclass(frozen=True)
class Made:
    """A choice, and (what, then, now) of every governing version that is another one than when the recipe was saved."""

    choice: Choice
    moved: list[tuple[str, Any, Any]]

    @property
    def versions(self) -> list[uuid.UUID]:
        """The chosen conversation versions, in order."""
        return [one.version for one in self.choice.chosen]


def governing_now(project: Project) -> dict[str, Any]:
    """The versions in force of what decides over a choice."""
    taxonomy = Asset.objects.filter(project=project, kind=AssetKind.TAXONOMY, name=DOMAINS).first()
    rules = AssetVersion.objects.get(pk=redactor_for(project.pk).rules_id)
    return {
        "signatures": stored_name(),
        "quarantine": current_quarantine(project).number,
        "redaction_rules": rules.number,
        "taxonomy": taxonomy.current.number
        if taxonomy is not None and taxonomy.current is not None
        else None,
        "search": SEARCH_SPEC,
    }


def recipe_of(version: AssetVersion) -> Recipe:
    """The recipe that a version holds."""
    return parse_recipe(version.body)


def make_choice(project: Project, recipe: Recipe) -> Made:
    """The choice as the data is now. The same data gives the same choice, in the same order, under the same fingerprint."""
    accepted = accepted_pairs(project) if recipe.leave_out_accepted else ()
    choice = choose(_conversations(project, recipe), recipe, by_quota, accepted)
    now = governing_now(project)
    moved = [
        (name, then, now.get(name)) for name, then in sorted(recipe.governed.items()) if then != now.get(name)
    ]
    return Made(choice, moved)


def _traces(project: Project, recipe: Recipe) -> QuerySet[Trace]:
    params = {**recipe.filters, "in": recipe.search_in}
    if recipe.search.strip():
        return found(project, parse(recipe.search), params)
    return filtered(Trace.objects.filter(project=project), params)


def _conversations(project: Project, recipe: Recipe) -> Iterator[Conversation]:
    own = ClusterMember.objects.filter(
        version=OuterRef("current_id"), cluster=OuterRef("current__curation__cluster_id")
    )
    said = Feedback.objects.filter(trace=OuterRef("pk"), simulated=False).order_by().values("trace")
    rows = (
        _traces(project, recipe)
        .filter(current__isnull=False)
        .order_by()
        .values(
            "external_id",
            "occurred_at",
            version=F("current_id"),
            content=F("current__content_hash"),
            cluster=F("current__curation__cluster_id"),
            similarity=Subquery(own.values("jaccard")[:1]),
            first=F("current__curation__is_representative"),
            reason=F("current__curation__drop_reason"),
            step=F("current__curation__step"),
            words=F("current__measure__answer_words"),
            rating=Subquery(said.annotate(sum=Sum("rating")).values("sum")),
            **{f"axis_{axis}": F(f"current__curation__{axis}") for axis in recipe.axes},
        )
    )
    for row in rows.iterator():
        yield _conversation(row, recipe)


def _conversation(row: Mapping[str, Any], recipe: Recipe) -> Conversation:
    return Conversation(
        version=row["version"],
        name=f"{row['content']}:{row['external_id']}",
        cluster=str(row["cluster"] or row["version"]),
        similarity=row["similarity"] if row["similarity"] is not None else 1.0,
        is_representative=bool(row["first"]),
        drop_reason=row["reason"] or "",
        done=row["step"] == CurationStep.DONE,
        stratum=tuple(row[f"axis_{axis}"] or "" for axis in recipe.axes),
        when=row["occurred_at"].timestamp(),
        size=row["words"] or 0,
        rating=row["rating"] or 0,
    )
