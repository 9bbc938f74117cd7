"""Launch a run from an approval. A second press while it lives gives the same run back."""

import uuid
from functools import partial
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core.audit import emit, record
from core.errors import NotFound, Refused, Unavailable
from core.jobs import enqueue
from snapshots.models import Approval
from trainers.actions.recipe_version import recipe_version
from trainers.folder import digest
from trainers.models import ModelVersion, Recipe, Run
from trainers.recipes import RecipeDefault, by_slug
from trainers.tasks import ring

JOB_KIND = "training_run"
LEASE_SECONDS = 15
MAX_ATTEMPTS = 20
NEEDED_PACKAGES = ("torch", "transformers", "trl", "datasets")


def launch_run(
    *,
    who: User | ApiToken,
    project: Project,
    approval_id: uuid.UUID,
    recipe: str,
    parent_id: uuid.UUID | None = None,
    reference_id: uuid.UUID | None = None,
    seed: int = 7,
    overrides: dict[str, Any] | None = None,
) -> Run:
    """Queue training of `recipe` on what `approval_id` signed, from the model `parent_id` where the recipe needs one.

    `overrides` replaces parameters of the recipe. Raises Refused where the approval was withdrawn or trains
    something else, NotFound for what this project does not have, Unavailable without the training packages.
    """
    require(who, "run.launch", project)
    require_training_packages()
    shipped = _shipped(recipe)
    approval = _standing_approval(project, approval_id, shipped)
    parent = _parent(project, parent_id, shipped)
    reference = _model(project, reference_id) if reference_id else _default_reference(shipped, parent)
    person = person_behind(who)
    with transaction.atomic():
        chosen = recipe_version(project=project, shipped=shipped, overrides=overrides, created_by=person)
        live = Run.objects.live().filter(approval=approval, recipe=chosen, parent=parent).first()
        if live is not None:
            return live
        try:
            with transaction.atomic():
                run = _create(project, approval, chosen, parent, reference, person, seed)
        except IntegrityError:
            live = Run.objects.live().filter(approval=approval, recipe=chosen, parent=parent).first()
            if live is None:
                raise _withdrawn() from None
            return live
        data = {
            "approval": str(approval.pk),
            "recipe": str(chosen),
            "root": approval.root,
            "spec_sha256": run.spec_sha256,
        }
        record(actor=who.actor, verb="run.launch", subject=run, project_id=project.pk, data=data)
        emit(subject=run, name="run_queued", project_id=project.pk, to_state=run.state)
        transaction.on_commit(partial(ring, str(run.pk)))
    return run


def require_training_packages() -> None:
    """Refuse plainly where this installation cannot train."""
    missing = [name for name in NEEDED_PACKAGES if find_spec(name) is None]
    if missing and not settings.TRAINING_ELSEWHERE:
        raise Unavailable(
            "training_not_installed",
            _("Training is not installed here (missing: %(names)s).") % {"names": ", ".join(missing)},
            hint=_(
                "Run `./dev setup --extra train`, or wait until the demo has installed it, and try again."
            ),
        )


def _create(
    project: Project,
    approval: Approval,
    recipe: Recipe,
    parent: ModelVersion | None,
    reference: ModelVersion | None,
    person: User,
    seed: int,
) -> Run:
    run_id = uuid.uuid4()
    job = enqueue(
        kind=JOB_KIND,
        project_id=project.pk,
        payload={"run": str(run_id)},
        queue="train",
        lease_seconds=LEASE_SECONDS,
        max_attempts=MAX_ATTEMPTS,
    )
    spec = {
        "kind": recipe.kind,
        "recipe": recipe.spec,
        "recipe_name": str(recipe),
        "seed": seed,
        "approval": str(approval.pk),
        "snapshot": str(approval.snapshot_id),
        "root": approval.root,
        "parent": parent.weights_sha256 if parent else None,
        "reference": reference.weights_sha256 if reference else None,
        "threads": settings.TRAINING_THREADS,
        "max_seconds": settings.TRAINING_MAX_SECONDS,
        "grace_seconds": 10,
    }
    return Run.objects.create(
        id=run_id,
        project=project,
        job=job,
        approval=approval,
        recipe=recipe,
        kind=recipe.kind,
        parent=parent,
        reference=reference,
        requested_by=person,
        spec=spec,
        spec_sha256=digest(spec),
        folder=str(run_id),
        total_steps=int(recipe.spec.get("steps", 0)),
    )


def _shipped(slug: str) -> RecipeDefault:
    if slug not in by_slug():
        raise NotFound("recipe_not_found", _("There is no recipe of that name."))
    return by_slug()[slug]


def _standing_approval(project: Project, approval_id: uuid.UUID, shipped: RecipeDefault) -> Approval:
    approval = Approval.objects.filter(project=project, pk=approval_id).select_related("snapshot").first()
    if approval is None:
        raise NotFound(
            "approval_not_found",
            _("There is no such approval in this project."),
            hint=_(
                "A run starts from an approval. Request one on the page of the snapshot; a data lead signs it."
            ),
        )
    if not Approval.objects.standing().filter(pk=approval.pk).exists():
        raise _withdrawn()
    if shipped.wants not in ("any", approval.snapshot.kind):
        raise Refused(
            "wrong_snapshot",
            _("%(recipe)s trains on %(wants)s rows; this snapshot holds %(kind)s rows.")
            % {"recipe": shipped.title, "wants": shipped.wants, "kind": approval.snapshot.kind},
            hint=_("Choose an approval of the other kind, or another recipe."),
        )
    return approval


def _withdrawn() -> Refused:
    return Refused(
        "approval_withdrawn",
        _("This approval was withdrawn, so nothing may be trained from it."),
        hint=_("Request a new approval on the page of the snapshot."),
    )


def _parent(project: Project, parent_id: uuid.UUID | None, shipped: RecipeDefault) -> ModelVersion | None:
    if not shipped.parents:
        return None
    if parent_id is None:
        raise Refused(
            "parent_missing",
            _("%(recipe)s starts from a model; name one.") % {"recipe": shipped.title},
            hint=_("A base pass makes the first model of a project."),
        )
    parent = _model(project, parent_id)
    if parent.kind not in shipped.parents:
        raise Refused(
            "wrong_parent",
            _("%(recipe)s cannot start from a %(kind)s model.")
            % {"recipe": shipped.title, "kind": parent.kind},
            hint=_("It takes: %(kinds)s.") % {"kinds": ", ".join(shipped.parents)},
        )
    return parent


def _model(project: Project, model_id: uuid.UUID) -> ModelVersion:
    model = ModelVersion.objects.filter(project=project, pk=model_id).first()
    if model is None:
        raise NotFound("model_not_found", _("There is no such model in this project."))
    return model


def _default_reference(shipped: RecipeDefault, parent: ModelVersion | None) -> ModelVersion | None:
    """DPO is anchored at the model it starts from; everything else is shown beside the base."""
    if parent is None or shipped.kind == "dpo":
        return parent
    return parent.base or parent
