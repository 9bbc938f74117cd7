"""Shared by the tests of curation."""

from typing import Any

import pytest

from core.privacy import structured_rules
from curation.models import Asset, AssetVersion
from curation.models.assets import AssetKind
from tests.conftest import Team


@pytest.fixture
def settle_at_once(settings: Any) -> None:
    """No grace time: a delivered trace is due."""
    settings.SETTLE_GRACE_SECONDS = 0


@pytest.fixture
def structured_lane(team: Team) -> AssetVersion:
    """The project's first rules have no tagger: what has a name's look is left for people to report."""
    rules = structured_rules()
    asset = Asset.objects.create(project=team.project, kind=AssetKind.REDACTION_RULES, name=rules.name)
    asset.current = AssetVersion.objects.create(
        project=team.project, asset=asset, number=1, sha256=rules.sha256, body=rules.as_data()
    )
    asset.save(update_fields=["current"])
    return asset.current
