"""Fix the parameters of a choice of rows."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core.audit import emit, record
from core.errors import Refused
from snapshots.build.recipes import recipe_named
from snapshots.models import Selection
from snapshots.selection import BadSpec, parse_spec


def create_selection(
    *, who: User | ApiToken, project: Project, name: str, spec: Mapping[str, Any]
) -> Selection:
    """A selection is never edited; another choice is another selection. Refuses parameters that mean nothing."""
    require(who, "snapshot.create", project)
    if not name.strip():
        raise Refused("no_name", _("A selection needs a name."))
    try:
        parsed = parse_spec(spec)
    except BadSpec as bad:
        raise Refused("bad_selection", str(bad), field=bad.field) from bad
    if parsed.recipe:
        recipe_named(project, parsed.recipe)
    with transaction.atomic():
        selection = Selection.objects.create(
            project=project,
            name=name.strip(),
            kind=parsed.kind,
            spec=parsed.as_data(),
            spec_sha256=parsed.sha256,
            created_by=person_behind(who),
        )
        record(actor=who.actor, verb="snapshot.select", subject=selection, project_id=project.pk)
        emit(subject=selection, name="created", project_id=project.pk)
    return selection
