"""Choose what a project's validators do: a new version of its checks; what is stored is checked again in the background."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Project
from core import audit
from core.errors import Refused
from curation.actions.who import Who, allowed, person_of
from curation.checks import NAME, project_checks
from curation.models import Asset, AssetVersion
from curation.models.assets import AssetKind
from curation.price_books import digest_of
from curation.validators.policy import read_policy

LONGEST_NOTE = 400


def set_checks(*, who: Who, project: Project, effects: Mapping[str, str], note: str = "") -> AssetVersion:
    """The next version; effects that are not given stay as they are. Refuses unknown names, and a choice that holds already."""
    actor = allowed(who, "curation.manage", project)
    held = project_checks(project)
    try:
        policy = read_policy({**held.policy.as_data(), **effects})
    except ValueError as error:
        raise Refused("bad_checks", str(error)) from error
    body = {"effects": policy.as_data()}
    with transaction.atomic():
        asset = Asset.objects.select_for_update().get(project=project, kind=AssetKind.VALIDATORS, name=NAME)
        last = asset.versions.order_by("-number").first()
        if last is not None and last.pk == asset.current_id and last.sha256 == digest_of(body):
            raise Refused("same_checks", _("This is what the validators do already."))
        version = AssetVersion.objects.create(
            project=project, asset=asset, number=(last.number if last else 0) + 1, sha256=digest_of(body),
            body=body, note=note.strip()[:LONGEST_NOTE], created_by=person_of(who),
        )  # fmt: skip
        asset.current = version
        asset.save(update_fields=["current"])
        audit.record(
            actor=actor, verb="checks.set", subject=version, project_id=project.pk, data=body["effects"]
        )
    return version
