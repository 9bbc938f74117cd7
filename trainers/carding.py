"""Gather from the database what a model card says."""

from collections.abc import Iterator

from django.db.models import Count

from snapshots.models import Approval, RowJudgment
from trainers.model_card import CardFacts, DataFacts, model_card
from trainers.models import ModelVersion


def card_of(model: ModelVersion) -> str:
    """The card of a version, saved or about to be."""
    return model_card(card_facts(model))


def card_facts(model: ModelVersion) -> CardFacts:
    """Run, approval, snapshot and every ancestor, as plain facts."""
    run = model.run
    ancestors = list(ancestors_of(model))
    seen = {run.approval_id}
    earlier = []
    for ancestor in ancestors:
        if ancestor.run.approval_id not in seen:
            seen.add(ancestor.run.approval_id)
            earlier.append(data_facts(ancestor.run.approval))
    return CardFacts(
        name=str(model),
        kind=model.kind,
        weights_sha256=model.weights_sha256,
        bytes=model.bytes,
        recipe_name=str(run.recipe),
        recipe=run.recipe.spec,
        seed=int(run.spec["seed"]),
        spec_sha256=run.spec_sha256,
        data=data_facts(run.approval),
        summary=model.evaluation,
        ancestors=[(str(ancestor), ancestor.kind) for ancestor in ancestors],
        ancestor_data=earlier,
    )


def ancestors_of(model: ModelVersion) -> Iterator[ModelVersion]:
    """Parent, grandparent and so on, to π0."""
    parent_id = model.parent_id
    while parent_id is not None:
        parent = ModelVersion.objects.select_related(
            "run__approval__snapshot", "run__approval__requester", "run__approval__approver"
        ).get(pk=parent_id)
        yield parent
        parent_id = parent.parent_id


def data_facts(approval: Approval) -> DataFacts:
    """What was signed, by whom, judged by how many."""
    snapshot = approval.snapshot
    counts = snapshot.manifest.get("counts", {})
    judged = RowJudgment.objects.filter(row__snapshot=snapshot)
    people = judged.values("revision__judgment__profile", "revision__judgment__simulated").annotate(
        n=Count("id")
    )
    profiles = {row["revision__judgment__profile"] for row in people}
    simulated = {row["revision__judgment__profile"] for row in people if row["revision__judgment__simulated"]}
    return DataFacts(
        name=str(snapshot),
        root=approval.root,
        rows=snapshot.row_count,
        simulated_rows=int(counts.get("simulated_rows", 0)),
        by_reason=counts.get("by_reason", {}),
        licences=counts.get("licences", {}),
        redaction_rules=sorted(counts.get("redaction_rules", {})),
        requester=str(approval.requester),
        approver=str(approval.approver),
        approved_at=approval.approved_at.date().isoformat(),
        reason=approval.reason,
        judgments=judged.values("revision__judgment").distinct().count(),
        annotators=len(profiles),
        simulated_annotators=len(simulated),
        simulated_traffic=int(counts.get("rows_from_simulated_traces", 0)),
    )
