"""Shared by the tests of curation."""

from typing import Any

import pytest


@pytest.fixture
def settle_at_once(settings: Any) -> None:
    """No grace time: a delivered trace is due."""
    settings.SETTLE_GRACE_SECONDS = 0
