"""From random weights to a quantized model, each run from an approval; one more is left for the visitor to launch."""

import uuid

from core.errors import Refused
from demo.story import Facts, Telling
from demo.waiting import extras_ready, until
from snapshots.models import Approval
from trainers.actions.launch_run import launch_run
from trainers.models import ModelVersion, Run
from trainers.models.run import FINAL_STATES


def train(telling: Telling) -> Facts:
    """Base → SFT → DPO → int8 and 4-bit."""
    extras_ready(telling, what_for="training")
    sft, preference = telling.made["sft"], telling.made["preference"]
    base = _trained(telling, sft, "base-tiny", None)
    tuned = _trained(telling, sft, "sft-tiny", base)
    aligned = _trained(telling, preference, "dpo-tiny", tuned)
    small = _trained(telling, preference, "ptq-int8", aligned)
    smaller = _trained(telling, preference, "ptq-int4", aligned)
    telling.made["models"] = [base, tuned, aligned, small, smaller]
    return {
        "π0": f"{base}, {base.bytes:,} bytes",
        **{
            f"{model.kind} {model.run.recipe.name}": _summary(model)
            for model in (tuned, aligned, small, smaller)
        },
        "left for you to launch": f"{telling.made['unused'].snapshot.name} is approved and waits in {telling.cast.engineer}'s inbox",
    }


def _trained(telling: Telling, approval: Approval, recipe: str, parent: ModelVersion | None) -> ModelVersion:
    parent_id: uuid.UUID | None = parent.pk if parent else None
    run = launch_run(
        who=telling.cast.engineer,
        project=telling.cast.project,
        approval_id=approval.pk,
        recipe=recipe,
        parent_id=parent_id,
    )

    def ended() -> bool:
        run.refresh_from_db()
        return run.state in FINAL_STATES

    until(
        telling,
        ended,
        what=recipe,
        seconds=600,
        now=lambda: f"{run.state}, step {run.step} of {run.total_steps}",
    )
    if run.state != "succeeded":
        raise Refused("demo_run_failed", f"{recipe} ended as {run.state}.", hint=run.error)
    model = ModelVersion.objects.select_related("run__recipe").get(run=run)
    telling.say(f"{model}: {_took(run)}")
    return model


def _took(run: Run) -> str:
    assert run.started_at is not None
    assert run.finished_at is not None
    return f"{(run.finished_at - run.started_at).total_seconds():.0f} s, weights {run.model_version.weights_sha256[:12]}"


def _summary(model: ModelVersion) -> str:
    """Perplexity before and after with its interval, and the verdict in words; "trained too little" stays that."""
    measured = model.evaluation["perplexity"]
    before, after = (
        f"{m['value']:.1f} [{m['low']:.1f}, {m['high']:.1f}]" for m in (measured["before"], measured["after"])
    )
    verdict = model.evaluation["comparison"]["verdict"].replace("_", " ")
    return f"{model}, {model.bytes:,} bytes, perplexity {before} → {after}: {verdict}"
