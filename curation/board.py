"""What governs the curation of a project: the asset versions in force."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Project
from curation.models import Asset
from curation.models.assets import AssetKind


def governing(project: Project) -> list[tuple[str, Any]]:
    """The asset versions in force, as facts."""
    names = {
        AssetKind.REDACTION_RULES: _("Redaction rules"),
        AssetKind.QUARANTINE: _("Quarantine"),
        AssetKind.TAXONOMY: _("Domains"),
    }
    found = Asset.objects.filter(project=project, kind__in=names).select_related("current").order_by("kind")
    return [
        (names[AssetKind(one.kind)], f"{one.name} v{one.current.number}")
        for one in found
        if one.current is not None
    ]
