"""Say what the traces of one service may be used for, unless they or their sender say so themselves."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import Project
from core import audit
from core.errors import Refused
from curation.actions.who import Who, allowed, person_of
from curation.models import ServiceDefault, TrainingUse

LONGEST = 120


def set_service_default(*, who: Who, project: Project, service: str, training_use: str) -> None:
    """Holds for traces that begin to arrive from now on; "" takes the default back. Raises Refused."""
    actor = allowed(who, "curation.manage", project)
    service = service.strip()
    if not service or len(service) > LONGEST:
        raise Refused(
            "no_service", "Name the service.", hint=f"As in service.name, at most {LONGEST} characters."
        )
    if training_use and training_use not in TrainingUse.values:
        raise Refused("unknown_training_use", "This is no training use.", hint="allowed, denied or unknown")
    with transaction.atomic():
        if training_use:
            ServiceDefault.objects.update_or_create(
                project=project, service=service,
                defaults={"training_use": training_use, "set_by": person_of(who), "set_at": Now()},
            )  # fmt: skip
        else:
            ServiceDefault.objects.filter(project=project, service=service).delete()
        audit.record(
            actor=actor,
            verb="training_use.service_default",
            subject=project,
            project_id=project.pk,
            data={"service": service, "training_use": training_use or None},
        )
