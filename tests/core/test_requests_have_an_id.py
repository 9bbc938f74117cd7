"""Every answer carries an id to quote; a caller's own id is kept when it is well formed."""

import pytest
from django.test import Client


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space and\x01", "<script>alert(1)</script>"])
def test_a_malformed_id_is_replaced(given: str) -> None:
    answer = Client().get("/healthz", headers={"X-Request-Id": given})
    assert len(answer["X-Request-Id"]) == 32


def test_a_well_formed_id_comes_back() -> None:
    answer = Client().get("/healthz", headers={"X-Request-Id": "caller-0001.a"})
    assert answer["X-Request-Id"] == "caller-0001.a"
