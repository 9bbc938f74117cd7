"""Every answer carries an id to quote; a caller's own id is kept when it is a UUID and nothing else."""

import pytest
from django.test import Client


@pytest.mark.parametrize(
    "given",
    [
        "",
        "short",
        "x" * 65,
        "with space and\x01",
        "<script>alert(1)</script>",
        "sk-proj-abc",
        "4111111111111111",
    ],
)
def test_a_malformed_id_is_replaced(given: str) -> None:
    answer = Client().get("/healthz", headers={"X-Request-Id": given})
    assert len(answer["X-Request-Id"]) == 32


def test_a_well_formed_id_comes_back() -> None:
    given = "0e6a1c52-6b0f-4a55-9f1e-2b7c61f0a9d4"
    answer = Client().get("/healthz", headers={"X-Request-Id": given})
    assert answer["X-Request-Id"] == given
