"""A failed sign-in is counted; what was typed and what the browser sent with it is not kept."""

from __future__ import annotations

import pytest
from axes.models import AccessAttempt, AccessLog
from django.db import connection
from django.test import Client

from tests.conftest import Team

pytestmark = pytest.mark.django_db
SECRET = "sk-proj-Ab3Cd5Ef7Gh9Jk2Lm4Np6"
SENT = {"User-Agent": SECRET, "Accept": f"text/{SECRET}"}


@pytest.fixture(autouse=True)
def _counting(settings: object) -> None:
    settings.AXES_ENABLED = True  # type: ignore[attr-defined]


def all_rows(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t::text FROM {table} t")
        return str(cursor.fetchall())


def test_a_failure_keeps_neither_form_nor_query_nor_headers(team: Team) -> None:
    form = {"username": SECRET, "password": SECRET, "note": SECRET}
    page = Client(headers=SENT).post(f"/login/?next=/{SECRET}", form)
    assert page.status_code == 200
    assert AccessAttempt.objects.get().failures_since_start == 1
    assert SECRET not in all_rows("axes_accessattempt")


def test_a_browser_that_changes_its_name_is_still_counted(team: Team) -> None:
    for number in range(6):
        sent = {"User-Agent": f"browser {number}"}
        answer = Client(headers=sent).post("/login/", {"username": team.lead.email, "password": "no"})
    assert answer.status_code == 429
    assert AccessAttempt.objects.count() == 1


def test_a_sign_in_goes_on_to_where_it_was_asked_for_and_keeps_no_headers(team: Team) -> None:
    form = {"username": team.lead.email, "password": "a long password", "next": "/p/acme/curation/traces/"}
    answer = Client(headers=SENT).post("/login/?x=1", form)
    assert answer["Location"] == "/p/acme/curation/traces/"
    assert AccessLog.objects.count() == 1
    assert SECRET not in all_rows("axes_accesslog")
