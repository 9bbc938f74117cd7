"""Operators and orchestrators ask whether the product lives, is ready, and how long its queues are."""

import pytest
from django.conf import settings
from django.test import Client

from config import health
from core.jobs import enqueue


def test_the_process_answers_without_a_database() -> None:
    assert Client().get("/healthz").status_code == 200


@pytest.mark.django_db
def test_ready_names_every_part() -> None:
    answer = Client().get("/readyz")
    assert answer.json()["parts"]["database"] == "ok"
    assert answer.json()["parts"]["keyring"] == "ok"
    assert answer.status_code == 200


@pytest.mark.django_db
def test_a_part_that_is_away_is_named_and_the_rest_still_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise ConnectionError("secret address of the database")

    monkeypatch.setitem(health.CHECKS, "database", away)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"] | {"broker": ""} == {
        "database": "ConnectionError",
        "keyring": "ok",
        "broker": "",
    }
    assert b"secret" not in answer.content


@pytest.mark.django_db
def test_a_scrape_counts_jobs_by_kind_and_state() -> None:
    enqueue(kind="test.scraped", project_id=None)
    assert 'winnow_jobs{kind="test.scraped",state="queued"} 1.0' in Client().get("/metrics").content.decode()


def test_pages_are_served_under_a_strict_content_security_policy() -> None:
    policy = Client().get("/healthz")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert settings.SESSION_COOKIE_HTTPONLY
